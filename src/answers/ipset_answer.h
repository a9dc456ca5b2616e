/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipset_answer: the supervisor tells whether a packet is in a set of ipset. */
#ifndef NFTRACE_IPSET_ANSWER_H
#define NFTRACE_IPSET_ANSWER_H

struct ipset_question;
struct ipset_reply;

/** ipset_answer - the question as it is now; where nobody knows, the answer is that */
void ipset_answer(const struct ipset_question *q, struct ipset_reply *reply);

#endif

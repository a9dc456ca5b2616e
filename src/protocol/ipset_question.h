/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipset_question: the question whether a packet is in a set of ipset, and its answer. */
#ifndef NFTRACE_IPSET_QUESTION_H
#define NFTRACE_IPSET_QUESTION_H

#include <stdatomic.h>
#include <stdint.h>

#include "rules/base/ipset_key.h"

/* In struct stats: one at a time, the reader waits for its answer. */
struct ipset_question {
	/* Its number.  Release by the reader, behind .key; acquire by the supervisor. */
	_Atomic uint32_t ask;
	struct ipset_key key;
};

/* In struct bulletin: the supervisor writes it, the reader cannot. */
struct ipset_reply {
	/* The question's number.  Release by the supervisor, behind .answer; acquire by the reader. */
	_Atomic uint32_t answered;
	struct ipset_answer answer;
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: what parts two packets, in a sentence. */
#ifndef NFTRACE_DIFF_WORDS_H
#define NFTRACE_DIFF_WORDS_H

#include <stdint.h>

struct outbuf;
struct shown;
struct strbuf;

enum { DIFF_SENTENCE = 8192 };

/** words_parting - "port: --dport 443 of filter:FORWARD:rule:2 ...", fit for output */
void words_parting(struct strbuf *to, const struct shown *s);

/**
 * words_facts - "interface: A eth0, B eth1; mark: A 0x1, B 0x0"; "": nothing differs
 * The fates are not among them.
 */
void words_facts(struct strbuf *to, const struct shown *s);

#endif

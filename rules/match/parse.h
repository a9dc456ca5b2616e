/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse: one match expression while it is parsed; between the files of match only. */
#ifndef NFTRACE_PARSE_H
#define NFTRACE_PARSE_H

#include <setjmp.h>
#include <stdbool.h>

#include <net/if.h>
#include <netinet/in.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "rules/base/ip_part.h"
#include "rules/match/match_request.h"

struct xtables_rule_match;

enum {
	PARSE_RESULT_MAX = 64 << 20,
	PARSE_REFUSED = 1000,	/* longjmp's value: a sentence is in the result */
};

/* One parse; lives in the helper child. */
struct parse {
	const struct match_request *req;
	const struct family *f;
	union {
		struct ipt_entry v4;
		struct ip6t_entry v6;
		unsigned char bytes[sizeof(struct ip6t_entry)];
	} entry;
	struct ip_part ip;		/* points into .entry */
	struct xtables_rule_match *matches;
	unsigned int conditions;	/* matches that are no comment */
	unsigned int finished;		/* so many of them had their final check */
	struct match_result *r;
	struct helper_out *out;
	char *src, *dst;		/* the words behind -s and -d */
	char *protocol;
	char *bare, *filter;		/* words of tcpdump's, and of --filter */
	const char *context;		/* what is looked at behind the words */
	unsigned int seen;		/* bits of once[] */
	bool proto_used, invert;
	int argc;
	char **argv;
	char **earlier;			/* the user's words: parsers keep pointers */
	jmp_buf trap;
};

/** parse_refuse - leave the parse with a status and a sentence */
void parse_refuse(struct parse *p, enum match_status status,
		  const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

/** parse_check_kernel - refuse what this kernel does not have or would not take */
void parse_check_kernel(struct parse *p);

/** parse_check_own - the same of nftrace's own matches, which begin behind @first others */
void parse_check_own(struct parse *p, unsigned int first);

/** parse_has_time - does this kernel have a match for the deadline? */
bool parse_has_time(const struct parse *p);

#endif

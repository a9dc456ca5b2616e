/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_option: one option of a rule in iptables' words, judged. */
#ifndef NFTRACE_XT_OPTION_H
#define NFTRACE_XT_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/asked.h"
#include "misses/condition.h"
#include "rules/base/strview.h"

enum { XT_PORTS = 15 };	/* of a list: as many as multiport takes */

/* What stands behind an option, read: by the reader of struct xt_option, for its judge. */
union xt_value {
	struct {
		uint8_t net[16], mask[16], len;
	} address;
	struct {
		uint8_t low[16], high[16], len;
	} addresses;
	struct {
		unsigned int count;
		struct {
			uint16_t low, high;
		} range[XT_PORTS];
	} ports;
	struct {
		uint32_t value, mask;
	} bits;
	struct {
		uint32_t low, high;
	} numbers;
	struct {
		uint8_t type, code;
		bool any, any_code;
	} icmp;
	struct {
		uint16_t name;		/* where in the value, and how long */
		uint8_t len;
		uint8_t words, sources;	/* as struct ipset_key has them */
		bool inverted, nomatch;
	} set;
	uint8_t mac[6];
	uint32_t number;
};

/* An option with its value, as it stands in a rule. */
struct xt_seen {
	const struct asked *a;
	struct conditions *out;
	struct strview words;	/* all of it, with its "!" */
	struct strview value;	/* .len 0: it takes none */
	const union xt_value *v;	/* of an option with a reader; NULL: not understood */
	bool inverted;
};

/* What an option asks for, before its "!". */
enum xt_answer { XT_NO, XT_YES, XT_UNKNOWN };

/**
 * xt_answer - put the condition down
 * Return: NULL: it did not fail; else its .distance and .want are to be filled.
 */
struct condition *xt_answer(const struct xt_seen *q, enum asked_field field,
			    enum xt_answer is);

/** xt_unread - the value is not understood: nothing is said of the rule */
void xt_unread(const struct xt_seen *q);

#endif

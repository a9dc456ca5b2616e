/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_option: one option of a rule in iptables' words, judged. */
#ifndef NFTRACE_XT_OPTION_H
#define NFTRACE_XT_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/asked.h"
#include "misses/rule_kept.h"
#include "rules/base/strview.h"

struct asked;
struct condition;
struct xt_option;

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

/* One thing that a rule asks for. */
struct xt_term {
	const struct xt_option *o;	/* NULL: a module that nothing here tells of, or .unread */
	struct rule_span words, value;
	bool inverted;
	bool changes;		/* of such a module: its answer may be another with the same packet */
	bool alone;		/* ... or whatever the packet is like, the same */
	bool unread;		/* from here on it is not understood */
	bool valued;		/* .v is read; of an option that reads it: it is understood */
	uint16_t shared;	/* shared_number(); 0: none */
	union xt_value v;
};

/* It, and the packet that it is held against. */
struct xt_seen {
	const struct asked *a;
	const struct xt_term *t;
	const char *text;	/* the rule's */
};

static inline struct strview xt_seen_value(const struct xt_seen *q)
{
	return rule_span_text(q->t->value, q->text);
}

/* What an option asks for, before its "!"; UNREAD: nothing is said of the rule. */
enum xt_answer { XT_NO, XT_YES, XT_UNKNOWN, XT_UNREAD };

/* What else the answer says, if it fails: set beforehand to CONDITION_FAR, and none. */
struct xt_apart {
	uint32_t distance;	/* struct condition's */
	uint8_t states;		/* of conntrack's state, whatever the answer: struct condition's .number */
};

/* Reads what stands behind an option.  Return: false: it is not understood. */
typedef bool xt_read_fn(union xt_value *v, struct strview value);

/* Does the packet meet what the option asks for? */
typedef enum xt_answer xt_is_fn(const struct xt_seen *q, enum asked_field field,
				struct xt_apart *apart);

/* That has failed: what would do, in .want, and what to tell of it. */
typedef void xt_want_fn(struct condition *c, const struct xt_seen *q, enum asked_field field);

/* xt_is_unknown - of an option that nothing here tells of */
xt_is_fn xt_is_unknown;

/** xt_read_range - "80", "80:90" */
bool xt_read_range(struct strview word, uint32_t *low, uint32_t *high);

/** xt_want_byte - the packet with another byte at @at, counted from its IP header on */
void xt_want_byte(struct condition *c, enum asked_field field, uint32_t at, unsigned int value);

/** xt_is_yes - XT_YES or XT_NO */
static inline enum xt_answer xt_is_yes(bool is)
{
	return is ? XT_YES : XT_NO;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entry: walks and patches the kernel's rule bytes (struct ipt_entry/ip6t_entry). */
#ifndef NFTRACE_ENTRY_H
#define NFTRACE_ENTRY_H

#include <linux/netfilter/x_tables.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct family;

/** entry_next_offset - bytes of the whole entry */
uint16_t entry_next_offset(const struct family *f, const void *entry);

/** entry_target - the entry's target; borrowed from the entry */
const struct xt_entry_target *entry_target(const struct family *f,
					   const void *entry);

/** entry_counters - the entry's counters; borrowed from the entry */
const struct xt_counters *entry_counters(const struct family *f,
					 const void *entry);

/**
 * entry_next_match - iterate over an entry's matches
 * @prev: NULL for the first
 * Return: NULL after the last.
 */
struct xt_entry_match *entry_next_match(const struct family *f,
					const void *entry,
					const struct xt_entry_match *prev);

/**
 * entry_unconditional - no ip part and no matches, as the kernel sees it
 *
 * With a standard target of a negative verdict the trace of such a rule is
 * labelled "policy" or "return" (net/ipv4/netfilter/ip_tables.c,
 * get_chainname_rulenum).
 */
bool entry_unconditional(const struct family *f, const void *entry);

/** entry_is_goto - -g, not -j, when the target is a chain */
bool entry_is_goto(const struct family *f, const void *entry);

/**
 * entry_comment - text of the entry's last comment match
 * Return: borrowed from the entry, NUL-terminated within 256 bytes; NULL when
 * there is none or it is not terminated.
 */
const char *entry_comment(const struct family *f, const void *entry);

/** entry_set_comment - overwrite the last comment match; false: there is none */
bool entry_set_comment(const struct family *f, void *entry, const char *text);

/**
 * entry_set_deadline - overwrite --datestop of the last time match
 * @stop: seconds since the epoch, UTC; the rule matches through this second
 * Return: false when the entry has no time match.
 */
bool entry_set_deadline(const struct family *f, void *entry, uint32_t stop);

/**
 * entry_valid - check that an entry lies within @len bytes and its offsets hold
 *
 * For bytes that were not just handed out by the kernel.
 */
bool entry_valid(const struct family *f, const void *entry, size_t len);

#endif

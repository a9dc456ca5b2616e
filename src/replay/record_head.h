/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_head: the words of a record that come before its events. */
#ifndef NFTRACE_RECORD_HEAD_H
#define NFTRACE_RECORD_HEAD_H

#include <stdbool.h>

#include "rules/base/strview.h"

struct reading;

/* Each takes what is behind its word's "="; false: the value cannot be. */
typedef bool record_take_fn(struct reading *rd, struct strview t);

/* By the word: rows of the table in record_read.c. */
record_take_fn record_take_family, record_take_flags, record_take_host,
	record_take_netns, record_take_log, record_take_big,
	record_take_late, record_take_after, record_take_was,
	record_take_copy, record_take_hw, record_take_uid,
	record_take_conntrack, record_take_in, record_take_out,
	record_take_lost, record_take_omitted;

/** record_fate_word - fate_word(), as record_word() wants it */
const char *record_fate_word(unsigned int i);

#endif

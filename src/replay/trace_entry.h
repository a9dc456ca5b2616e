/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_entry: where in a text one TRACE entry ends and the next begins; pure. */
#ifndef NFTRACE_TRACE_ENTRY_H
#define NFTRACE_TRACE_ENTRY_H

#include "rules/base/strview.h"

/** trace_entry_word - is it a word that the kernel writes behind a prefix? */
bool trace_entry_word(struct strview word);

/** trace_entry_is_rest - can all of a line be the end of an entry, and nothing else? */
bool trace_entry_is_rest(struct strview text);

/** trace_entry_mark - offset of "TRACE: " at or behind @from; @text.len: none */
size_t trace_entry_mark(struct strview text, size_t from);

/** trace_entry_ends_with_mark - has the line been broken behind its mark? */
bool trace_entry_ends_with_mark(struct strview text);

/**
 * trace_entry_head - where what stands in front of a mark begins: time, host
 * @from: here the entry before it began, or goes on
 * @mark: offset of the mark
 * Return: offset; @from: nothing is there of an entry before it.
 */
size_t trace_entry_head(struct strview text, size_t from, size_t mark);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text_place: where a TRACE line was made: its rule, its interfaces. */
#ifndef NFTRACE_TEXT_PLACE_H
#define NFTRACE_TEXT_PLACE_H

#include <stdbool.h>

struct event;
struct place;
struct replay;
struct trace_text;

/** text_place_interfaces - the event's numbers of the interfaces that the line names */
void text_place_interfaces(struct replay *r, struct trace_text *t);

/**
 * text_place_find - the rule that its prefix names
 * Without any rules a place is what the prefix tells of it.
 * Return: NULL: it is not in the rules given.
 */
const struct place *text_place_find(struct replay *r, const struct event *e);

/**
 * text_place_lacks_table - are rules of its family given, and none of its table?
 * The map is told: what that table makes of a packet nobody knows.
 */
bool text_place_lacks_table(struct replay *r, const struct event *e);

#endif

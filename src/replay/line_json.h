/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line_json: a log's line that is an object of JSON -> the line of text that it stands for; pure. */
#ifndef NFTRACE_LINE_JSON_H
#define NFTRACE_LINE_JSON_H

#include <stdbool.h>

#include "rules/base/strview.h"

/* Parts of the line, in its order. */
enum line_part {
	LINE_UNIX_US, LINE_TIME, LINE_HOST, LINE_BOOT_US, LINE_BOOT_S, LINE_MESSAGE,
	LINE_PARTS, LINE_NO_PART = LINE_PARTS,
};

/* What loggers tell of a line; borrowed. */
struct line_object {
	struct strview part[LINE_PARTS];
	bool plain;	/* no strings of JSON: a backslash is one */
};

/**
 * line_object_part - of a field of journald's, docker's, dmesg's and others'
 * @word: its value is no string, but a number
 */
enum line_part line_object_part(struct strview name, struct strview value,
				bool word);

/**
 * line_object_put - "SECONDS HOST kernel: [BOOT] MESSAGE", of what is told of it
 * Return: bytes in @to; 0: there is no message, or no room.
 */
size_t line_object_put(const struct line_object *o, char *to, size_t room);

/**
 * line_json_field - "name": value, at the beginning of @s
 * @s: behind it, and behind a comma, afterwards
 * Return: false: there is none, or its value does not end here.
 */
bool line_json_field(struct strview *s, struct strview *name,
		     struct strview *value, bool *word);

/**
 * line_json - the line of what journalctl -o json prints, and of docker's and other collectors' files
 * @room: as many bytes as @line has
 * Return: in @room, or @line itself, when it is no such object.
 */
struct strview line_json(struct strview line, char *room);

#endif

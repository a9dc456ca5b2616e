/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line_clean: a log's line without what terminals and mail have put into it. */
#ifndef NFTRACE_LINE_CLEAN_H
#define NFTRACE_LINE_CLEAN_H

#include "rules/base/strview.h"

/**
 * line_clean - without colours and carriage returns, tabs and wide spaces are blanks
 * An object of JSON is the line that it stands for: line_json().
 * @room: as many bytes as @line has
 * Return: @line itself, or what is in @room, when something had to go.
 */
struct strview line_clean(struct strview line, char *room);

/** line_unquote - without the marks of quoting in front: "> > " of mail, "| " */
struct strview line_unquote(struct strview line);

#endif

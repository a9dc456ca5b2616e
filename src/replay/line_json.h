/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line_json: a log's line that is an object of JSON -> the line of text that it stands for; pure. */
#ifndef NFTRACE_LINE_JSON_H
#define NFTRACE_LINE_JSON_H

#include "rules/base/strview.h"

/**
 * line_json - "SECONDS HOST kernel: [BOOT] MESSAGE" of what journalctl -o json prints, "TIME MESSAGE"
 *	of docker's and other collectors' files
 * @room: as many bytes as @line has
 * Return: in @room, or @line itself, when it is no such object.
 */
struct strview line_json(struct strview line, char *room);

#endif

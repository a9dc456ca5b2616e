/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line_record: lines of a log that are fields of one message -> the line of text that they stand for; pure. */
#ifndef NFTRACE_LINE_RECORD_H
#define NFTRACE_LINE_RECORD_H

#include <stdbool.h>

#include "replay/line_json.h"

enum { LINE_RECORD_TEXT = 4096 };

/* Zeroed: none is under way. */
struct line_record {
	enum line_record_form {
		RECORD_NO_FORM,
		RECORD_JSON,	/* dmesg --json, journalctl -o json-pretty, jq */
		RECORD_EXPORT,	/* journalctl -o export */
		RECORD_VERBOSE,	/* journalctl -o verbose */
	} form;
	bool opens;	/* with the end of one the next begins */
	struct line_object o;
	size_t used;
	char kept[LINE_RECORD_TEXT];	/* values */
	char text[LINE_RECORD_TEXT];	/* what line_record_text() gives */
};

enum line_record_step {
	RECORD_OTHER,	/* the line is of no record */
	RECORD_TAKEN,	/* it is of one, of which more comes */
	RECORD_ENDS,	/* it is the last of one: line_record_text() */
	RECORD_BREAKS,	/* it is of none, and the one before has ended: the same */
};

/** line_record_add - the next line of a log, with marks of quoting or without */
enum line_record_step line_record_add(struct line_record *r, struct strview line);

/**
 * line_record_text - what has ended as one line, as line_object_put() has it
 * At the end of the log as well.
 * Return: borrowed from @r until the next line; empty: it had no message.
 */
struct strview line_record_text(struct line_record *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* escape: strangers' text made fit for a terminal, a JSON string or a page. */
#ifndef NFTRACE_ESCAPE_H
#define NFTRACE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * escape_text - text that cannot drive a terminal or break a line
 * @size: of @buf; at most 4 * @len + 1 bytes are needed
 *
 * Control bytes, invalid UTF-8, C1 controls, the Unicode characters that break
 * lines or turn the direction of writing, and U+FFFE and U+FFFF, which are none,
 * become \xHH of their bytes.
 *
 * Return: bytes written, without the NUL that always follows (@size > 0).
 * What does not fit is cut off, never in the middle of a character.
 */
size_t escape_text(char *buf, size_t size, const char *text, size_t len);

/**
 * escape_ascii - the same for what packets carry: nothing but printable ASCII
 *
 * For bytes of which nobody said that they are UTF-8.
 */
size_t escape_ascii(char *buf, size_t size, const char *text, size_t len);

/**
 * escape_json - the inside of a JSON string (RFC 8259, section 7)
 * @size: of @buf; at most 6 * @len bytes are needed; no NUL is written
 *
 * Bytes that are not UTF-8 become \u00XX of the byte.  What escape_text() would
 * not let through is escaped too: JSON is looked at on terminals.
 * Return: bytes written; what does not fit is cut off at a character.
 */
size_t escape_json(char *buf, size_t size, const char *text, size_t len);

/**
 * escape_html - text that is no markup, between tags and in an attribute's quotes
 * @size: of @buf; at most 6 * @len bytes are needed; no NUL is written
 *
 * What escape_text() would not let through is escaped as it does that.
 * Return: bytes written; what does not fit is cut off at a character.
 */
size_t escape_html(char *buf, size_t size, const char *text, size_t len);

/** escape_is_plain - printable ASCII only */
bool escape_is_plain(const char *text, size_t len);

#endif

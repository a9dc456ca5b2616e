/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_put: the values that JSON objects are made of. */
#ifndef NFTRACE_JSON_PUT_H
#define NFTRACE_JSON_PUT_H

#include <stddef.h>
#include <stdint.h>

struct change;
struct change_value;
struct journey;
struct outbuf;
struct place;
struct report_env;

/** json_put_string - quotes included; strangers' bytes are taken */
void json_put_string(struct outbuf *o, const char *text, size_t len);

/** json_put_number, json_put_word - @key, of a word with the quote that begins it, and the value */
void json_put_number(struct outbuf *o, const char *key, uint64_t n);
void json_put_word(struct outbuf *o, const char *key, const char *word);

/** json_put_hex - bytes as a string */
void json_put_hex(struct outbuf *o, const uint8_t *bytes, size_t len);

/** json_put_time - RFC 3339, UTC; of a log that tells none, seconds since boot */
void json_put_time(struct outbuf *o, uint64_t ns);

/** json_put_name - @key, and an interface's name; 0: null */
void json_put_name(struct outbuf *o, const struct report_env *env,
		   const char *key, uint32_t index);

/**
 * json_put_place - an object's beginning, with all that is the same for each event there
 *
 * The brace that ends it is the caller's.
 */
void json_put_place(struct outbuf *o, const struct report_env *env,
		    const struct place *p);

/** json_put_rule - @key, and a whole Rule; NULL: null */
void json_put_rule(struct outbuf *o, const struct report_env *env,
		   const char *key, const struct place *p);

/** json_put_value - of a change of the journey, before or behind it */
void json_put_value(struct outbuf *o, const struct report_env *env,
		    const struct journey *j, const struct change *c,
		    const struct change_value *v);

#endif

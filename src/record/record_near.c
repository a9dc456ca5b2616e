// SPDX-License-Identifier: GPL-2.0-or-later
/* record_near: the rules that a packet nearly met, as words of its record. */
#include "record/record_near.h"

#include <stdint.h>
#include <string.h>

#include "base/outbuf.h"
#include "journey/near_miss.h"
#include "place/place_types.h"
#include "record/record_put.h"

enum { NUMBERS = 160 };	/* bytes of the fields that are no texts, at most */

/* Not terminated, as one field. */
static char *put_bytes(char *p, const char *text, size_t len)
{
	*p++ = ',';
	for (size_t i = 0; i < len; i++) {
		const char one[] = { text[i], '\0' };

		/* No text has a NUL. */
		p = record_put_name(p, one);
	}
	return p;
}

static char *put_number(char *p, char letter, uint64_t n)
{
	if (!n)
		return p;
	*p++ = ',';
	*p++ = letter;
	return format_decimal(p, n);
}

/* "m,HOW,PREFIX,RULE,WORDS,VALUE", and what of the place these do not say */
static void put_miss(struct outbuf *o, const struct near_miss *n, uint32_t more, bool nat)
{
	const struct place *at = n->at;
	char *room = outbuf_room(o, 3 * (at->prefix_len + at->rule_len +
					 NEAR_MISS_WORDS + NEAR_MISS_VALUE) +
				    NUMBERS), *p = room;

	if (!room)
		return;
	p = record_put_word(p, " m,");
	p = record_put_word(p, near_miss_how_word(n->how));
	p = put_bytes(p, at->prefix, at->prefix_len);
	p = put_bytes(p, at->rule, at->rule_len);
	p = put_bytes(p, n->words, strlen(n->words));
	p = put_bytes(p, n->value, strlen(n->value));
	p = put_number(p, 'w', at->own_before);
	if (at->counted)
		p = put_number(p, 'h', at->handle);
	else
		p = put_number(p, 'n', at->position);
	p = put_number(p, 'r', more);
	p = put_number(p, 't', nat);
	outbuf_advance(o, (size_t)(p - room));
}

void record_put_near(struct outbuf *o, const struct near_misses *near)
{
	for (uint32_t i = 0; near && i < near->count; i++)
		put_miss(o, &near->miss[i],
			 i + 1 == near->count ? near->more : 0, near->nat);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_ct: what nft prints of a packet's connection; pure. */
#include "replay/nft_ct.h"

#include <string.h>

#include "capture/conntrack.h"

static void take_direction(struct conntrack *c, struct strview value)
{
	c->reply = strview_is(value, "reply");
	if (c->reply || strview_is(value, "original"))
		c->known |= CONNTRACK_DIRECTION;
}

void nft_ct_read(struct conntrack *c, struct strview fields)
{
	struct strview ct, key, value;

	memset(c, 0, sizeof(*c));
	while (strview_word(&fields, &ct) && strview_is(ct, "ct") &&
	       strview_word(&fields, &key) && strview_word(&fields, &value)) {
		if (strview_is(key, "direction"))
			take_direction(c, value);
		else if (strview_is(key, "state"))
			c->state = (uint8_t)conntrack_state_find(value.at,
								 value.len);
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_words: what drop records say, in words: one copy of each, which fates point to. */
#include "reader/drop_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "drop/reason.h"
#include "drop/record.h"

static void name_reason(const struct drop_reasons *reasons, uint32_t reason,
			char text[DROP_SEEN_TEXT])
{
	const char *name = drop_reason_name(reasons, reason);

	if (name)
		snprintf(text, DROP_SEEN_TEXT, "%s", name);
	else if (reason != DROP_UNTOLD)
		snprintf(text, DROP_SEEN_TEXT, "%" PRIu32, reason);
}

const struct drop_seen *drop_words_find(struct drop_words *w,
					const struct drop_reasons *reasons,
					const struct drop_record *r,
					const char *symbol)
{
	size_t len = symbol ? strcspn(symbol, "+") : 0;
	struct drop_seen *text;

	for (unsigned int i = 0; i < w->count; i++)
		if (w->seen[i].location == r->location &&
		    w->seen[i].reason == r->reason &&
		    (*w->seen[i].text.location || !len))
			return &w->seen[i].text;
	if (w->count == DROP_WORDS)
		return NULL;
	w->seen[w->count].location = r->location;
	w->seen[w->count].reason = r->reason;
	text = &w->seen[w->count++].text;
	name_reason(reasons, r->reason, text->reason);
	if (len < sizeof(text->location))
		memcpy(text->location, symbol ? symbol : "", len);
	return text;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* text_logged: a log that says of a packet that it was dropped, and it was not. */
#include "report/text_logged.h"

#include <stdint.h>
#include <stdio.h>

#include "base/escape.h"
#include "journey/journey.h"
#include "place/place.h"
#include "place/place_says.h"
#include "report/report_text.h"

/* Of what became of it otherwise nothing is certain, or it was kept. */
static bool contradicts(unsigned int kind)
{
	static const bool other[FATE_COUNT] = {
		[FATE_DELIVERED] = true, [FATE_FORWARDED] = true,
		[FATE_SENT] = true, [FATE_LOST] = true,
	};

	return other[kind];
}

static const struct place *find_log(const struct journey *j, unsigned int b)
{
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct step *s = &j->step[i];

		if (s->place->logs_denial && !s->place->doubt &&
		    (s->branch == b || !s->branch))
			return s->place;
	}
	return NULL;
}

/* In its quotes. */
static const struct place *logged_by(const struct journey *j, unsigned int b,
				     struct strview *prefix)
{
	const struct place *at = contradicts(j->fate[b].kind) ? find_log(j, b)
							      : NULL;

	return at && place_log_prefix(at, prefix) ? at : NULL;
}

const struct place *text_logged_by(const struct journey *j, unsigned int b,
				   struct strview *prefix)
{
	const struct place *at = logged_by(j, b, prefix);

	if (at && prefix->len > 1 && *prefix->at == '"')
		*prefix = (struct strview){ prefix->at + 1, prefix->len - 2 };
	return at;
}

bool text_logged(char *to, size_t size, const struct journey *j, unsigned int b)
{
	char prefix[256], name[512];
	struct strview text;
	const struct place *at = logged_by(j, b, &text);

	if (!at)
		return false;
	escape_text(prefix, sizeof(prefix), text.at, text.len);
	escape_text(name, sizeof(name), at->prefix + TEXT_HEAD,
		    at->prefix_len - TEXT_HEAD);
	snprintf(to, size, "(logged as %s by %s, and %s)", prefix, name,
		 j->fate[b].kind == FATE_LOST ? "lost for another reason" :
						"not dropped");
	return true;
}

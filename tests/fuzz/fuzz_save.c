// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_save: text of iptables-save -> snapshot, whose every part is looked at. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "misses/xt_conditions.h"
#include "rules/base/family.h"
#include "rules/legacy/save.h"
#include "rules/legacy/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_chain(const struct snapshot *s, uint32_t i, size_t used)
{
	const struct snap_chain *c = snapshot_chain(s, i);
	const char *name = snapshot_text(s, c->name);

	if (c->table >= s->tables || c->first + c->count >= s->rules ||
	    strnlen(name, c->name_len + 1) > c->name_len ||
	    snapshot_find_chain(s, c->table, name, c->name_len) == SNAP_NONE)
		abort();
	for (uint32_t n = 0; n <= c->count; n++) {
		const struct snap_rule *r = snapshot_rule(s, c->first + n);

		if (s->heap_at + r->text + r->len > used ||
		    (r->chain != SNAP_NONE && r->chain >= s->chains) ||
		    (r->verdict == SNAP_TARGET && r->target >= s->targets))
			abort();
		asked_by(snapshot_text(s, r->text), r->len, xt_conditions);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);

	if (!text)
		abort();
	memcpy(text, data, size);
	for (unsigned int f = 0; f < FAMILY_COUNT; f++) {
		size_t room = save_size(text, size), used;
		struct snapshot *s = calloc(1, room);
		struct save_notes notes;

		if (!s)
			abort();
		if (save_read(families[f], text, size, s, room, &used,
			      &notes) == 0)
			for (uint32_t i = 0; i < s->chains; i++)
				check_chain(s, i, used);
		free(s);
	}
	free(text);
	return 0;
}

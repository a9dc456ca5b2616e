// SPDX-License-Identifier: GPL-2.0-or-later
/* target: what a rule's target does to a packet, and can change in it. */
#include "place/target.h"

#include <string.h>

#include "place/place_types.h"
#include "rules/legacy/snapshot.h"

/* What the targets of the kernel and of xtables-addons do. */
static const struct target_row {
	const char *name;
	uint8_t effect, mangles;
} target_rows[] = {
	{ "AUDIT", EFFECT_CONTINUE, 0 },
	{ "CHECKSUM", EFFECT_CONTINUE, 0 },
	{ "CLASSIFY", EFFECT_CONTINUE, 0 },
	{ "CONNMARK", EFFECT_CONTINUE, MANGLE_MARK },
	{ "CONNSECMARK", EFFECT_CONTINUE, 0 },
	{ "CT", EFFECT_CONTINUE, 0 },
	{ "DNAT", EFFECT_ACCEPT, MANGLE_DST },
	{ "DNPT", EFFECT_CONTINUE, MANGLE_DST },
	{ "DSCP", EFFECT_CONTINUE, MANGLE_TOS },
	{ "ECN", EFFECT_CONTINUE, MANGLE_TOS | MANGLE_OTHER },
	{ "HL", EFFECT_CONTINUE, MANGLE_TTL },
	{ "HMARK", EFFECT_CONTINUE, MANGLE_MARK },
	{ "IDLETIMER", EFFECT_CONTINUE, 0 },
	{ "LED", EFFECT_CONTINUE, 0 },
	{ "LOG", EFFECT_CONTINUE, 0 },
	{ "MARK", EFFECT_CONTINUE, MANGLE_MARK },
	{ "MASQUERADE", EFFECT_ACCEPT, MANGLE_SRC },
	{ "NETMAP", EFFECT_ACCEPT, MANGLE_SRC | MANGLE_DST },
	{ "NFLOG", EFFECT_CONTINUE, 0 },
	{ "NFQUEUE", EFFECT_QUEUE, MANGLE_MARK | MANGLE_SRC | MANGLE_DST |
	  MANGLE_TTL | MANGLE_TOS | MANGLE_OTHER },
	{ "NOTRACK", EFFECT_CONTINUE, 0 },
	{ "RATEEST", EFFECT_CONTINUE, 0 },
	{ "REDIRECT", EFFECT_ACCEPT, MANGLE_DST },
	{ "REJECT", EFFECT_REJECT, 0 },
	{ "SECMARK", EFFECT_CONTINUE, 0 },
	{ "SET", EFFECT_CONTINUE, MANGLE_MARK },
	{ "SNAT", EFFECT_ACCEPT, MANGLE_SRC },
	{ "SNPT", EFFECT_CONTINUE, MANGLE_SRC },
	{ "SYNPROXY", EFFECT_MAYBE, 0 },
	{ "TCPMSS", EFFECT_CONTINUE, MANGLE_OTHER },
	{ "TCPOPTSTRIP", EFFECT_CONTINUE, MANGLE_OTHER },
	{ "TEE", EFFECT_CONTINUE, MANGLE_CLONE | MANGLE_TTL },
	{ "TOS", EFFECT_CONTINUE, MANGLE_TOS },
	{ "TPROXY", EFFECT_MAYBE, MANGLE_MARK },
	{ "TRACE", EFFECT_CONTINUE, 0 },
	{ "TTL", EFFECT_CONTINUE, MANGLE_TTL },
	{ "ULOG", EFFECT_CONTINUE, 0 },
};

void target_describe(struct place *p, const struct snapshot *s,
		     const struct snap_rule *r)
{
	static const struct {
		uint8_t effect;
		const char *name;
	} standard[] = {
		[SNAP_CONTINUE] = { EFFECT_CONTINUE, "" },
		[SNAP_ACCEPT] = { EFFECT_ACCEPT, "ACCEPT" },
		[SNAP_DROP] = { EFFECT_DROP, "DROP" },
		[SNAP_QUEUE] = { EFFECT_QUEUE, "QUEUE" },
		[SNAP_RETURN] = { EFFECT_RETURN, "RETURN" },
		[SNAP_JUMP] = { EFFECT_JUMP, "" },
		[SNAP_GOTO] = { EFFECT_GOTO, "" },
	};

	p->target_chain = r->chain;
	if (r->verdict < SNAP_TARGET) {
		p->effect = standard[r->verdict].effect;
		p->target = standard[r->verdict].name;
		if (r->verdict == SNAP_QUEUE)
			p->mangles = MANGLE_MARK | MANGLE_OTHER;
		if (r->chain != SNAP_NONE)
			p->target = snapshot_text(
				s, snapshot_chain(s, r->chain)->name);
		return;
	}
	p->target = s->target[r->target];
	p->effect = EFFECT_MAYBE;
	for (size_t i = 0; i < sizeof(target_rows) / sizeof(target_rows[0]);
	     i++) {
		if (strcmp(target_rows[i].name, p->target) == 0) {
			p->effect = target_rows[i].effect;
			p->mangles = target_rows[i].mangles;
		}
	}
}

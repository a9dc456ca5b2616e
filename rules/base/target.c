// SPDX-License-Identifier: GPL-2.0-or-later
/* target: what a rule can do to a packet, and what each target of xtables does. */
#include "rules/base/target.h"

#include <stddef.h>
#include <string.h>

#include "rules/base/units.h"

static const struct target targets[] = {
	{ "AUDIT", EFFECT_CONTINUE, 0 },
	{ "CHECKSUM", EFFECT_CONTINUE, MANGLE_OTHER },
	{ "CLASSIFY", EFFECT_CONTINUE, 0 },
	{ "CONNMARK", EFFECT_CONTINUE, MANGLE_MARK },	/* --restore-mark */
	{ "CONNSECMARK", EFFECT_CONTINUE, 0 },
	{ "CT", EFFECT_CONTINUE, 0 },
	{ "DNAT", EFFECT_ACCEPT, MANGLE_DST | DOES_NAT },
	{ "DNPT", EFFECT_CONTINUE, MANGLE_DST | DOES_DROP },
	{ "DSCP", EFFECT_CONTINUE, MANGLE_TOS },
	{ "ECN", EFFECT_CONTINUE, MANGLE_TOS | MANGLE_OTHER },
	{ "HL", EFFECT_CONTINUE, MANGLE_TTL },
	{ "HMARK", EFFECT_CONTINUE, MANGLE_MARK },
	{ "IDLETIMER", EFFECT_CONTINUE, 0 },
	{ "LED", EFFECT_CONTINUE, 0 },
	{ "LOG", EFFECT_CONTINUE, 0 },
	{ "MARK", EFFECT_CONTINUE, MANGLE_MARK },
	{ "MASQUERADE", EFFECT_ACCEPT, MANGLE_SRC | DOES_NAT },
	{ "NETMAP", EFFECT_ACCEPT, MANGLE_SRC | MANGLE_DST | DOES_NAT },
	{ "NFLOG", EFFECT_CONTINUE, 0 },	/* DOES_NFLOG0: see its group */
	{ "NFQUEUE", EFFECT_QUEUE, DOES_QUEUED },
	{ "NOTRACK", EFFECT_CONTINUE, 0 },
	{ "RATEEST", EFFECT_CONTINUE, 0 },
	{ "REDIRECT", EFFECT_ACCEPT, MANGLE_DST | DOES_NAT },
	{ "REJECT", EFFECT_REJECT, DOES_REJECT },
	{ "SECMARK", EFFECT_CONTINUE, 0 },
	{ "SET", EFFECT_CONTINUE, MANGLE_MARK },	/* --map-mark */
	{ "SNAT", EFFECT_ACCEPT, MANGLE_SRC | DOES_NAT },
	{ "SNPT", EFFECT_CONTINUE, MANGLE_SRC | DOES_DROP },
	{ "SYNPROXY", EFFECT_MAYBE, DOES_STEAL },
	{ "TCPMSS", EFFECT_CONTINUE, MANGLE_OTHER | DOES_DROP },
	{ "TCPOPTSTRIP", EFFECT_CONTINUE, MANGLE_OTHER | DOES_DROP },
	{ "TEE", EFFECT_CONTINUE, DOES_CLONED },
	{ "TOS", EFFECT_CONTINUE, MANGLE_TOS },
	/*
	 * Gives the packet to a socket, and lets it go on: its addresses stay what
	 * they are.  Without a socket it is dropped.
	 */
	{ "TPROXY", EFFECT_ACCEPT, MANGLE_MARK },
	{ "TRACE", EFFECT_CONTINUE, DOES_TRACE_ON },
	{ "TTL", EFFECT_CONTINUE, MANGLE_TTL },
	{ "ULOG", EFFECT_CONTINUE, 0 },
};

const struct target *target_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
	return NULL;
}

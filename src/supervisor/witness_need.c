// SPDX-License-Identifier: GPL-2.0-or-later
/* witness_need: the hooks whose end nothing but a witness chain would show. */
#include "supervisor/witness_need.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>
#include <unistd.h>

#include "host/ipvs.h"
#include "host/synproxy.h"
#include "place/path_map.h"
#include "plan/plan_state.h"
#include "rules/base/witness.h"
#include "rules/legacy/table.h"
#include "rules/nft/base_chains.h"
#include "rules/nft/dump.h"
#include "supervisor/queue_look.h"

enum {
	PRE = BIT(NF_INET_PRE_ROUTING),
	IN = BIT(NF_INET_LOCAL_IN),
	FORWARD = BIT(NF_INET_FORWARD),
	OUT = BIT(NF_INET_LOCAL_OUT),
	POST = BIT(NF_INET_POST_ROUTING),
	/* So many at one hook, and some may have no slot: legacy's and more to come. */
	CROWD = SLOT_MAX / 2,
	/*
	 * Bytes of a table, some thousand rules: one that is larger is dumped once and
	 * no more until the run is armed.  Of SYNPROXY there the snapshot tells, and
	 * fates are likely (path_map.synproxy).
	 */
	TABLE_SMALL = 256 * 1024,
};

/* By the names of the target, and of nft's expression. */
static const char *const synproxy[] = { "SYNPROXY", "synproxy", NULL };

uint8_t witness_need(const struct witness_facts *f)
{
	uint8_t need = 0;

	if (f->takes)
		return WITNESS_ALL;
	/* Which way it took, to this host or through it. */
	if (!(f->sees & IN))
		need |= IN;
	/*
	 * What nat has made of it is to be seen behind, where no other hook is.  Of an answer
	 * to what it has sent elsewhere it translates the source, as it leaves or comes in.
	 */
	need |= f->nat & (IN | POST);
	if (f->nat & OUT)
		need |= IN;
	if (f->nat & (PRE | OUT) || (f->reroutes && !(f->sees & POST)))
		need |= POST;
	if (!((f->sees | need) & (FORWARD | POST)))
		need |= FORWARD;
	return need;
}

/* Return: false: nobody knows. */
static bool look_at_nft_table(struct witness_facts *facts, const struct family *f,
			      int sock, const char *name, bool names)
{
	struct table_blob t;

	if (table_info(f, sock, name, &t) < 0)
		return false;
	names = names && t.size <= TABLE_SMALL;
	if (names && table_read(f, sock, name, &t) < 0)
		return false;
	*(strcmp(name, "nat") == 0 ? &facts->nat : &facts->sees) |=
		(uint8_t)t.valid_hooks;
	if (names)
		facts->takes |= memmem(t.bytes, t.size, synproxy[0],
				       strlen(synproxy[0]) + 1) != NULL;
	table_release(&t);
	return true;
}

static bool look_at_legacy(struct witness_facts *facts, const struct family *f,
			   const struct table_names *tables, bool names)
{
	int sock = tables->count ? table_socket(f) : -1;
	bool known = !tables->count || sock >= 0;

	for (unsigned int i = 0; i < tables->count && known; i++)
		known = look_at_nft_table(facts, f, sock, tables->name[i], names);
	if (sock >= 0)
		close(sock);
	return known;
}

static bool has_nft(const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (p->family[i].nft_tables)
			return true;
	return false;
}

/* Of no family alone; and chains of bridge and netdev, where packets go other ways. */
static bool anybody_takes(const struct plan *p, bool names)
{
	return p->nft_unseen || p->link_tables || ipvs_has_services() ||
	       queue_look_listens() ||
	       (names && has_nft(p) && nft_dump_names(synproxy));
}

static uint8_t need_of(const struct plan_family *pf, const struct family *f,
		       const struct nft_base_chains *nft, bool takes, bool names)
{
	struct witness_facts facts = {
		.sees = nft->filter, .nat = nft->nat,
		.reroutes = nft->route & OUT,
		.takes = takes || nft->most > CROWD,
	};

	if (!look_at_legacy(&facts, f, &pf->tables, names))
		facts.takes = true;
	return witness_need(&facts);
}

void witness_need_plan(struct plan *p, bool records)
{
	struct nft_base_chains nft[FAMILY_COUNT] = { 0 };
	const bool names = records && synproxy_can_be();
	bool takes = !records || anybody_takes(p, names);

	if (!p->witness)
		return;
	if (!takes && has_nft(p))
		takes = nft_base_chains_find(nft) < 0;
	p->witness = false;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct plan_family *pf = &p->family[i];

		if (!pf->use)
			continue;
		pf->witness = takes ? WITNESS_ALL :
			need_of(pf, families[i], &nft[i], takes, names);
		p->witness |= pf->witness != 0;
	}
}

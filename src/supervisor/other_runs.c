// SPDX-License-Identifier: GPL-2.0-or-later
/* other_runs: runs of nftrace that trace in nft's tables beside this one. */
#include "supervisor/other_runs.h"

#include "base/msg.h"
#include "rules/nft/snapshot.h"

/* Return: it is new, and there was room for it. */
static bool note_run(struct other_runs *o, const struct owner *run)
{
	for (unsigned int i = 0; i < o->count; i++)
		if (owner_same_run(&o->run[i], run))
			return false;
	if (o->count == OTHER_RUNS)
		return false;
	o->run[o->count++] = *run;
	return true;
}

void other_runs_say(struct other_runs *o, const struct nft_snapshot *s)
{
	for (uint32_t i = 0; s && i < s->tables; i++) {
		const struct nft_snap_table *t = nft_snapshot_table(s, i);
		struct owner run;

		if (!(t->flags & NFT_SNAP_NFTRACE) || t->flags & NFT_SNAP_OWN ||
		    !owner_parse_name(&run, nft_snapshot_text(s, t->name)) ||
		    !note_run(o, &run))
			continue;
		msg("note: another run of nftrace (pid %d) traces here as "
		    "well: what %s", (int)run.pid, o->left_out ?
		    "only it traces is left out" : "it traces is shown");
	}
}

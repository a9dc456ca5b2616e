// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_nft_rules: what nft lists, of strangers, for --rules; and a line of its monitor. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "misses/nft_conditions.h"
#include "replay/nft_line.h"
#include "replay/nft_listed.h"
#include "replay/nft_packet.h"
#include "replay/nft_rules.h"
#include "replay/trace_line.h"
#include "replay/xt_line.h"
#include "rules/nft/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All that it holds leads somewhere, and can be found. */
static void judge(const struct nft_snapshot *s)
{
	for (uint32_t i = 0; i < s->rules; i++) {
		const struct nft_snap_rule *r = nft_snapshot_rule(s, i);
		const struct nft_snap_chain *c;
		uint32_t found;

		if (r->chain >= s->chains || (r->to != NFT_SNAP_NONE && r->to >= s->chains))
			abort();
		c = nft_snapshot_chain(s, r->chain);
		found = nft_snapshot_find_rule(s, c->table, r->handle);
		if (c->table >= s->tables || i - c->first >= c->count ||
		    found == NFT_SNAP_NONE ||
		    strlen(nft_snapshot_text(s, r->text)) > r->len)
			abort();
		asked_by(nft_snapshot_text(s, r->text), r->len, nft_conditions_read);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nft_snapshot *s;
	static struct nft_rules r;
	struct strview text = { (const char *)data, size }, line;
	struct trace_text t;
	struct nft_line l;

	if (nft_rules_is(text)) {
		if (!nft_rules_read(&r, text))
			abort();
		for (unsigned int i = 0; i < r.chains; i++)
			if (nft_rules_find(&r, r.chain[i].family,
					   r.chain[i].table,
					   r.chain[i].name) == NULL)
				abort();
		s = nft_listed_make(text, &r);
		if (s)
			judge(s);
		free(s);
		nft_rules_free(&r);
	}
	while (strview_line(&text, &line))
		if (nft_line_parse(&l, line) == 0 && l.kind == NFT_LINE_PACKET)
			nft_packet_read(&t, l.rest);
		else if (xt_line_parse(&l, line) == 0 &&
			 l.kind == NFT_LINE_PACKET)
			xt_packet_read(&t, l.rest, xt_rule_proto(line));
	return 0;
}

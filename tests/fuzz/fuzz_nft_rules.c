// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_nft_rules: what nft lists, of strangers, for --rules; and a line of its monitor. */
#include <stdint.h>
#include <stdlib.h>

#include "replay/nft_line.h"
#include "replay/nft_packet.h"
#include "replay/nft_rules.h"
#include "replay/trace_line.h"
#include "replay/xt_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nft_rules r;
	struct strview text = { (const char *)data, size }, line;
	struct trace_text t;
	struct nft_line l;

	if (nft_rules_is(text)) {
		nft_rules_read(&r, text);
		for (unsigned int i = 0; i < r.chains; i++)
			if (nft_rules_find(&r, r.chain[i].family,
					   r.chain[i].table,
					   r.chain[i].name) == NULL)
				abort();
	}
	while (strview_line(&text, &line))
		if (nft_line_parse(&l, line) == 0 && l.kind == NFT_LINE_PACKET)
			nft_packet_read(&t, l.rest);
		else if (xt_line_parse(&l, line) == 0 &&
			 l.kind == NFT_LINE_PACKET)
			xt_packet_read(&t, l.rest, xt_rule_proto(line));
	return 0;
}

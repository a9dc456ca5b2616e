// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_nft_event: bytes as a message of nf_tables: a trace event, or a change of the rules. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "capture/nft_update.h"
#include "kept.h"
#include "packet/packet.h"
#include "packet/packet_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned int sink;

/* What a pointer of the result points to must lie in the message. */
static void touch(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++)
		sink += b[i];
}

static void touch_name(const struct event_name *n)
{
	touch(n->text, n->len);
}

static void read_trace(const struct nlmsghdr *nlh, size_t size)
{
	struct event_nft n;
	struct packet p;
	struct event e;

	if (!event_nft_parse(&e, &n, nlh, size))
		return;
	touch_name(&n.table);
	touch_name(&n.chain);
	touch_name(&n.jump);
	touch(e.hw_header, e.hw_header_len);
	packet_decode(&p, e.nfproto, e.payload, e.payload_len);
	kept_use_all(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *nlh = malloc(size ? size : 1);
	enum message_kind kind;
	struct nft_update c;

	if (!nlh)
		return 0;
	memcpy(nlh, data, size);
	/* Most of what comes has a length that is right. */
	if (size >= sizeof(*nlh) && !(nlh->nlmsg_flags & NLM_F_DUMP))
		nlh->nlmsg_len = (uint32_t)size;
	kind = size >= sizeof(*nlh) ? event_classify(nlh) : MESSAGE_OTHER;
	if (kind == MESSAGE_NFT_TRACE) {
		read_trace(nlh, size);
	} else if (kind == MESSAGE_NFT_UPDATE &&
		   nft_update_parse(&c, nlh, size)) {
		touch_name(&c.table);
		touch_name(&c.chain);
	}
	free(nlh);
	return 0;
}

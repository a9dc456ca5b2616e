// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_event: bytes as they come from the socket -> events -> headers. */
#include <linux/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "capture/event.h"
#include "capture/event_again.h"
#include "capture/event_nft.h"
#include "kept.h"
#include "packet/packet.h"
#include "place/prefix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned int sink;

/* What an event points at must be there to be read. */
static void touch(const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; p && i < len; i++)
		sink += p[i];
}

static void use(const struct event *e)
{
	struct packet p;

	touch(e->prefix, e->prefix_len);
	touch(e->payload, e->payload_len);
	touch(e->hw_header, e->hw_header_len);
	if (e->prefix)
		sink += place_looks_like_trace(e->prefix, e->prefix_len);
	packet_decode(&p, e->nfproto, e->payload, e->payload_len);
	kept_use_all(&p);
}

/* Of the packet the same bytes, wherever they are kept. */
static bool is_same(const uint8_t *a, const uint8_t **b, size_t len)
{
	const uint8_t *was = *b;

	*b = a;
	return a && was ? memcmp(a, was, len) == 0 : a == was;
}

/* By an earlier message as by itself. */
static bool parse_both(struct event_again *again, struct event *e,
		       const struct nlmsghdr *nlh, size_t len)
{
	struct event other = { .told = 0 };
	bool whole = event_parse(e, nlh, len);
	const struct event *got = event_parse_again(again, nlh, len);

	if (got)
		other = *got;
	other.told = 0;
	if (!!got != whole ||
	    (whole && (!is_same(e->payload, &other.payload, e->payload_len) ||
		       !is_same(e->hw_header, &other.hw_header, e->hw_header_len) ||
		       memcmp(e, &other, sizeof(other)) != 0)))
		abort();
	return whole;
}

/* As capture_receive() goes through what it has received. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *buf = malloc(size ? size : 1), *nlh = buf;
	int left = (int)size;
	static struct event_again again;
	struct event e;

	if (!buf)
		return 0;
	memcpy(buf, data, size);
	for (; event_message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (event_classify(nlh) == MESSAGE_LEGACY &&
		    parse_both(&again, &e, nlh, (size_t)left)) {
			use(&e);
			sink += event_has_successor(nlh, (size_t)left);
		}
	free(buf);
	return 0;
}

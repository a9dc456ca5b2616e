// SPDX-License-Identifier: GPL-2.0-or-later
/* event_test: messages whole, cut and odd, and of which kind they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "capture/nft_update.h"
#include "rules/base/units.h"

static char buf[4096] __attribute__((aligned(8)));

static struct nlmsghdr *message(void)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = NFPROTO_IPV4;
	return nlh;
}

static bool parse(struct event *e, const struct nlmsghdr *nlh)
{
	/* In a block of its own size, for sanitizers and valgrind. */
	static void *exact;

	free(exact);
	exact = malloc(nlh->nlmsg_len);
	memcpy(exact, nlh, nlh->nlmsg_len);
	return event_parse(e, exact, nlh->nlmsg_len);
}

static void all_attributes(void **state)
{
	struct nfulnl_msg_packet_hdr hdr = {
		.hw_protocol = htons(0x0800), .hook = NF_INET_FORWARD };
	struct nfulnl_msg_packet_timestamp ts = {
		.sec = htobe64(1764019200), .usec = htobe64(123456) };
	struct nlmsghdr *nlh = message();
	struct event e;

	(void)state;
	mnl_attr_put(nlh, NFULA_PACKET_HDR, sizeof(hdr), &hdr);
	mnl_attr_put(nlh, NFULA_TIMESTAMP, sizeof(ts), &ts);
	mnl_attr_put_u32(nlh, NFULA_MARK, htonl(0x40000));
	mnl_attr_put_u32(nlh, NFULA_IFINDEX_INDEV, htonl(3));
	mnl_attr_put_u32(nlh, NFULA_IFINDEX_OUTDEV, htonl(4));
	mnl_attr_put_u32(nlh, NFULA_IFINDEX_PHYSINDEV, htonl(5));
	mnl_attr_put_u32(nlh, NFULA_IFINDEX_PHYSOUTDEV, htonl(6));
	mnl_attr_put_u32(nlh, NFULA_UID, htonl(0));
	mnl_attr_put_u32(nlh, NFULA_GID, htonl(7));
	mnl_attr_put_u32(nlh, NFULA_SEQ, htonl(8));
	mnl_attr_put(nlh, NFULA_HWHEADER, 14, "abcdefghijklmn");
	mnl_attr_put_strz(nlh, NFULA_PREFIX, "TRACE: raw:OUTPUT:policy:1 ");
	mnl_attr_put(nlh, NFULA_PAYLOAD, 5, "\x45\0\0\0\0");
	mnl_attr_put(nlh, 200, 3, "new");	/* a later kernel's */
	assert_true(parse(&e, nlh));
	assert_int_equal(e.nfproto, NFPROTO_IPV4);
	assert_int_equal(e.hook, NF_INET_FORWARD);
	assert_int_equal(e.hw_proto, 0x0800);
	assert_true(e.stamp_ns == 1764019200123456000ull);
	assert_int_equal(e.mark, 0x40000);
	assert_int_equal(e.in, 3);
	assert_int_equal(e.out, 4);
	assert_int_equal(e.phys_in, 5);
	assert_int_equal(e.phys_out, 6);
	assert_int_equal(e.uid, 0);
	assert_int_equal(e.gid, 7);
	assert_int_equal(e.seq, 8);
	assert_int_equal(e.flags, EVENT_HAS_STAMP | EVENT_HAS_SEQ |
			 EVENT_HAS_UID);
	assert_int_equal(e.hw_header_len, 14);
	assert_int_equal(e.prefix_len, 27);
	assert_int_equal(e.payload_len, 5);
	assert_memory_equal(e.payload, "\x45", 1);
}

static void what_is_absent_is_zero(void **state)
{
	struct event e;

	(void)state;
	memset(&e, 0xff, sizeof(e));
	assert_true(parse(&e, message()));
	assert_int_equal(e.flags, 0);
	assert_int_equal(e.mark, 0);
	assert_null(e.prefix);
	assert_null(e.payload);
	assert_int_equal(e.payload_len, 0);
}

/* A prefix need not end in NUL. */
static void prefix_without_end(void **state)
{
	struct nlmsghdr *nlh = message();
	struct event e;

	(void)state;
	mnl_attr_put(nlh, NFULA_PREFIX, 4, "abcd");
	assert_true(parse(&e, nlh));
	assert_int_equal(e.prefix_len, 4);
}

static void short_attributes(void **state)
{
	static const uint16_t types[] = {
		NFULA_PACKET_HDR, NFULA_MARK, NFULA_TIMESTAMP,
		NFULA_IFINDEX_INDEV, NFULA_IFINDEX_OUTDEV,
		NFULA_IFINDEX_PHYSINDEV, NFULA_IFINDEX_PHYSOUTDEV, NFULA_UID,
		NFULA_GID, NFULA_SEQ,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		for (size_t len = 0; len < 4; len++) {
			struct nlmsghdr *nlh = message();
			struct event e;

			mnl_attr_put(nlh, types[i], len, "\1\2\3");
			if (types[i] == NFULA_PACKET_HDR && len == 4)
				continue;
			assert_false(parse(&e, nlh));
		}
}

/* What leaves by a tunnel has a link layer's header of no bytes. */
static void empty_bytes(void **state)
{
	static const uint16_t types[] = {
		NFULA_HWHEADER, NFULA_PAYLOAD, NFULA_PREFIX, NFULA_CT,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct nlmsghdr *nlh = message();
		struct event e;

		mnl_attr_put(nlh, types[i], 0, NULL);
		mnl_attr_put_u32(nlh, NFULA_SEQ, htonl(8));
		assert_true(parse(&e, nlh));
		assert_int_equal(e.seq, 8);
		assert_null(e.hw_header);
		assert_null(e.payload);
		assert_null(e.prefix);
	}
}

/* Cut at any byte: refused, or taken as far as it is whole. */
static void cut_anywhere(void **state)
{
	struct nlmsghdr *nlh = message();
	struct event e;

	(void)state;
	mnl_attr_put_u32(nlh, NFULA_SEQ, htonl(8));
	mnl_attr_put_strz(nlh, NFULA_PREFIX, "TRACE: raw:OUTPUT:policy:1 ");
	for (uint32_t len = 0; len < nlh->nlmsg_len; len++) {
		void *exact = malloc(len ? len : 1);

		memcpy(exact, nlh, len);
		assert_false(event_parse(&e, exact, len));
		free(exact);
	}
}

static void without_a_family(void **state)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);	/* no nfgenmsg */
	struct event_nft n;
	struct nft_update c;
	struct event e;

	(void)state;
	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET;
	assert_false(parse(&e, nlh));
	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE;
	assert_false(event_nft_parse(&e, &n, nlh, nlh->nlmsg_len));
	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN;
	assert_false(nft_update_parse(&c, nlh, nlh->nlmsg_len));
}

static void each_kind_has_its_parser(void **state)
{
	static const struct {
		uint8_t subsystem, type;
		enum message_kind kind;
	} rows[] = {
		{ NFNL_SUBSYS_ULOG, NFULNL_MSG_PACKET, MESSAGE_LEGACY },
		{ NFNL_SUBSYS_ULOG, NFULNL_MSG_CONFIG, MESSAGE_OTHER },
		{ NFNL_SUBSYS_QUEUE, NFULNL_MSG_PACKET, MESSAGE_OTHER },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_TRACE, MESSAGE_NFT_TRACE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWTABLE, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_DELTABLE, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWCHAIN, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_DELCHAIN, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWRULE, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_DELRULE, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWGEN, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWSET, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_DELSET, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWSETELEM, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_DELSETELEM, MESSAGE_NFT_UPDATE },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_NEWOBJ, MESSAGE_OTHER },
		{ NFNL_SUBSYS_NFTABLES, NFT_MSG_GETTABLE, MESSAGE_OTHER },
		{ NFNL_SUBSYS_NFTABLES, 0xff, MESSAGE_OTHER },
		{ NFNL_SUBSYS_CTNETLINK, NFT_MSG_NEWRULE, MESSAGE_OTHER },
		{ NFNL_SUBSYS_CTNETLINK, NFT_MSG_TRACE, MESSAGE_OTHER },
		{ 0, NLMSG_ERROR, MESSAGE_FENCE },
		{ 0, NLMSG_NOOP, MESSAGE_OTHER },
		{ 0, NLMSG_DONE, MESSAGE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nlmsghdr nlh = { .nlmsg_type = (uint16_t)(
			rows[i].subsystem << 8 | rows[i].type) };

		assert_int_equal(event_classify(&nlh), rows[i].kind);
	}
}

static struct nlmsghdr *nft_message(uint16_t type)
{
	struct nlmsghdr *nlh = message();

	nlh->nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	return nlh;
}

/* memcmp() and the like take no NULL, not even for no bytes at all. */
static void names_that_are_absent_are_empty(void **state)
{
	struct nlmsghdr *nlh = nft_message(NFT_MSG_TRACE);
	struct nft_update c;
	struct event_nft n;
	struct event e;

	(void)state;
	mnl_attr_put_strz(nlh, NFTA_TRACE_TABLE, "filter");
	mnl_attr_put_strz(nlh, NFTA_TRACE_CHAIN, "INPUT");
	mnl_attr_put_u32(nlh, NFTA_TRACE_TYPE, htonl(NFT_TRACETYPE_RULE));
	assert_true(event_nft_parse(&e, &n, nlh, nlh->nlmsg_len));
	assert_true(event_name_is(&n.table, "filter"));
	assert_non_null(n.jump.text);
	assert_true(event_name_is(&n.jump, ""));
	nlh = nft_message(NFT_MSG_NEWCHAIN);
	assert_true(nft_update_parse(&c, nlh, nlh->nlmsg_len));
	assert_non_null(c.table.text);
	assert_non_null(c.chain.text);
	assert_true(event_name_is(&c.table, ""));
	assert_true(event_name_is(&c.chain, ""));
}

/* Families bridge and netdev tell no protocol of IP: the frame does. */
static void protocol_of_a_frame(void **state)
{
	static const struct {
		uint8_t first;
		uint16_t type;
		uint8_t nfproto;
	} frames[] = {
		{ 0x45, 0x0800, NFPROTO_IPV4 }, { 0x60, 0x86dd, NFPROTO_IPV6 },
		{ 0x45, 0, NFPROTO_IPV4 }, { 0x60, 0, NFPROTO_IPV6 },
		{ 0x45, 0x88f7, NFPROTO_BRIDGE }, { 0x00, 0x0806, NFPROTO_BRIDGE },
		{ 0x44, 0x0800, NFPROTO_BRIDGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct nlmsghdr *nlh = nft_message(NFT_MSG_TRACE);
		uint8_t ip[40] = { frames[i].first, [6] = 17 }, udp[20] = { 1, 2 };
		uint8_t eth[14] = { [12] = (uint8_t)(frames[i].type >> 8),
				    [13] = (uint8_t)frames[i].type };
		struct event_nft n;
		struct event e;

		((struct nfgenmsg *)mnl_nlmsg_get_payload(nlh))->nfgen_family =
			NFPROTO_BRIDGE;
		mnl_attr_put_strz(nlh, NFTA_TRACE_TABLE, "t");
		mnl_attr_put_strz(nlh, NFTA_TRACE_CHAIN, "c");
		mnl_attr_put_u32(nlh, NFTA_TRACE_TYPE, htonl(NFT_TRACETYPE_POLICY));
		mnl_attr_put_u32(nlh, NFTA_TRACE_NFPROTO, htonl(NFPROTO_BRIDGE));
		if (frames[i].type)
			mnl_attr_put(nlh, NFTA_TRACE_LL_HEADER, sizeof(eth), eth);
		mnl_attr_put(nlh, NFTA_TRACE_NETWORK_HEADER, sizeof(ip), ip);
		mnl_attr_put(nlh, NFTA_TRACE_TRANSPORT_HEADER, sizeof(udp), udp);
		assert_true(event_nft_parse(&e, &n, nlh, nlh->nlmsg_len));
		assert_int_equal(n.family, NFPROTO_BRIDGE);
		assert_int_equal(e.nfproto, frames[i].nfproto);
		if (e.nfproto != NFPROTO_BRIDGE)
			assert_int_equal(e.payload[e.nfproto == NFPROTO_IPV4 ? 21 : 41], 2);
	}
}

/* synproxy: kernel 5.10 shows what was freed by then. */
static void a_stolen_packet_shows_nothing(void **state)
{
	static const struct {
		uint32_t verdict;
		bool shows;
	} rows[] = { { NF_ACCEPT, true }, { NF_STOLEN, false } };
	static const uint8_t header[20] = { 0x45 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nlmsghdr *nlh = nft_message(NFT_MSG_TRACE);
		struct nlattr *nest;
		struct event_nft n;
		struct event e;

		mnl_attr_put_strz(nlh, NFTA_TRACE_TABLE, "filter");
		mnl_attr_put_strz(nlh, NFTA_TRACE_CHAIN, "FORWARD");
		mnl_attr_put_u32(nlh, NFTA_TRACE_TYPE,
				 htonl(NFT_TRACETYPE_RULE));
		mnl_attr_put_u64(nlh, NFTA_TRACE_RULE_HANDLE, htobe64(4));
		nest = mnl_attr_nest_start(nlh, NFTA_TRACE_VERDICT);
		mnl_attr_put_u32(nlh, NFTA_VERDICT_CODE,
				 htonl(rows[i].verdict));
		mnl_attr_nest_end(nlh, nest);
		mnl_attr_put(nlh, NFTA_TRACE_NETWORK_HEADER, sizeof(header),
			     header);
		mnl_attr_put_u32(nlh, NFTA_TRACE_OIF, htonl(3));
		mnl_attr_put_u32(nlh, NFTA_TRACE_MARK, htonl(5));
		assert_true(event_nft_parse(&e, &n, nlh, nlh->nlmsg_len));
		assert_int_equal(n.verdict, rows[i].verdict);
		assert_int_equal(!(e.flags & EVENT_NO_HEADERS), rows[i].shows);
		assert_int_equal(e.payload_len,
				 rows[i].shows ? sizeof(header) : 0);
		assert_int_equal(e.out, rows[i].shows ? 3 : 0);
		assert_int_equal(e.mark, rows[i].shows ? 5 : 0);
	}
}

static void updates(void **state)
{
	static const struct {
		uint8_t type;
		uint16_t handle_type;	/* of its handle; 0: of no use */
		uint8_t kind;
	} rows[] = {
		{ NFT_MSG_NEWTABLE, NFTA_TABLE_HANDLE, NFT_UPDATE_TABLE },
		{ NFT_MSG_DELTABLE, NFTA_TABLE_HANDLE, NFT_UPDATE_NO_TABLE },
		{ NFT_MSG_NEWRULE, NFTA_RULE_HANDLE, NFT_UPDATE_RULE },
		{ NFT_MSG_DELRULE, NFTA_RULE_HANDLE, NFT_UPDATE_NO_RULE },
		{ NFT_MSG_NEWCHAIN, NFTA_CHAIN_HANDLE, NFT_UPDATE_CHAIN },
		{ NFT_MSG_DELCHAIN, 0, NFT_UPDATE_OTHER },
	};
	struct nft_update c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nlmsghdr *nlh = nft_message(rows[i].type);
		struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);

		nfg->res_id = htons(41);
		mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, "filter");
		if (rows[i].handle_type)
			mnl_attr_put_u64(nlh, rows[i].handle_type, htobe64(7));
		assert_true(nft_update_parse(&c, nlh, nlh->nlmsg_len));
		assert_int_equal(c.kind, rows[i].kind);
		assert_int_equal(c.serial, 41);
		assert_int_equal(c.family, NFPROTO_IPV4);
		assert_int_equal(c.handle, rows[i].handle_type ? 7 : 0);
		assert_true(event_name_is(&c.table, "filter"));
	}
}

static void the_generation(void **state)
{
	struct nlmsghdr *nlh = nft_message(NFT_MSG_NEWGEN);
	struct nft_update c;

	(void)state;
	mnl_attr_put_u32(nlh, NFTA_GEN_ID, htonl(0x10029));
	assert_true(nft_update_parse(&c, nlh, nlh->nlmsg_len));
	assert_int_equal(c.kind, NFT_UPDATE_GENERATION);
	assert_int_equal(c.generation, 0x10029);
	assert_int_equal(c.pid, 0);
	assert_true(event_name_is(&c.by, ""));
	mnl_attr_put_u32(nlh, NFTA_GEN_PROC_PID, htonl(812));
	mnl_attr_put_strz(nlh, NFTA_GEN_PROC_NAME, "firewalld");
	assert_true(nft_update_parse(&c, nlh, nlh->nlmsg_len));
	assert_int_equal(c.pid, 812);
	assert_true(event_name_is(&c.by, "firewalld"));
	nlh = nft_message(NFT_MSG_NEWGEN);
	mnl_attr_put_u16(nlh, NFTA_GEN_ID, htons(41));
	assert_false(nft_update_parse(&c, nlh, nlh->nlmsg_len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_attributes),
		cmocka_unit_test(what_is_absent_is_zero),
		cmocka_unit_test(prefix_without_end),
		cmocka_unit_test(short_attributes),
		cmocka_unit_test(empty_bytes),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(without_a_family),
		cmocka_unit_test(each_kind_has_its_parser),
		cmocka_unit_test(names_that_are_absent_are_empty),
		cmocka_unit_test(protocol_of_a_frame),
		cmocka_unit_test(a_stolen_packet_shows_nothing),
		cmocka_unit_test(updates),
		cmocka_unit_test(the_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* event_again_test: what is taken apart by an earlier message says what it says by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_log.h>

#include "capture/event_again.h"

/* A message, and which of its parts it has. */
struct told {
	const char *prefix;
	unsigned int hook, in, out, mark, uid, seq;
	uint64_t stamp;
	unsigned int ct_id, ct_status, ct_mark, ct_info;	/* .ct_id 0: no entry */
	unsigned int hw;		/* bytes of the link's header */
	unsigned int payload, fill;	/* bytes, and what they are */
	bool swapped;			/* the prefix comes last but for the payload */
	bool twice;			/* two entries */
};

static char buf[4096] __attribute__((aligned(8)));

static void put_number(struct nlmsghdr *nlh, uint16_t type, unsigned int n)
{
	if (n)
		mnl_attr_put_u32(nlh, type, htonl(n));
}

static void put_entry(struct nlmsghdr *nlh, const struct told *t, unsigned int id)
{
	struct nlattr *nest;

	if (!id)
		return;
	nest = mnl_attr_nest_start(nlh, NFULA_CT);
	mnl_attr_put(nlh, CTA_TUPLE_ORIG, 20, "01234567890123456789");
	mnl_attr_put_u32(nlh, CTA_ID, htonl(id));
	mnl_attr_put_u32(nlh, CTA_STATUS, htonl(t->ct_status));
	put_number(nlh, CTA_MARK, t->ct_mark);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *message(const struct told *t)
{
	struct nfulnl_msg_packet_hdr hdr = { htons(0x0800), (uint8_t)t->hook, 0 };
	struct nfulnl_msg_packet_timestamp ts = { htobe64(t->stamp), htobe64(7) };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;
	char bytes[512];

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = NFPROTO_IPV4;
	mnl_attr_put(nlh, NFULA_PACKET_HDR, sizeof(hdr), &hdr);
	if (!t->swapped)
		mnl_attr_put_strz(nlh, NFULA_PREFIX, t->prefix);
	put_number(nlh, NFULA_IFINDEX_INDEV, t->in);
	put_number(nlh, NFULA_IFINDEX_OUTDEV, t->out);
	put_number(nlh, NFULA_MARK, t->mark);
	if (t->hw)
		mnl_attr_put(nlh, NFULA_HWHEADER, t->hw, "abcdefghijklmnopqrst");
	if (t->stamp)
		mnl_attr_put(nlh, NFULA_TIMESTAMP, sizeof(ts), &ts);
	put_number(nlh, NFULA_UID, t->uid);
	put_number(nlh, NFULA_SEQ, t->seq);
	put_entry(nlh, t, t->ct_id);
	put_entry(nlh, t, t->twice ? t->ct_id + 1 : 0);
	if (t->ct_info)
		mnl_attr_put_u32(nlh, NFULA_CT_INFO, htonl(t->ct_info));
	if (t->swapped)
		mnl_attr_put_strz(nlh, NFULA_PREFIX, t->prefix);
	memset(bytes, (int)t->fill, sizeof(bytes));
	if (t->payload)
		mnl_attr_put(nlh, NFULA_PAYLOAD, (uint16_t)t->payload, bytes);
	return nlh;
}

/* Of the packet the same bytes, wherever they are kept. */
static void assert_bytes(const uint8_t *a, const uint8_t **b, uint32_t len)
{
	assert_int_equal(!a, !*b);
	if (a)
		assert_memory_equal(a, *b, len);
	*b = a;
}

/* In a block of its own size, for sanitizers and valgrind. */
static void assert_same(struct event_again *again, const struct nlmsghdr *nlh,
			size_t len)
{
	const struct event *got;
	struct event e, other;
	void *exact = malloc(len);

	memcpy(exact, nlh, len);
	memset(&e, 0, sizeof(e));
	got = event_parse_again(again, exact, len);
	assert_int_equal(!!got, event_parse(&e, exact, len));
	if (got) {
		other = *got;
		other.told = 0;
		assert_bytes(e.payload, &other.payload, e.payload_len);
		assert_bytes(e.hw_header, &other.hw_header, e.hw_header_len);
		assert_memory_equal(&e, &other, sizeof(e));
	}
	free(exact);
}

static const struct told usual = {
	.prefix = "TRACE: mangle:PREROUTING:rule:1 ", .hook = NF_INET_PRE_ROUTING,
	.in = 3, .seq = 5, .stamp = 1764019200, .ct_id = 77, .ct_status = 8,
	.ct_info = 2, .hw = 14, .payload = 61, .fill = 0x45,
};

static void check(const struct told *t)
{
	struct event_again again = { .of = { { .len = 0 } } };

	for (int n = 0; n < 3; n++) {
		const struct nlmsghdr *nlh = message(&usual);

		assert_same(&again, nlh, nlh->nlmsg_len);
		nlh = message(t);
		assert_same(&again, nlh, nlh->nlmsg_len);
		assert_same(&again, nlh, nlh->nlmsg_len);
	}
}

/* It comes behind the usual one, and that behind it. */
#define CHECK(...)				\
	do {					\
		struct told t = usual;		\
						\
		__VA_ARGS__;			\
		check(&t);			\
	} while (0)

static void test_prefixes(void **state)
{
	(void)state;
	CHECK(t.prefix = "TRACE: raw:PREROUTING:policy:12 ");
	CHECK(t.prefix = "x");
	CHECK(t.prefix = "");
	CHECK(t.swapped = true);
}

static void test_around(void **state)
{
	(void)state;
	CHECK(t.seq = 7);
	CHECK(t.hook = NF_INET_FORWARD, t.out = 4);
	CHECK(t.hook = 200);
	CHECK(t.in = 4);
	CHECK(t.in = 0);
	CHECK(t.out = 5);
	CHECK(t.mark = 5);
	CHECK(t.uid = 1000);
	CHECK(t.seq = 0);
	CHECK(t.stamp = 0);
	CHECK(t.stamp = 1764019201);
}

static void test_connections(void **state)
{
	(void)state;
	CHECK(t.ct_id = 0);
	CHECK(t.ct_id = 78);
	CHECK(t.ct_status = 9);
	CHECK(t.ct_mark = 9);
	CHECK(t.ct_id = 78, t.ct_info = 1);
	CHECK(t.ct_info = 0);
	CHECK(t.ct_id = 79, t.ct_info = 0);
	CHECK(t.twice = true);
	CHECK(t.twice = true, t.ct_id = 80);
}

static void test_packets(void **state)
{
	(void)state;
	CHECK(t.hw = 0);
	CHECK(t.hw = 16);
	CHECK(t.payload = 0);
	CHECK(t.payload = 60);
	CHECK(t.payload = 62);
	CHECK(t.payload = 400);
	CHECK(t.fill = 0x46);
}

/* Is the number of what is told the usual one's, when this comes behind that? */
static uint64_t told(struct event_again *again, const struct told *t)
{
	const struct nlmsghdr *nlh = message(t);
	const struct event *e = event_parse_again(again, nlh, nlh->nlmsg_len);

	assert_non_null(e);
	return e->told;
}

#define CHECK_TOLD(same, ...)						\
	do {								\
		struct event_again again = { .of = { { .len = 0 } } };	\
		uint64_t first = told(&again, &usual);			\
		struct told t = usual;					\
									\
		__VA_ARGS__;						\
		assert_true(first);					\
		assert_int_equal(told(&again, &t) == first, same);	\
		assert_int_equal(told(&again, &usual) == first, same);	\
	} while (0)

static void test_told(void **state)
{
	(void)state;
	CHECK_TOLD(true, t.seq = 7);
	CHECK_TOLD(true, t.prefix = "TRACE: raw:PREROUTING:policy:12 ", t.seq = 7);
	CHECK_TOLD(false, t.mark = 5);
	CHECK_TOLD(false, t.in = 4);
	CHECK_TOLD(false, t.out = 4);
	CHECK_TOLD(false, t.uid = 4);
	CHECK_TOLD(false, t.stamp = 1764019201);
	CHECK_TOLD(false, t.ct_id = 78);
	CHECK_TOLD(false, t.ct_mark = 78);
	CHECK_TOLD(false, t.ct_info = 1);
	CHECK_TOLD(false, t.fill = 0x46);
	CHECK_TOLD(false, t.payload = 60);
	CHECK_TOLD(false, t.swapped = true);
}

/* What is too long to be kept is never said to be the same. */
static void test_untold(void **state)
{
	struct event_again again = { .of = { { .len = 0 } } };
	struct told t = usual;

	(void)state;
	t.payload = 400;
	assert_int_equal(told(&again, &t), 0);
	assert_int_equal(told(&again, &t), 0);
	t.swapped = true;
	assert_int_equal(told(&again, &t), 0);
}

/* Behind a whole message one that is cut, or is one byte another. */
static void test_broken(void **state)
{
	const struct nlmsghdr *nlh = message(&usual);
	size_t len = nlh->nlmsg_len;
	struct event_again again = { .of = { { .len = 0 } } };

	(void)state;
	for (size_t cut = sizeof(*nlh); cut < len; cut++) {
		assert_same(&again, message(&usual), len);
		assert_same(&again, message(&usual), cut);
		((struct nlmsghdr *)(void *)buf)->nlmsg_len = (uint32_t)cut;
		assert_same(&again, (const void *)buf, cut);
	}
	for (size_t at = sizeof(*nlh); at < len; at++)
		for (int bit = 1; bit < 256; bit *= 2) {
			assert_same(&again, message(&usual), len);
			message(&usual);
			buf[at] = (char)(buf[at] ^ bit);
			assert_same(&again, (const void *)buf, len);
			assert_same(&again, message(&usual), len);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_untold),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests_name("event_again", tests, NULL, NULL);
}

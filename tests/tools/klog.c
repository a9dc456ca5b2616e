// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * klog: events of nftrace --flat --json -> the lines that nf_log_syslog writes of
 * them (net/netfilter/nf_log_syslog.c), as dmesg shows them.
 *
 * In a namespace that is not the first one that logger is silent.
 */
#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BYTES = 256, LINE = 1 << 20, TICK_US = 13 };

struct bytes {
	uint8_t at[BYTES];
	size_t len;
};

static const char *text(json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

static void from_hex(struct bytes *b, const char *hex)
{
	unsigned int byte;

	memset(b, 0, sizeof(*b));
	for (; b->len < BYTES && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		b->at[b->len++] = (uint8_t)byte;
}

static unsigned int u16(const uint8_t *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

static unsigned int u32(const uint8_t *at)
{
	return u16(at) << 16 | u16(at + 2);
}

static void put_options(const uint8_t *at, size_t len)
{
	printf("OPT (");
	for (size_t i = 0; i < len; i++)
		printf("%02X", at[i]);
	printf(") ");
}

static void put_tcp(const uint8_t *at, size_t left)
{
	static const char *const flags[] = { "CWR", "ECE", "URG", "ACK", "PSH",
					     "RST", "SYN", "FIN" };
	size_t len = (size_t)(at[12] >> 4) * 4;

	printf("PROTO=TCP SPT=%u DPT=%u SEQ=%u ACK=%u WINDOW=%u RES=0x%02x ",
	       u16(at), u16(at + 2), u32(at + 4), u32(at + 8), u16(at + 14),
	       (at[12] & 0xfu) << 2);
	for (unsigned int i = 0; i < 8; i++)
		if (at[13] & 0x80 >> i)
			printf("%s ", flags[i]);
	printf("URGP=%u ", u16(at + 18));
	if (len > 20 && len <= left)
		put_options(at + 20, len - 20);
}

static void put_packet(const uint8_t *at, size_t left);

static void put_icmp(const uint8_t *at, size_t left)
{
	printf("PROTO=ICMP TYPE=%u CODE=%u ", at[0], at[1]);
	if (at[0] == 8 || at[0] == 0)
		printf("ID=%u SEQ=%u ", u16(at + 4), u16(at + 6));
	if (at[0] == 3 || at[0] == 11) {
		printf("[");
		put_packet(at + 8, left - 8);
		printf("] ");
		if (at[0] == 3 && at[1] == 4)
			printf("MTU=%u ", u16(at + 6));
	}
}

static void put_icmp6(const uint8_t *at, size_t left)
{
	printf("PROTO=ICMPv6 TYPE=%u CODE=%u ", at[0], at[1]);
	if (at[0] == 128 || at[0] == 129)
		printf("ID=%u SEQ=%u ", u16(at + 4), u16(at + 6));
	if (at[0] >= 1 && at[0] <= 4) {
		printf("[");
		put_packet(at + 8, left - 8);
		printf("] ");
	}
}

static void put_transport(unsigned int proto, const uint8_t *at, size_t left)
{
	switch (proto) {
	case IPPROTO_TCP:
		put_tcp(at, left);
		break;
	case IPPROTO_UDP:
		printf("PROTO=UDP SPT=%u DPT=%u LEN=%u ", u16(at), u16(at + 2),
		       u16(at + 4));
		break;
	case IPPROTO_ICMP:
		put_icmp(at, left);
		break;
	case IPPROTO_ICMPV6:
		put_icmp6(at, left);
		break;
	default:
		printf("PROTO=%u ", proto);
	}
}

static void put_v4(const uint8_t *at, size_t left)
{
	unsigned int frag = u16(at + 6);

	printf("SRC=%u.%u.%u.%u DST=%u.%u.%u.%u LEN=%u TOS=0x%02X PREC=0x%02X "
	       "TTL=%u ID=%u ", at[12], at[13], at[14], at[15], at[16], at[17],
	       at[18], at[19], u16(at + 2), at[1] & 0x1eu, at[1] & 0xe0u, at[8],
	       u16(at + 4));
	printf("%s%s", frag & 0x4000 ? "DF " : "", frag & 0x2000 ? "MF " : "");
	if (frag & 0x1fff)
		printf("FRAG:%u PROTO=%u ", frag & 0x1fff, at[9]);
	else
		put_transport(at[9], at + 20, left - 20);
}

static void put_v6(const uint8_t *at, size_t left)
{
	printf("SRC=");
	for (unsigned int i = 0; i < 16; i += 2)
		printf("%04x%s", u16(at + 8 + i), i < 14 ? ":" : " DST=");
	for (unsigned int i = 0; i < 16; i += 2)
		printf("%04x%s", u16(at + 24 + i), i < 14 ? ":" : " ");
	printf("LEN=%u TC=%u HOPLIMIT=%u FLOWLBL=%u ", u16(at + 4) + 40,
	       (u32(at) & 0xff00000) >> 20, at[7], u32(at) & 0xfffff);
	put_transport(at[6], at + 40, left - 40);
}

static void put_packet(const uint8_t *at, size_t left)
{
	if (left >= 20 && at[0] >> 4 == 4)
		put_v4(at, left);
	else if (left >= 40)
		put_v6(at, left);
}

static void put_event(json_t *o, unsigned long n)
{
	json_t *e = json_object_get(o, "event");
	struct bytes b;
	unsigned int mark = 0;

	from_hex(&b, text(o, "payload"));
	printf("[%5lu.%06lu] TRACE: %s:%s:%s:%lld IN=%s OUT=%s ",
	       100 + n * TICK_US / 1000000, n * TICK_US % 1000000,
	       text(e, "table"), text(e, "chain"), text(e, "kind"),
	       (long long)json_integer_value(json_object_get(e, "number")),
	       text(e, "in"), text(e, "out"));
	put_packet(b.at, b.len);
	sscanf(text(e, "mark"), "%x", &mark);
	if (mark)
		printf("MARK=0x%x ", mark);
	printf("\n");
}

int main(void)
{
	static char line[LINE];

	for (unsigned long n = 0; fgets(line, sizeof(line), stdin); n++) {
		json_t *o = json_loads(line, 0, NULL);

		if (!o)
			return 1;
		put_event(o, n);
		json_decref(o);
	}
	return 0;
}

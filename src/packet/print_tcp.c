// SPDX-License-Identifier: GPL-2.0-or-later
/* print_tcp: TCP's flags, numbers and options as tcpdump -n -S writes them. */
#include "packet/print_tcp.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "packet/packet.h"
#include "packet/print_ends.h"

void print_tcp_flags(struct strbuf *l, uint8_t flags)
{
	/* tcpdump's letters; ACK is the dot. */
	static const char letters[] = "FSRP.UEW";

	if (!flags)
		strbuf_text(l, "none");
	for (unsigned int i = 0; i < 8; i++)
		if (flags & (1u << i))
			strbuf_add(l, "%c", letters[i]);
}

/* One option of @len bytes at @o; false: malformed. */
static bool add_tcp_option(struct strbuf *l, const uint8_t *o, uint8_t len)
{
	switch (o[0]) {
	case 2:
		if (len != 4)
			return false;
		strbuf_add(l, "mss %u", o[2] << 8 | o[3]);
		return true;
	case 3:
		if (len != 3)
			return false;
		strbuf_add(l, "wscale %u", o[2]);
		return true;
	case 4:
		strbuf_add(l, "sackOK");
		return len == 2;
	case 5:
		strbuf_add(l, "sack %d ", (len - 2) / 8);
		for (uint8_t i = 2; i + 8 <= len; i = (uint8_t)(i + 8))
			strbuf_add(l, "{%u:%u}", packet_be32(o + i), packet_be32(o + i + 4));
		return (len - 2) % 8 == 0;
	case 19:
		strbuf_add(l, "md5");
		return len == 18;
	case 34:
		strbuf_add(l, "tfo %s", len == 2 ? "cookiereq" : "cookie");
		return true;
	case 8:
		if (len != 10)
			return false;
		strbuf_add(l, "TS val %u ecr %u", packet_be32(o + 2), packet_be32(o + 6));
		return true;
	default:
		strbuf_add(l, "unknown-%u%s", o[0], len > 2 ? " 0x" : "");
		for (uint8_t i = 2; i < len; i++)
			strbuf_add(l, "%02x", o[i]);
		return true;
	}
}

/* Return: bytes of the option at @at, 0: what follows cannot be told. */
static uint8_t add_option_at(struct strbuf *l, const struct packet *p,
			     uint32_t at, uint32_t end)
{
	const uint8_t *o = p->data + at;

	if (at >= p->caplen || (o[0] > 1 && at + 1 >= p->caplen)) {
		strbuf_add(l, "[|tcp]");
		return 0;
	}
	if (o[0] <= 1) {
		strbuf_add(l, "%s", o[0] ? "nop" : "eol");
		return o[0];
	}
	if (o[1] >= 2 && at + o[1] <= end && at + o[1] > p->caplen) {
		strbuf_add(l, "[|tcp]");
		return 0;
	}
	if (o[1] >= 2 && at + o[1] <= end && add_tcp_option(l, o, o[1]))
		return o[1];
	strbuf_add(l, "[bad opt]");
	return 0;
}

static void add_tcp_options(struct strbuf *l, const struct packet *p,
			    uint32_t end)
{
	uint32_t at = p->l4 + 20;
	uint8_t len = 1;

	/* nft copies so much and no more: these are in the packet all the same. */
	if (end <= at || at == p->caplen)
		return;
	strbuf_add(l, ", options [");
	for (; at < end && len; at += len) {
		strbuf_add(l, "%s", at > p->l4 + 20 ? "," : "");
		len = add_option_at(l, p, at, end);
	}
	strbuf_add(l, "]");
}

void print_tcp(struct strbuf *l, const struct packet *p)
{
	const uint8_t *h = p->data + p->l4;
	uint32_t header = (h[12] >> 4) * 4u, length = packet_length(p);

	strbuf_text(l, "Flags [");
	print_tcp_flags(l, p->tcp_flags);
	strbuf_text(l, "]");
	if (header < 20 || (p->l4 + header > p->length && !p->unsized)) {
		strbuf_add(l, " [bad hdr length %u - too %s]", header,
			   header < 20 ? "short, < 20" : "long");
		return;
	}
	if (length)
		strbuf_add(l, ", seq %u:%u", p->tcp_seq, p->tcp_seq + length);
	else if (p->tcp_flags & 0x07 || p->unsized)	/* FIN, SYN, RST take a number */
		strbuf_add(l, ", seq %u", p->tcp_seq);
	if (p->tcp_flags & 0x10)
		strbuf_add(l, ", ack %u", p->tcp_ack);
	strbuf_add(l, ", win %u", h[14] << 8 | h[15]);
	if (p->tcp_flags & 0x20)
		strbuf_add(l, ", urg %u", h[18] << 8 | h[19]);
	add_tcp_options(l, p, p->l4 + header);
	print_length(l, p, length);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_text: a log's TRACE line, as nf_log_syslog writes it -> event; pure. */
#include "replay/trace_text.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "place/prefix.h"
#include "replay/trace_again.h"
#include "replay/trace_build.h"
#include "replay/trace_packet.h"
#include "replay/trace_reading.h"
#include "replay/trace_time.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"

/* Words in front of "SRC=", which tell of no packet. */
static const uint32_t HEAD_WORDS = 1u << ONCE_IN | 1u << ONCE_OUT |
				   1u << ONCE_PHYSIN | 1u << ONCE_PHYSOUT |
				   1u << ONCE_MAC;

static bool take_text_id(struct trace_reading *rd, struct strview value, uint32_t *id)
{
	if (!strview_number(value, 10, id))
		return false;
	rd->t->e.flags |= EVENT_HAS_UID;
	return true;
}

/*
 * What belongs to the event and not to a packet.
 * Return: 1 taken, 0 another word, -1 no value that can be, or there twice.
 */
static int take_event_word(struct trace_reading *rd, struct strview word)
{
	static const struct {
		const char *key;
		size_t name;
	} names[] = {
		[ONCE_IN] = { "IN=", offsetof(struct trace_text, in) },
		[ONCE_OUT] = { "OUT=", offsetof(struct trace_text, out) },
		[ONCE_PHYSIN] = { "PHYSIN=", offsetof(struct trace_text, phys_in) },
		[ONCE_PHYSOUT] = { "PHYSOUT=", offsetof(struct trace_text, phys_out) },
	};
	struct trace_text *t = rd->t;
	struct strview value = word;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		struct trace_text_name *name =
			(void *)((char *)t + names[i].name);

		if (*names[i].key != *word.at ||
		    !strview_take(&value, names[i].key))
			continue;
		if (!trace_packet_first(rd, i))
			return -1;
		name->at = value.at;
		name->len = value.len;
		return 1;
	}
	if (strview_take(&value, "MAC=")) {
		if (!trace_packet_first(rd, ONCE_MAC))
			return -1;
		rd->mac_len = trace_packet_hex(value, rd->mac, sizeof(rd->mac)) / 14 *
			      14;
		return 1;
	}
	if (strview_take(&value, "MARK="))
		return trace_packet_first(rd, ONCE_MARK) &&
		       strview_number(value, 16, &t->e.mark) ? 1 : -1;
	if (strview_take(&value, "UID="))
		return trace_packet_first(rd, ONCE_UID) &&
		       take_text_id(rd, value, &t->e.uid) ? 1 : -1;
	if (strview_take(&value, "GID="))
		return trace_packet_first(rd, ONCE_GID) &&
		       strview_number(value, 10, &t->e.gid) ? 1 : -1;
	return 0;
}

/* "MACSRC=", "MACDST=", "MACPROTO=": the same, decoded by the kernel. */
static bool take_mac_part(struct trace_reading *rd, struct strview word)
{
	static const struct {
		const char *key;
		uint8_t at, len;
	} parts[] = {
		{ "MACDST=", 0, 6 }, { "MACSRC=", 6, 6 }, { "MACPROTO=", 12, 2 },
	};

	for (size_t i = 0; i < 3; i++) {
		struct strview value = word;

		if (!strview_take(&value, parts[i].key))
			continue;
		rd->mac_words++;
		if (trace_packet_hex(value, rd->mac + parts[i].at, parts[i].len) ==
		    parts[i].len)
			rd->mac_len = 14;
		return true;
	}
	return false;
}

/* Most words begin with a letter that none of the event's does: nobody is asked. */
static bool may_be_events(struct strview word)
{
	static const bool first[256] = {
		['I'] = true, ['O'] = true, ['P'] = true, ['M'] = true,
		['U'] = true, ['G'] = true,
	};

	return first[(uint8_t)*word.at];
}

static bool opens_quote(struct strview *word)
{
	return strview_take(word, "[") && word->len > 4 &&
	       memcmp(word->at, "SRC=", 4) == 0;
}

/* Words in front of "SRC=", which are the event's and of no packet; @rest: the others. */
static bool read_head(struct trace_reading *rd, struct strview *rest)
{
	struct strview next = *rest, word;

	while (strview_word(&next, &word) && !strview_starts(word, "SRC=")) {
		int taken = may_be_events(word) ? take_event_word(rd, word) : 0;

		if (taken < 0)
			return false;
		if (!taken && !take_mac_part(rd, word))
			break;
		*rest = next;
	}
	while (rest->len && *rest->at == ' ')
		*rest = strview_behind(*rest, 1);
	return true;
}

/* All others. */
static bool read_words(struct trace_reading *rd, struct strview rest)
{
	struct strview word;

	while (strview_word(&rest, &word)) {
		struct strview quote = word;
		bool own = !rd->depth && may_be_events(word);
		int taken = own ? take_event_word(rd, word) : 0;

		if (taken < 0)
			return false;
		if (taken || (own && take_mac_part(rd, word)))
			continue;
		if (rd->depth + 1 < TRACE_DEPTH && opens_quote(&quote)) {
			rd->packet[rd->depth].quoted =
				&rd->packet[rd->depth + 1];
			rd->depth++;
			word = quote;
		}
		if (rd->depth && strview_is(word, "]")) {
			rd->depth--;
			continue;
		}
		/* The next entry, joined to this one, or a damaged value. */
		if (strview_is(word, "TRACE:") || !trace_packet_word(rd, word))
			return false;
	}
	/* A quote that is not closed: the line was cut. */
	return rd->depth == 0;
}

/* The line ends where the kernel would not have ended it. */
static bool is_text_whole(const struct trace_reading *rd)
{
	const struct trace_text_packet *p = &rd->packet[0];
	static const uint32_t ends = 1u << ONCE_SRC | 1u << ONCE_DST;
	static const uint32_t tcp = 1u << TT_SPT | 1u << TT_DPT | 1u << TT_WINDOW |
				    1u << TT_URGP;
	static const uint32_t udp = 1u << TT_SPT | 1u << TT_DPT | 1u << TT_UDP_LEN;
	static const uint32_t icmp = 1u << TT_TYPE | 1u << TT_CODE;
	uint32_t want = 0;

	/* Lines that somebody has shortened have no LEN, or no PROTO. */
	if ((rd->seen[0] & ends) != ends || !(p->has & 1u << TT_LEN) ||
	    !(p->has_proto || p->no_more))
		return false;
	if (p->fragment || p->no_more)
		return true;
	switch (p->proto) {
	case IPPROTO_TCP:
		want = tcp;
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		want = udp;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		want = icmp;
		break;
	}
	return (p->has & want) == want;
}

static void settle_packets(struct trace_reading *rd)
{
	for (unsigned int i = 0; i < TRACE_DEPTH; i++) {
		rd->packet[i].fragment = rd->packet[i].number[TT_FRAG] != 0;
		trace_packet_settle(&rd->packet[i]);
	}
}

static void fill_packet(struct trace_reading *rd)
{
	struct trace_text *t = rd->t;

	t->e.nfproto = rd->packet[0].v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	t->e.payload = t->packet;
	t->e.payload_len = (uint32_t)trace_text_build(t->packet,
						      sizeof(t->packet),
						      &rd->packet[0]);
}

static bool read_packet(struct trace_reading *rd, struct strview words)
{
	memset(rd->packet, 0, sizeof(rd->packet));
	if (!read_words(rd, words))
		return false;
	settle_packets(rd);
	if (!is_text_whole(rd))
		return false;
	fill_packet(rd);
	return true;
}

/* The same words are the same packet, once the head is read and told nothing of it. */
static bool read_again(struct trace_reading *rd, struct strview words,
		       struct trace_again *again)
{
	uint32_t seen = rd->seen[0];
	unsigned int mac_words = rd->mac_words;
	struct trace_again_packet *kept = seen & ~HEAD_WORDS ? NULL :
		trace_again_find(again, words);

	if (kept && trace_again_has(kept, words)) {
		trace_again_give(kept, rd->t);
		return true;
	}
	if (!read_packet(rd, words))
		return false;
	/* Words of the head among them would have to be asked for again. */
	if (kept && !(rd->seen[0] & ~seen & HEAD_WORDS) &&
	    rd->mac_words == mac_words)
		trace_again_keep(kept, words, rd->t);
	return true;
}

static void fill_event(struct trace_reading *rd, struct strview prefix)
{
	struct trace_text *t = rd->t;
	struct event *e = &t->e;

	e->backend = EVENT_LEGACY;
	e->hook = 0xff;
	e->prefix = prefix.at;
	e->prefix_len = (uint32_t)prefix.len;
	if (rd->mac_len) {
		memcpy(t->hw_header, rd->mac, sizeof(t->hw_header));
		e->hw_header = t->hw_header;
		e->hw_header_len = sizeof(t->hw_header);
	}
}

int trace_text_parse(struct trace_text *t, const char *line, size_t len,
		     int64_t now, struct trace_again *again)
{
	size_t begin = strview_find((struct strview){ line, len }, "TRACE: ");
	struct trace_reading rd;
	struct strview rest = { line + begin, len - begin }, prefix;

	if (!rest.len)
		return -ENOMSG;
	memset(t, 0, sizeof(*t));
	memset(&rd, 0, offsetof(struct trace_reading, packet));
	rd.t = t;
	prefix = (struct strview){ rest.at, strview_find(rest, " IN=") };
	if (prefix.len == rest.len) {
		/* Another program's word, or the beginning of a line of ours. */
		strview_word(&rest, &prefix);
		return strview_word(&rest, &prefix) &&
				       memchr(prefix.at, ':', prefix.len)
			       ? -EBADMSG
			       : -ENOMSG;
	}
	if (!place_looks_like_trace(prefix.at, prefix.len))
		return -ENOMSG;
	/* No name has a NUL, and to some who print it a text ends there. */
	if (memchr(line, '\0', len))
		return -EBADMSG;
	rest = strview_behind(rest, prefix.len);
	if (!read_head(&rd, &rest) || !read_again(&rd, rest, again))
		return -EBADMSG;
	fill_event(&rd, prefix);
	trace_text_time(t, line, begin, now);
	return 0;
}

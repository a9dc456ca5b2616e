// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_record: a pcapng whose comments are records in good grammar, with bad words in them. */
#include <stdint.h>
#include <unistd.h>

#include "grammar.h"
#include "journey/change.h"
#include "journey/near_miss.h"
#include "place/text_doubt.h"
#include "record/pcapng.h"
#include "record/record.h"
#include "replay/replay_pcap.h"
#include "replayed.h"
#include "rules/base/family.h"
#include "snaplens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PACKETS = 4, EVENTS = 6 };

static struct made file, block, words;

/* Lines that may be printed, as they have to be printed, one behind the other. */
static struct made known;
static bool known_full;

static void know(const char *prefix, size_t prefix_len, const char *rule,
		 size_t rule_len)
{
	char line[1024];
	size_t n = escape_text(line, sizeof(line), prefix, prefix_len);
	char *parting;

	if (sizeof(known.at) - known.len < 2 * sizeof(line)) {
		known_full = true;
		return;
	}
	/* Only in front of a rule may it look like that. */
	while ((parting = memmem(line, n, "  \"", 3)) && n + 3 < sizeof(line)) {
		memmove(parting + 5, parting + 2, n - (size_t)(parting - line) - 2);
		memcpy(parting + 1, "\\x20", 4);
		n += 3;
	}
	made_bytes(&known, line, n);
	if (rule_len) {
		made_text(&known, "  \"");
		n = escape_text(line, sizeof(line), rule, rule_len);
		made_bytes(&known, line, n);
		made_text(&known, "\"");
	}
	made_text(&known, "\n");
}

static bool is_known(const char *line, size_t len)
{
	for (const char *at = known.at, *end; at < known.at + known.len;
	     at = end + 1) {
		end = memchr(at, '\n', (size_t)(known.at + known.len - at));
		if ((size_t)(end - at) == len && memcmp(at, line, len) == 0)
			return true;
	}
	return known_full;
}

/* As a name is written; now and then as it should not be. */
static void put_name(struct grammar *g, struct made *m, const char *plain)
{
	struct grammar_text t = { plain, strlen(plain) };
	bool raw;

	if (!grammar_rarely(g)) {
		made_text(m, plain);
		return;
	}
	raw = grammar_rarely(g);
	t = grammar_hostile(g);
	for (size_t i = 0; i < t.len; i++)
		if (raw)
			made_bytes(m, &t.at[i], 1);
		else
			made_printf(m, "%%%02x", (uint8_t)t.at[i]);
}

static void put_number(struct grammar *g, struct made *m, unsigned int plain)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%u", plain);
	if (grammar_rarely(g))
		put_name(g, m, digits);
	else
		made_text(m, digits);
}

static void put_word(struct grammar *g, struct made *m,
		     const char *(*word)(unsigned int), unsigned int count)
{
	if (grammar_rarely(g))
		put_name(g, m, "x");
	else
		made_text(m, word(grammar_pick(g, count)));
}

static const char *maker(unsigned int i)
{
	return change_maker_word(i);
}

static const char *field(unsigned int i)
{
	return change_field_word(i);
}

static const char *kind(unsigned int i)
{
	return fate_word(i);
}

static const char *how(unsigned int i)
{
	return near_miss_how_word(i);
}

static const char *interface(struct grammar *g)
{
	static const char *const names[] = { "eth0", "eth1", "lo", "" };

	return names[grammar_pick(g, 4)];
}

static void put_head_word(struct grammar *g, unsigned int which)
{
	struct made *m = &words;

	switch (which) {
	case 0:
		made_text(m, " host=");
		put_name(g, m, "router");
		break;
	case 1:
		made_text(m, " netns=");
		put_name(g, m, "4026531840");
		break;
	case 2:
		made_text(m, " family=");
		put_name(g, m, grammar_pick(g, 2) ? "ipv6" : "ipv4");
		break;
	case 3:
		made_text(m, " flags=");
		put_name(g, m, grammar_pick(g, 2) ? "gashn" : "");
		break;
	case 4:
		made_text(m, grammar_pick(g, 2) ? " hw=" : "");
		put_name(g, m, "");
		break;
	case 5:
		made_text(m, " log=");
		put_name(g, m, "1");
		break;
	case 6:
		made_text(m, " uid=");
		put_number(g, m, 1000);
		break;
	case 7:
		made_text(m, " lost=");
		put_number(g, m, 1);
		break;
	case 8:
		made_text(m, " omitted=");
		put_number(g, m, 1);
		break;
	case 9:
		made_text(m, " big=");
		put_name(g, m, "1");
		break;
	case 10:
		made_text(m, " ct=");
		put_name(g, m, grammar_pick(g, 2) ? "INVALID" : "NEW");
		made_text(m, grammar_pick(g, 2) ? ",d1,i7,m1f" : ",d0");
		break;
	default:
		made_text(m, which == 11 ? " in=" : " out=");
		put_name(g, m, interface(g));
	}
}

/* The usual ones in their order, with one too few or too many now and then. */
static void put_head(struct grammar *g)
{
	for (unsigned int i = 0; i <= 12; i++) {
		if (grammar_rarely(g))
			put_head_word(g, grammar_pick(g, 13));
		if (i < 4 ? !grammar_rarely(g) : grammar_rarely(g))
			put_head_word(g, i);
	}
}

static void put_step_field(struct grammar *g, char letter)
{
	struct made *m = &words;

	made_printf(m, ",%c", letter);
	switch (letter) {
	case 'm':
		put_name(g, m, "1f");
		break;
	case 'i':
	case 'o':
	case 'p':
	case 'q':
		put_name(g, m, interface(g));
		break;
	case 'b':
	case 'w':
	case 'k':
		put_number(g, m, 1 + grammar_pick(g, 2));
		break;
	case 'd':
		put_name(g, m,
			 text_doubt_word(
				 1 + grammar_pick(g, TEXT_DOUBT_COUNT - 1)));
		break;
	}
}

static void put_prefix(struct grammar *g, struct made *m)
{
	static const char *const plain[] = {
		"TRACE: raw:PREROUTING:policy:1", "TRACE: filter:FORWARD:rule:1",
		"TRACE: nat:POSTROUTING:policy:2", "TRACE: filter:a:return:3",
		"TRACE: nft ip filter:INPUT:rule:7",
		"TRACE: nft inet t:c:policy", "TRACE: nft ip6 filter:c:return:9",
	};
	static const char *const parts[] = { "filter", "chain", "rule", "2" };
	struct grammar_text t;

	if (grammar_pick(g, 8) < 7) {
		made_text(m, plain[grammar_pick(g, 7)]);
		return;
	}
	made_text(m, grammar_pick(g, 2) ? "TRACE: nft ip " : "TRACE: ");
	for (unsigned int i = 0; i < 4; i++) {
		t = grammar_hostile(g);
		if (grammar_pick(g, 4))
			made_text(m, parts[i]);
		else
			made_bytes(m, t.at, t.len);
		made_text(m, i < 3 ? ":" : "");
	}
}

static void put_rule(struct grammar *g, struct made *m)
{
	static const char *const plain[] = {
		"", "-P PREROUTING ACCEPT", "-A FORWARD -j DROP",
		"-A a -j NFQUEUE --queue-num 3", "tcp dport 9 drop",
	};
	struct grammar_text t;

	made_text(m, plain[grammar_pick(g, 5)]);
	if (!grammar_rarely(g))
		return;
	t = grammar_hostile(g);
	made_bytes(m, t.at, t.len);
}

/* Of no event; where another one's is missing it is taken for that. */
static void put_line_more(void)
{
	static const char line[] = "TRACE: raw:PREROUTING:policy:1";

	know(line, strlen(line), "", 0);
	made_text(&block, line);
	made_text(&block, "\n");
}

/* A line for people, and the word that belongs to it. */
static void put_event(struct grammar *g)
{
	static struct made prefix, rule;
	static const char letters[] = "miopqbawkd?";
	bool hex = grammar_rarely(g);

	prefix.len = rule.len = 0;
	put_prefix(g, &prefix);
	put_rule(g, &rule);
	know(prefix.at, prefix.len, rule.at, rule.len);
	made_text(&words, " e");
	for (const char *l = letters; *l; l++)
		if (grammar_pick(g, 8) == 7)
			put_step_field(g, grammar_rarely(g) ? 'b' : *l);
	if (hex) {
		made_text(&words, ",x");
		made_hex(&words, prefix.at, prefix.len);
		made_text(&words, ":");
		made_hex(&words, rule.at, rule.len);
	}
	if (grammar_rarely(g))
		return;
	made_bytes(&block, hex ? "TRACE: x" : prefix.at, hex ? 8 : prefix.len);
	if (rule.len && !hex) {
		made_text(&block, "  \"");
		made_bytes(&block, rule.at, rule.len);
		made_text(&block, "\"");
	}
	made_text(&block, "\n");
	if (grammar_rarely(g))
		put_line_more();
}

static void put_value(struct grammar *g, bool address)
{
	made_text(&words, ",");
	if (!address)
		put_number(g, &words, grammar_pick(g, 256));
	else
		put_name(g, &words, grammar_pick(g, 2) ? "0a000001:80" :
			 "fd000000000000000000000000000001");
}

static void put_change(struct grammar *g)
{
	unsigned int which = grammar_pick(g, FIELD_COUNT);

	made_text(&words, " c,");
	put_number(g, &words, grammar_pick(g, 3));
	made_text(&words, ",");
	put_word(g, &words, maker, MAKER_COUNT);
	made_text(&words, ",");
	made_text(&words, field(which));
	put_value(g, which == FIELD_SRC || which == FIELD_DST);
	put_value(g, which == FIELD_SRC || which == FIELD_DST);
	if (grammar_rarely(g)) {
		made_text(&words, ",b");
		put_number(g, &words, 1);
	}
}

/* What the kernel says; names that mean something, and others. */
static void put_drop(struct grammar *g)
{
	static const char *const reasons[] = {
		"NO_SOCKET", "NETFILTER_DROP", "IP_RPFILTER", "NOT_SPECIFIED",
	};
	static const char *const functions[] = {
		"__udp4_lib_rcv", "nf_hook_slow", "ip_error", "",
	};

	made_text(&words, ",k");
	put_name(g, &words, reasons[grammar_pick(g, 4)]);
	made_text(&words, ",l");
	put_name(g, &words, functions[grammar_pick(g, 4)]);
	if (grammar_pick(g, 2)) {
		made_text(&words, ",p");
		put_number(g, &words, 7002);
	}
}

static void put_fate(struct grammar *g)
{
	made_text(&words, " f,");
	put_word(g, &words, kind, FATE_COUNT);
	made_text(&words, ",");
	put_word(g, &words, report_hook_name, NF_INET_NUMHOOKS);
	if (grammar_pick(g, 4) == 3) {
		made_text(&words, ",o");
		put_name(g, &words, interface(g));
	}
	if (grammar_pick(g, 2)) {
		made_text(&words, ",b");
		put_number(g, &words, grammar_pick(g, 3));
	}
	if (grammar_pick(g, 4) == 3) {
		made_text(&words, ",c");
		put_name(g, &words, "there%20is%20no%20route");
	}
	if (grammar_pick(g, 4) == 3)
		put_drop(g);
}

static void put_near(struct grammar *g)
{
	static const char *const places[] = {
		"TRACE%3a%20filter%3aFORWARD%3arule%3a1", "TRACE%3a%20nat%3aPREROUTING%3arule%3a2",
		"TRACE%3a%20nft%20ip%20filter%3aINPUT%3arule%3a7", "",
	};
	static const char letters[] = "whnrt?";

	made_text(&words, " m,");
	put_word(g, &words, how, NEAR_MISS_HOWS);
	made_text(&words, ",");
	put_name(g, &words, places[grammar_pick(g, 4)]);
	made_text(&words, ",");
	put_name(g, &words, "-A%20FORWARD%20-p%20tcp%20-j%20ACCEPT");
	made_text(&words, ",");
	put_name(g, &words, grammar_pick(g, 2) ? "-p%20tcp" : "");
	made_text(&words, ",");
	put_name(g, &words, grammar_pick(g, 2) ? "the%20packet's%20is%20udp" : "");
	for (const char *l = letters; *l; l++)
		if (grammar_pick(g, 4) == 3) {
			made_printf(&words, ",%c", *l);
			put_number(g, &words, 1);
		}
}

static void put_record(struct grammar *g)
{
	static void (*const parts[])(struct grammar *) = {
		put_event, put_change, put_fate,
	};
	/* More than a journey holds, at times. */
	static const unsigned int many[] = { 1, 2, 3, EVENTS, 0, 400, 513 };
	unsigned int counts[] = { many[grammar_pick(g, 7)], grammar_pick(g, 4),
				  1 + grammar_pick(g, 2) };

	made_text(&words, RECORD_MAGIC);
	put_head(g);
	for (unsigned int p = 0; p < 3; p++)
		for (unsigned int i = 0; i < counts[p]; i++) {
			if (grammar_rarely(g))
				parts[grammar_pick(g, 3)](g);
			if (grammar_rarely(g))
				put_head_word(g, grammar_pick(g, 11));
			parts[p](g);
		}
	while (grammar_rarely(g))
		put_near(g);
}

/* Of a packet that was told of before, and lost then; or so it says. */
static void put_late(struct grammar *g)
{
	made_text(&words, RECORD_MAGIC);
	for (unsigned int i = 0; i < 4; i++)
		put_head_word(g, i);
	made_text(&words, " late=");
	put_number(g, &words, 1 + grammar_pick(g, 2));
	made_text(&words, " after=");
	put_number(g, &words, 100000000);
	made_text(&words, " was=");
	put_word(g, &words, kind, FATE_COUNT);
	if (grammar_rarely(g)) {
		made_text(&words, " copy=");
		put_number(g, &words, 1);
	}
	put_fate(g);
	put_drop(g);
}

/* ---- the file around them */

static void put_u16(struct made *m, uint16_t n)
{
	made_bytes(m, &n, sizeof(n));
}

static void put_u32(struct made *m, uint32_t n)
{
	made_bytes(m, &n, sizeof(n));
}

static void put_padded(struct made *m, const void *bytes, size_t len)
{
	made_bytes(m, bytes, len);
	made_bytes(m, "\0\0\0", -len & 3);
}

static void end_block(struct made *m, size_t begin)
{
	uint32_t len = (uint32_t)(m->len - begin) + 4;

	memcpy(m->at + begin + 4, &len, sizeof(len));
	put_u32(m, len);
}

static void begin_file(struct made *m)
{
	m->len = 0;
	put_u32(m, PCAPNG_SECTION);
	put_u32(m, 28);
	put_u32(m, PCAPNG_BYTE_ORDER);
	put_u16(m, 1);
	put_u16(m, 0);
	put_u32(m, UINT32_MAX);
	put_u32(m, UINT32_MAX);
	put_u32(m, 28);
	put_u32(m, PCAPNG_INTERFACE);
	put_u32(m, 20);
	put_u32(m, PCAPNG_LINKTYPE_RAW);
	put_u32(m, 0);
	put_u32(m, 20);
}

static void put_comment(struct made *m, const struct made *text)
{
	if (!text->len || text->len > UINT16_MAX)
		return;
	put_u16(m, PCAPNG_OPT_COMMENT);
	put_u16(m, (uint16_t)text->len);
	put_padded(m, text->at, text->len);
}

static void put_packet(struct grammar *g, struct made *m)
{
	static const uint8_t v4[] = {
		0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0, 80, 0, 81, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 16, 0, 0, 0, 0, 0,
	};
	char own[64];
	size_t begin = m->len, len = sizeof(v4);
	const void *bytes = v4;

	if (sizeof(m->at) - m->len < 2048 + block.len + words.len)
		return;
	if (grammar_rarely(g)) {
		len = grammar_bytes(g, own, sizeof(own));
		bytes = own;
	}
	put_u32(m, PCAPNG_PACKET);
	put_u32(m, 0);
	put_u32(m, 0);
	put_u32(m, 0x18800);
	put_u32(m, grammar_pick(g, 256) << 24);
	put_u32(m, (uint32_t)len);
	put_u32(m, (uint32_t)len);
	put_padded(m, bytes, len);
	put_comment(m, &block);
	put_comment(m, &words);
	put_u32(m, 0);
	end_block(m, begin);
}

static void put_journey(struct grammar *g)
{
	unsigned int then;

	block.len = words.len = 0;
	if (grammar_pick(g, 2))
		made_printf(&block, "#%u first\n", 1 + grammar_pick(g, 2));
	put_record(g);
	put_packet(g, &file);
	then = grammar_pick(g, 8);
	if (then < 5)
		return;
	block.len = words.len = 0;
	if (then == 5)
		put_late(g);
	else
		made_text(&words, RECORD_MAGIC " " RECORD_AFTER);
	put_packet(g, &file);
}

static void run(uint32_t snaplen)
{
	static const struct snapshot *const none[FAMILY_COUNT];

	replayed_run(&(struct replayed_job){
		.bytes = file.at, .size = file.len, .snap = none,
		.fn = replay_pcap, .snaplen = snaplen, .known = is_known,
	});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct grammar g = { data, data + size };

	known.len = 0;
	known_full = false;
	begin_file(&file);
	for (unsigned int n = 1 + grammar_pick(&g, PACKETS); n; n--)
		put_journey(&g);
	snaplens_each(run);
	return 0;
}

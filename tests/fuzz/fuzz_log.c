// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_log: a log of TRACE lines in good grammar, with bad fields in them, and rules to it. */
#include <stdint.h>
#include <unistd.h>

#include "grammar.h"
#include "replay/line_clean.h"
#include "replay/replay_text.h"
#include "replayed.h"
#include "rules/base/family.h"
#include "rules/legacy/save.h"
#include "rules/legacy/snapshot.h"
#include "snaplens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES = 24 };

static struct made text, rules;

/* Prefixes that were written, fit for output, one behind the other. */
static struct made known;

static void know(const char *prefix, size_t len)
{
	char line[1024];
	size_t n = escape_text(line, sizeof(line), prefix, len);
	char *parting;

	while ((parting = memmem(line, n, "  \"", 3)) && n + 3 < sizeof(line)) {
		memmove(parting + 5, parting + 2, n - (size_t)(parting - line) - 2);
		memcpy(parting + 1, "\\x20", 4);
		n += 3;
	}
	made_bytes(&known, line, n);
	made_text(&known, "\n");
}

/* What stands in front of the fields of each entry of a line. */
static void know_line(struct strview line)
{
	const char *end = line.at + line.len, *begin = line.at, *in;

	while ((begin = memmem(begin, (size_t)(end - begin), "TRACE: ", 7))) {
		in = memmem(begin, (size_t)(end - begin), " IN=", 4);
		if (in)
			know(begin, (size_t)(in - begin));
		begin++;
	}
}

static void know_all(void)
{
	struct strview rest = { text.at, text.len };
	static char room[sizeof(text.at)];

	while (rest.len)
		know_line(line_clean(strview_cut(&rest, '\n'), room));
}

/* With a rule's text behind it, or none. */
static bool is_known(const char *line, size_t len)
{
	const char *parting = memmem(line, len, "  \"", 3);

	len = parting ? (size_t)(parting - line) : len;
	for (const char *at = known.at, *end; at < known.at + known.len;
	     at = end + 1) {
		size_t n;

		end = memchr(at, '\n', (size_t)(known.at + known.len - at));
		for (n = (size_t)(end - at); n && at[n - 1] == ' '; n--)
			;
		if (n == len && memcmp(at, line, len) == 0)
			return true;
	}
	return false;
}

/* No line breaks: they would be two lines, as they should. */
static void put_hostile(struct grammar *g, struct made *m)
{
	struct grammar_text t = grammar_hostile(g);

	for (size_t i = 0; i < t.len; i++)
		made_bytes(m, t.at[i] == '\n' ? "\v" : &t.at[i], 1);
}

static void put_head(struct grammar *g, unsigned int n)
{
	static const char *const hosts[] = { "router", "b", "10.0.0.1", "" };

	switch (grammar_pick(g, 8)) {
	case 0:
	case 1:
	case 2:
		made_printf(&text, "[ 1550.%06u] ", n * 7);
		break;
	case 3:
		made_printf(&text, "Nov 24 21:05:%02u %s kernel: ", n % 60,
			    hosts[grammar_pick(g, 4)]);
		break;
	case 4:
		made_printf(&text, "2026-11-24T21:05:43.%06u+00:00 router "
			    "kernel: ", n);
		break;
	case 5:
		made_printf(&text, "<4>[ 1550.%06u] ", n * 7);
		break;
	case 6:
		made_printf(&text, "1764018343.%06u ", n);
		put_hostile(g, &text);
		made_text(&text, " kernel: ");
		break;
	case 7:
		put_hostile(g, &text);
	}
}

/* The way of a packet through the rules below. */
static const char *const way[] = {
	"raw:PREROUTING:policy:2", "mangle:PREROUTING:rule:1", "mangle:m:return:2",
	"mangle:PREROUTING:policy:2", "nat:PREROUTING:policy:2",
	"filter:FORWARD:rule:1", "filter:a:rule:1", "filter:a:rule:2",
	"filter:a:return:4", "filter:FORWARD:policy:2", "filter:INPUT:rule:1",
	"filter:INPUT:policy:2", "nat:POSTROUTING:policy:1",
};

enum { WAY = sizeof(way) / sizeof(way[0]) };

static void put_prefix(struct grammar *g, unsigned int *at)
{
	if (grammar_pick(g, 8) == 7)
		*at = grammar_pick(g, WAY);
	made_text(&text, "TRACE: ");
	if (grammar_rarely(g)) {
		made_text(&text, "filter:");
		put_hostile(g, &text);
		made_text(&text, ":rule:");
		made_printf(&text, "%u", 1 + grammar_pick(g, 3));
	} else {
		made_text(&text, way[*at]);
	}
	*at = (*at + 1) % WAY;
}

/* Once, or not, or twice, or with another value. */
static void put_field(struct grammar *g, const char *key, const char *value)
{
	unsigned int how = grammar_pick(g, 64);

	if (how == 61)
		return;
	made_printf(&text, " %s", key);
	if (how == 62)
		put_hostile(g, &text);
	else
		made_text(&text, value);
	if (how == 63)
		made_printf(&text, " %s%s", key, value);
}

static void put_ports(struct grammar *g)
{
	static const char *const ports[] = { "80", "81", "53", "65535" };

	put_field(g, "SPT=", ports[grammar_pick(g, 4)]);
	put_field(g, "DPT=", ports[grammar_pick(g, 2)]);
}

static void put_transport(struct grammar *g, bool quote)
{
	switch (grammar_pick(g, 4)) {
	case 0:
		put_field(g, "PROTO=", "TCP");
		put_ports(g);
		put_field(g, "SEQ=", "1");
		put_field(g, "ACK=", "0");
		put_field(g, "WINDOW=", "64240");
		put_field(g, "RES=", "0x00");
		put_field(g, "SYN", "");
		put_field(g, "URGP=", "0");
		if (grammar_rarely(g))
			put_field(g, "OPT (", "020405B40402080A3B1F)");
		break;
	case 1:
		put_field(g, "PROTO=", "UDP");
		put_ports(g);
		put_field(g, "LEN=", "20");
		break;
	case 2:
		put_field(g, "PROTO=", "ICMP");
		put_field(g, "TYPE=", quote ? "8" : "3");
		put_field(g, "CODE=", "0");
		put_field(g, "ID=", "9");
		put_field(g, "SEQ=", "1");
		break;
	default:
		put_field(g, "PROTO=", grammar_pick(g, 2) ? "ESP" : "2");
		put_field(g, grammar_pick(g, 2) ? "SPI=" : "FRAG:", "0x1");
	}
}

static void put_packet(struct grammar *g, bool quote)
{
	bool v6 = grammar_pick(g, 8) == 7;

	put_field(g, quote ? "[SRC=" : "SRC=", v6 ? "fd00::1" : "10.0.0.1");
	put_field(g, "DST=", v6 ? "fd00::2" : "10.0.0.2");
	put_field(g, "LEN=", "60");
	put_field(g, v6 ? "TC=" : "TOS=", v6 ? "0" : "0x00");
	put_field(g, v6 ? "HOPLIMIT=" : "TTL=", "64");
	if (v6)
		put_field(g, "FLOWLBL=", "0");
	else
		put_field(g, "PREC=", "0x00");
	if (!v6)
		put_field(g, "ID=", grammar_pick(g, 2) ? "2" : "1");
	if (!v6 && grammar_rarely(g))
		put_field(g, "OPT (", "44280D0A00010203)");
	put_transport(g, quote);
	if (!quote && grammar_pick(g, 4) == 3) {
		put_packet(g, true);
		made_text(&text, " ]");
	}
}

static void put_line(struct grammar *g, unsigned int n, unsigned int *at)
{
	size_t begin = text.len, cut;

	if (grammar_rarely(g)) {
		made_text(&text, "router systemd-journald[1]: Missed 3 kernel messages\n");
		return;
	}
	put_head(g, n);
	put_prefix(g, at);
	put_field(g, "IN=", *at < WAY - 1 ? "eth0" : "");
	put_field(g, "OUT=", *at > 5 ? "eth1" : "");
	if (grammar_rarely(g))
		put_field(g, "PHYSIN=", "p0");
	put_field(g, "MAC=", "02:42:0a:01:00:01:02:42:0a:01:00:02:08:00");
	put_packet(g, false);
	if (grammar_rarely(g))
		put_field(g, "MARK=", "0x10");
	if (grammar_rarely(g))
		put_field(g, "UID=", "1000");
	/* Cut off, or not ended: the next one runs into it. */
	cut = grammar_rarely(g) ? grammar_pick(g, 256) : 0;
	text.len -= cut < text.len - begin ? cut : text.len - begin;
	made_text(&text, grammar_pick(g, 32) == 31 ? " " : "\n");
}

static const char plain_rules[] =
	"*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
	"-A PREROUTING -j TRACE\nCOMMIT\n"
	"*mangle\n:PREROUTING ACCEPT [0:0]\n:m - [0:0]\n"
	"-A PREROUTING -j m\n-A m -j MARK --set-xmark 0x10/0x10\nCOMMIT\n"
	"*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
	"-A PREROUTING -d 10.0.0.2/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.2.0.2\n"
	"COMMIT\n"
	"*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:a - [0:0]\n"
	"-A INPUT -s 10.0.0.0/8 -p icmp -j ACCEPT\n-A FORWARD -g a\n-A a -p tcp -j REJECT\n"
	"-A a -j NFQUEUE --queue-num 3\n-A a -j RETURN\nCOMMIT\n";

/* The same lines, some of them with more in them, some not there. */
static void put_rules(struct grammar *g)
{
	for (const char *at = plain_rules, *end; *at; at = end + 1) {
		unsigned int how = grammar_pick(g, 16);
		size_t cut = (size_t)((end = strchr(at, '\n')) - at);

		if (how == 12)
			continue;
		if (how == 13)
			made_bytes(&rules, at, cut + 1);
		if (how == 14)
			cut = grammar_pick(g, 64) % (unsigned int)(cut + 1);
		made_bytes(&rules, at, cut);
		if (how >= 14)
			put_hostile(g, &rules);
		made_text(&rules, "\n");
	}
}

static struct snapshot *make(struct grammar *g)
{
	size_t size, used;
	struct save_notes notes;
	struct snapshot *s;

	rules.len = 0;
	if (grammar_pick(g, 2))
		put_rules(g);
	else
		made_text(&rules, plain_rules);
	size = save_size(rules.at, rules.len);
	s = calloc(1, size);
	if (!s)
		abort();
	if (save_read(&family_ipv4, rules.at, rules.len, s, size, &used,
		      &notes) == 0)
		return s;
	free(s);
	return NULL;
}

static struct snapshot *of_rules;

static void run(uint32_t snaplen)
{
	const struct snapshot *snap[FAMILY_COUNT] = { of_rules };

	replayed_run(&(struct replayed_job){
		.bytes = text.at, .size = text.len, .snap = snap,
		.fn = replay_text, .snaplen = snaplen, .known = is_known,
	});
}

/* The first byte: with rules or without. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct grammar g = { data, data + size };
	unsigned int at = 0;

	of_rules = grammar_pick(&g, 2) ? NULL : make(&g);
	text.len = known.len = 0;
	for (unsigned int n = 1 + grammar_pick(&g, LINES), i = 0; i < n; i++)
		put_line(&g, i, &at);
	know_all();
	snaplens_each(run);
	free(of_rules);
	return 0;
}

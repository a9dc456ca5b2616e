// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutation_tool: a log of TRACE lines, damaged in every way that logs are, line by
 * line; --read must claim nothing then that the whole log does not hold.
 *
 * usage: mutation_tool [-s | -N] LOG RULES...
 * -s: prints "FATE HEADERS" of each packet of the whole log, and does no more.
 * -N, a number: damages each Nth line only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ifnames.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "journey/journeys_end.h"
#include "packet/packet_print.h"
#include "place/path_map.h"
#include "place/place.h"
#include "printer/printer.h"
#include "protocol/stats.h"
#include "replay/line_reader.h"
#include "replay/nft_rules.h"
#include "replay/replay_state.h"
#include "replay/replay_text.h"
#include "rules/base/family.h"
#include "rules/legacy/save.h"
#include "rules/legacy/save_family.h"
#include "rules/legacy/snapshot.h"
#include "rules/view/ruleset.h"

enum { PACKETS = 1024, LINES = 4096, TEXT = 8 << 20, KEY = 256, FAULTS = 10 };

/* What one reading made of a packet. */
struct told {
	char key[KEY];		/* what no masking hides, and no NAT of it */
	char headers[KEY];
	uint8_t fate;
};

struct reading {
	struct told packet[PACKETS];
	unsigned int packets;
	bool doubt;		/* an INCOMPLETE packet, or a line that is refused */
	bool other_text;	/* an event of a rule that the whole log has not */
	/* Of the whole log: what each line is to its packet. */
	const struct place *place[LINES];
	unsigned int events;
};

static const struct snapshot *snaps[FAMILY_COUNT];
static struct reading whole, now;
static char *line[LINES];
static size_t line_len[LINES];
static unsigned int lines, faults, readings, every = 1;
static struct strview nft_rules;
static bool nft;		/* a text of nft's, not of the kernel's log */
static char text[TEXT];
static size_t text_len;

static struct rig {
	struct stats stats;
	struct path_map map;
	struct printer printer;
	struct journeys *journeys;
	struct place_index *index;
	struct ifnames *names;
	struct reading *to;
} rig;

static void make_key(char *key, const struct packet *p)
{
	/* Ports are NAT's to change, where something else tells packets apart. */
	snprintf(key, KEY, "%u %u %u %u %u %u %u %u %u", p->proto, p->id,
		 p->flowlabel, p->frag_offset, p->id ? 0 : p->sport,
		 p->id ? 0 : p->dport, p->icmp_type,
		 p->icmp_seq, p->tcp_seq);
}

static bool note_journey(void *arg, struct journey *j)
{
	struct rig *r = arg;
	struct told *t;

	for (unsigned int b = 0; b < j->branches; b++) {
		if (r->to->packets == PACKETS)
			abort();
		t = &r->to->packet[r->to->packets++];
		make_key(t->key, &j->first);
		packet_print(t->headers, sizeof(t->headers), &j->first, false);
		t->fate = j->fate[b].kind;
		r->to->doubt |= t->fate == FATE_INCOMPLETE;
	}
	return false;
}

static const struct journey_ops ops = { .done = note_journey };

static bool is_alike(const struct place *a, const struct place *b)
{
	return a->prefix_len == b->prefix_len && a->rule_len == b->rule_len &&
	       !memcmp(a->prefix, b->prefix, a->prefix_len) &&
	       !memcmp(a->rule, b->rule, a->rule_len);
}

/* A rule's text stands in nft's lines themselves: none may be made of two of them. */
static bool is_of_whole(const struct place *at)
{
	for (unsigned int i = 0; i < whole.events && i < LINES; i++)
		if (is_alike(whole.place[i], at))
			return true;
	return false;
}

static void on_event(void *arg, const struct event *e, const struct place *at,
		     uint64_t now_ns, uint64_t wall_ns)
{
	struct rig *r = arg;

	if (nft && r->to == &now && !is_of_whole(at))
		now.other_text = true;
	if (r->to->events < LINES)
		r->to->place[r->to->events] = at;
	r->to->events++;
	journeys_add(r->journeys, e, at, now_ns, wall_ns);
}

static void on_gap(void *arg, uint32_t lost)
{
	journeys_gap(((struct rig *)arg)->journeys, lost);
}

static void on_hole(void *arg)
{
	journeys_hole(((struct rig *)arg)->journeys);
}

static void on_origin(void *arg, uint32_t origin)
{
	journeys_origin(((struct rig *)arg)->journeys, origin);
}

static void on_silence(void *arg, uint64_t now_ns)
{
	journeys_expire(((struct rig *)arg)->journeys, now_ns);
}

static void no_news(void *arg, enum printer_news news)
{
	(void)arg, (void)news;
}

/* It prints nothing, and is asked whether there is enough. */
static void open_printer(void)
{
	static struct printer_plan plan;

	plan.stats = &rig.stats;
	plan.sink[SINK_STDOUT] = (struct sink_plan){
		.report = &report_flat, .fd = 1, .path = "",
	};
	if (printer_open(&rig.printer, &plan, NULL, no_news, NULL))
		exit(2);
}

static struct place_index *whole_index;

/* What is in text[], as the reader reads it. */
static void read_text(struct reading *to)
{
	const struct ruleset rules = { { snaps[0], snaps[1] }, NULL };
	struct line_reader in = {
		.fd = -1, .end = true, .buf = text, .size = text_len,
		.tail = text_len,
	};
	struct replay replay = {
		.fd = -1, .snap = snaps, .stats = &rig.stats,
		.printer = &rig.printer, .event = on_event, .gap = on_gap,
		.hole = on_hole, .origin = on_origin, .silence = on_silence,
		.arg = &rig,
	};

	memset(&rig.stats, 0, sizeof(rig.stats));
	to->packets = to->events = 0;
	to->doubt = to->other_text = false;
	rig.to = to;
	rig.names = ifnames_new();
	path_map_fill(&rig.map, snaps);
	rig.map.excerpt = true;
	rig.index = place_index_open(&rules, &rig.map);
	rig.journeys = journeys_open(&rig.map, 256, false, false, &ops, &rig);
	replay.index = rig.index;
	replay.map = &rig.map;
	replay.nft_rules = nft_rules;
	replay.names = rig.names;
	replay_text(&replay, &in);
	journeys_finish(rig.journeys);
	journeys_close(rig.journeys);
	to->doubt |= rig.stats.refused.count || rig.stats.strangers;
	readings++;
	/* Places of the whole log are asked later what they do. */
	if (to == &whole)
		whole_index = rig.index;
	else
		place_index_close(rig.index);
	ifnames_close(rig.names);
}

static void put(const char *at, size_t len)
{
	if (text_len + len > TEXT)
		abort();
	memcpy(text + text_len, at, len);
	text_len += len;
}

static void put_lines(unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++) {
		put(line[i], line_len[i]);
		put("\n", 1);
	}
}

static void complain(const char *what, unsigned int i, const struct told *t)
{
	if (faults++ >= FAULTS)
		return;
	printf("%s, line %u: %s%s%s\n", what, i + 1,
	       t ? fate_word(t->fate) : "nothing is said to be missing", t ? " " : "",
	       t ? t->headers : "");
}

static unsigned int count(const struct reading *r, const char *key, int fate)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->packets; i++)
		n += strcmp(r->packet[i].key, key) == 0 &&
		     (fate < 0 ? r->packet[i].fate != FATE_INCOMPLETE
			       : r->packet[i].fate == fate);
	return n;
}

/* No fate or text that the whole log has not, and no packet more without INCOMPLETE. */
static void judge(const char *what, unsigned int i)
{
	if (now.other_text && faults++ < FAULTS)
		printf("%s, line %u: a rule with another text\n", what, i + 1);
	for (unsigned int k = 0; k < now.packets; k++) {
		const struct told *t = &now.packet[k];

		if (t->fate == FATE_INCOMPLETE)
			continue;
		if (count(&now, t->key, -1) > count(&whole, t->key, -1) ||
		    (t->fate != FATE_UNKNOWN &&
		     count(&now, t->key, t->fate) >
		     count(&whole, t->key, t->fate)))
			complain(what, i, t);
	}
}

/* All is as in the whole log: nothing was lost, it only looked otherwise. */
static void judge_same(const char *what, unsigned int i)
{
	judge(what, i);
	for (unsigned int k = 0; k < whole.packets; k++) {
		const struct told *t = &whole.packet[k];

		if (count(&now, t->key, t->fate) != count(&whole, t->key, t->fate))
			complain(what, i, t);
	}
	if (now.packets != whole.packets || now.events != whole.events)
		complain(what, i, NULL);
}

/* Does the packet go where it could not go without this event? */
static bool is_needed(const struct place *at)
{
	/* Nat is asked for the first packet of a connection only. */
	if (!at || !strcmp(at->table, "nat"))
		return false;
	switch (at->effect) {
	case EFFECT_JUMP:
	case EFFECT_GOTO:
	case EFFECT_RETURN:
	case EFFECT_ACCEPT:
	case EFFECT_DROP:
	case EFFECT_REJECT:
		return true;
	}
	return at->at_end;
}

/* ---- mutations: each makes text[] of the lines, with line @i other than it was */

static void remove_line(unsigned int i, unsigned int how)
{
	put_lines(0, i);
	put_lines(i + 1 + how, lines);
}

static void double_line(unsigned int i, unsigned int how)
{
	(void)how;
	put_lines(0, i + 1);
	put_lines(i, lines);
}

static void cut_line(unsigned int i, unsigned int how)
{
	size_t cut = 1 + (size_t)how * 11;

	put_lines(0, i);
	put(line[i], cut < line_len[i] ? line_len[i] - cut : 0);
	put("\n", 1);
	put_lines(i + 1, lines);
}

static void join_lines(unsigned int i, unsigned int how)
{
	size_t len = line_len[i];

	put_lines(0, i);
	while (how && len && line[i][len - 1] == ' ')
		len--;
	put(line[i], len);
	if (how == 1)
		put(" ", 1);
	put_lines(i + 1, lines);
}

/* "LEN=20" and "2026-": where a number ends is not to be known. */
static void glue_lines(unsigned int i, unsigned int how)
{
	join_lines(i, how + 2);
}

static void swap_lines(unsigned int i, unsigned int how)
{
	unsigned int k = i + 1 + how < lines ? i + 1 + how : lines - 1;

	put_lines(0, i);
	put_lines(k, k + 1);
	put_lines(i + 1, k);
	if (k != i)
		put_lines(i, i + 1);
	put_lines(k + 1, lines);
}

/* Its addresses, hidden as people do it. */
static void mask_line(unsigned int i, unsigned int how)
{
	static const char *const masks[] = { "x.x.x.x", "CLIENT", "10.x.x.x" };
	const char *at = line[i], *end = at + line_len[i], *eq;

	put_lines(0, i);
	while ((eq = memchr(at, '=', (size_t)(end - at)))) {
		bool is = eq - at >= 4 && (!memcmp(eq - 4, " SRC", 4) ||
					   !memcmp(eq - 4, " DST", 4));

		put(at, (size_t)(eq + 1 - at));
		at = eq + 1;
		if (!is)
			continue;
		put(masks[how], strlen(masks[how]));
		while (at < end && *at != ' ')
			at++;
	}
	put(at, (size_t)(end - at));
	put("\n", 1);
	put_lines(i + 1, lines);
}

/* At a terminal's edge, or at the last blank in front of mail's. */
static void wrap_line(unsigned int i, unsigned int how)
{
	const size_t width = how == 1 ? 72 : 80 + how;
	const char *at = line[i];
	size_t left = line_len[i];

	put_lines(0, i);
	while (left > width) {
		size_t n = width;

		while (how == 1 && n > 1 && at[n] != ' ')
			n--;
		put(at, n);
		put("\n", 1);
		n += how == 1;
		at += n;
		left -= n;
	}
	put(at, left);
	put("\n", 1);
	put_lines(i + 1, lines);
}

/* Its beginning, or bytes in the midst of it, are not there. */
static void lose_bytes(unsigned int i, unsigned int how)
{
	size_t at = how < 8 ? 0 : line_len[i] * (how - 7) / 14;
	size_t n = how < 8 ? 3 + (size_t)how * 9 : 5 + 7 * (size_t)(how % 3);

	put_lines(0, i);
	put(line[i], at);
	if (at + n < line_len[i])
		put(line[i] + at + n, line_len[i] - at - n);
	put("\n", 1);
	put_lines(i + 1, lines);
}

static void begin_late(unsigned int i, unsigned int how)
{
	(void)how;
	put_lines(i, lines);
}

static void end_early(unsigned int i, unsigned int how)
{
	(void)how;
	put_lines(0, i);
}

static const struct mutation {
	const char *name;
	void (*make)(unsigned int i, unsigned int how);
	unsigned int ways;
	bool same;		/* nothing is lost by it */
	bool log;		/* of the kernel's log alone */
} mutations[] = {
	{ "removed", remove_line, 3, false, false },
	{ "doubled", double_line, 1, false, false },
	{ "cut", cut_line, 20, false, false },
	{ "without some bytes", lose_bytes, 20, false, true },
	{ "joined", join_lines, 2, true, true },
	{ "glued", glue_lines, 1, false, false },
	{ "swapped", swap_lines, 3, false, false },
	{ "masked", mask_line, 3, false, true },
	{ "wrapped", wrap_line, 3, true, true },
	{ "begun there", begin_late, 1, false, false },
	{ "ended there", end_early, 1, false, false },
};

/* ---- what whoever copies a log puts before each line, or around it */

static const struct dress {
	const char *name, *before, *behind;
} dresses[] = {
	{ "quoted mail", "> > ", "" },
	{ "a terminal's colours", "\x1b[32m", "\x1b[0m" },
	{ "grep's file and line", "kern.log:12:", "" },
	{ "a page's indent", "\t", "" },
	{ "syslog", "Nov 24 21:05:43 router kernel: ", "" },
	{ "rsyslog", "2026-11-24T21:05:43.298087+00:00 router kernel: ", "" },
	{ "kubectl logs --prefix", "[pod/kube-system/node-shell/shell] ", "" },
	{ "kubectl logs --timestamps", "2026-11-24T21:05:43.298087123Z ", "" },
	{ "docker compose", "trace-1  | ", "" },
	{ "CRLF", "", "\r" },
};

static void put_dressed(const struct dress *d, unsigned int i)
{
	put(d->before, strlen(d->before));
	put(line[i], line_len[i]);
	put(d->behind, strlen(d->behind));
	put("\n", 1);
}

/* @without: a line, or all are there */
static void try_dress(const struct dress *d, unsigned int without)
{
	text_len = 0;
	for (unsigned int i = 0; i < lines; i++)
		if (i != without)
			put_dressed(d, i);
	read_text(&now);
	if (without == lines)
		judge_same(d->name, 0);
	else
		judge(d->name, without);
	if (without < lines && is_needed(whole.place[without]) && !now.doubt)
		complain(d->name, without, NULL);
}

static void try_dresses(void)
{
	unsigned int before = readings;

	for (size_t d = 0; d < sizeof(dresses) / sizeof(dresses[0]); d++) {
		try_dress(&dresses[d], lines);
		for (unsigned int i = 0; i < lines; i += every)
			try_dress(&dresses[d], i);
	}
	printf("# copied with more around each line: %u readings\n",
	       readings - before);
}

static void try_one(const struct mutation *m, unsigned int i, unsigned int how)
{
	text_len = 0;
	m->make(i, how);
	read_text(&now);
	if (m->same)
		judge_same(m->name, i);
	else
		judge(m->name, i);
	if (m->make == remove_line && !how && !nft && is_needed(whole.place[i]) &&
	    !now.doubt)
		complain(m->name, i, NULL);
}

static void try_all(void)
{
	for (size_t m = 0; m < sizeof(mutations) / sizeof(mutations[0]); m++) {
		unsigned int before = readings;

		if (nft && mutations[m].log)
			continue;
		for (unsigned int i = 0; i < lines; i += every)
			for (unsigned int how = 0; how < mutations[m].ways; how++)
				try_one(&mutations[m], i, how);
		printf("# %s: %u readings\n", mutations[m].name,
		       readings - before);
	}
	if (!nft)
		try_dresses();
	text_len = 0;
	for (unsigned int i = lines; i-- > 0;)
		put_lines(i, i + 1);
	read_text(&now);
	judge("backwards", 0);
}

/* ---- what is read */

/* The files, to the end. */
static char *file[4];
static unsigned int files;

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *at = malloc(TEXT);

	if (!f || !at || files == sizeof(file) / sizeof(*file)) {
		perror(path);
		exit(2);
	}
	file[files++] = at;
	*len = fread(at, 1, TEXT, f);
	fclose(f);
	return at;
}

/* TRACE lines alone: line @i is event @i. */
static void read_lines(const char *path)
{
	size_t len, n;
	char *at = slurp(path, &len), *end = at + len;

	for (; at < end && lines < LINES; at += n + 1) {
		char *stop = memchr(at, '\n', (size_t)(end - at));

		n = (size_t)((stop ? stop : end) - at);
		nft |= memmem(at, n, "trace id ", 9) != NULL;
		if (!nft && !memmem(at, n, "TRACE: ", 7))
			continue;
		line[lines] = at;
		line_len[lines++] = n;
	}
}

static void read_rules(const char *path)
{
	size_t len, used, size;
	char *at = slurp(path, &len);
	struct save_notes notes;

	if (nft_rules_is((struct strview){ at, len })) {
		nft_rules = (struct strview){ at, len };
		return;
	}
	for (unsigned int f = 0; f < FAMILY_COUNT; f++) {
		struct snapshot *s;

		if (snaps[f] || save_family(at, len) != families[f])
			continue;
		size = save_size(at, len);
		s = calloc(1, size);
		if (!s || save_read(families[f], at, len, s, size, &used, &notes))
			exit(2);
		snaps[f] = s;
	}
}

int main(int argc, char **argv)
{
	bool show = argc > 1 && !strcmp(argv[1], "-s");
	int first = argc > 1 && *argv[1] == '-' ? 2 : 1;

	if (argc < first + 2)
		return 2;
	if (first == 2 && !show)
		every = (unsigned int)strtoul(argv[1] + 1, NULL, 10);
	if (!every)
		return 2;
	read_lines(argv[first]);
	for (int i = first + 1; i < argc; i++)
		read_rules(argv[i]);
	open_printer();
	put_lines(0, lines);
	read_text(&whole);
	if (show) {
		for (unsigned int i = 0; i < whole.packets; i++)
			printf("%s %s\n", fate_word(whole.packet[i].fate),
			       whole.packet[i].headers);
		place_index_close(whole_index);
		return 0;
	}
	if (!nft && whole.events != lines) {
		printf("%u of %u lines are events\n", whole.events, lines);
		place_index_close(whole_index);
		return 1;
	}
	try_all();
	place_index_close(whole_index);
	printf("# %u lines, %u packets, %u readings\n", lines, whole.packets,
	       readings);
	return faults != 0;
}

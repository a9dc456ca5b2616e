// SPDX-License-Identifier: GPL-2.0-or-later
/* truth: joins nftrace's JSON with the serials that the wire has seen, and judges. */
#include "serial.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage_text[] =
	"usage: truth JSON SEEN [enter=IFACE/in] [leave=IFACE/out] [sent=BASE,STEP,COUNT]\n"
	"             [fate=WORD] [drop=NIBBLE] [lossy=1] [marked=PERCENT] [copies=N]\n"
	"             [streams=N] [doubtful=PERCENT] [unread=N]\n"
	"JSON is nftrace's output, SEEN what serial_watch wrote.  enter: one journey for\n"
	"each packet seen there; sent: one for each of these serials; leave: seen there\n"
	"as often as forwarded or sent; fate: one, or several with commas for copies;\n"
	"drop: the low four bits of what is dropped;\n"
	"lossy: events were lost, so packets may be missing, and incomplete ones are\n"
	"not judged; marked: so many may not be told apart; copies: branches of each;\n"
	"streams: serials that leave the same rest by N came, and are told, in their order;\n"
	"doubtful: so many may have met rules that were just being changed; what they met is\n"
	"not judged, and they are no more and no fewer than the serials that are missing;\n"
	"unread: of so many nftrace says that it could not read what became of them: UNKNOWN.\n";

/*
 * What the rules of t-truth.sh tell: each table spells the packet's serial by
 * the rules that it hits: a jump for the low four bits, a rule for each higher
 * bit that is set, an end for the low four bits again.
 */
enum { COPIES = 32, STREAMS = 8, NIBBLE = 0xf, TOLD = 10 };

struct spelling {
	bool open;
	uint32_t serial;
};

struct story {
	json_t *json;
	struct spelling copy[COPIES];
	const char *wrong;
	int64_t serial;			/* -1: none */
	size_t events, copies;
	bool marked, complete, doubtful;
	bool wrong_fate;
	bool spells;			/* any of it */
};

static struct {
	uint8_t *expected, *journeys, *left, *went_on, *unread;
	const char *fate;
	long drop, copies, streams, unreads;
	double marked, doubtful;	/* doubtful: below 0 where nobody changes rules */
	bool lossy, has_leave;
} judge = { .fate = "FORWARDED", .drop = -1, .copies = 1, .doubtful = -1 };

static bool is_used[SERIAL_BLOCKS];	/* in any of the tables */

static struct {
	unsigned long packets, events, marked, wrong, incomplete, none;
	unsigned long unread;
	unsigned long doubtful, doubtful_on, doubtful_unknown;	/* on: went on, as is told */
	int64_t last[STREAMS];		/* serial + 1 of each */
} sum;

static void tally(uint8_t *table, uint32_t serial, unsigned int n)
{
	is_used[serial / SERIAL_BLOCK] = true;
	table[serial] += (uint8_t)n;
}

static const char *text(json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

static void wrong(struct story *st, const char *why)
{
	if (!st->wrong)
		st->wrong = why;
}

/* "0xc4=0x6e667472&&0xc8&MASK=VALUE" in a rule; false: it spells nothing. */
static bool read_rule(json_t *event, unsigned int *mask, unsigned int *value)
{
	const char *at = strstr(text(event, "rule"), "0xc8&");

	return at && sscanf(at, "0xc8&%x=%x", mask, value) == 2;
}

static void end_spelling(struct story *st, struct spelling *sp,
			 unsigned int nibble)
{
	sp->open = false;
	if ((sp->serial & NIBBLE) != nibble)
		wrong(st, "an end that belongs to another packet");
	if (st->serial >= 0 && st->serial != sp->serial)
		wrong(st, "two serials");
	st->serial = sp->serial;
}

static void read_event(struct story *st, json_t *event)
{
	json_int_t copy = json_integer_value(json_object_get(event, "copy"));
	struct spelling *sp = &st->copy[copy % COPIES];
	unsigned int mask, value;
	bool in_spell = strcmp(text(event, "chain"), "spell") == 0;

	st->events++;
	st->doubtful |= json_object_get(event, "doubt") != NULL;
	if (!read_rule(event, &mask, &value))
		return;
	st->spells = true;
	if (!in_spell) {
		if (sp->open)
			wrong(st, "a spelling begins within another");
		*sp = (struct spelling){ .open = true, .serial = value };
	} else if (!sp->open) {
		wrong(st, "a spelling without its beginning");
	} else if (mask == NIBBLE) {
		end_spelling(st, sp, value);
	} else if (sp->serial & mask || sp->serial > mask << 4) {
		wrong(st, "bits out of order");
	} else {
		sp->serial |= value;
	}
}

static void read_story(struct story *st, json_t *line)
{
	json_t *event;
	size_t i;

	*st = (struct story){ .json = line, .serial = -1 };
	json_array_foreach(json_object_get(line, "events"), i, event)
		read_event(st, event);
	for (i = 0; i < COPIES; i++)
		if (st->copy[i].open)
			wrong(st, "a spelling without its end");
	st->copies = 1 + json_array_size(json_object_get(line, "copies"));
	st->marked = json_is_true(json_object_get(line, "ambiguous"));
	st->complete = json_is_true(json_object_get(line, "complete"));
}

/* @words with commas in between */
static bool is_one_of(const char *word, const char *words)
{
	size_t len = strlen(word);
	const char *at = strstr(words, word);

	return len && at && (at == words || at[-1] == ',') &&
	       (at[len] == '\0' || at[len] == ',');
}

static void judge_fate(struct story *st, json_t *part)
{
	const char *fate = text(part, "fate");
	bool dropped = judge.drop >= 0 &&
		       (st->serial & NIBBLE) == judge.drop;
	unsigned int mask, value;

	if (judge.unreads && strcmp(fate, "UNKNOWN") == 0) {
		sum.unread++;
		judge.unread[st->serial] = 1;
		return;
	}
	if (!is_one_of(fate, dropped ? "DROP" : judge.fate)) {
		st->wrong_fate = true;
		wrong(st, "the fate");
	} else if (dropped && (!read_rule(json_object_get(part, "by"), &mask,
					&value) || value != judge.drop)) {
		st->wrong_fate = true;
		wrong(st, "the rule that dropped it");
	}
	if (strcmp(fate, "FORWARDED") == 0 || strcmp(fate, "SENT") == 0)
		tally(judge.went_on, (uint32_t)st->serial, 1);
}

/* Of two that are not told apart each may have the other's serial. */
static void judge_order(struct story *st)
{
	int64_t *last = &sum.last[judge.streams ? st->serial % judge.streams : 0];

	if (!judge.streams || st->marked)
		return;
	if (st->serial < *last)
		wrong(st, "told behind one that came later");
	*last = st->serial + 1;
}

/* Whose it is cannot be told: which texts it met is what is in doubt. */
static void judge_doubtful(struct story *st)
{
	const char *fate = text(st->json, "fate");

	st->wrong = NULL;
	sum.doubtful++;
	if (strcmp(fate, "UNKNOWN") == 0)
		sum.doubtful_unknown++;
	else if (is_one_of(fate, judge.fate))
		sum.doubtful_on++;
	else if (judge.drop < 0 || strcmp(fate, "DROP") != 0)
		wrong(st, "the fate");
}

static void judge_story(struct story *st)
{
	json_t *copy;
	size_t i;

	if (judge.doubtful >= 0 && st->doubtful) {
		judge_doubtful(st);
		return;
	}
	if (judge.lossy && !st->complete) {
		sum.incomplete++;
		st->wrong = NULL;
		return;
	}
	if (!st->complete)
		wrong(st, "incomplete, and nothing was lost");
	if (st->serial < 0) {
		sum.none += !st->spells;
		return;
	}
	tally(judge.journeys, (uint32_t)st->serial, 1);
	judge_order(st);
	judge_fate(st, st->json);
	json_array_foreach(json_object_get(st->json, "copies"), i, copy)
		judge_fate(st, copy);
	/* What is dropped before it is copied has none. */
	if ((long)st->copies != judge.copies &&
	    (st->copies > 1 || strcmp(text(st->json, "fate"), "DROP") != 0))
		wrong(st, "the number of copies");
}

static void count_story(struct story *st)
{
	sum.packets++;
	sum.events += st->events;
	sum.marked += st->marked;
	/* Events of marked ones may be one another's; fates under loss may not. */
	if (!st->wrong || (st->marked && !(judge.lossy && st->wrong_fate)))
		return;
	if (sum.wrong++ < TOLD)
		fprintf(stderr, "packet %lld, serial %lld, %s%s: %s\n",
			json_integer_value(json_object_get(st->json, "packet")),
			(long long)st->serial, text(st->json, "fate"),
			st->marked ? ", marked" : "", st->wrong);
}

/* Nothing of a line's values outlives the line: none is freed by itself. */
static union {
	max_align_t aligned;
	char byte[64 << 20];
} arena;
static size_t arena_used;

static void *arena_alloc(size_t size)
{
	void *at = &arena.byte[arena_used];

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (size > sizeof(arena) - arena_used)
		return NULL;
	arena_used += size;
	return at;
}

static void arena_free(void *at)
{
	(void)at;
}

static bool read_json(const char *name)
{
	FILE *f = fopen(name, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	if (!f)
		return false;
	while ((len = getline(&line, &room, f)) > 0) {
		json_t *o = json_loadb(line, (size_t)len, 0, NULL);
		struct story st;

		if (!o) {
			fprintf(stderr, "truth: not JSON: %s\n", line);
			return false;
		}
		/* What was read of a packet behind its story is no other packet. */
		if (!json_object_get(o, "late")) {
			read_story(&st, o);
			judge_story(&st);
			count_story(&st);
		}
		arena_used = 0;
	}
	free(line);
	fclose(f);
	return true;
}

/* "IFACE/in SERIAL TIMES" */
static bool read_seen(const char *name, const char *where, uint8_t *table)
{
	FILE *f = fopen(name, "r");
	char place[32], line[64];
	unsigned int serial, n;

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%31s %u %u", place, &serial, &n) == 3 &&
		    serial < SERIALS && strcmp(place, where) == 0)
			tally(table, serial, n);
	fclose(f);
	return true;
}

static void expect_sent(const char *value)
{
	unsigned long base, step, count, i;

	if (sscanf(value, "%lu,%lu,%lu", &base, &step, &count) != 3)
		exit(2);
	for (i = 0; i < count; i++)
		tally(judge.expected, (base + i * step) % SERIALS, 1);
}

static bool take_option(const char *seen, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return false;
	*value++ = '\0';
	if (strcmp(word, "enter") == 0)
		return read_seen(seen, value, judge.expected);
	if (strcmp(word, "leave") == 0) {
		judge.has_leave = true;
		return read_seen(seen, value, judge.left);
	}
	if (strcmp(word, "sent") == 0)
		expect_sent(value);
	else if (strcmp(word, "fate") == 0)
		judge.fate = value;
	else if (strcmp(word, "drop") == 0)
		judge.drop = atol(value);
	else if (strcmp(word, "copies") == 0)
		judge.copies = atol(value);
	else if (strcmp(word, "streams") == 0)
		judge.streams = atol(value) % STREAMS;
	else if (strcmp(word, "lossy") == 0)
		judge.lossy = atol(value);
	else if (strcmp(word, "marked") == 0)
		judge.marked = atof(value);
	else if (strcmp(word, "unread") == 0)
		judge.unreads = atol(value);
	else if (strcmp(word, "doubtful") == 0)
		judge.doubtful = atof(value);
	else
		return false;
	return true;
}

/*
 * Where rules change: as many packets of unknown serials as are doubtful, and of these as many have left
 * as is told, but for those of which that is not known.  Those that are marked may have others' serials.
 */
static void judge_doubtful_sum(unsigned long missing, unsigned long left)
{
	unsigned long loose = 2 * sum.marked;

	if (missing <= sum.doubtful + loose && sum.doubtful <= missing + loose &&
	    (!judge.has_leave || (left + loose >= sum.doubtful_on &&
				  left <= sum.doubtful_on + sum.doubtful_unknown + loose)))
		return;
	sum.wrong++;
	fprintf(stderr, "%lu doubtful, of which %lu went on and %lu are unknown; "
		"%lu packets without a story, of which %lu left\n", sum.doubtful,
		sum.doubtful_on, sum.doubtful_unknown, missing, left);
}

/* Each serial has as many journeys as packets, and left as often as said. */
static unsigned long count_serials(void)
{
	unsigned long expected = 0, bad = 0, missing = 0, away = 0;

	for (uint32_t s = serial_from(0, is_used); s < SERIALS;
	     s = serial_from(s + 1, is_used)) {
		bool more = judge.journeys[s] > judge.expected[s];
		bool fewer = judge.journeys[s] < judge.expected[s];
		bool left = judge.has_leave && judge.expected[s] && !judge.unread[s] &&
			    judge.left[s] != judge.went_on[s];

		expected += judge.expected[s];
		if (judge.doubtful >= 0 && fewer && judge.left[s] >= judge.went_on[s]) {
			missing += judge.expected[s] - judge.journeys[s];
			away += judge.left[s] - judge.went_on[s];
			continue;
		}
		if (!more && (judge.lossy || (!fewer && !left)))
			continue;
		if (bad++ < TOLD)
			fprintf(stderr, "serial %u: %u packets, %u journeys, "
				"%u went on, %u left\n", s, judge.expected[s],
				judge.journeys[s], judge.went_on[s],
				judge.left[s]);
	}
	if (judge.doubtful >= 0)
		judge_doubtful_sum(missing, away);
	if (sum.unread > (unsigned long)judge.unreads) {
		sum.wrong++;
		fprintf(stderr, "%lu are UNKNOWN, %ld were said to be\n", sum.unread, judge.unreads);
	}
	/* Those that are marked may stand for one another. */
	if (bad > 2 * sum.marked || sum.packets - sum.none - sum.incomplete !=
	    expected - (judge.lossy ? expected - sum.packets + sum.none +
			sum.incomplete : 0))
		sum.wrong += bad ? bad : 1;
	return expected;
}

static uint8_t *new_table(void)
{
	uint8_t *t = calloc(1, SERIALS);

	if (!t)
		exit(2);
	return t;
}

int main(int argc, char **argv)
{
	unsigned long expected;

	json_set_alloc_funcs(arena_alloc, arena_free);
	judge.expected = new_table();
	judge.journeys = new_table();
	judge.left = new_table();
	judge.went_on = new_table();
	judge.unread = new_table();
	for (int i = 3; i < argc; i++) {
		if (!take_option(argv[2], argv[i])) {
			fputs(usage_text, stderr);
			return 2;
		}
	}
	if (argc < 3 || !read_json(argv[1])) {
		fputs(usage_text, stderr);
		return 2;
	}
	expected = count_serials();
	printf("%lu wrong of %lu packets, %lu events, %lu marked, "
	       "%lu without a serial, %lu incomplete, %lu doubtful\n", sum.wrong, expected,
	       sum.events, sum.marked, sum.none, sum.incomplete, sum.doubtful);
	if ((double)sum.marked > judge.marked / 100 * (double)expected ||
	    (judge.doubtful >= 0 &&
	     (double)sum.doubtful > judge.doubtful / 100 * (double)expected))
		return 1;
	return sum.wrong || !expected ? 1 : 0;
}

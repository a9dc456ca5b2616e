// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_pcap: packets with records -> journeys -> the printer. */
#include "replay/replay_pcap.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "packet/jumbo.h"
#include "printer/printer.h"
#include "protocol/stats.h"
#include "record/record.h"
#include "replay/line_reader.h"
#include "replay/pcap_file.h"
#include "replay/record_read.h"
#include "replay/replay_state.h"
#include "replay/told_packets.h"
#include "report/report.h"
#include "rules/base/hash.h"

enum {
	SNAPLEN = 65536,
	TWINS = 4096,
	ORIGINS = 16,	/* of more nothing is counted */
};

/* Comments of a packet, those for people and the record, each put together. */
struct comments {
	char *block, *words;
	size_t block_len, words_len, room;
};

/* Packets of one host and namespace, which are numbered from 1. */
struct numbered {
	uint64_t origin, last, count;
};

struct pcap_replay {
	struct replay *r;
	struct record_reader reader;
	struct comments c;
	struct journey *j;	/* read, and not yet printed */
	bool pending;
	uint64_t number;	/* of the packet in the file, from 1 */
	uint64_t known;		/* the one of .j by its block; 0: it has none */
	struct told_packets told;
	bool run_told;		/* what its header says is known */
	uint64_t *twin;		/* TWINS hashes of packets, by these; NULL: none yet */
	uint64_t hash;		/* that of .j */
	bool after_twin;	/* the packet before was a twin, of another than .j */
	struct numbered numbered[ORIGINS];
};

static bool is_after(const char *words, size_t len)
{
	static const char after[] = RECORD_MAGIC " " RECORD_AFTER;

	return len == sizeof(after) - 1 && memcmp(words, after, len) == 0;
}

static void add_piece(char *to, size_t *at, char parting, const char *text,
		      size_t len)
{
	if (*at)
		to[(*at)++] = parting;
	memcpy(to + *at, text, len);
	*at += len;
}

/* Return: false when there is no memory for them. */
static bool collect(struct comments *c, const struct pcap_packet *p)
{
	const char *text;
	size_t len, at = 0;

	c->block_len = c->words_len = 0;
	if (p->options_len > c->room) {
		free(c->block);
		free(c->words);
		c->room = p->options_len;
		c->block = malloc(c->room);
		c->words = malloc(c->room);
	}
	if (!c->block || !c->words) {
		c->room = 0;
		return false;
	}
	while (pcap_comment(p, &at, &text, &len))
		if (record_is(text, len))
			add_piece(c->words, &c->words_len, ' ', text, len);
		else
			add_piece(c->block, &c->block_len, '\n', text, len);
	return true;
}

static void keep_packet(const struct pcap_replay *pr, uint8_t *bytes,
			struct packet *to, const struct pcap_packet *p)
{
	uint8_t nfproto = pr->j->nfproto;
	struct packet whole;

	packet_decode(&whole, nfproto, p->data, p->caplen);
	packet_keep(to, bytes, SNAPLEN, &whole);
	if (!pr->reader.big || nfproto != NFPROTO_IPV6)
		return;
	jumbo_disclaim(bytes, to->caplen);
	packet_decode(to, nfproto, bytes, to->caplen);
}

/* Each packet says where it was seen: files of several hosts can be merged. */
static void set_origin(struct pcap_replay *pr)
{
	const struct record_reader *reader = &pr->reader;

	replay_origin(pr->r, reader->host, strlen(reader->host), reader->netns,
		      reader->log);
}

/* --flat: the lines alone, packet after packet. */
static void print_events(struct pcap_replay *pr)
{
	const struct journey *j = pr->j;
	struct event e = { .nfproto = j->nfproto };

	for (uint32_t i = 0; i < journey_kept(j); i++)
		printer_event(pr->r->printer, &e, j->step[i].place,
			      j->first_ns);
}

/* Files of several hosts can be merged: numbers are those of one. */
static uint64_t origin_of(const struct record_reader *r)
{
	return hash_bytes(hash_bytes(0, r->host, strlen(r->host)), r->netns,
			  strlen(r->netns));
}

static void note_number(struct pcap_replay *pr, uint64_t number)
{
	uint64_t origin = origin_of(&pr->reader);
	struct numbered *n = pr->numbered, *end = n + ORIGINS;

	while (n < end && n->count && n->origin != origin)
		n++;
	if (n == end || !number)
		return;
	n->origin = origin;
	n->count++;
	if (number > n->last)
		n->last = number;
}

/* Numbers that no packet has.  Of two runs in one file that need not be all. */
static uint64_t count_absent(const struct pcap_replay *pr)
{
	const struct numbered *n = pr->numbered, *end = n + ORIGINS;
	uint64_t absent = 0;

	for (; n < end && n->count; n++)
		absent += n->last > n->count ? n->last - n->count : 0;
	return absent;
}

static uint64_t packet_hash(const struct comments *c, const struct pcap_packet *p)
{
	uint64_t h = hash_mix(p->ns, c->words_len);

	h = hash_bytes(h, c->words, c->words_len);
	h = hash_bytes(h, c->block, c->block_len);
	return hash_bytes(h, p->data, p->caplen);
}

/* The same once more, as in files that were put together: all of it, its time as well. */
static bool is_twin(struct pcap_replay *pr, uint64_t hash)
{
	uint64_t *twin;

	if (!pr->twin)
		pr->twin = calloc(TWINS, sizeof(*pr->twin));
	if (!pr->twin)
		return false;
	twin = &pr->twin[hash % TWINS];
	if (*twin == hash)
		return true;
	*twin = hash;
	return false;
}

static void note_told(struct pcap_replay *pr)
{
	struct told *t = told_packets_add(&pr->told);

	if (!t)
		return;
	*t = (struct told){
		.number = pr->known, .origin = origin_of(&pr->reader),
		.printed = pr->j->number, .branches = pr->j->branches,
		.hidden = printer_hides(pr->r->printer, pr->j),
	};
	for (unsigned int b = 0; b < pr->j->branches; b++)
		t->kind[b] = pr->j->fate[b].kind;
}

/* The packet of a late record, as it was told; NULL: there is none. */
static struct told *find_told(struct pcap_replay *pr)
{
	const struct record_reader *r = &pr->reader;
	struct told *t = told_packets_find(&pr->told, r->late, origin_of(r));

	return t && r->copy < t->branches && t->kind[r->copy] == r->was ? t
									: NULL;
}

/* "#12 ..." begins what people read of it. */
static uint64_t number_of(const struct comments *c)
{
	uint64_t n = 0;

	for (size_t i = 1; i < c->block_len && c->block[0] == '#' &&
	     c->block[i] >= '0' && c->block[i] <= '9' && i < 20; i++)
		n = 10 * n + (uint64_t)(c->block[i] - '0');
	return n;
}

static void print_pending(struct pcap_replay *pr)
{
	if (!pr->pending)
		return;
	pr->pending = false;
	stats_add(&pr->r->stats->events, journey_kept(pr->j));
	set_origin(pr);
	if (pr->r->flat)
		print_events(pr);
	pr->j->number = 0;
	printer_journey(pr->r->printer, pr->j);
	note_told(pr);
	printer_relieve(pr->r->printer);
}

static void print_late(struct pcap_replay *pr, const struct pcap_packet *p)
{
	const struct record_reader *r = &pr->reader;
	struct told *t = find_told(pr);
	struct report_late late = {
		.number = t ? t->printed : 0, .after_ns = r->after_ns,
		.wall_ns = p->ns, .branch = r->copy, .was = r->was,
		.ambiguous = pr->j->flags & JOURNEY_AMBIGUOUS,
		.fate = pr->j->fate[0],
	};

	if (!t) {
		replay_refuse(pr->r, pr->number, RECORD_ABSENT, "late");
		return;
	}
	t->kind[r->copy] = late.fate.kind;
	packet_decode(&late.packet, pr->j->nfproto, p->data, p->caplen);
	set_origin(pr);
	if ((late.number || (t->hidden >> r->copy & 1 &&
			     late.fate.kind == FATE_LOST)) && !pr->r->flat)
		printer_late(pr->r->printer, &late);
}

/* Its file's header is of a run of nftrace's, also where others have saved it since. */
static void note_run(struct pcap_replay *pr, const struct pcap_section *s)
{
	static const char name[] = "nftrace ";

	if (pr->run_told ||
	    (strncmp(s->program, name, strlen(name)) != 0 &&
	     strncmp(s->comment, name, strlen(name)) != 0))
		return;
	pr->run_told = true;
	printer_traced(pr->r->printer, s->comment, s->kernel);
}

static void note_bare(struct stats_bare *st, uint64_t number)
{
	uint32_t n = st->ranges;

	stats_add(&st->count, 1);
	if (n && st->range[n - 1].last + 1 == number)
		st->range[n - 1].last = number;
	else if (n < STATS_RANGES)
		st->range[st->ranges++] = (struct stats_range){ number, number };
}

/* The second state of the packet before. */
static void take_after(struct pcap_replay *pr, const struct pcap_packet *p)
{
	if (pr->pending && p->caplen)
		keep_packet(pr, pr->j->bytes.last, &pr->j->last, p);
	else if (!pr->after_twin)
		stats_add(&pr->r->stats->passed_over, 1);
}

/* A second state behind a twin is the twin's, which may be another packet than the last one. */
static void pass_twin(struct pcap_replay *pr, uint64_t hash)
{
	stats_add(&pr->r->stats->twins, 1);
	if (pr->pending && pr->hash == hash)
		return;
	print_pending(pr);
	pr->after_twin = true;
}

static void take_packet(struct pcap_replay *pr, const struct pcap_packet *p)
{
	struct comments *c = &pr->c;
	struct journey *j = pr->j;
	enum record_fault fault;
	uint64_t hash;

	pr->number++;
	if (!collect(c, p) || !c->words_len) {
		stats_add(&pr->r->stats->passed_over, 1);
		note_bare(&pr->r->stats->bare, pr->number);
		return;
	}
	if (p->stray) {
		replay_refuse(pr->r, pr->number, RECORD_INTERFACE, "");
		return;
	}
	if (is_after(c->words, c->words_len)) {
		take_after(pr, p);
		return;
	}
	hash = packet_hash(c, p);
	if (is_twin(pr, hash)) {
		pass_twin(pr, hash);
		return;
	}
	print_pending(pr);
	pr->hash = hash;
	pr->after_twin = false;
	fault = record_read(&pr->reader, j, c->block, c->block_len, c->words,
			    c->words_len);
	if (fault != RECORD_WHOLE) {
		replay_refuse(pr->r, pr->number, fault, pr->reader.word);
		return;
	}
	if (pr->reader.late) {
		print_late(pr, p);
		return;
	}
	j->first_ns = p->ns;
	pr->known = number_of(c);
	note_number(pr, pr->known);
	keep_packet(pr, j->bytes.first, &j->first, p);
	keep_packet(pr, j->bytes.last, &j->last, p);
	pr->pending = true;
}

static void read_packets(struct pcap_replay *pr, struct line_reader *in)
{
	struct pcap_file *f = malloc(sizeof(*f));
	struct pcap_packet p;
	int n = -ENOMEM;

	if (f) {
		pcap_file_open(f, in);
		while (replay_goes_on(pr->r, in) &&
		       (n = pcap_file_next(f, &p)) > 0) {
			note_run(pr, &f->section);
			take_packet(pr, &p);
		}
	}
	print_pending(pr);
	stats_add(&pr->r->stats->absent, count_absent(pr));
	if (n < 0)
		pr->r->stats->input_end = REPLAY_BROKEN;
	free(f);
}

void replay_pcap(struct replay *r, struct line_reader *in)
{
	struct pcap_replay *pr = calloc(1, sizeof(*pr));
	struct journey *j = journey_new(SNAPLEN);
	struct fate_owner *owner = calloc(JOURNEY_BRANCHES, sizeof(*owner));

	if (pr && j && owner) {
		pr->reader.owner = owner;
		pr->r = r;
		pr->reader.index = r->index;
		pr->reader.names = r->names;
		pr->j = j;
		read_packets(pr, in);
		free(pr->c.block);
		free(pr->c.words);
		told_packets_free(&pr->told);
		free(pr->twin);
	} else {
		r->stats->input_end = REPLAY_BROKEN;
	}
	journey_free(j);
	free(owner);
	free(pr);
}

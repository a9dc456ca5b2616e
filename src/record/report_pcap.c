// SPDX-License-Identifier: GPL-2.0-or-later
/* report_pcap: pcapng: each packet as raw IP, its journey and fate as comments. */
#include "report/report.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "capture/ifnames.h"
#include "journey/journey.h"
#include "packet/jumbo.h"
#include "record/pcapng.h"
#include "record/record.h"

enum { INTERFACES = 1024 };

/* An index that no interface has: of a block whose interface has another name now. */
enum { RENAMED = UINT32_MAX };

/* Interfaces that have a block; their ids count from 0. */
struct state {
	uint32_t index[INTERFACES];
	char name[INTERFACES][IF_NAMESIZE];
	uint32_t names;		/* ifnames_version(), when they were looked at */
	uint32_t count;
	uint32_t last;		/* id found last */
	bool begun;		/* the section's header is written */
};

static void put_u16(struct outbuf *o, uint16_t v)
{
	outbuf_bytes(o, (const char *)&v, sizeof(v));
}

static void put_u32(struct outbuf *o, uint32_t v)
{
	outbuf_bytes(o, (const char *)&v, sizeof(v));
}

static void put_padding(struct outbuf *o, size_t len)
{
	outbuf_bytes(o, "\0\0\0", -len & 3);
}

/* Blocks begin and end with their length, which is known only at the end. */
static size_t begin_block(struct outbuf *o, uint32_t type)
{
	size_t at = outbuf_written(o);

	put_u32(o, type);
	put_u32(o, 0);
	return at;
}

static void end_block(struct outbuf *o, size_t at)
{
	uint32_t len = (uint32_t)(outbuf_written(o) - at) + 4;
	char *block = outbuf_record(o, at);

	if (block)
		memcpy(block + 4, &len, sizeof(len));
	put_u32(o, len);
}

static void put_option(struct outbuf *o, uint16_t code, const void *value,
		       size_t len)
{
	put_u16(o, code);
	put_u16(o, (uint16_t)len);
	outbuf_bytes(o, value, len);
	put_padding(o, len);
}

static void end_options(struct outbuf *o)
{
	put_u32(o, 0);
}

/* Where a comment that is too long can be parted: behind a line or a word. */
static size_t piece_len(const char *text, size_t len, char parting)
{
	const char *end;

	if (len <= PCAPNG_COMMENT_MAX)
		return len;
	end = memrchr(text, parting, PCAPNG_COMMENT_MAX);
	return end && end != text ? (size_t)(end - text) : PCAPNG_COMMENT_MAX;
}

/* Rare: thousands of events.  What was written from @at on goes into pieces. */
static void part_comment(struct outbuf *o, size_t at, const char *lead,
			 char parting)
{
	size_t len = outbuf_written(o) - at - 4, done = 0;
	char *copy = malloc(len);

	if (!copy || !outbuf_record(o, at)) {
		o->overflow = true;
		free(copy);
		return;
	}
	memcpy(copy, outbuf_record(o, at + 4), len);
	o->tail = o->mark + at;
	while (done < len) {
		size_t n = piece_len(copy + done, len - done, parting);
		size_t lead_len = done ? strlen(lead) : 0;

		put_u16(o, PCAPNG_OPT_COMMENT);
		put_u16(o, (uint16_t)(lead_len + n));
		outbuf_bytes(o, lead, lead_len);
		outbuf_bytes(o, copy + done, n);
		put_padding(o, lead_len + n);
		done += n + (done + n < len && copy[done + n] == parting);
	}
	free(copy);
}

static size_t begin_comment(struct outbuf *o)
{
	size_t at = outbuf_written(o);

	put_u16(o, PCAPNG_OPT_COMMENT);
	put_u16(o, 0);
	return at;
}

static void end_comment(struct outbuf *o, size_t at, const char *lead,
			char parting)
{
	size_t len = outbuf_written(o) - at - 4;
	uint16_t short_len = (uint16_t)len;
	char *option = outbuf_record(o, at);

	if (!option)
		return;
	if (len > PCAPNG_COMMENT_MAX) {
		part_comment(o, at, lead, parting);
		return;
	}
	memcpy(option + 2, &short_len, sizeof(short_len));
	put_padding(o, len);
}

static void put_interface(struct outbuf *o, const char *name, bool first)
{
	static const uint8_t nanoseconds = 9;
	size_t at = begin_block(o, PCAPNG_INTERFACE);

	put_u16(o, first ? PCAPNG_LINKTYPE_RAW : PCAPNG_DLT_RAW);
	put_u16(o, 0);
	put_u32(o, 0);		/* no limit to a packet's length */
	put_option(o, PCAPNG_IF_NAME, name, strlen(name));
	put_option(o, PCAPNG_IF_TSRESOL, &nanoseconds, 1);
	end_options(o);
	end_block(o, at);
}

static void look_for_renamed(struct state *st, const struct ifnames *names)
{
	if (st->names == ifnames_version(names))
		return;
	st->names = ifnames_version(names);
	for (uint32_t id = 0; id < st->count; id++)
		if (st->index[id] != RENAMED &&
		    strcmp(st->name[id], ifnames_raw(names, st->index[id])) != 0)
			st->index[id] = RENAMED;
}

/* The id of an interface, which gets its block when it is first used by this name. */
static uint32_t interface_id(struct outbuf *o, const struct report_env *env,
			     uint32_t index)
{
	struct state *st = env->state;

	look_for_renamed(st, env->names);
	if (st->last < st->count && st->index[st->last] == index)
		return st->last;
	for (st->last = 0; st->last < st->count; st->last++)
		if (st->index[st->last] == index)
			return st->last;
	if (st->count == INTERFACES) {
		st->last = 0;
		return 0;
	}
	put_interface(o, index ? ifnames_get(env->names, index) : "unknown",
		      st->count == 0);
	snprintf(st->name[st->last], sizeof(st->name[0]), "%s",
		 ifnames_raw(env->names, index));
	st->index[st->count++] = index;
	return st->last;
}

/* How long it was: readers go by it where the header's length is 0. */
static uint32_t original_length(const struct packet *p)
{
	uint32_t least = p->unsized ? PACKET_SIZED + 1 : p->length;

	return least > p->caplen ? least : p->caplen;
}

/* @claim: record_claims_size() */
static void put_packet_head(struct outbuf *o, uint32_t id, uint64_t ns,
			    const struct packet *p, bool claim)
{
	char *bytes;

	put_u32(o, id);
	put_u32(o, (uint32_t)(ns >> 32));
	put_u32(o, (uint32_t)ns);
	put_u32(o, p->caplen);
	put_u32(o, original_length(p));
	outbuf_bytes(o, (const char *)p->data, p->caplen);
	if (claim && (bytes = outbuf_record(o, outbuf_written(o) - p->caplen)))
		jumbo_claim((uint8_t *)bytes, p->caplen);
	put_padding(o, p->caplen);
}

/* The two states of one packet have one packet id, and a direction each. */
static void end_packet(struct outbuf *o, size_t at, uint64_t number,
		       uint32_t direction)
{
	put_option(o, PCAPNG_EPB_FLAGS, &direction, sizeof(direction));
	put_option(o, PCAPNG_EPB_PACKETID, &number, sizeof(number));
	end_options(o);
	end_block(o, at);
}

static void put_block_comment(struct outbuf *o, const struct report_env *env,
			      const struct journey *j)
{
	size_t at = begin_comment(o);

	report_block.journey(o, env, j);
	if (outbuf_record(o, 0) && outbuf_written(o) > at + 4)
		o->tail--;	/* the last line needs no end */
	end_comment(o, at, "", '\n');
}

static void put_record_comment(struct outbuf *o, const struct report_env *env,
			       const struct journey *j)
{
	size_t at = begin_comment(o);

	record_write(o, env, j);
	end_comment(o, at, RECORD_MAGIC, ' ');
}

static void put_first(struct outbuf *o, const struct report_env *env,
		      const struct journey *j)
{
	const struct step *s = journey_first(j);
	uint32_t id = interface_id(o, env, s->in ? s->in : s->out);
	size_t at = begin_block(o, PCAPNG_PACKET);

	put_packet_head(o, id, j->first_ns, &j->first, record_claims_size(j));
	put_block_comment(o, env, j);
	put_record_comment(o, env, j);
	end_packet(o, at, j->number, s->in ? PCAPNG_INBOUND : PCAPNG_OUTBOUND);
}

static bool translated(const struct journey *j)
{
	for (unsigned int i = 0; i < j->changes; i++)
		if (j->change[i].field == FIELD_SRC ||
		    j->change[i].field == FIELD_DST)
			return j->last.caplen > 0;
	return false;
}

static void put_last(struct outbuf *o, const struct report_env *env,
		     const struct journey *j)
{
	static const char after[] = RECORD_MAGIC " " RECORD_AFTER;
	const struct step *last = j->steps ? &j->step[journey_kept(j) - 1]
					   : &j->entry;
	uint32_t dev = last->out;
	uint32_t id = interface_id(o, env, dev ? dev : journey_first(j)->in);
	size_t at = begin_block(o, PCAPNG_PACKET), comment;

	put_packet_head(o, id, j->first_ns, &j->last,
			record_claims_size(j) && j->last.unsized);
	comment = begin_comment(o);
	outbuf_printf(o, "#%llu after address translation",
		      (unsigned long long)j->number);
	end_comment(o, comment, "", '\n');
	put_option(o, PCAPNG_OPT_COMMENT, after, sizeof(after) - 1);
	end_packet(o, at, j->number, dev ? PCAPNG_OUTBOUND : PCAPNG_INBOUND);
}

/* Of strangers, or typed; "" is none. */
static void put_fact(struct outbuf *o, uint16_t code, const char *text)
{
	char fact[4 * sizeof(((struct report_run *)0)->command) + 1];
	size_t len = escape_text(fact, sizeof(fact), text, strlen(text));

	if (len)
		put_option(o, code, fact, len);
}

/* By which program, on which kernel, and as the comment by which words it was traced. */
static void put_run(struct outbuf *o, const struct report_env *env)
{
	const struct report_run *run = env->traced ? env->traced : env->run;

	if (run)
		put_fact(o, PCAPNG_OPT_COMMENT, run->command);
	put_fact(o, PCAPNG_SHB_OS, report_kernel(env));
	put_fact(o, PCAPNG_SHB_USERAPPL, "nftrace " VERSION);
}

static void put_section(struct outbuf *o, const struct report_env *env)
{
	size_t at = begin_block(o, PCAPNG_SECTION);

	put_u32(o, PCAPNG_BYTE_ORDER);
	put_u16(o, 1);
	put_u16(o, 0);
	put_u32(o, UINT32_MAX);
	put_u32(o, UINT32_MAX);	/* the section's length is not known */
	put_run(o, env);
	end_options(o);
	end_block(o, at);
}

/* Of --read what it says is known only when the first packet comes. */
static void begin_section(struct outbuf *o, const struct report_env *env)
{
	struct state *st = env->state;

	if (!st->begun)
		put_section(o, env);
	st->begun = true;
}

/* A record that does not fit takes its interfaces along. */
static void take_back(struct state *st, uint32_t known, bool begun)
{
	st->count = known;
	st->begun = begun;
}

static void pcap_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	struct state *st = env->state;
	uint32_t known = st->count;
	bool begun = st->begun;

	begin_section(o, env);
	put_first(o, env, j);
	if (translated(j))
		put_last(o, env, j);
	if (o->overflow)
		take_back(st, known, begun);
}

/* The packet as it was when it was lost. */
static void pcap_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	struct state *st = env->state;
	uint32_t known = st->count;
	bool begun = st->begun;
	size_t at, comment;
	uint32_t id;

	begin_section(o, env);
	id = interface_id(o, env, l->fate.out);
	at = begin_block(o, PCAPNG_PACKET);
	put_packet_head(o, id, l->wall_ns, &l->packet, false);
	comment = begin_comment(o);
	report_block.late(o, env, l);
	if (outbuf_record(o, 0) && outbuf_written(o) > comment + 4)
		o->tail--;	/* the last line needs no end */
	end_comment(o, comment, "", '\n');
	comment = begin_comment(o);
	record_write_late(o, env, l);
	end_comment(o, comment, RECORD_MAGIC, ' ');
	end_packet(o, at, l->number, l->fate.out ? PCAPNG_OUTBOUND
						 : PCAPNG_INBOUND);
	if (o->overflow)
		take_back(st, known, begun);
}

static int pcap_open(struct outbuf *o, struct report_env *env)
{
	env->state = calloc(1, sizeof(struct state));
	if (!env->state)
		return -ENOMEM;
	/* The comments are for people, wherever they are read. */
	env->color = env->verbose = false;
	outbuf_begin(o);
	if (!env->run || *env->run->kernel)
		begin_section(o, env);
	outbuf_end(o);
	return 0;
}

static void pcap_finish(struct outbuf *o, const struct report_env *env)
{
	outbuf_begin(o);
	begin_section(o, env);
	outbuf_end(o);
}

static void pcap_close(struct report_env *env)
{
	free(env->state);
	env->state = NULL;
}

const struct report report_pcap = {
	.name = "pcap",
	.open = pcap_open,
	.journey = pcap_journey,
	.late = pcap_late,
	.finish = pcap_finish,
	.close = pcap_close,
};

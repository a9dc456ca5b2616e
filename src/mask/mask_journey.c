// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_journey: a packet's journey in output for strangers, whole. */
#include "mask/mask_journey.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "capture/event.h"
#include "capture/ifnames.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "journey/near_miss.h"
#include "mask/mask.h"
#include "mask/mask_name.h"
#include "mask/mask_packet.h"
#include "mask/mask_place.h"
#include "mask/mask_rule.h"
#include "mask/mask_text.h"
#include "rules/base/units.h"

enum { TEXTS = 1 << 18 };	/* bytes of one packet's texts */

/* One journey, and what it points to. */
struct masker {
	struct mask *m;
	const struct ifnames *from;
	struct ifnames *names;
	struct mask_places *places;
	struct journey journey;
	struct step step[JOURNEY_STEPS];
	struct change change[JOURNEY_CHANGES];
	struct fate fate[JOURNEY_BRANCHES];
	struct fate_grounds told[JOURNEY_BRANCHES];
	struct near_misses near[JOURNEY_BRANCHES];
	struct map_verdict verdict[MAP_VERDICTS];
	uint8_t *bytes;		/* of two packets */
	size_t size;		/* of each */
	struct event event;
	size_t used;		/* of .text */
	char text[TEXTS];
};

void masker_close(struct masker *k)
{
	if (!k)
		return;
	mask_places_close(k->places);
	ifnames_close(k->names);
	free(k->bytes);
	free(k);
}

struct masker *masker_open(struct mask *m, const struct ifnames *names)
{
	struct masker *k = malloc(sizeof(*k));

	if (!k)
		return NULL;
	memset(k, 0, offsetof(struct masker, text));
	k->m = m;
	k->from = names;
	k->names = ifnames_new();
	k->places = mask_places_open(m);
	if (k->names && k->places)
		return k;
	masker_close(k);
	return NULL;
}

const struct ifnames *masker_names(const struct masker *k)
{
	return k->names;
}

/* An interface is known by its number from now on; its name may have changed. */
static void meet(struct masker *k, uint32_t index)
{
	const char *name = ifnames_raw(k->from, index);
	char text[64] = "";
	struct strbuf to = { text, sizeof(text), 0 };

	if (!index)
		return;
	mask_interface(k->m, &to, (struct strview){ name, strlen(name) });
	if (strcmp(ifnames_raw(k->names, index), text) != 0)
		ifnames_set(k->names, index, text, to.len);
}

static bool make_room(struct masker *k, size_t size)
{
	uint8_t *more;

	if (size <= k->size)
		return true;
	more = realloc(k->bytes, 2 * size);
	if (!more)
		return false;
	k->bytes = more;
	k->size = size;
	return true;
}

typedef void mask_fn(struct mask *m, struct strbuf *to, struct strview text);

/* Return: a text that lives as long as the journey; NULL for NULL. */
static const char *mask_one(struct masker *k, mask_fn *mask, const char *text,
			    size_t room)
{
	struct strbuf to = { k->text + k->used, sizeof(k->text) - k->used, 0 };

	if (!text)
		return NULL;
	if (to.size < room)
		return "?";
	to.buf[0] = '\0';
	mask(k->m, &to, (struct strview){ text, strlen(text) });
	k->used += to.len + 1;
	return to.buf;
}

static const char *mask_sentence(struct masker *k, const char *text)
{
	return text ? mask_one(k, mask_text, text, MASK_TEXT_ROOM(strlen(text)))
		    : NULL;
}

static const char *mask_element(struct masker *k, const char *text)
{
	return text ? mask_one(k, mask_rule, text, MASK_RULE_ROOM(strlen(text)))
		    : NULL;
}

static void mask_comment(struct mask *m, struct strbuf *to,
			 struct strview text)
{
	mask_name(m, to, MASK_COMMENT, text);
}

static bool mask_step(struct masker *k, struct step *to,
		      const struct step *from)
{
	*to = *from;
	meet(k, from->in);
	meet(k, from->out);
	meet(k, from->phys_in);
	meet(k, from->phys_out);
	to->place = from->place ? mask_place(k->places, from->place) : NULL;
	return to->place || !from->place;
}

static bool mask_steps(struct masker *k, const struct journey *j)
{
	bool ok = mask_step(k, &k->journey.entry, &j->entry);

	for (uint32_t i = 0; ok && i < journey_kept(j); i++)
		ok = mask_step(k, &k->step[i], &j->step[i]);
	k->journey.step = k->step;
	return ok;
}

static void mask_changes(struct masker *k, const struct journey *j)
{
	for (unsigned int i = 0; i < j->changes; i++) {
		struct change *c = &k->change[i];

		*c = j->change[i];
		if (c->field == FIELD_SRC || c->field == FIELD_DST) {
			mask_packet_end(k->m, &j->first, c->from.addr);
			mask_packet_end(k->m, &j->first, c->to.addr);
		} else if (c->field == FIELD_IN || c->field == FIELD_OUT) {
			meet(k, c->from.number);
			meet(k, c->to.number);
		}
	}
	k->journey.change = k->change;
}

static bool mask_fate(struct masker *k, struct fate *to,
		      const struct fate *from)
{
	*to = *from;
	meet(k, from->out);
	to->by = from->by ? mask_place(k->places, from->by) : NULL;
	to->cause = mask_sentence(k, from->cause);
	to->told = NULL;
	to->near = NULL;
	return to->by || !from->by;
}

/* What a recording says of its grounds. */
static const struct fate_grounds *mask_told(struct masker *k,
					    struct fate_grounds *to,
					    const struct fate_grounds *from)
{
	const struct place **places[] = {
		&to->accepted, &to->via, &to->marked, &to->marked_via,
		&to->unseen,
	};

	*to = *from;
	/* Whose it is, in names: the events tell what of that may be told. */
	to->owner = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (*places[i])
			*places[i] = mask_place(k->places, *places[i]);
	return to;
}

static void mask_into(struct masker *k, mask_fn *mask, char *to, size_t size,
		      const char *text)
{
	struct strbuf out = { to, size, 0 };

	*to = '\0';
	mask(k->m, &out, (struct strview){ text, strlen(text) });
}

/* Return: NULL: no memory for a place; the packet is told without them. */
static const struct near_misses *mask_near(struct masker *k,
					   struct near_misses *to,
					   const struct near_misses *from)
{
	*to = *from;
	for (uint32_t i = 0; i < from->count; i++) {
		const struct near_miss *n = &from->miss[i];
		struct near_miss *m = &to->miss[i];

		m->at = mask_place(k->places, n->at);
		if (!m->at)
			return NULL;
		mask_into(k, mask_rule, m->words, sizeof(m->words), n->words);
		mask_into(k, mask_text, m->value, sizeof(m->value), n->value);
	}
	return to;
}

static bool mask_fates(struct masker *k, const struct journey *j)
{
	bool ok = true;

	for (unsigned int b = 0; ok && b < j->branches; b++) {
		const struct fate *f = &j->fate[b];

		ok = mask_fate(k, &k->fate[b], f);
		if (ok && f->told)
			k->fate[b].told = mask_told(k, &k->told[b], f->told);
		if (ok && f->near)
			k->fate[b].near = mask_near(k, &k->near[b], f->near);
	}
	k->journey.fate = k->fate;
	k->journey.way.text = mask_sentence(k, j->way.text);
	return ok;
}

static void mask_verdicts(struct masker *k, const struct journey *j)
{
	unsigned int count = j->verdicts < MAP_VERDICTS ? j->verdicts
							: MAP_VERDICTS;

	for (unsigned int i = 0; i < count; i++) {
		const struct map_verdict *from = &j->verdict[i];

		k->verdict[i] = (struct map_verdict){
			.step = from->step,
			.verdict = mask_element(k, from->verdict),
			.key = mask_element(k, from->key),
			.comment = from->comment ?
				mask_one(k, mask_comment, from->comment, 64)
				: NULL,
		};
	}
	k->journey.verdicts = count;
	k->journey.verdict = j->verdict ? k->verdict : NULL;
}

/*
 * Nothing of these is for output, and what they point to is as it was.  .path stays: in
 * it are numbers, and places that no form looks at.
 */
static void leave_out(struct journey *j)
{
	j->links = (struct journey_links){ NULL };
	j->tie = NULL;
	j->ties = 0;
	memset(&j->root, 0, sizeof(j->root));
	j->bytes = (struct journey_bytes){ NULL };
}

struct journey *masker_journey(struct masker *k, const struct journey *j)
{
	struct journey *to = &k->journey;
	size_t size = j->first.caplen > j->last.caplen ? j->first.caplen
						       : j->last.caplen;

	if (!make_room(k, size + 1))
		return NULL;
	k->used = 0;
	*to = *j;
	leave_out(to);
	mask_packet(k->m, &to->first, k->bytes, &j->first);
	mask_packet(k->m, &to->last, k->bytes + k->size, &j->last);
	mask_hw_header(k->m, to->hw_header, to->hw_header_len);
	mask_changes(k, j);
	mask_verdicts(k, j);
	return mask_steps(k, j) && mask_fates(k, j) ? to : NULL;
}

bool masker_lost(struct masker *k, struct packet *p, struct fate *f)
{
	const struct packet packet = *p;
	const struct fate fate = *f;

	if (!make_room(k, packet.caplen + 1u))
		return false;
	k->used = 0;
	mask_packet(k->m, p, k->bytes, &packet);
	return mask_fate(k, f, &fate);
}

const struct event *masker_event(struct masker *k, const struct event *e)
{
	struct packet from, to;

	packet_decode(&from, e->nfproto, e->payload, e->payload_len);
	if (!make_room(k, e->payload_len + 1u))
		return NULL;
	mask_packet(k->m, &to, k->bytes, &from);
	k->event = *e;
	k->event.payload = k->bytes;
	k->event.payload_len = to.caplen;
	k->event.prefix = "";
	k->event.prefix_len = 0;
	k->event.hw_header = NULL;
	k->event.hw_header_len = 0;
	k->event.nft = NULL;
	meet(k, e->in);
	meet(k, e->out);
	meet(k, e->phys_in);
	meet(k, e->phys_out);
	return &k->event;
}

const struct place *masker_place(struct masker *k, const struct place *at)
{
	return mask_place(k->places, at);
}

void masker_host(struct masker *k, char *name, size_t size)
{
	struct strview text = { name, strlen(name) };
	char masked[64] = "";
	struct strbuf to = { masked, sizeof(masked), 0 };

	if (!text.len)
		return;
	mask_name(k->m, &to, MASK_HOST, text);
	snprintf(name, size, "%s", masked);
}

void masker_forget(struct masker *k, uint32_t id)
{
	mask_places_forget(k->places, id);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* facts: what two packets have outside the rules, where that is not the same. */
#include "diff/facts.h"

#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "capture/ifnames.h"
#include "grounds/grounds.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "packet/print_ends.h"
#include "place/place_types.h"
#include "report/report.h"

const char *fact_word(unsigned int fact)
{
	static const char *const words[FACTS] = {
		[FACT_IN] = "interface", [FACT_MARK] = "mark",
		[FACT_STATE] = "conntrack state", [FACT_ROUTE] = "route",
		[FACT_DST] = "translated to", [FACT_SRC] = "went on as",
		[FACT_FATE] = "fate", [FACT_REASON] = "reason",
		[FACT_COPIES] = "copies",
	};

	return words[fact];
}

static void add_fact(struct facts *f, enum fact fact, uint32_t a, uint32_t b)
{
	if (f->differ & 1u << fact)
		return;
	f->differ |= 1u << fact;
	f->step[fact][0] = a;
	f->step[fact][1] = b;
}

/* The next event of the packet itself that is shown. */
static uint32_t next(const struct journey *j, uint32_t i)
{
	while (i < journey_kept(j) &&
	       (j->step[i].branch || j->step[i].place->hidden))
		i++;
	return i;
}

static void compare_steps(struct facts *f, const struct journey *const j[],
			  const uint32_t until[])
{
	uint32_t a = next(j[0], 0), b = next(j[1], 0);

	for (; a < until[0] && b < until[1];
	     a = next(j[0], a + 1), b = next(j[1], b + 1)) {
		if (j[0]->step[a].mark != j[1]->step[b].mark)
			add_fact(f, FACT_MARK, a, b);
		if (j[0]->step[a].out != j[1]->step[b].out)
			add_fact(f, FACT_ROUTE, a, b);
	}
}

static const struct change *end_of(const struct journey *j, uint8_t field)
{
	struct grounds g;

	grounds_find(&g, j, 0);
	return grounds_last_end(&g, field);
}

/* A rule of nat may have chosen another, and the packet was not seen behind that. */
static bool is_unseen(const struct journey *j, uint8_t field)
{
	struct grounds g;

	grounds_find(&g, j, 0);
	return g.unseen && !grounds_last_end(&g, field);
}

/* The port of a source is the kernel's choice. */
static bool is_other_end(const struct journey *const j[], uint8_t field)
{
	const struct change *a = end_of(j[0], field), *b = end_of(j[1], field);

	if (is_unseen(j[0], field) || is_unseen(j[1], field))
		return false;
	if (!a || !b)
		return a != b;
	return memcmp(a->to.addr, b->to.addr, sizeof(a->to.addr)) != 0 ||
	       (field == FIELD_DST && a->to.port != b->to.port);
}

static bool is_other_state(const struct journey *const j[])
{
	struct conntrack a, b;

	conntrack_seen(j[0], &a);
	conntrack_seen(j[1], &b);
	return a.state && b.state && a.state != b.state;
}

static const char *reason_of(const struct journey *j)
{
	const struct fate *f = &j->fate[0];

	/* What a rule drops the kernel calls so, whichever rule it is. */
	if (f->drop && *f->drop->reason && !f->by)
		return f->drop->reason;
	return f->kind == FATE_LOST && f->cause ? f->cause : "";
}

void facts_compare(struct facts *f, const struct journey *const j[PAIR_SIDES],
		   const uint32_t until[PAIR_SIDES])
{
	const struct fate *a = &j[0]->fate[0], *b = &j[1]->fate[0];

	f->differ = 0;
	compare_steps(f, j, until);
	if (journey_first(j[0])->in != journey_first(j[1])->in)
		add_fact(f, FACT_IN, 0, 0);
	if (is_other_state(j))
		add_fact(f, FACT_STATE, 0, 0);
	if (a->out && b->out && a->out != b->out)
		add_fact(f, FACT_ROUTE, journey_kept(j[0]), journey_kept(j[1]));
	if (is_other_end(j, FIELD_DST))
		add_fact(f, FACT_DST, 0, 0);
	if (is_other_end(j, FIELD_SRC))
		add_fact(f, FACT_SRC, 0, 0);
	if (a->kind != b->kind)
		add_fact(f, FACT_FATE, 0, 0);
	if (strcmp(reason_of(j[0]), reason_of(j[1])) != 0)
		add_fact(f, FACT_REASON, 0, 0);
	if (j[0]->branches != j[1]->branches)
		add_fact(f, FACT_COPIES, 0, 0);
}

static void put_interface(char *buf, const struct ifnames *names,
			  uint32_t index)
{
	format_text(buf, FACT_TEXT, "%s", index ? ifnames_get(names, index)
						: "none");
}

static void put_end(char *buf, const struct journey *j, uint8_t field)
{
	const struct change *c = end_of(j, field);

	if (c)
		packet_print_addr(buf, FACT_TEXT, &j->first, c->to.addr,
				  c->to.port);
	else
		format_text(buf, FACT_TEXT, "itself");
}

static void put_reason(char *buf, const struct journey *j)
{
	char reason[REPORT_REASON];
	size_t len = report_reason(reason, sizeof(reason), j, 0);

	/* The text is made for output. */
	if (len >= FACT_TEXT)
		len = escape_text(buf, FACT_TEXT, reason, FACT_TEXT / 5);
	else
		memcpy(buf, reason, len);
	buf[len] = '\0';
	if (!len)
		format_text(buf, FACT_TEXT, "none");
}

void fact_text(char buf[FACT_TEXT], const struct facts *f, unsigned int fact,
	       unsigned int side, const struct journey *j,
	       const struct ifnames *names)
{
	uint32_t step = f->step[fact][side];
	struct conntrack ct;

	buf[0] = '\0';
	switch (fact) {
	case FACT_IN:
		put_interface(buf, names, journey_first(j)->in);
		break;
	case FACT_MARK:
		format_text(buf, FACT_TEXT, "0x%x", j->step[step].mark);
		break;
	case FACT_STATE:
		conntrack_seen(j, &ct);
		format_text(buf, FACT_TEXT, "%s",
			    conntrack_state_word(ct.state));
		break;
	case FACT_ROUTE:
		put_interface(buf, names, step < journey_kept(j) ?
						  j->step[step].out :
						  j->fate[0].out);
		break;
	case FACT_DST:
		put_end(buf, j, FIELD_DST);
		break;
	case FACT_SRC:
		put_end(buf, j, FIELD_SRC);
		break;
	case FACT_FATE:
		format_text(buf, FACT_TEXT, "%s", fate_word(j->fate[0].kind));
		break;
	case FACT_REASON:
		put_reason(buf, j);
		break;
	case FACT_COPIES:
		format_text(buf, FACT_TEXT, "%u", j->branches - 1u);
		break;
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* option_owners: which of the extensions that are installed has an option. */
#include "rules/match/option_owners.h"

#include <ctype.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/units.h"
#include "rules/xtables/base_options.h"
#include "rules/xtables/xt.h"

enum {
	READ_MS = 10000,
	PHRASE = 64,		/* "-m conntrack", with its NUL */
	OWNERS = 16,		/* of one option */
};

/* What brings an extension along, where it is not "-m NAME" or "-p NAME". */
static const struct {
	const char *name;
	const struct family *only;
	const char *phrase;
} odd[] = {
	{ "ah", &family_ipv6, "-m ah" },
	{ "icmp6", NULL, "-p icmpv6" },
	{ "multiport", NULL, "-p tcp or -p udp, and -m multiport," },
	{ "osf", NULL, "-p tcp -m osf" },
	{ "tcpmss", NULL, "-p tcp -m tcpmss" },
};

/* "-p NAME" loads the match of that name. */
static bool is_protocol(const char *name)
{
	for (const struct xtables_pprot *p = xtables_chain_protos; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return true;
	return getprotobyname(name) != NULL;
}

static void make_phrase(char phrase[PHRASE], const struct family *f,
			const char *name, bool match)
{
	const char *kind = !match ? "-j" : is_protocol(name) ? "-p" : "-m";

	snprintf(phrase, PHRASE, "%s %.40s", kind, name);
	for (size_t i = 0; match && i < ARRAY_SIZE(odd); i++)
		if (strcmp(odd[i].name, name) == 0 &&
		    (!odd[i].only || odd[i].only == f))
			snprintf(phrase, PHRASE, "%s", odd[i].phrase);
}

/* Two strings an option: its name, and what brings it along. */
static void put_option(struct helper_out *out, const char *name,
		       const char *phrase)
{
	helper_append(out, name, strlen(name) + 1);
	helper_append(out, phrase, strlen(phrase) + 1);
}

static void put_options(struct helper_out *out, const char *phrase,
			const struct xt_option_entry *x6,
			const struct option *old)
{
	for (; x6 && x6->name; x6++)
		put_option(out, x6->name, phrase);
	for (; old && old->name; old++)
		put_option(out, old->name, phrase);
}

static void put_loaded(struct helper_out *out, const char *phrase,
		       const char *name, bool match)
{
	const struct xtables_match *m = NULL;
	const struct xtables_target *t = NULL;

	if (match)
		m = xtables_find_match(name, XTF_TRY_LOAD, NULL);
	else
		t = xtables_find_target(name, XTF_TRY_LOAD);
	if (m)
		put_options(out, phrase, m->x6_options, m->extra_opts);
	if (t)
		put_options(out, phrase, t->x6_options, t->extra_opts);
}

/* Targets are written in capitals. */
static void put_extension(struct helper_out *out, const struct family *f,
			  const char *name)
{
	bool match = islower((unsigned char)*name);
	char phrase[PHRASE];
	jmp_buf trap;

	make_phrase(phrase, f, name, match);
	xt_trap = &trap;
	if (setjmp(trap) == 0)
		put_loaded(out, phrase, name, match);
	xt_trap = NULL;
}

static int list(const void *arg, struct helper_out *out)
{
	const struct family *f = *(const struct family *const *)arg;
	struct xt_names names;

	xt_open(f, base_options, XT_NEWEST);
	xt_installed(&names);
	for (unsigned int i = 0; i < names.count; i++)
		put_extension(out, f, names.name[i]);
	return 0;
}

void option_owners_read(struct option_owners *o)
{
	struct helper h[FAMILY_COUNT];
	bool started[FAMILY_COUNT];

	memset(o, 0, sizeof(*o));
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		started[i] = helper_start(&h[i], list, &families[i]) == 0;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (started[i])
			helper_finish(&h[i], READ_MS, &o->family[i]);
}

void option_owners_release(struct option_owners *o)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		helper_release(&o->family[i]);
}

/* A string of a list is complete, whatever became of the helper. */
static const char *string_at(const struct helper_result *r, const char *at)
{
	const char *end = r->data ? (const char *)r->data + r->len : NULL;

	return at && at < end && memchr(at, '\0', (size_t)(end - at)) ? at
								      : NULL;
}

static const char *phrase_of(const char *name)
{
	return name + strlen(name) + 1;
}

static bool holds(const struct helper_result *r, const char *at)
{
	const char *data = r->data;

	return data && at >= data && at < data + r->len;
}

const char *option_owners_next(const struct option_owners *o, const char *at)
{
	unsigned int i = 0;

	while (at && i < FAMILY_COUNT && !holds(&o->family[i], at))
		i++;
	if (at)
		at = phrase_of(phrase_of(at));
	for (; i < FAMILY_COUNT; i++) {
		const char *name = string_at(&o->family[i],
					     at ? at : o->family[i].data);

		if (name && string_at(&o->family[i], phrase_of(name)))
			return name;
		at = NULL;
	}
	return NULL;
}

/* The phrases for one option, each once. */
struct owners {
	const char *name;		/* the option's */
	size_t len;
	const char *phrase[OWNERS];
	unsigned int count;
};

static bool has(const struct owners *w, const char *phrase)
{
	for (unsigned int i = 0; i < w->count; i++)
		if (strcmp(w->phrase[i], phrase) == 0)
			return true;
	return false;
}

static void find(struct owners *w, const struct option_owners *o, bool targets)
{
	const char *at = NULL;

	while ((at = option_owners_next(o, at))) {
		const char *phrase = phrase_of(at);

		if (strlen(at) == w->len && memcmp(at, w->name, w->len) == 0 &&
		    (strncmp(phrase, "-j", 2) == 0) == targets &&
		    w->count < OWNERS && !has(w, phrase))
			w->phrase[w->count++] = phrase;
	}
}

/* Of ports, which five protocols have, those two are meant. */
static const char *const usual[] = { "-p tcp", "-p udp" };

static void prefer_usual(struct owners *w)
{
	if (!has(w, usual[0]) || !has(w, usual[1]))
		return;
	w->phrase[0] = usual[0];
	w->phrase[1] = usual[1];
	w->count = 2;
}

/* "-m mark" for --mark comes first, whatever the folder's order. */
static void sort(struct owners *w)
{
	for (unsigned int i = 1; i < w->count; i++) {
		for (unsigned int j = i; j > 0; j--) {
			const char *a = w->phrase[j - 1], *b = w->phrase[j];
			bool own_a = strncmp(a + 3, w->name, w->len) == 0;
			bool own_b = strncmp(b + 3, w->name, w->len) == 0;

			if (own_a == own_b ? strcmp(a, b) <= 0 : own_a)
				break;
			w->phrase[j - 1] = b;
			w->phrase[j] = a;
		}
	}
}

bool option_owners_needs(const struct option_owners *o, const char *name,
			 size_t len, char *buf, size_t size)
{
	struct owners w = { .name = name, .len = len };
	size_t at = 0;

	find(&w, o, false);
	if (!w.count)
		find(&w, o, true);
	prefer_usual(&w);
	sort(&w);
	for (unsigned int i = 0; i < w.count && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s",
				       i ? " or " : "", w.phrase[i]);
	return w.count;
}

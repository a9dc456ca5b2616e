// SPDX-License-Identifier: GPL-2.0-or-later
/* pod_match: --pod, --container: the expressions for what it sends and what it is sent. */
#include "supervisor/pod_match.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/match_option.h"
#include "cli/options.h"
#include "rules/base/units.h"
#include "supervisor/pod_choose.h"

enum { WORDS_MAX = 8 };		/* in front of the user's */

/* The expressions under construction, and the user's, one at a time. */
struct maker {
	struct pod_match *m;
	struct expression made[OPTIONS_GROUPS];
	unsigned int count;
	const struct expression *user;
	bool full, no_memory;
};

static char *new_word(struct maker *k, const char *text)
{
	char **more = realloc(k->m->word, (k->m->words + 1) * sizeof(*more));
	char *copy = strdup(text);

	if (more)
		k->m->word = more;
	if (!more || !copy) {
		free(copy);
		k->no_memory = true;
		return NULL;
	}
	return more[k->m->words++] = copy;
}

/* @words: as many as there are, with a NULL behind them */
static struct expression *add_words(struct maker *k, const char *const words[])
{
	struct expression *e = &k->made[k->count];
	int own = 0, all = k->user->argc + WORDS_MAX;

	if (k->count == OPTIONS_GROUPS) {
		k->full = true;
		return NULL;
	}
	*e = (struct expression) { .argv = calloc((size_t)all + 1,
						  sizeof(*e->argv)) };
	if (!e->argv) {
		k->no_memory = true;
		return NULL;
	}
	k->count++;
	for (; words[own] && !k->no_memory; own++)
		e->argv[e->argc++] = new_word(k, words[own]);
	for (int i = 0; i < k->user->argc; i++)
		e->argv[e->argc++] = k->user->argv[i];
	return e;
}

/* Behind a bridge it is told by the address of its own end of the cable. */
static void add_from(struct maker *k, const struct pod_link *l)
{
	const uint8_t *m = l->mac;
	char mac[18];
	const char *const cable[] = { "-i", l->here, NULL };
	const char *const port[] = {
		"-i", l->bridge, "-m", "mac", "--mac-source", mac, NULL
	};

	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1],
		 m[2], m[3], m[4], m[5]);
	if (l->here[0])
		add_words(k, l->bridge[0] ? port : cable);
}

static void add_to(struct maker *k, const struct pod_address *a)
{
	char text[INET6_ADDRSTRLEN];
	const char *const words[] = { "-d", text, NULL };

	inet_ntop(a->nfproto == NFPROTO_IPV6 ? AF_INET6 : AF_INET, a->byte,
		  text, sizeof(text));
	for (unsigned int late = 0; late < 2; late++) {
		struct expression *e = add_words(k, words);

		if (e)
			e->behind_nat = late;
		if (e)
			e->optional = true;
	}
}

/* @names: the brief one first, and a NULL behind them */
static bool has_option(const struct expression *e, const char *const names[])
{
	struct match_option m;

	for (size_t i = 0; names[i]; i++)
		if (match_option_find(e, names[0], names[i], &m))
			return true;
	return false;
}

static int add_all(struct maker *k, const struct options *o,
		   const struct pod_found *f)
{
	static const char *const in[] = { "-i", "--in-interface", NULL };
	static const char *const to[] = { "-d", "--destination", "--dst", NULL };
	const bool has_in = has_option(k->user, in);
	const bool has_to = has_option(k->user, to);
	const char *option = o->pod ? "--pod" : "--container";

	if (has_in && has_to) {
		msg("error: '-i' and '-d' beside '%s': it stands for one or the "
		    "other: leave out '%s', or one of them", option, option);
		return STATUS_USAGE;
	}
	if (has_in)
		msg("note: '-i' beside '%s': only what it is sent is traced",
		    option);
	if (has_to)
		msg("note: '-d' beside '%s': only what it sends is traced",
		    option);
	for (uint32_t i = 0; i < f->links && !has_in; i++)
		add_from(k, &f->link[i]);
	for (uint32_t i = 0; i < f->addresses && !has_to; i++)
		add_to(k, &f->address[i]);
	return 0;
}

static int make(struct maker *k, const struct options *o,
		const struct pod_found *f)
{
	static const struct expression nothing = { .argc = 0 };
	unsigned int count = o->expressions ? o->expressions : 1;
	int status = 0;

	for (unsigned int i = 0; i < count && !status; i++) {
		k->user = o->expressions ? &o->expression[i] : &nothing;
		status = add_all(k, o, f);
	}
	if (status)
		return status;
	if (k->no_memory) {
		msg("error: no memory");
		return STATUS_FAILURE;
	}
	if (k->full)
		msg("error: with all its interfaces and addresses that makes "
		    "more than %d expressions: use fewer", OPTIONS_GROUPS);
	else if (!k->count)
		msg("error: it has no address that something could be sent to: "
		    "leave out -i");
	return k->full || !k->count ? STATUS_USAGE : 0;
}

int pod_match_take(struct pod_match *m, struct options *o, struct mask *mask)
{
	struct maker k = { .m = m };
	struct pod_found f;
	int status;

	if (!o->pod && !o->container)
		return 0;
	status = pod_choose(o, &f, mask, false);
	if (!status)
		status = make(&k, o, &f);
	if (status) {
		for (unsigned int i = 0; i < k.count; i++)
			free(k.made[i].argv);
		return status;
	}
	for (unsigned int i = 0; i < o->expressions; i++)
		free(o->expression[i].argv);
	memcpy(o->expression, k.made, sizeof(k.made));
	o->expressions = k.count;
	for (unsigned int i = 0; i < k.count; i++)
		o->late_too |= k.made[i].behind_nat;
	return 0;
}

void pod_match_free(struct pod_match *m)
{
	for (unsigned int i = 0; i < m->words; i++)
		free(m->word[i]);
	free(m->word);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* list: the text of each rule out of what `nft -a -s -t list` prints. */
#include "rules/nft/list.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nftables/libnftables.h>

#include <linux/netfilter.h>

#include "rules/base/units.h"
#include "rules/nft/fill.h"
#include "rules/nft/snapshot.h"

#define LIBRARY "libnftables.so.1"

/* How far the reading of the list has come. */
struct cursor {
	struct nft_maker *m;
	uint32_t table, chain;		/* NFT_SNAP_NONE outside */
	uint32_t listed;		/* chains of the table so far */
	uint32_t rules;			/* of the chain so far */
	bool inside;			/* a chain's braces, also of one that is not known */
	bool *opened;			/* each chain */
	bool ambiguous;			/* somebody has written what looks like a part of it */
	const char *head;		/* of a table or chain under way, or NULL */
	const char *start;		/* of a rule under way, or NULL */
};

/*
 * Loaded where it is used: a run without nft's rules, and every process but
 * this helper, has neither the time nor the memory that it and its two
 * libraries take.
 */
struct lib {
	__typeof__(nft_ctx_new) *ctx_new;
	__typeof__(nft_ctx_free) *ctx_free;
	__typeof__(nft_ctx_output_set_flags) *set_flags;
	__typeof__(nft_ctx_buffer_output) *buffer_output;
	__typeof__(nft_ctx_buffer_error) *buffer_error;
	__typeof__(nft_ctx_get_output_buffer) *output;
	__typeof__(nft_ctx_get_error_buffer) *error;
	__typeof__(nft_run_cmd_from_buffer) *run;
};

static bool load(struct lib *l)
{
	const struct {
		const char *name;
		void *to;
	} symbols[] = {
		{ "nft_ctx_new", &l->ctx_new },
		{ "nft_ctx_free", &l->ctx_free },
		{ "nft_ctx_output_set_flags", &l->set_flags },
		{ "nft_ctx_buffer_output", &l->buffer_output },
		{ "nft_ctx_buffer_error", &l->buffer_error },
		{ "nft_ctx_get_output_buffer", &l->output },
		{ "nft_ctx_get_error_buffer", &l->error },
		{ "nft_run_cmd_from_buffer", &l->run },
	};

	if (!dlopen(LIBRARY, RTLD_LAZY | RTLD_GLOBAL)) {
		fprintf(stderr, "%s\n", dlerror());
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *symbol = dlsym(RTLD_DEFAULT, symbols[i].name);

		if (!symbol) {
			fprintf(stderr, "%s\n", dlerror());
			return false;
		}
		memcpy(symbols[i].to, &symbol, sizeof(symbol));
	}
	return true;
}

/*
 * Its errors are in its buffer.  What it writes to stderr by itself is that it does not
 * find an extension of iptables-nft's, as the second family's of a name: these are not
 * taken from its text.
 */
static int run_silent(const struct lib *l, struct nft_ctx *ctx,
		      const char *commands)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int own = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int err;

	if (null >= 0 && own >= 0)
		dup2(null, STDERR_FILENO);
	err = l->run(ctx, commands);
	if (own >= 0) {
		fflush(stderr);
		dup2(own, STDERR_FILENO);
		close(own);
	}
	if (null >= 0)
		close(null);
	return err;
}

char *nft_list_read(const char *commands)
{
	struct nft_ctx *ctx;
	char *text = NULL;
	struct lib l;

	ctx = load(&l) ? l.ctx_new(NFT_CTX_DEFAULT) : NULL;
	if (!ctx)
		return NULL;
	/*
	 * What a rule counts is no part of its text, and stale at once.  Nor are the
	 * elements of sets that have a name, of which there may be many thousands.
	 */
	l.set_flags(ctx, NFT_CTX_OUTPUT_HANDLE | NFT_CTX_OUTPUT_STATELESS |
			 NFT_CTX_OUTPUT_TERSE);
	l.buffer_output(ctx);
	l.buffer_error(ctx);
	if ((commands && run_silent(&l, ctx, commands) == 0) ||
	    run_silent(&l, ctx, "list ruleset") == 0)
		text = strdup(l.output(ctx));
	else
		fputs(l.error(ctx), stderr);
	l.ctx_free(ctx);
	return text;
}

static uint32_t find_table(const struct nft_maker *m, const char *family,
			   uint64_t handle)
{
	for (uint32_t i = 0; i < m->s->tables; i++)
		if (m->table[i].handle == handle &&
		    strcmp(nft_snapshot_family(m->table[i].nfproto),
			   family) == 0)
			return i;
	return NFT_SNAP_NONE;
}

/* Chains are listed in the kernel's order: the next one is tried first. */
static uint32_t find_chain(const struct cursor *c, uint64_t handle)
{
	const struct nft_snap_table *t = &c->m->table[c->table];

	for (uint32_t i = 0; i < t->chains; i++) {
		uint32_t n = t->first_chain + (c->listed + i) % t->chains;

		if (c->m->chain[n].handle == handle)
			return n;
	}
	return NFT_SNAP_NONE;
}

/* The end of what stands before " # handle N" at the line's end, or NULL. */
static const char *find_handle(const char *line, const char *end,
			       uint64_t *handle)
{
	static const char mark[] = " # handle ";
	const size_t len = sizeof(mark) - 1;
	const char *p = end;

	while (p > line && p[-1] >= '0' && p[-1] <= '9')
		p--;
	if (p == end || (size_t)(p - line) < len ||
	    memcmp(p - len, mark, len) != 0)
		return NULL;
	*handle = strtoull(p, NULL, 10);
	return p - len;
}

static void open_table(struct cursor *c, const char *line, uint64_t handle)
{
	char family[16];

	c->table = NFT_SNAP_NONE;
	c->listed = 0;
	if (sscanf(line, "table %15s ", family) == 1)
		c->table = find_table(c->m, family, handle);
}

static void open_chain(struct cursor *c, uint64_t handle)
{
	if (c->table != NFT_SNAP_NONE)
		c->chain = find_chain(c, handle);
	c->inside = true;
	c->rules = 0;
	c->listed++;
	if (c->chain == NFT_SNAP_NONE)
		return;
	c->ambiguous |= c->opened[c->chain];
	c->opened[c->chain] = true;
}

/* Does a head end with this line?  Behind a table's handle its owner may stand. */
static bool is_head_end(const char *line, const char *end, uint64_t *handle)
{
	static const char mark[] = " { # handle ", owner[] = " progname ";
	const char *at = NULL, *next = line;
	char *rest;

	while ((next = memmem(next, (size_t)(end - next), mark, strlen(mark))))
		at = next = next + strlen(mark);
	if (!at)
		return false;
	*handle = strtoull(at, &rest, 10);
	return rest == end || strncmp(rest, owner, strlen(owner)) == 0;
}

/* One line outside of a chain's braces.  Names may hold line breaks: the head then goes on. */
static void take_head(struct cursor *c, const char *line, const char *end)
{
	uint64_t handle;

	if (!c->head && (strncmp(line, "table ", 6) == 0 ||
			 strncmp(line, "\tchain ", 7) == 0))
		c->head = line;
	if (!is_head_end(line, end, &handle)) {
		/* It is a rule's, and there is no rule here. */
		c->ambiguous |= find_handle(line, end, &handle) != NULL;
		return;
	}
	if (c->head && *c->head == 't')
		open_table(c, c->head, handle);
	else if (c->head)
		open_chain(c, handle);
	c->head = NULL;
}

static void take_policy(struct cursor *c, const char *line, const char *end)
{
	struct nft_snap_chain *chain = &c->m->chain[c->chain];

	chain->policy_text = nft_fill_text(c->m, line, (size_t)(end - line));
	chain->policy_len = (uint32_t)(end - line);
}

static void take_listed_rule(struct cursor *c, struct nft_snap_rule *r,
			     const char *start, const char *end)
{
	r->text = nft_fill_text(c->m, start, (size_t)(end - start));
	r->len = (uint32_t)(end - start);
}

/*
 * The rules of a chain without a name stand, without handles, inside the rule
 * that jumps there: nth line, nth rule.
 */
static void take_inner(struct cursor *c, const struct nft_snap_chain *chain,
		       const char *start, const char *end)
{
	const char *p = memchr(start, '\n', (size_t)(end - start));
	const char *lines[2] = { NULL, NULL };
	uint32_t count = 0;

	for (unsigned int pass = 0; p && pass < 2; pass++) {
		uint32_t n = 0;

		for (lines[0] = p + 1; ; lines[0] = lines[1] + 1) {
			lines[1] = memchr(lines[0], '\n',
					  (size_t)(end - lines[0]));
			if (!lines[1])
				break;
			while (*lines[0] == '\t')
				lines[0]++;
			if (pass == 1 && count == chain->count)
				take_listed_rule(c, &c->m->rule[chain->first + n],
						 lines[0], lines[1]);
			n++;
		}
		count = n;
	}
}

static void end_rule(struct cursor *c, const char *end, uint64_t handle)
{
	const struct nft_snap_chain *chain = &c->m->chain[c->chain];
	struct nft_snap_rule *r = &c->m->rule[chain->first + c->rules];

	/* A comment may hold what looks like it, and a line break behind. */
	if (c->rules == chain->count || r->handle != handle)
		return;
	c->rules++;
	take_listed_rule(c, r, c->start, end);
	if (end[-1] == '}' && r->to != NFT_SNAP_NONE &&
	    memchr(c->start, '\n', (size_t)(end - c->start)))
		take_inner(c, &c->m->chain[r->to], c->start, end);
	c->start = NULL;
}

/*
 * Where a comment holds the end of its own rule, that ends the rule too early, and perhaps
 * others after it; the true end of the last of those then comes when it is over already.
 * No other handle in a comment ends anything.
 */
static bool was_over(const struct cursor *c, uint64_t handle)
{
	const struct nft_snap_chain *chain = &c->m->chain[c->chain];

	return c->rules && c->m->rule[chain->first + c->rules - 1].handle == handle;
}

/* One line within a chain's braces. */
static void take_line(struct cursor *c, const char *line, const char *end)
{
	const char *text = line;
	uint64_t handle;

	if (!c->start && end - line == 2 && memcmp(line, "\t}", 2) == 0) {
		c->chain = NFT_SNAP_NONE;
		c->inside = false;
	}
	if (c->chain == NFT_SNAP_NONE)
		return;
	while (text < end && *text == '\t')
		text++;
	if (!c->start && !c->rules && strncmp(text, "type ", 5) == 0 &&
	    c->m->chain[c->chain].hook != NFT_SNAP_NO_HOOK) {
		take_policy(c, text, end);
		return;
	}
	if (!c->start)
		c->start = text;
	/* Comments may hold line breaks: the rule then goes on. */
	text = find_handle(line, end, &handle);
	if (!text) {
		/* But a chain's, too, behind which the first rule comes. */
		c->ambiguous |= strncmp(c->start, "comment \"", 9) == 0;
		return;
	}
	c->ambiguous |= was_over(c, handle);
	end_rule(c, text, handle);
}

static bool is_chain_comment(const struct cursor *c, const char *line,
			     const char *end)
{
	uint64_t handle;

	return !c->start && strncmp(line, "\t\tcomment \"", 11) == 0 &&
	       end[-1] == '"' && !find_handle(line, end, &handle);
}

/*
 * Names, comments and prefixes may hold line breaks, and behind them what looks like
 * the end of the rule and the begin of others: rules, or whole chains.  All of them
 * have another line or chain too many then.
 */
static void forget_texts(struct nft_maker *m)
{
	static bool said;	/* a reading may be repeated */

	if (!said)
		fputs("a name, comment or prefix in them looks like rules", stderr);
	said = true;
	for (uint32_t i = 0; i < m->s->rules; i++)
		m->rule[i].text = m->rule[i].len = 0;
	for (uint32_t i = 0; i < m->s->chains; i++)
		m->chain[i].policy_text = m->chain[i].policy_len = 0;
}

void nft_list_fill(struct nft_maker *m, const char *list)
{
	struct cursor c = {
		.m = m, .table = NFT_SNAP_NONE, .chain = NFT_SNAP_NONE,
		.opened = calloc(m->s->chains + 1, sizeof(bool)),
	};
	const char *line = list, *end;

	for (; c.opened && (end = strchr(line, '\n')); line = end + 1) {
		if (!c.inside)
			take_head(&c, line, end);
		else if (!is_chain_comment(&c, line, end))
			take_line(&c, line, end);
	}
	if (c.ambiguous || c.inside)
		forget_texts(m);
	free(c.opened);
}

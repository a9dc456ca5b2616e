// SPDX-License-Identifier: GPL-2.0-or-later
/* save: the text of rules that iptables-nft wrote, out of iptables-nft-save. */
#include "rules/nft/save.h"

#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libnftnl/rule.h>
#include <linux/netfilter.h>

#include "rules/base/units.h"
#include "rules/nft/fill.h"
#include "rules/nft/form.h"

static const char *const programs[] = {
	[NFPROTO_IPV4] = "iptables-nft-save",
	[NFPROTO_IPV6] = "ip6tables-nft-save",
};

/*
 * What it needs and no more: the environment may be that of a user who has
 * become root without leaving it.
 */
enum { VARIABLES = 4, VARIABLE_MAX = PATH_MAX + 32 };

struct variables {
	char libdir[VARIABLE_MAX];
	const char *list[VARIABLES];
};

static void fill_variables(struct variables *v)
{
	const char *libdir = getenv("XTABLES_LIBDIR");
	int n = 0;

	v->list[n++] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	v->list[n++] = "LC_ALL=C";
	if (libdir && strlen(libdir) < PATH_MAX) {
		snprintf(v->libdir, sizeof(v->libdir), "XTABLES_LIBDIR=%s",
			 libdir);
		v->list[n++] = v->libdir;
	}
	v->list[n] = NULL;
}

/* Where it belongs; and where else it may be, behind that. */
static int spawn(struct nft_save *s, const char *name,
		 const posix_spawn_file_actions_t *actions)
{
	static const char *const folders[] = {
		"/usr/sbin/", "/sbin/", "/usr/local/sbin/", "",
	};
	struct variables v;
	char path[64];
	char *argv[] = { path, NULL };
	int err = -1;

	fill_variables(&v);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && err; i++) {
		snprintf(path, sizeof(path), "%s%s", folders[i], name);
		/* Without a slash it is looked for in PATH. */
		err = posix_spawnp(&s->pid, path, actions, NULL, argv,
				   (char *const *)v.list);
	}
	return err;
}

bool nft_save_start(struct nft_save *s, uint8_t nfproto)
{
	posix_spawn_file_actions_t actions;
	int err;

	/* No pipe: nobody reads while it writes. */
	s->fd = memfd_create("nftrace-save", MFD_CLOEXEC);
	if (s->fd < 0)
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, s->fd, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	err = spawn(s, programs[nfproto], &actions);
	posix_spawn_file_actions_destroy(&actions);
	if (err) {
		close(s->fd);
		s->fd = -1;
	}
	return err == 0;
}

static char *read_all_saved(int fd)
{
	struct stat st;
	char *text;

	if (fstat(fd, &st) < 0)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return NULL;
	helper_populate(text, (size_t)st.st_size + 1);
	if (pread(fd, text, (size_t)st.st_size, 0) == st.st_size) {
		text[st.st_size] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

char *nft_save_finish(struct nft_save *s)
{
	char *text = NULL;
	int status;

	if (waitpid(s->pid, &status, 0) == s->pid && status == 0)
		text = read_all_saved(s->fd);
	close(s->fd);
	return text;
}

struct strbuf {
	const char *at;
	size_t len;
	uint32_t next;		/* of the same chain */
};

/* The lines of one table of the save. */
struct section {
	struct nft_maker *m;
	uint32_t table;
	struct strbuf *line;
	uint32_t lines;
};

static uint32_t save_find_chain(const struct section *s, const char *name,
				const char *end)
{
	const char *blank = memchr(name, ' ', (size_t)(end - name));

	return nft_snapshot_find_chain(s->m->s, s->table, name,
				       (size_t)((blank ? blank : end) - name));
}

/* ":CHAIN VERDICT [0:0]" of a base chain -> "-P CHAIN VERDICT" */
static void take_saved_policy(const struct section *s, const char *line,
			      const char *end)
{
	uint32_t i = save_find_chain(s, line + 1, end);
	struct nft_snap_chain *c = &s->m->chain[i];
	const char *name;
	char text[512];
	int len;

	if (i == NFT_SNAP_NONE || c->hook == NFT_SNAP_NO_HOOK)
		return;
	name = nft_snapshot_text(s->m->s, c->name);
	len = snprintf(text, sizeof(text), "-P %s %s", name,
		       c->policy == NF_ACCEPT ? "ACCEPT" : "DROP");
	if ((size_t)len >= sizeof(text))
		return;
	c->policy_text = nft_fill_text(s->m, text, (size_t)len);
	c->policy_len = (uint32_t)len;
}

/* Does the line jump, or go, where the rule does? */
static bool jumps_there(const struct section *s, const struct nft_snap_rule *r,
			const struct strbuf *l)
{
	static const char *const words[] = {
		[NFT_SNAP_ACCEPT] = "ACCEPT",
		[NFT_SNAP_DROP] = "DROP",
		[NFT_SNAP_RETURN] = "RETURN",
	};
	const char *chain = r->to == NFT_SNAP_NONE ? NULL :
		nft_snapshot_text(s->m->s, s->m->chain[r->to].name);
	const char *word = r->verdict <= NFT_SNAP_RETURN ? words[r->verdict]
							 : chain;
	char tail[320];
	int len;

	/* None, or a target, of which several go by more than one name. */
	if (!word)
		return r->verdict == NFT_SNAP_CONTINUE;
	len = snprintf(tail, sizeof(tail), " -%c %s",
		       r->verdict == NFT_SNAP_GOTO ? 'g' : 'j', word);
	return (size_t)len < sizeof(tail) && l->len >= (size_t)len &&
	       memcmp(l->at + l->len - len, tail, (size_t)len) == 0;
}

/* A comment that nft keeps outside the expressions must be in the line. */
static bool keeps_comment(const struct nftnl_rule *r, const struct strbuf *l)
{
	return !nftnl_rule_is_set(r, NFTNL_RULE_USERDATA) ||
	       memmem(l->at, l->len, " --comment ", 11);
}

static void take_saved_line(const struct section *s, uint32_t rule,
			    const struct strbuf *l)
{
	struct nft_snap_rule *r = &s->m->rule[rule];
	const struct nftnl_rule *object = s->m->object[rule];

	if (!nft_expr_is_iptables(object) || !jumps_there(s, r, l) ||
	    !keeps_comment(object, l))
		return;
	r->text = nft_fill_text(s->m, l->at, l->len);
	r->len = (uint32_t)l->len;
	r->iptables = 1;
}

/* Sort the lines by chain, keeping their order. */
static void chain_up(struct section *s, uint32_t *head, uint32_t *count)
{
	const struct nft_snap_table *t = &s->m->table[s->table];

	for (uint32_t i = s->lines; i-- > 0; ) {
		struct strbuf *l = &s->line[i];
		uint32_t c = save_find_chain(s, l->at + 3, l->at + l->len);

		if (c == NFT_SNAP_NONE)
			continue;
		c -= t->first_chain;
		l->next = head[c];
		head[c] = i;
		count[c]++;
	}
}

static void end_section(struct section *s)
{
	const struct nft_snap_table *t = &s->m->table[s->table];
	uint32_t *head = malloc((t->chains + 1) * sizeof(*head));
	uint32_t *count = calloc(t->chains + 1, sizeof(*count));

	if (head && count) {
		memset(head, 0xff, (t->chains + 1) * sizeof(*head));
		chain_up(s, head, count);
	}
	for (uint32_t i = 0; head && count && i < t->chains; i++) {
		const struct nft_snap_chain *c =
			&s->m->chain[t->first_chain + i];
		uint32_t rule = c->first;

		if (count[i] != c->count)
			continue;
		for (uint32_t n = head[i]; n != NFT_SNAP_NONE;
		     n = s->line[n].next)
			take_saved_line(s, rule++, &s->line[n]);
	}
	free(head);
	free(count);
}

static void add_line(struct section *s, const char *line, const char *end)
{
	struct strbuf *l = &s->line[s->lines];

	/* A line break within a comment: it goes on. */
	if (strncmp(line, "-A ", 3) != 0) {
		if (s->lines)
			l[-1].len = (size_t)(end - l[-1].at);
		return;
	}
	l->at = line;
	l->len = (size_t)(end - line);
	s->lines++;
}

/* Return: where the section ends. */
static const char *read_section(struct section *s, const char *line)
{
	const char *end;

	s->lines = 0;
	for (; (end = strchr(line, '\n')); line = end + 1) {
		if (end - line == 6 && memcmp(line, "COMMIT", 6) == 0)
			break;
		if (*line == ':' && !s->lines) {
			if (s->table != NFT_SNAP_NONE)
				take_saved_policy(s, line, end);
		} else {
			add_line(s, line, end);
		}
	}
	if (s->table != NFT_SNAP_NONE)
		end_section(s);
	return line;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

void nft_save_fill(struct nft_maker *m, uint8_t nfproto, const char *save)
{
	struct section s = {
		.m = m,
		.line = malloc(count_lines(save) * sizeof(struct strbuf)),
	};
	const char *line = save, *end;

	for (; s.line && (end = strchr(line, '\n')); line = end + 1) {
		if (*line != '*')
			continue;
		s.table = nft_snapshot_find_table(m->s, nfproto, line + 1,
						  (size_t)(end - line - 1));
		/* At its COMMIT, or where the text ends. */
		line = read_section(&s, end + 1);
		end = strchr(line, '\n');
		if (!end)
			break;
	}
	free(s.line);
}

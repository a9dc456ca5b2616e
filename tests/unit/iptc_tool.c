// SPDX-License-Identifier: GPL-2.0-or-later
/* iptc_tool: libiptc as the judge of edit: the same changes make the same table, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/legacy/table.h"
#include "rules/legacy/table_digest.h"
#include "rules/legacy/trace_rules.h"

enum { ROUNDS = 60, CHAINS = 4, RULES_MAX = 12, SET_MAX = 3, ENTRY_ROOM = 1024 };

/* ---- libiptc, the same for both families */

struct judge {
	struct xtc_handle *(*init)(const char *table);
	void (*free)(struct xtc_handle *h);
	int (*commit)(struct xtc_handle *h);
	int (*create)(const xt_chainlabel chain, struct xtc_handle *h);
	int (*policy)(const xt_chainlabel chain, const xt_chainlabel policy,
		      struct xt_counters *counters, struct xtc_handle *h);
	int (*delete)(const xt_chainlabel chain, unsigned int number,
		      struct xtc_handle *h);
	int (*append)(const char *chain, const void *entry,
		      struct xtc_handle *h);
	int (*insert)(const char *chain, const void *entry,
		      struct xtc_handle *h);
};

static int append4(const char *chain, const void *e, struct xtc_handle *h)
{
	return iptc_append_entry(chain, e, h);
}

static int append6(const char *chain, const void *e, struct xtc_handle *h)
{
	return ip6tc_append_entry(chain, e, h);
}

static int insert4(const char *chain, const void *e, struct xtc_handle *h)
{
	return iptc_insert_entry(chain, e, 0, h);
}

static int insert6(const char *chain, const void *e, struct xtc_handle *h)
{
	return ip6tc_insert_entry(chain, e, 0, h);
}

static const struct judge judges[FAMILY_COUNT] = {
	{ iptc_init, iptc_free, iptc_commit, iptc_create_chain,
	  iptc_set_policy, iptc_delete_num_entry, append4, insert4 },
	{ ip6tc_init, ip6tc_free, ip6tc_commit, ip6tc_create_chain,
	  ip6tc_set_policy, ip6tc_delete_num_entry, append6, insert6 },
};

/* ---- entries */

static void put_u16(char *entry, size_t at, size_t value)
{
	uint16_t n = (uint16_t)value;

	memcpy(entry + at, &n, sizeof(n));
}

/* @target: as libiptc names it: a chain, a verdict, "" for none, an extension */
static void make_entry(const struct family *f, char *to, uint8_t source,
		       const char *target, bool standard, const char *comment)
{
	size_t match = comment ? XT_ALIGN(sizeof(struct xt_entry_match) + 256)
			       : 0;
	size_t size = XT_ALIGN(standard ? sizeof(struct xt_standard_target)
					: sizeof(struct xt_entry_target));
	struct xt_entry_match *m = (void *)(to + f->entry_size);
	struct xt_entry_target *t = (void *)(to + f->entry_size + match);

	memset(to, 0, ENTRY_ROOM);
	/* The source's first byte, and its mask behind both addresses. */
	to[0] = (char)source;
	to[2 * f->addr_len] = source ? (char)0xff : 0;
	put_u16(to, f->target_offset, f->entry_size + match);
	put_u16(to, f->next_offset, f->entry_size + match + size);
	if (comment) {
		m->u.match_size = (uint16_t)match;
		strcpy(m->u.user.name, "comment");
		strcpy((char *)m->data, comment);
	}
	t->u.target_size = (uint16_t)size;
	strcpy(t->u.user.name, target);
}

/* ---- tables by chance; the seed is the round's number */

static unsigned int chance(unsigned int *seed, unsigned int below)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % below;
}

static const char *const builtin[] = { "PREROUTING", "OUTPUT" };
static const char *const users[CHAINS] = { "a", "b", "c", "d" };

/* A rule of chain @at: user chains jump to later ones only, so none in a circle. */
static void add_rule(const struct judge *j, struct xtc_handle *h,
		     const struct family *f, unsigned int *seed, int at,
		     unsigned int chains)
{
	static const char *const verdicts[] = { "", "ACCEPT", "DROP", "RETURN" };
	unsigned int first = (unsigned int)(at + 1);
	unsigned int pick = chance(seed, 4 + 2 * (chains - first));
	char entry[ENTRY_ROOM];

	if (pick < 4) {
		make_entry(f, entry, (uint8_t)chance(seed, 200),
			   verdicts[pick], true, NULL);
	} else {
		make_entry(f, entry, (uint8_t)chance(seed, 200),
			   users[first + (pick - 4) / 2], true, NULL);
		if (pick % 2)
			entry[f->flags_offset] = (char)f->flag_goto;
	}
	assert_true(j->append(at < 0 ? builtin[chance(seed, 2)] : users[at],
			      entry, h));
}

static void make_table(const struct judge *j, const struct family *f,
		       unsigned int *seed)
{
	struct xtc_handle *h = j->init("raw");
	unsigned int chains = chance(seed, CHAINS + 1);

	assert_non_null(h);
	for (unsigned int c = 0; c < chains; c++)
		assert_true(j->create(users[c], h));
	for (int c = -1; c < (int)chains; c++)
		for (unsigned int n = chance(seed, RULES_MAX); n > 0; n--)
			add_rule(j, h, f, seed, c, chains);
	if (chance(seed, 2))
		assert_true(j->policy("OUTPUT", "DROP", NULL, h));
	assert_true(j->commit(h));
	j->free(h);
}

static void read_table(const struct family *f, struct table_blob *t)
{
	int sock = table_socket(f);
	unsigned char *bytes;

	assert_true(sock >= 0);
	assert_int_equal(table_read(f, sock, "raw", t), 0);
	close(sock);
	bytes = (unsigned char *)t->bytes;
	for (uint32_t at = 0; at < t->size; ) {
		memset(bytes + at + f->counters, 0, sizeof(struct xt_counters));
		at += entry_next_offset(f, bytes + at);
	}
}

static void compare(const char *what, unsigned int round, struct table_blob *a,
		    struct table_blob *b)
{
	bool same = a->size == b->size && a->num_entries == b->num_entries &&
		a->valid_hooks == b->valid_hooks &&
		memcmp(a->hook_entry, b->hook_entry, sizeof(a->hook_entry)) == 0 &&
		memcmp(a->underflow, b->underflow, sizeof(a->underflow)) == 0 &&
		memcmp(a->bytes, b->bytes, a->size) == 0;

	if (!same)
		fail_msg("round %u: %s: %u entries in %u bytes by libiptc, "
			 "%u in %u by nftrace", round, what, a->num_entries,
			 a->size, b->num_entries, b->size);
	table_release(b);
}

/* ---- the run's rules, by either */

struct wanted {
	struct owner owner;
	struct trace_set set;
	struct trace_rule rule[SET_MAX];
	char entry[SET_MAX][ENTRY_ROOM];
};

static void make_wanted(struct wanted *w, const struct family *f,
			unsigned int *seed)
{
	char comment[OWNER_TEXT];

	memset(w, 0, sizeof(*w));
	assert_int_equal(owner_init(&w->owner, time(NULL) + 60), 0);
	owner_format(&w->owner, comment);
	w->set = (struct trace_set){ f, 1 + chance(seed, SET_MAX), w->rule };
	for (unsigned int i = 0; i < w->set.count; i++) {
		make_entry(f, w->entry[i], (uint8_t)chance(seed, 200), "TRACE",
			   false, comment);
		w->rule[i].chains = 1 + chance(seed, TRACE_BOTH);
		w->rule[i].entry = w->entry[i];
	}
}

static unsigned int count_in(const struct wanted *w, unsigned int chain)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->set.count; i++)
		n += !!(w->rule[i].chains & chain);
	return n;
}

/* The last first, since each goes in at the top. */
static void judge_inserts(const struct judge *j, const struct wanted *w)
{
	struct xtc_handle *h = j->init("raw");

	assert_non_null(h);
	for (unsigned int c = 0; c < 2; c++)
		for (unsigned int i = w->set.count; i-- > 0; )
			if (w->rule[i].chains & 1u << c)
				assert_true(j->insert(builtin[c], w->entry[i],
						      h));
	assert_true(j->commit(h));
	j->free(h);
}

/* @foreign: so many of others' stand in front of them in PREROUTING */
static void judge_removes(const struct judge *j, const struct wanted *w,
			  unsigned int foreign)
{
	struct xtc_handle *h = j->init("raw");

	assert_non_null(h);
	for (unsigned int c = 0; c < 2; c++)
		for (unsigned int i = 0; i < w->set.count; i++)
			if (w->rule[i].chains & 1u << c)
				assert_true(j->delete(builtin[c],
						      c ? 0 : foreign, h));
	assert_true(j->commit(h));
	j->free(h);
}

/* Somebody else: a chain that others do not have, and a jump to it at the top. */
static void meddle(const struct judge *j, const struct family *f)
{
	struct xtc_handle *h = j->init("raw");
	char entry[ENTRY_ROOM];

	assert_non_null(h);
	assert_true(j->create("between", h));
	make_entry(f, entry, 9, "DROP", true, NULL);
	assert_true(j->append("between", entry, h));
	make_entry(f, entry, 0, "between", true, NULL);
	assert_true(j->insert("PREROUTING", entry, h));
	assert_true(j->commit(h));
	j->free(h);
}

/* Their rule to the top again: it is the first one that jumps to "between". */
static void move_below(const struct judge *j, const struct family *f,
		       unsigned int own)
{
	struct xtc_handle *h = j->init("raw");
	char entry[ENTRY_ROOM];

	assert_non_null(h);
	assert_true(j->delete("PREROUTING", own, h));
	make_entry(f, entry, 0, "between", true, NULL);
	assert_true(j->insert("PREROUTING", entry, h));
	assert_true(j->commit(h));
	j->free(h);
}

/* What is asked of the kernel again and again is what a reading of the table says. */
static uint64_t digest_of(const struct family *f, const struct table_blob *t)
{
	static struct table_room room;
	uint64_t digest;

	struct xt_counters *counted = (struct xt_counters *)entry_counters(f, t->bytes);

	assert_int_equal(table_digest(f, &room, &digest), 0);
	assert_true(digest == table_blob_digest(f, t));
	counted->pcnt++;
	assert_true(digest == table_blob_digest(f, t));
	counted->pcnt--;
	return digest;
}

static void one_round(const struct family *f, unsigned int round)
{
	const struct judge *j = &judges[family_index(f)];
	struct table_blob with, by_us;
	unsigned int seed = round;
	uint64_t digest;
	struct wanted w;

	/* In a network namespace of its own, of which nothing is left. */
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	make_table(j, f, &seed);
	make_wanted(&w, f, &seed);
	judge_inserts(j, &w);
	read_table(f, &with);
	digest = digest_of(f, &with);
	judge_removes(j, &w, 0);
	assert_true(trace_rules_install(&w.set, &w.owner) > 0);
	read_table(f, &by_us);
	assert_true(digest_of(f, &by_us) == digest);
	compare("insert at the top", round, &with, &by_us);
	table_release(&with);

	/* Out of what somebody has changed meanwhile, from below their rule. */
	meddle(j, f);
	judge_removes(j, &w, 1);
	read_table(f, &with);
	assert_false(digest_of(f, &with) == digest);
	judge_inserts(j, &w);
	move_below(j, f, count_in(&w, TRACE_PREROUTING));
	assert_int_equal(trace_rules_remove(f, &w.owner, NULL), 0);
	read_table(f, &by_us);
	compare("remove", round, &with, &by_us);
	table_release(&with);
}

static void test_family(void **state)
{
	for (unsigned int round = 1; round <= ROUNDS; round++)
		one_round(*state, round);
}

/* iptc_tool [FAMILY] */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		{ "ipv4", test_family, NULL, NULL, (void *)&family_ipv4 },
		{ "ipv6", test_family, NULL, NULL, (void *)&family_ipv6 },
	};

	cmocka_set_test_filter(argc > 1 ? argv[1] : "*");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

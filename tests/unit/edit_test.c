// SPDX-License-Identifier: GPL-2.0-or-later
/* edit_test: made-up tables in a made-up kernel: offsets, counters, others at work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/legacy/edit.h"

/* ---- a kernel that holds one table */

enum { ROOM = 8192, ENTRIES = 32 };

static struct {
	unsigned char bytes[ROOM];
	struct ipt_getinfo info;
	unsigned int replaced;
	bool refuse;		/* EINVAL for the next replacement */
	void (*before_add)(void);
} kernel;

static void *entry_at(uint32_t n)
{
	unsigned char *at = kernel.bytes;

	while (n--)
		at += ((struct ipt_entry *)at)->next_offset;
	return at;
}

int socket(int domain, int type, int protocol)
{
	(void)domain, (void)type, (void)protocol;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int getsockopt(int fd, int level, int opt, void *restrict value,
	       socklen_t *restrict len)
{
	struct ipt_get_entries *e = value;

	(void)fd, (void)level, (void)len;
	if (opt == IPT_SO_GET_INFO) {
		memcpy(value, &kernel.info, sizeof(kernel.info));
		return 0;
	}
	if (opt != IPT_SO_GET_ENTRIES || e->size != kernel.info.size) {
		errno = EAGAIN;
		return -1;
	}
	memcpy(e->entrytable, kernel.bytes, e->size);
	return 0;
}

static int replace(const struct ipt_replace *r)
{
	if (kernel.refuse || r->num_counters != kernel.info.num_entries) {
		errno = kernel.refuse ? EINVAL : EAGAIN;
		kernel.refuse = false;
		return -1;
	}
	for (uint32_t i = 0; i < kernel.info.num_entries; i++)
		r->counters[i] = ((struct ipt_entry *)entry_at(i))->counters;
	memcpy(kernel.bytes, r->entries, r->size);
	kernel.info.size = r->size;
	kernel.info.num_entries = r->num_entries;
	memcpy(kernel.info.hook_entry, r->hook_entry, sizeof(r->hook_entry));
	memcpy(kernel.info.underflow, r->underflow, sizeof(r->underflow));
	for (uint32_t i = 0; i < r->num_entries; i++)
		memset(&((struct ipt_entry *)entry_at(i))->counters, 0,
		       sizeof(struct xt_counters));
	kernel.replaced++;
	return 0;
}

static int add_counters(const struct xt_counters_info *info)
{
	void (*others)(void) = kernel.before_add;

	kernel.before_add = NULL;
	if (others)
		others();
	if (info->num_counters != kernel.info.num_entries) {
		errno = EINVAL;
		return -1;
	}
	for (uint32_t i = 0; i < info->num_counters; i++) {
		struct ipt_entry *e = entry_at(i);

		e->counters.pcnt += info->counters[i].pcnt;
		e->counters.bcnt += info->counters[i].bcnt;
	}
	return 0;
}

int setsockopt(int fd, int level, int opt, const void *value, socklen_t len)
{
	(void)fd, (void)level, (void)len;
	return opt == IPT_SO_SET_REPLACE ? replace(value) : add_counters(value);
}

/* ---- a table: raw with two hooks and a chain that is jumped to */

enum { SIZE = sizeof(struct ipt_entry) + sizeof(struct xt_standard_target),
       ERROR_SIZE = sizeof(struct ipt_entry) + sizeof(struct xt_error_target),
       CHAIN_AT = 5 * SIZE };

static void put(int verdict, uint64_t count, uint32_t source)
{
	struct ipt_entry *e = (void *)(kernel.bytes + kernel.info.size);
	struct xt_standard_target *t = (void *)e->elems;

	memset(e, 0, SIZE);
	e->ip.src.s_addr = source;
	e->target_offset = sizeof(*e);
	e->next_offset = SIZE;
	e->counters.pcnt = count;
	e->counters.bcnt = 10 * count;
	t->target.u.user.target_size = sizeof(*t);
	t->verdict = verdict;
	kernel.info.size += SIZE;
	kernel.info.num_entries++;
}

static void put_error(const char *name)
{
	struct ipt_entry *e = (void *)(kernel.bytes + kernel.info.size);
	struct xt_error_target *t = (void *)e->elems;

	memset(e, 0, ERROR_SIZE);
	e->target_offset = sizeof(*e);
	e->next_offset = ERROR_SIZE;
	t->target.u.user.target_size = sizeof(*t);
	strcpy(t->target.u.user.name, XT_ERROR_TARGET);
	strcpy(t->errorname, name);
	kernel.info.size += ERROR_SIZE;
	kernel.info.num_entries++;
}

static int set_up(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	strcpy(kernel.info.name, "raw");
	kernel.info.valid_hooks = 1 << NF_INET_PRE_ROUTING |
				  1 << NF_INET_LOCAL_OUT;
	put(CHAIN_AT + ERROR_SIZE, 100, 1);	/* 0: jump to the chain */
	put(2 * SIZE, 101, 2);			/* 1: no target: go on behind */
	kernel.info.underflow[NF_INET_PRE_ROUTING] = kernel.info.size;
	put(-NF_ACCEPT - 1, 102, 0);		/* 2: policy */
	kernel.info.hook_entry[NF_INET_LOCAL_OUT] = kernel.info.size;
	put(-NF_DROP - 1, 103, 3);		/* 3 */
	kernel.info.underflow[NF_INET_LOCAL_OUT] = kernel.info.size;
	put(-NF_ACCEPT - 1, 104, 0);		/* 4: policy */
	put_error("chain");			/* 5 */
	put(-NF_DROP - 1, 106, 6);		/* 6 */
	put(XT_RETURN, 107, 0);			/* 7: its end */
	put_error(XT_ERROR_TARGET);		/* 8 */
	return 0;
}

static uint64_t packets(uint32_t n)
{
	return ((struct ipt_entry *)entry_at(n))->counters.pcnt;
}

static int verdict(uint32_t n)
{
	return ((struct xt_standard_target *)
		((struct ipt_entry *)entry_at(n))->elems)->verdict;
}

static void *new_rule(uint32_t source)
{
	static unsigned char bytes[SIZE];
	struct ipt_entry *e = (void *)bytes;

	memcpy(bytes, kernel.bytes + 3 * SIZE, SIZE);
	e->ip.src.s_addr = source;
	return bytes;
}

static void inserts_and_moves_offsets(void **state)
{
	static const uint64_t counted[] = { 0, 100, 101, 102, 0, 103, 104, 0,
					    106, 107, 0 };
	struct edit e;

	(void)state;
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	assert_int_equal(edit_add(&e, NF_INET_PRE_ROUTING, new_rule(9)), 0);
	assert_int_equal(edit_add(&e, NF_INET_LOCAL_OUT, new_rule(9)), 0);
	assert_int_equal(edit_commit(&e), 0);
	edit_close(&e);
	assert_int_equal(kernel.info.num_entries, 11);
	for (uint32_t i = 0; i < 11; i++)
		assert_int_equal(packets(i), counted[i]);
	/* The jump, and the rule without target, point where they should. */
	assert_int_equal(verdict(1), CHAIN_AT + ERROR_SIZE + 2 * SIZE);
	assert_int_equal(verdict(2), 3 * SIZE);
	assert_int_equal(kernel.info.hook_entry[NF_INET_PRE_ROUTING], 0);
	assert_int_equal(kernel.info.hook_entry[NF_INET_LOCAL_OUT], 4 * SIZE);
	assert_int_equal(kernel.info.underflow[NF_INET_PRE_ROUTING], 3 * SIZE);
	assert_int_equal(kernel.info.underflow[NF_INET_LOCAL_OUT], 6 * SIZE);
}

static void deletes_and_keeps_the_rest(void **state)
{
	unsigned char before[ROOM];
	struct edit e;

	(void)state;
	memcpy(before, kernel.bytes, ROOM);
	inserts_and_moves_offsets(state);
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	assert_true(edit_is_rule(&e, 0));
	assert_false(edit_is_rule(&e, 3));	/* a policy */
	assert_false(edit_is_rule(&e, 8));	/* in a user chain */
	edit_delete(&e, 0);
	edit_delete(&e, 4);
	assert_int_equal(edit_commit(&e), 0);
	edit_close(&e);
	assert_int_equal(kernel.info.num_entries, 9);
	assert_memory_equal(kernel.bytes, before, kernel.info.size);
}

static void moves_with_counters(void **state)
{
	static const uint64_t counted[] = { 101, 0, 100, 102, 103 };
	struct edit e;

	(void)state;
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	assert_int_equal(edit_move(&e, NF_INET_PRE_ROUTING, 1), 0);
	assert_int_equal(edit_add(&e, NF_INET_PRE_ROUTING, new_rule(9)), 0);
	assert_int_equal(edit_commit(&e), 0);
	assert_int_equal(e.old[1].pcnt, 101);
	edit_close(&e);
	assert_int_equal(kernel.info.num_entries, 10);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(packets(i), counted[i]);
	/* It goes on behind itself, where it is now; the jump moved with its chain. */
	assert_int_equal(verdict(0), SIZE);
	assert_int_equal(verdict(2), CHAIN_AT + ERROR_SIZE + SIZE);
	assert_int_equal(kernel.info.hook_entry[NF_INET_PRE_ROUTING], 0);
	assert_int_equal(kernel.info.underflow[NF_INET_PRE_ROUTING], 3 * SIZE);
}

static void rewrites_in_place(void **state)
{
	struct edit e;

	(void)state;
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	edit_rewrite(&e, 3, new_rule(77));
	assert_int_equal(edit_commit(&e), 0);
	edit_close(&e);
	assert_int_equal(((struct ipt_entry *)entry_at(3))->ip.src.s_addr, 77);
	assert_int_equal(packets(3), 103);
	assert_int_equal(packets(6), 106);
}

static void sees_others_of_the_same_size(void **state)
{
	struct edit e;

	(void)state;
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	edit_add(&e, NF_INET_LOCAL_OUT, new_rule(9));
	((struct ipt_entry *)entry_at(6))->ip.src.s_addr = 66;
	assert_int_equal(edit_commit(&e), -EAGAIN);
	edit_close(&e);
	assert_int_equal(kernel.replaced, 0);
	/* Traffic is no change. */
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	edit_add(&e, NF_INET_LOCAL_OUT, new_rule(9));
	((struct ipt_entry *)entry_at(6))->counters.pcnt += 5;
	assert_int_equal(edit_commit(&e), 0);
	edit_close(&e);
	assert_int_equal(packets(7), 111);
}

static void a_refusal_changes_nothing(void **state)
{
	unsigned char before[ROOM];
	struct edit e;

	(void)state;
	memcpy(before, kernel.bytes, ROOM);
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	edit_add(&e, NF_INET_LOCAL_OUT, new_rule(9));
	kernel.refuse = true;
	assert_int_equal(edit_commit(&e), -EINVAL);
	edit_close(&e);
	assert_memory_equal(kernel.bytes, before, ROOM);
}

/* Somebody deletes rule 0 of the new table before its counters are in. */
static void delete_first(void)
{
	memmove(kernel.bytes, kernel.bytes + SIZE, kernel.info.size - SIZE);
	kernel.info.size -= SIZE;
	kernel.info.num_entries--;
	for (int h = 0; h < NF_INET_NUMHOOKS; h++) {
		if (kernel.info.hook_entry[h])
			kernel.info.hook_entry[h] -= SIZE;
		if (kernel.info.underflow[h])
			kernel.info.underflow[h] -= SIZE;
	}
	((struct xt_standard_target *)((struct ipt_entry *)
		entry_at(0))->elems)->verdict -= SIZE;
}

static void counters_follow_their_entries(void **state)
{
	static const uint64_t counted[] = { 101, 102, 0, 103, 104, 0, 106, 107,
					    0 };
	struct edit e;

	(void)state;
	assert_int_equal(edit_open(&e, &family_ipv4, "raw"), 0);
	edit_add(&e, NF_INET_LOCAL_OUT, new_rule(9));
	kernel.before_add = delete_first;
	assert_int_equal(edit_commit(&e), 0);
	edit_close(&e);
	assert_int_equal(kernel.info.num_entries, 9);
	for (uint32_t i = 0; i < 9; i++)
		assert_int_equal(packets(i), counted[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(inserts_and_moves_offsets, set_up),
		cmocka_unit_test_setup(deletes_and_keeps_the_rest, set_up),
		cmocka_unit_test_setup(moves_with_counters, set_up),
		cmocka_unit_test_setup(rewrites_in_place, set_up),
		cmocka_unit_test_setup(sees_others_of_the_same_size, set_up),
		cmocka_unit_test_setup(a_refusal_changes_nothing, set_up),
		cmocka_unit_test_setup(counters_follow_their_entries, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

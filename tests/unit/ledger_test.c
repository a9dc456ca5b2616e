// SPDX-License-Identifier: GPL-2.0-or-later
/* ledger_test: a file that is found is copied before it is looked at, and held to its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/legacy/ledger.c"

enum { OLD = 3, NEW = 1 };

struct entries {
	struct ipt_entry e;
	struct xt_standard_target t;
};

/* A ledger as a run leaves it that dies in the middle of a replacement. */
static int make_file(struct ledger_page *p)
{
	const struct owner owner = {
		.end = 1, .pid = 1, .start = 1, .pidns = 1,
		.nonce = "0123456789abcdef",
	};
	struct entries *e;

	owner_format(&owner, ledger.owner);
	ledger.fd = memfd_create("ledger", MFD_CLOEXEC);
	assert_true(ledger.fd >= 0);
	assert_int_equal(write_head(), 0);
	assert_int_equal(ledger_begin(p, &family_ipv4, OLD, NEW, sizeof(*e)),
			 0);
	strcpy(p->replace->name, "raw");
	p->replace->num_entries = 1;
	p->replace->size = sizeof(*e);
	e = (struct entries *)p->replace->entries;
	e->e.target_offset = sizeof(e->e);
	e->e.next_offset = sizeof(*e);
	e->t.target.u.target_size = sizeof(e->t);
	e->t.verdict = -1;
	p->old[0].pcnt = 7;
	p->head->state = STATE_REPLACING;
	return ledger.fd;
}

static void end_file(struct ledger_page *p)
{
	ledger_end(p);
	close(ledger.fd);
	ledger.fd = -1;
}

static void what_a_run_leaves_is_sound(void **state)
{
	struct ledger_page left, p;
	int fd = make_file(&left);

	(void)state;
	assert_int_equal(is_dead(fd, 0), 1);
	assert_int_equal(copy_file(&p, fd), 0);
	assert_true(is_page_sound(&p));
	ledger_end(&p);
	assert_int_equal(settle_file(fd, true), 1);
	end_file(&left);
}

/* Neither what is written into it nor that it is cut is seen any more. */
static void what_was_looked_at_stays(void **state)
{
	struct ledger_page left, p;
	int fd = make_file(&left);

	(void)state;
	assert_int_equal(copy_file(&p, fd), 0);
	left.head->old_entries = UINT32_MAX;
	left.old[0].pcnt = 8;
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_true(is_page_sound(&p));
	find_arrays(&p);
	assert_int_equal(p.head->old_entries, OLD);
	assert_int_equal(p.old[0].pcnt, 7);
	ledger_end(&p);
	end_file(&left);
}

/* The next run goes on where this one is killed. */
static void its_state_is_written_to_the_file(void **state)
{
	struct ledger_page left, p;
	int fd = make_file(&left);

	(void)state;
	assert_int_equal(copy_file(&p, fd), 0);
	set_state(&p, STATE_MARKED);
	assert_int_equal(left.head->state, STATE_MARKED);
	assert_int_equal(left.old[0].pcnt, 7);
	ledger_end(&p);
	end_file(&left);
}

static void one_that_is_cut_is_none(void **state)
{
	struct ledger_page left, p;
	int fd = make_file(&left);

	(void)state;
	assert_int_equal(ftruncate(fd, sizeof(struct ledger_head)), 0);
	assert_int_equal(settle_file(fd, true), -EUCLEAN);
	assert_int_equal(ftruncate(fd, 10), 0);
	assert_int_equal(copy_file(&p, fd), -EUCLEAN);
	assert_int_equal(is_dead(fd, 0), -EUCLEAN);
	/* Before anything was written. */
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(is_dead(fd, 0), 1);
	assert_int_equal(settle_file(fd, true), 0);
	end_file(&left);
}

/* More counters than there are would be read from what is behind them. */
static void counters_are_held_to_the_file(void **state)
{
	struct ledger_page left;
	int fd = make_file(&left);

	(void)state;
	left.replace->num_counters = OLD + 1;
	assert_int_equal(settle_file(fd, true), -EUCLEAN);
	end_file(&left);
}

static void another_versions_is_left_alone(void **state)
{
	static const size_t at[] = {
		offsetof(struct ledger_head, magic),
		offsetof(struct ledger_head, version),
		offsetof(struct ledger_head, layout),
		offsetof(struct ledger_head, owner),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		struct ledger_page left;
		int fd = make_file(&left);

		((unsigned char *)left.head)[at[i]] ^= 1;
		assert_int_equal(is_dead(fd, 0), -EUCLEAN);
		end_file(&left);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_run_leaves_is_sound),
		cmocka_unit_test(what_was_looked_at_stays),
		cmocka_unit_test(its_state_is_written_to_the_file),
		cmocka_unit_test(one_that_is_cut_is_none),
		cmocka_unit_test(counters_are_held_to_the_file),
		cmocka_unit_test(another_versions_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

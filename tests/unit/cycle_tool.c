// SPDX-License-Identifier: GPL-2.0-or-later
/* cycle_tool: inserts and removes TRACE rules many times, with others at work in between. */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <netinet/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/legacy/ledger.h"
#include "rules/legacy/trace_rules.h"
#include "rules/match/match.h"

/*
 * usage: cycle_tool TIMES [{insert|remove} INSTANT COMMAND]
 *
 * At the INSTANT of the first insertion or removal for IPv4 the COMMAND runs:
 * before-check (the table was read), before-replace (it was read once more and
 * found unchanged), before-counters (the new table is in, its counters are not).
 */

static const char *when = "", *instant = "", *command;
static const char *doing = "";
static unsigned int reads;
static uint64_t checked_ns;
static bool failed;

enum { MAX_CYCLES = 100000 };
static uint32_t window_ns[2 * MAX_CYCLES];
static unsigned int windows;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void others_work(const char *now)
{
	if (!command || strcmp(when, doing) != 0 || strcmp(instant, now) != 0)
		return;
	failed |= system(command) != 0;
	command = NULL;
}

/* The two calls by which tables are read and replaced, seen on their way. */

int getsockopt(int fd, int level, int opt, void *restrict value,
	       socklen_t *restrict len)
{
	int (*real)(int, int, int, void *, socklen_t *) =
		(int (*)(int, int, int, void *, socklen_t *))
		dlsym(RTLD_NEXT, "getsockopt");
	bool reads_table = level == SOL_IP && opt == IPT_SO_GET_ENTRIES;
	int err;

	if (reads_table && ++reads == 2)
		others_work("before-check");
	if (reads_table)
		checked_ns = now_ns();
	err = real(fd, level, opt, value, len);
	return err;
}

int setsockopt(int fd, int level, int opt, const void *value, socklen_t len)
{
	int (*real)(int, int, int, const void *, socklen_t) =
		(int (*)(int, int, int, const void *, socklen_t))
		dlsym(RTLD_NEXT, "setsockopt");
	bool replaces = level == SOL_IP && opt == IPT_SO_SET_REPLACE;
	uint64_t took;
	int err;

	if (replaces)
		others_work("before-replace");
	if (level == SOL_IP && opt == IPT_SO_SET_ADD_COUNTERS)
		others_work("before-counters");
	err = real(fd, level, opt, value, len);
	took = now_ns() - checked_ns;
	if (replaces && err == 0 && windows < 2 * MAX_CYCLES)
		window_ns[windows++] = took > UINT32_MAX ? UINT32_MAX :
			(uint32_t)took;
	return err;
}

static void *parse(const struct family *f, const struct owner *owner)
{
	char p[] = "-p", udp[] = "udp", dport[] = "--dport", port[] = "9";
	char *words[] = { p, udp, dport, port, NULL }, comment[OWNER_TEXT];
	struct match_request req = {
		.family = f, .argc = 4, .argv = words, .comment = comment,
		.deadline = (uint32_t)owner->end,
	};
	const struct match_result *m;
	struct helper_result res;
	struct helper h;
	void *entry;

	owner_format(owner, comment);
	if (match_start(&h, &req) < 0 || match_finish(&h, &res, &m) < 0 ||
	    m->status != MATCH_OK)
		return NULL;
	entry = malloc(m->entry[0].size);
	memcpy(entry, match_entry_bytes(m, 0), m->entry[0].size);
	helper_release(&res);
	return entry;
}

static int cycle(const struct owner *owner, struct trace_set set[])
{
	struct trace_removed done;
	int err;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		doing = "insert";
		reads = 0;
		err = trace_rules_install(&set[i], owner);
		if (err != 2)
			return err < 0 ? err : -ERANGE;
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		doing = "remove";
		reads = 0;
		err = trace_rules_remove(families[i], owner, &done);
		if (err)
			return err;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char *argv[])
{
	struct trace_set set[FAMILY_COUNT];
	struct trace_rule rule[FAMILY_COUNT];
	struct owner owner;
	int times = argc > 1 ? atoi(argv[1]) : 0, err = 0;

	if (times < 1 || times > MAX_CYCLES || (argc != 2 && argc != 5))
		return 2;
	if (argc == 5) {
		when = argv[2];
		instant = argv[3];
		command = argv[4];
	}
	if (owner_init(&owner, time(NULL) + 600) < 0 || ledger_open(&owner) < 0)
		return 2;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		rule[i] = (struct trace_rule){
			.chains = TRACE_BOTH,
			.entry = parse(families[i], &owner),
		};
		set[i] = (struct trace_set){ families[i], 1, &rule[i] };
		if (!rule[i].entry)
			return 2;
	}
	for (int n = 0; n < times && !err; n++)
		err = cycle(&owner, set);
	ledger_forget();
	qsort(window_ns, windows, sizeof(window_ns[0]), compare);
	printf("%s: %u replacements; window %u us at the median, %u us at "
	       "most\n", err ? strerror(-err) : "done", windows,
	       window_ns[windows / 2] / 1000,
	       windows ? window_ns[windows - 1] / 1000 : 0);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		free(rule[i].entry);
	/* A command that never came or failed shows nothing. */
	return err || command || failed;
}

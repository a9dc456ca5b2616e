// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_cost: what the program on kfree_skb costs for each packet, beside an empty one. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "drop/drop_source.h"
#include "rules/base/units.h"

/*
 * Both are attached at once, and the kernel counts their runs and the time of each
 * (its reading of the clock is in both).  It says "armed", and at SIGTERM the average
 * ns of a run: the program's, the empty one's, and how many runs there were.
 */

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int get_info(int fd, void *info, uint32_t size)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	memset(info, 0, size);
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = size;
	attr.info.info = (uint64_t)(uintptr_t)info;
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

/* Of the program that a link has; -1: it cannot be had */
static int program_of(int link)
{
	struct bpf_link_info info;
	union bpf_attr attr;

	if (get_info(link, &info, sizeof(info)) < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = info.prog_id;
	return bpf(BPF_PROG_GET_FD_BY_ID, &attr);
}

/* At the same tracepoint; returns its program, -1: it cannot be had. */
static int attach_empty(int beside)
{
	static const struct bpf_insn insn[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_info info;
	union bpf_attr attr;
	int fd;

	if (get_info(beside, &info, sizeof(info)) < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_TRACING;
	attr.expected_attach_type = BPF_TRACE_RAW_TP;
	attr.insns = (uint64_t)(uintptr_t)insn;
	attr.insn_cnt = ARRAY_SIZE(insn);
	attr.license = (uint64_t)(uintptr_t)"GPL";
	attr.attach_btf_id = info.attach_btf_id;
	fd = bpf(BPF_PROG_LOAD, &attr);
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = (uint32_t)fd;
	/* The link stays open until the end. */
	return fd < 0 || bpf(BPF_RAW_TRACEPOINT_OPEN, &attr) < 0 ? -1 : fd;
}

static int count_time(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.enable_stats.type = BPF_STATS_RUN_TIME;
	return bpf(BPF_ENABLE_STATS, &attr);
}

static void wait_for_end(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	puts("armed");
	fflush(stdout);
	sigwait(&set, &sig);
}

static double average(int fd, uint64_t *runs)
{
	struct bpf_prog_info info;

	if (get_info(fd, &info, sizeof(info)) < 0 || !info.run_cnt)
		return 0;
	*runs = info.run_cnt;
	return (double)info.run_time_ns / (double)info.run_cnt;
}

int main(void)
{
	struct drop_source source;
	uint64_t runs = 0;
	int program, empty;
	double ours;
	char why[256];

	drop_source_open(&source);
	drop_source_start(&source);
	drop_source_take(&source);
	program = program_of(source.link_fd);
	empty = program < 0 ? -1 : attach_empty(program);
	if (empty < 0 || count_time() < 0) {
		drop_source_tell(why, sizeof(why), &source);
		printf("none: %s\n", why);
		return 1;
	}
	wait_for_end();
	ours = average(program, &runs);
	printf("%.1f %.1f %llu\n", ours, average(empty, &runs),
	       (unsigned long long)runs);
	return 0;
}

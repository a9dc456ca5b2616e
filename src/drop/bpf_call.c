// SPDX-License-Identifier: GPL-2.0-or-later
/* bpf_call: what is asked of bpf(2): maps, one program, and its place. */
#include "drop/bpf_call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

enum { TRIALS = 5 };	/* a signal ends the verifier: EAGAIN */

/* Kernels that know fewer attributes take zeros behind theirs. */
static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Before Linux 5.11 maps and programs count as locked memory. */
static void lift_limit(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &all);
}

int bpf_map_make(const struct bpf_map_wanted *w)
{
	union bpf_attr attr;

	lift_limit();
	memset(&attr, 0, sizeof(attr));
	attr.map_type = w->type;
	attr.key_size = w->key_size;
	attr.value_size = w->value_size;
	attr.max_entries = w->max_entries;
	attr.map_flags = w->flags;
	snprintf(attr.map_name, sizeof(attr.map_name), "%s", w->name);
	return bpf(BPF_MAP_CREATE, &attr);
}

static int load_program(union bpf_attr *attr)
{
	int fd = -1;

	for (int i = 0; i < TRIALS && fd < 0; i++) {
		fd = bpf(BPF_PROG_LOAD, attr);
		if (fd < 0 && errno != EAGAIN)
			break;
	}
	return fd;
}

int bpf_program_load(const struct bpf_program_wanted *w)
{
	union bpf_attr attr;
	int fd;

	lift_limit();
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	if (w->tracepoint) {
		attr.prog_type = BPF_PROG_TYPE_TRACING;
		attr.expected_attach_type = BPF_TRACE_RAW_TP;
		attr.attach_btf_id = w->tracepoint;
	}
	attr.insns = (uintptr_t)w->insn;
	attr.insn_cnt = w->count;
	/* Who uses the kernel's pointers has to say this licence. */
	attr.license = (uintptr_t)"GPL";
	snprintf(attr.prog_name, sizeof(attr.prog_name), "%s", w->name);
	fd = load_program(&attr);
	if (fd >= 0)
		return fd;
	/* Once more, for the words: to write them takes time. */
	attr.log_buf = (uintptr_t)w->log;
	attr.log_size = (uint32_t)w->log_size;
	attr.log_level = 1;
	return load_program(&attr);
}

int bpf_program_attach(int program)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = (uint32_t)program;
	return bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

int bpf_map_fix(int map, const void *value)
{
	const uint32_t first = 0;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)map;
	attr.key = (uintptr_t)&first;
	attr.value = (uintptr_t)value;
	if (bpf(BPF_MAP_UPDATE_ELEM, &attr) < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)map;
	return bpf(BPF_MAP_FREEZE, &attr);
}

int bpf_program_run(int program, const void *context, size_t size)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)program;
	attr.test.ctx_in = (uintptr_t)context;
	attr.test.ctx_size_in = (uint32_t)size;
	return bpf(BPF_PROG_TEST_RUN, &attr);
}

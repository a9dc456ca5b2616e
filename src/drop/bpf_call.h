/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf_call: what is asked of bpf(2): maps, one program, and its place. */
#ifndef NFTRACE_DROP_BPF_CALL_H
#define NFTRACE_DROP_BPF_CALL_H

#include <stddef.h>
#include <stdint.h>

struct bpf_insn;

/*
 * libbpf has these calls as well.  To load it, with libelf and zlib, and to let it
 * try out what the kernel knows takes 1 ms, which who arms waits for.
 */

/** struct bpf_map_wanted - a map to make; all of it as in union bpf_attr */
struct bpf_map_wanted {
	const char *name;	/* shorter than BPF_OBJ_NAME_LEN */
	uint32_t type;		/* BPF_MAP_TYPE_* */
	uint32_t key_size;	/* bytes */
	uint32_t value_size;	/* bytes */
	uint32_t max_entries;
	uint32_t flags;		/* BPF_F_* */
};

/** struct bpf_program_wanted - a program for a tracepoint with its kernel's types, or to be run at once */
struct bpf_program_wanted {
	const char *name;	/* shorter than BPF_OBJ_NAME_LEN */
	const struct bpf_insn *insn;
	uint32_t count;		/* of instructions */
	uint32_t tracepoint;	/* number of its type in the kernel's BTF; 0: bpf_program_run() */
	char *log;		/* what the verifier says when it refuses it */
	size_t log_size;	/* bytes */
};

/**
 * bpf_map_make - BPF_MAP_CREATE
 * Return: its descriptor; -1 with errno set.
 */
int bpf_map_make(const struct bpf_map_wanted *w);

/**
 * bpf_map_fix - its only value, from then on nobody's to change (BPF_MAP_FREEZE)
 * Return: -1 with errno set.
 */
int bpf_map_fix(int map, const void *value);

/**
 * bpf_program_run - BPF_PROG_TEST_RUN: once, here and now
 * @context: @size bytes, which its first register points to
 * Return: -1 with errno set.
 */
int bpf_program_run(int program, const void *context, size_t size);

/**
 * bpf_program_load - BPF_PROG_LOAD, of type BPF_PROG_TYPE_TRACING or BPF_PROG_TYPE_RAW_TRACEPOINT
 * Return: its descriptor; -1 with errno set and @w->log written.
 */
int bpf_program_load(const struct bpf_program_wanted *w);

/**
 * bpf_program_attach - BPF_RAW_TRACEPOINT_OPEN: to where it was loaded for
 * Return: the link, which holds the program; -1 with errno set.
 */
int bpf_program_attach(int program);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* program: what the kernel runs for each packet that it frees as lost. */
#ifndef NFTRACE_DROP_PROGRAM_H
#define NFTRACE_DROP_PROGRAM_H

#include <stdint.h>

#include <linux/bpf.h>

struct drop_fields;

enum { DROP_PROGRAM_MAX = 256 };

struct drop_program {
	struct bpf_insn insn[DROP_PROGRAM_MAX];
	unsigned int count;
};

/* What is written into the program as numbers. */
struct drop_program_values {
	int ring_fd, lost_fd;	/* see drop_ring_map() */
	uint32_t net;		/* inode of the network namespace */
	uint64_t secret;	/* added to each location */
};

/**
 * drop_program_make - the instructions, for the kernel whose @f these are
 *
 * The program runs as a BPF_TRACE_RAW_TP program of kfree_skb.  A packet that is not traced
 * costs it five instructions.
 */
void drop_program_make(struct drop_program *p, const struct drop_fields *f,
		       const struct drop_program_values *v);

#endif

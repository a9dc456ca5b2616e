/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bpf_program: programs of BPF that see an interface's packets, and their names. */
#ifndef NFTRACE_BPF_PROGRAM_H
#define NFTRACE_BPF_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Where a program can be without any qdisc (kernel 6.6 and later), or on netkit. */
enum bpf_program_place {
	BPF_PROGRAM_TCX_INGRESS,
	BPF_PROGRAM_TCX_EGRESS,
	BPF_PROGRAM_NETKIT,
	BPF_PROGRAM_NETKIT_PEER,
	BPF_PROGRAM_PLACES,
};

/**
 * bpf_program_find - the programs at one place of an interface
 * @id: gets the first @max of them
 * Return: how many; 0 also where the kernel cannot tell.
 */
unsigned int bpf_program_find(uint32_t index, enum bpf_program_place place,
			      uint32_t *id, unsigned int max);

/** bpf_program_name - "NAME (id 12)", or "id 12" */
void bpf_program_name(uint32_t id, char *buf, size_t size);

#endif

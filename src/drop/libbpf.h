/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libbpf: the library's functions that are used, loaded where they are wanted. */
#ifndef NFTRACE_DROP_LIBBPF_H
#define NFTRACE_DROP_LIBBPF_H

#include <stdbool.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

/*
 * Its low-level calls know what older kernels lack.  Only a helper loads it, and a
 * host without it is traced all the same.
 */
struct libbpf {
	__typeof__(libbpf_set_print) *set_print;
	__typeof__(bpf_map_create) *map_create;
	__typeof__(bpf_prog_load) *prog_load;
	__typeof__(bpf_raw_tracepoint_open) *raw_tracepoint_open;
};

/**
 * libbpf_load - dlopen(3); nothing unloads it
 * Return: false: it is not there, or not this version; dlerror(3) says more.
 */
bool libbpf_load(struct libbpf *l);

#endif

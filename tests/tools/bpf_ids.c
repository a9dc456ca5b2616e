// SPDX-License-Identifier: GPL-2.0-or-later
/* bpf_ids: what BPF programs and maps the kernel has, by their numbers. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

/*
 * usage: bpf_ids maps PROGRAM: the numbers of the program's maps, a line each
 *        bpf_ids prog|map NUMBER: is it there?
 * Exit status: 0; 1: it is not there; 77: this may not be asked.
 */

enum { MAPS = 16, FORBIDDEN = 77 };

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int open_id(int command, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };	/* of all kinds the first */
	int fd = bpf(command, &attr);

	if (fd < 0 && errno != ENOENT)
		exit(FORBIDDEN);
	return fd;
}

static int print_maps(uint32_t id)
{
	int fd = open_id(BPF_PROG_GET_FD_BY_ID, id);
	struct bpf_prog_info info;
	union bpf_attr attr;
	uint32_t map[MAPS];

	if (fd < 0)
		return 1;
	memset(&info, 0, sizeof(info));
	memset(&attr, 0, sizeof(attr));
	info.nr_map_ids = MAPS;
	info.map_ids = (uint64_t)(uintptr_t)map;
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uint64_t)(uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) < 0)
		return FORBIDDEN;
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS; i++)
		printf("%u\n", map[i]);
	return 0;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";
	uint32_t id = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

	if (strcmp(what, "maps") == 0)
		return print_maps(id);
	if (strcmp(what, "prog") == 0)
		return open_id(BPF_PROG_GET_FD_BY_ID, id) < 0;
	if (strcmp(what, "map") == 0)
		return open_id(BPF_MAP_GET_FD_BY_ID, id) < 0;
	return 2;
}

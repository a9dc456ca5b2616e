// SPDX-License-Identifier: GPL-2.0-or-later
/* bpf_program: programs of BPF that see an interface's packets, and their names. */
#include "host/bpf_program.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

/* enum bpf_attach_type; headers may be older than the kernel. */
static const uint32_t attach_type[BPF_PROGRAM_PLACES] = {
	[BPF_PROGRAM_TCX_INGRESS] = 46,
	[BPF_PROGRAM_TCX_EGRESS] = 47,
	[BPF_PROGRAM_NETKIT] = 54,
	[BPF_PROGRAM_NETKIT_PEER] = 55,
};

/* The kernel writes into it beyond what it is asked for: hence all of it. */
static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

unsigned int bpf_program_find(uint32_t index, enum bpf_program_place place,
			      uint32_t *id, unsigned int max)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = index;	/* .target_ifindex of later headers */
	attr.query.attach_type = attach_type[place];
	attr.query.prog_ids = (uintptr_t)id;
	attr.query.prog_cnt = max;
	if (bpf(BPF_PROG_QUERY, &attr) < 0)
		return 0;
	return attr.query.prog_cnt < max ? attr.query.prog_cnt : max;
}

void bpf_program_name(uint32_t id, char *buf, size_t size)
{
	struct bpf_prog_info info;
	union bpf_attr attr;
	int fd;

	snprintf(buf, size, "id %u", id);
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
	if (fd < 0)
		return;
	memset(&attr, 0, sizeof(attr));
	memset(&info, 0, sizeof(info));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 && info.name[0])
		snprintf(buf, size, "%.*s (id %u)", (int)sizeof(info.name),
			 info.name, id);
	close(fd);
}

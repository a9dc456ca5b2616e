// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * xdp IFACE: an XDP program there that drops every packet, until stdin ends
 *
 * Prints "ready"; exit status 77: this kernel, or who runs it, cannot.
 */
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

/* return XDP_DROP; */
static int load(void)
{
	static const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = XDP_DROP },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)program;
	attr.insn_cnt = sizeof(program) / sizeof(program[0]);
	attr.license = (uintptr_t)"GPL";
	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* A link lives as long as its descriptor. */
static int attach(int program, unsigned int index)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (uint32_t)program;
	attr.link_create.target_ifindex = index;
	attr.link_create.attach_type = BPF_XDP;
	return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

int main(int argc, char **argv)
{
	unsigned int index = argc == 2 ? if_nametoindex(argv[1]) : 0;
	int program;
	char c;

	if (!index) {
		fputs("usage: xdp IFACE\n", stderr);
		return 2;
	}
	program = load();
	if (program < 0 || attach(program, index) < 0) {
		perror("xdp");
		return 77;
	}
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}

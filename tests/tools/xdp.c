// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * xdp IFACE [tcx]: an XDP program there that drops every packet, until stdin ends
 *
 * "tcx": one of tc, without a qdisc.
 *
 * Prints "ready"; exit status 77: this kernel, or who runs it, cannot.
 */
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

enum { TCX_INGRESS = 46, TC_DROP = 2 };	/* BPF_TCX_INGRESS, TC_ACT_SHOT */

/* return XDP_DROP; or TC_ACT_SHOT */
static int load(bool tcx)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0,
		  .imm = tcx ? TC_DROP : XDP_DROP },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = tcx ? BPF_PROG_TYPE_SCHED_CLS : BPF_PROG_TYPE_XDP;
	memcpy(attr.prog_name, "swallow", sizeof("swallow"));
	attr.insns = (uintptr_t)program;
	attr.insn_cnt = sizeof(program) / sizeof(program[0]);
	attr.license = (uintptr_t)"GPL";
	return (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* A link lives as long as its descriptor. */
static int attach(int program, unsigned int index, bool tcx)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (uint32_t)program;
	attr.link_create.target_ifindex = index;
	attr.link_create.attach_type = tcx ? TCX_INGRESS : BPF_XDP;
	return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

int main(int argc, char **argv)
{
	bool tcx = argc == 3 && strcmp(argv[2], "tcx") == 0;
	unsigned int index = argc == 2 || tcx ? if_nametoindex(argv[1]) : 0;
	int program;
	char c;

	if (!index) {
		fputs("usage: xdp IFACE [tcx]\n", stderr);
		return 2;
	}
	program = load(tcx);
	if (program < 0 || attach(program, index, tcx) < 0) {
		perror("xdp");
		return 77;
	}
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}

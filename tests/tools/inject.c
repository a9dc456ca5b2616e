// SPDX-License-Identifier: GPL-2.0-or-later
/* inject: makes another process do system calls, as a debugger can; tells what came of each. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef __x86_64__
int main(void)
{
	return 77;
}
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/rtnetlink.h>

#include "remote.h"

/* usage: inject PID: all calls in turn; a line each: NAME, blank, errno's name or the value */

static long put_text(const char *text)
{
	return put(text, strlen(text) + 1);
}

static long on_every_fd(long (*fn)(int fd))
{
	long best = -EBADF;

	for (int fd = 0; fd < 16; fd++) {
		long result = fn(fd);

		if (result != -EBADF && (best < 0))
			best = result;
	}
	return best;
}

/* An empty table: a replacement that the kernel would take. */
static long replace_table(int fd)
{
	struct ipt_replace r = { .name = "raw" };

	return call(SYS_setsockopt, fd, SOL_IP, IPT_SO_SET_REPLACE,
		    put(&r, sizeof(r)), sizeof(r), 0);
}

/* An address for lo, through whatever socket there is: seen from outside. */
static long add_address(int fd)
{
	struct {
		struct nlmsghdr nlh;
		struct ifaddrmsg ifa;
		struct rtattr attr;
		uint32_t address;
	} m = {
		.nlh = { sizeof(m), RTM_NEWADDR, NLM_F_REQUEST | NLM_F_CREATE,
			 1, 0 },
		.ifa = { AF_INET, 32, 0, RT_SCOPE_UNIVERSE, 1 },
		.attr = { RTA_LENGTH(4), IFA_LOCAL },
		.address = htonl(0x0a420042),	/* 10.66.0.66 */
	};

	/* To standard files it would go as text. */
	if (fd <= STDERR_FILENO)
		return -EBADF;
	return call(SYS_write, fd, put(&m, sizeof(m)), sizeof(m), 0, 0, 0);
}

/* How large its buffer is may any socket be asked, but not by the reader. */
static long ask_buffer(int fd)
{
	int value = 0, len = sizeof(value);

	return call(SYS_getsockopt, fd, SOL_SOCKET, SO_RCVBUF,
		    put(&value, sizeof(value)), put_at(64, &len, sizeof(len)),
		    0);
}

/* The first shared mapping of a helper's result: the rules. */
static long find_mapping(size_t *len)
{
	char path[64], line[512];
	unsigned long from, to;
	long found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "r");
	while (f && !found && fgets(line, sizeof(line), f))
		if (strstr(line, "nftrace-result") &&
		    sscanf(line, "%lx-%lx", &from, &to) == 2) {
			found = (long)from;
			*len = to - from;
		}
	if (f)
		fclose(f);
	return found;
}

/* What else leads to files, to others' memory, into the kernel, or hands on what it has. */
static void try_others(void)
{
	static const struct {
		const char *name;
		long nr;
	} calls[] = {
		{ "send-message", SYS_sendmsg }, { "send-messages", SYS_sendmmsg },
		{ "bpf", SYS_bpf }, { "io-uring", SYS_io_uring_setup },
		{ "userfaultfd", SYS_userfaultfd }, { "perf", SYS_perf_event_open },
		{ "write-others-memory", SYS_process_vm_writev },
		{ "take-others-file", SYS_pidfd_getfd }, { "splice", SYS_splice },
		{ "copy-file", SYS_copy_file_range }, { "bind", SYS_bind },
		{ "connect", SYS_connect }, { "clone3", SYS_clone3 },
		{ "keyring", SYS_add_key }, { "memfd", SYS_memfd_create },
		{ "duplicate", SYS_dup2 }, { "name-file", SYS_linkat },
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		report(calls[i].name, call(calls[i].nr, -1, 0, 0, 0, 0, 0));
}

static void try_all(void)
{
	const char *const sysctl = "/proc/sys/net/netfilter/nf_log/2";
	size_t len = 4096;
	long rules = find_mapping(&len);

	report("raw-socket", call(SYS_socket, AF_INET, SOCK_RAW, IPPROTO_RAW,
				  0, 0, 0));
	report("raw6-socket", call(SYS_socket, AF_INET6, SOCK_RAW, IPPROTO_RAW,
				   0, 0, 0));
	report("packet-socket", call(SYS_socket, AF_PACKET, SOCK_RAW, 0x0300,
				     0, 0, 0));
	report("sysctl-open", call(SYS_openat, AT_FDCWD, put_text(sysctl),
				   O_WRONLY, 0, 0, 0));
	report("sysctl-old-open", call(SYS_open, put_text(sysctl), O_WRONLY, 0,
				       0, 0, 0));
	report("replace-table", on_every_fd(replace_table));
	report("add-address", on_every_fd(add_address));
	report("fork", call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0));
	report("kill", call(SYS_kill, getpid(), 0, 0, 0, 0, 0));
	report("tgkill", call(SYS_tgkill, getpid(), getpid(), 0, 0, 0, 0));
	report("ptrace", call(SYS_ptrace, PTRACE_ATTACH, 0, 0, 0, 0, 0));
	report("unshare", call(SYS_unshare, CLONE_NEWNET, 0, 0, 0, 0, 0));
	report("chroot", call(SYS_chroot, put_text("/"), 0, 0, 0, 0, 0));
	report("setuid", call(SYS_setuid, 0, 0, 0, 0, 0, 0));
	report("code-memory", call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	report("shared-memory", call(SYS_mmap, 0, 4096, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	report("socket-option", on_every_fd(ask_buffer));
	/* As many bytes as say nothing of a file that is only written. */
	report("read-output", call(SYS_read, STDOUT_FILENO, 0, 0, 0, 0, 0));
	report("read-output-64", call(SYS_read, 1L << 32 | STDOUT_FILENO, 0, 0, 0, 0, 0));
	report("receive-output", call(SYS_recvfrom, STDOUT_FILENO, 0, 0, 0, 0, 0));
	report("nanosleep", call(SYS_nanosleep, 0, 0, 0, 0, 0, 0));
	report("write-rules", rules ? call(SYS_mprotect, rules, (long)len,
					   PROT_READ | PROT_WRITE, 0, 0, 0)
				    : -ENOENT);
	try_others();
	report("execve", call(SYS_execve, put_text("/bin/true"), 0, 0, 0, 0,
			      0));
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fprintf(stderr, "usage: inject PID\n");
		return 2;
	}
	pid = atoi(argv[1]);
	stop_it();
	try_all();
	fflush(stdout);
	let_go();
	return 0;
}
#endif

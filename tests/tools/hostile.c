// SPDX-License-Identifier: GPL-2.0-or-later
/* hostile: stands in for a reader that was taken over: writes and says all that it can. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * usage: hostile PID ACTION...
 *
 *   zeros, ones, minimum, random   every byte of what it shares and can write;
 *                                  minimum: INT32_MIN in each word
 *   view      try to write each thing that it shares and cannot, and to make it writable;
 *             with what it is
 *   words     a message of each byte but those that rightly end a run
 *   texts     the same, with a text behind it that drives terminals and does not end
 *   count, closed   one of those that do end it
 *   spill     bytes that are nothing into all that it has open, but its line
 *   long      a message of 64 KiB
 *   empty     a message without a byte
 *   close     its line
 *   deaf      the end of its netlink socket
 *   exit      its end; the last action
 *   stop      stopped from here on; the last action
 */

#ifndef __x86_64__
int main(void)
{
	return 77;
}
#else
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "remote.h"

static int memory;	/* /proc/PID/mem */

/* Calls @fn for each mapping whose line has @word; how many. */
static unsigned int each_mapping(const char *word,
				 void (*fn)(unsigned long from, size_t len,
					    const char *line))
{
	unsigned int count = 0;
	char path[64], line[512];
	unsigned long from, to;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	f = fopen(path, "r");
	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f))
		if (strstr(line, word) &&
		    sscanf(line, "%lx-%lx", &from, &to) == 2) {
			fn(from, to - from, line);
			count++;
		}
	fclose(f);
	return count;
}

static uint32_t (*next_word)(void);

/* A page at a time: there are megabytes of it. */
static void fill(unsigned long from, size_t len, const char *line)
{
	uint32_t words[1024];

	(void)line;
	for (size_t at = 0; at < len; at += sizeof(words)) {
		size_t size = len - at < sizeof(words) ? len - at : sizeof(words);

		for (size_t i = 0; i < size / sizeof(*words); i++)
			words[i] = next_word();
		if (pwrite(memory, words, size, (off_t)(from + at)) != (ssize_t)size)
			die("writing what it shares");
	}
}

static uint32_t zero(void)
{
	return 0;
}

static uint32_t ones(void)
{
	return UINT32_MAX;
}

static uint32_t minimum(void)
{
	return (uint32_t)INT32_MIN;
}

static uint32_t any(void)
{
	return (uint32_t)(mrand48() & 0xffffffff);
}

static void fill_all(uint32_t (*word)(void))
{
	next_word = word;
	if (each_mapping(" rw-s ", fill) == 0) {
		fprintf(stderr, "hostile: it shares nothing that it can write\n");
		exit(2);
	}
}

static void write_view(unsigned long from, size_t len, const char *line)
{
	const char *rights = strchr(line, ' ') + 1;
	uint32_t word = UINT32_MAX;
	ssize_t n = pwrite(memory, &word, sizeof(word), (off_t)from);

	report("write", n < 0 ? -errno : n);
	report("mprotect", call(SYS_mprotect, (long)from, (long)len,
				PROT_READ | PROT_WRITE, 0, 0, 0));
	/* What it is: behind the address, rights, offset, device and inode. */
	for (int field = 0; field < 5; field++)
		line += strcspn(line, " ") + strspn(line + strcspn(line, " "), " ");
	printf("mapped %.4s %s", rights, line);
}

/* Has the row this word in column @kind_at, and this number in @inode_at? */
static int is_row(char *row, int kind_at, const char *kind, int inode_at,
		  unsigned long inode)
{
	int column = 0, fits = 0;

	for (char *word = strtok(row, " \n"); word; word = strtok(NULL, " \n")) {
		column++;
		fits += column == kind_at && strcmp(word, kind) == 0;
		fits += column == inode_at && strtoul(word, NULL, 10) == inode;
	}
	return fits == 2;
}

/* Is there such a row in a file of its network's sockets? */
static int has_row(const char *file, int kind_at, const char *kind,
		   int inode_at, unsigned long inode)
{
	char path[64], row[256];
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)pid, file);
	f = fopen(path, "r");
	if (!f)
		die(path);
	while (!found && fgets(row, sizeof(row), f))
		found = is_row(row, kind_at, kind, inode_at, inode);
	fclose(f);
	return found;
}

/* Unix, SEQPACKET */
static int is_line(unsigned long inode)
{
	return has_row("unix", 5, "0005", 7, inode);
}

/* NETLINK_NETFILTER */
static int is_netlink(unsigned long inode)
{
	return has_row("netlink", 2, "12", 10, inode);
}

static int find_socket(int (*is_it)(unsigned long inode))
{
	char path[64], target[64];
	unsigned long inode;

	for (int fd = 3; fd < 64; fd++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		if (sscanf(target, "socket:[%lu]", &inode) == 1 &&
		    is_it(inode))
			return fd;
	}
	fprintf(stderr, "hostile: it has no such socket\n");
	exit(2);
}

static int find_line(void)
{
	return find_socket(is_line);
}

/* "Enough", "nobody reads": the reader's to say. */
enum { COUNT = 'C', CLOSED = 'X' };

static void say(char word, size_t len)
{
	char message[1024];

	memset(message, '\33', sizeof(message));
	message[0] = word;
	call(SYS_write, find_line(), put(message, len), (long)len, 0, 0, 0);
}

static void say_words(size_t len)
{
	for (int c = 0; c < 256; c++)
		if (c != COUNT && c != CLOSED)
			say((char)c, len);
}

static void spill(void)
{
	uint32_t bytes[1024];
	int line = find_line();

	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
		bytes[i] = any();
	for (int fd = 0; fd < 64; fd++)
		if (fd != line)
			call(SYS_write, fd, put(bytes, sizeof(bytes)),
			     sizeof(bytes), 0, 0, 0);
}

/* Room of the process's own: its stack is not that large. */
static void say_long(void)
{
	const size_t len = 65536;
	long at = call(SYS_mmap, 0, (long)len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	report("long", call(SYS_write, find_line(), at, (long)len, 0, 0, 0));
}

/* It never comes back from there. */
static void leave(void)
{
	struct user_regs_struct r = saved;

	r.rip -= 2;
	r.rax = SYS_exit_group;
	r.orig_rax = (unsigned long long)-1;
	r.rdi = 0;
	if (ptrace(PTRACE_SETREGS, pid, 0, &r) < 0 ||
	    ptrace(PTRACE_CONT, pid, 0, 0) < 0)
		die("leaving");
	exit(0);
}

static void act(const char *action)
{
	if (strcmp(action, "zeros") == 0)
		fill_all(zero);
	else if (strcmp(action, "ones") == 0)
		fill_all(ones);
	else if (strcmp(action, "minimum") == 0)
		fill_all(minimum);
	else if (strcmp(action, "random") == 0)
		fill_all(any);
	else if (strcmp(action, "view") == 0)
		each_mapping(" r--s ", write_view);
	else if (strcmp(action, "words") == 0)
		say_words(1);
	else if (strcmp(action, "texts") == 0)
		say_words(1024);
	else if (strcmp(action, "count") == 0)
		say(COUNT, 1);
	else if (strcmp(action, "closed") == 0)
		say(CLOSED, 1);
	else if (strcmp(action, "spill") == 0)
		spill();
	else if (strcmp(action, "long") == 0)
		say_long();
	else if (strcmp(action, "empty") == 0)
		report("empty", call(SYS_write, find_line(), put("", 1), 0, 0,
				     0, 0));
	else if (strcmp(action, "close") == 0)
		report("close", call(SYS_close, find_line(), 0, 0, 0, 0, 0));
	else if (strcmp(action, "deaf") == 0)
		report("deaf", call(SYS_close, find_socket(is_netlink), 0, 0, 0,
				    0, 0));
	else if (strcmp(action, "exit") == 0)
		leave();
	else if (strcmp(action, "stop") == 0)
		kill(pid, SIGSTOP);
	else
		exit(2);
}

int main(int argc, char *argv[])
{
	char path[64];

	if (argc < 3) {
		fprintf(stderr, "usage: hostile PID ACTION...\n");
		return 2;
	}
	pid = atoi(argv[1]);
	srand48(getenv("SEED") ? atol(getenv("SEED")) : 1);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDWR | O_CLOEXEC);
	if (memory < 0)
		die(path);
	stop_it();
	for (int i = 2; i < argc; i++)
		act(argv[i]);
	fflush(stdout);
	let_go();
	return 0;
}
#endif

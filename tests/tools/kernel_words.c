// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel_words: how many words of a process's memory are addresses of the kernel's code. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * usage: kernel_words PID: prints the number of its words within _stext and _etext,
 *	and how many were looked at: all but its code.  Of itself ("self") it finds some.
 *	Exit status 77: the kernel does not tell where its code is.
 */

enum { FORBIDDEN = 77, PIECE = 1 << 16 };

struct range {
	uint64_t from, to;
};

struct count {
	uint64_t found, seen;
};

static struct range find_code(void)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	struct range r = { 0, 0 };
	char line[1024], name[128];
	uint64_t at;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%" SCNx64 " %*c %127s", &at, name) != 2)
			continue;
		if (strcmp(name, "_stext") == 0)
			r.from = at;
		if (strcmp(name, "_etext") == 0)
			r.to = at;
	}
	if (f)
		fclose(f);
	if (!r.from || !r.to)
		exit(FORBIDDEN);
	return r;
}

static void count_words(struct count *c, const struct range *code,
			const unsigned char *bytes, size_t len)
{
	uint64_t word;

	for (size_t i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		c->found += word >= code->from && word < code->to;
		c->seen++;
	}
}

static void look(struct count *c, const struct range *code, int mem,
		 const struct range *where)
{
	static unsigned char piece[PIECE];

	for (uint64_t at = where->from; at < where->to; at += PIECE) {
		size_t want = where->to - at < PIECE ?
			(size_t)(where->to - at) : PIECE;
		ssize_t n = pread(mem, piece, want, (off_t)at);

		if (n > 0)
			count_words(c, code, piece, (size_t)n);
	}
}

static FILE *open_file(const char *pid, const char *name, int *fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? NULL : fdopen(*fd, "r");
}

int main(int argc, char *argv[])
{
	const char *pid = argc > 1 ? argv[1] : "self";
	struct range code = find_code(), where;
	struct count c = { 0, 0 };
	char line[512], mode[5];
	int fd, mem;
	FILE *maps = open_file(pid, "maps", &fd);

	if (!maps || !open_file(pid, "mem", &mem))
		return 1;
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &where.from,
			   &where.to, mode) == 3 && !strchr(mode, 'x'))
			look(&c, &code, mem, &where);
	printf("%" PRIu64 " of %" PRIu64 "\n", c.found, c.seen);
	return 0;
}

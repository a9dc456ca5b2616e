// SPDX-License-Identifier: GPL-2.0-or-later
/* owner: the comment by which a rule says whose it is. */
#include "rules/base/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "rules/base/process.h"

static ssize_t read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	else
		buf[n] = '\0';
	close(fd);
	return n;
}

int owner_init(struct owner *o, int64_t end)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char raw[OWNER_NONCE];

	memset(o, 0, sizeof(*o));
	o->end = end;
	o->pid = getpid();
	o->start = process_start(o->pid);
	o->pidns = process_pidns();
	if (o->start == 0 || o->pidns == 0)
		return -ENOENT;
	if (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return -errno;
	for (unsigned int i = 0; i < OWNER_NONCE; i++)
		o->nonce[i] = hex[raw[i] & 15];
	return 0;
}

void owner_format(const struct owner *o, char text[OWNER_TEXT])
{
	snprintf(text, OWNER_TEXT, "nftrace:%" PRId64 ":%d:%" PRIu64
		 ":%" PRIu64 ":%s", o->end, (int)o->pid, o->start, o->pidns,
		 o->nonce);
}

bool owner_parse(struct owner *o, const char *text)
{
	char again[OWNER_TEXT];
	int pid;

	memset(o, 0, sizeof(*o));
	if (sscanf(text, "nftrace:%" SCNd64 ":%d:%" SCNu64 ":%" SCNu64
		   ":%16[0-9a-f]", &o->end, &pid, &o->start, &o->pidns,
		   o->nonce) != 5)
		return false;
	o->pid = pid;
	owner_format(o, again);
	return strcmp(again, text) == 0 && pid > 0 &&
	       strlen(o->nonce) == OWNER_NONCE;
}

static void replace(char *text, char from, char to)
{
	for (; *text; text++)
		if (*text == from)
			*text = to;
}

void owner_format_name(const struct owner *o, char text[OWNER_TEXT])
{
	owner_format(o, text);
	replace(text, ':', '_');
}

bool owner_parse_name(struct owner *o, const char *text)
{
	char copy[OWNER_TEXT];

	if (strlen(text) >= sizeof(copy) || strchr(text, ':'))
		return false;
	memcpy(copy, text, strlen(text) + 1);
	replace(copy, '_', ':');
	return owner_parse(o, copy);
}

bool owner_same_run(const struct owner *a, const struct owner *b)
{
	return a->pid == b->pid && a->start == b->start &&
	       a->pidns == b->pidns && strcmp(a->nonce, b->nonce) == 0;
}

/* As one line of text; the @n bytes of @text are those of a file in /proc. */
static void put_name(char *text, ssize_t n, char *buf, size_t size)
{
	if (n <= 0) {
		snprintf(buf, size, "?");
		return;
	}
	while (n > 0 && (text[n - 1] == '\0' || text[n - 1] == '\n'))
		n--;
	text[n] = '\0';
	for (ssize_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = ' ';
	snprintf(buf, size, "%.80s", text);
}

void process_short_name(pid_t pid, char *buf, size_t size)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	put_name(text, read_file(path, text, sizeof(text)), buf, size);
}

void process_name(pid_t pid, char *buf, size_t size)
{
	char path[64], text[256];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	n = read_file(path, text, sizeof(text));
	if (n > 0)
		put_name(text, n, buf, size);
	else
		process_short_name(pid, buf, size);
}

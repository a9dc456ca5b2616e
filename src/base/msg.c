// SPDX-License-Identifier: GPL-2.0-or-later
/* msg: everything about the run, on stderr, a line each. */
#include "base/msg.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/msg_hold.h"
#include "rules/base/ended.h"
#include "rules/base/units.h"

#define NAME "nftrace: "

static bool status_shown, detailed;

enum { PATIENCE_MS = 1000, TEXT_MAX = 3072 };

/*
 * Waits a moment for a terminal that is held (Ctrl-S) or a pipe that is full,
 * once: a run must not hang on what it has to say.
 */
static bool stderr_takes_more(void)
{
	static bool stuck;
	struct pollfd pfd = { .fd = STDERR_FILENO, .events = POLLOUT };
	int n = poll(&pfd, 1, stuck ? 0 : PATIENCE_MS);

	stuck = n == 0;
	return n != 0;
}

static void put(const char *bytes, size_t len)
{
	while (len && stderr_takes_more()) {
		/* What poll() promises room for. */
		ssize_t n = write(STDERR_FILENO, bytes,
				  len < PIPE_BUF ? len : PIPE_BUF);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

void msg_hold(void)
{
	msg_hold_begin(put);
}

static void (*masking)(char *to, size_t size, const char *text);

void msg_mask(void (*mask)(char *to, size_t size, const char *text))
{
	masking = mask;
}

/* Of the terminal on stderr; 0: there is none, or it does not say. */
static unsigned int columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0)
		return 0;
	return w.ws_col < 400 ? w.ws_col : 400;
}

/* In front of the words; what goes on in the next line stands below these. */
static size_t indent_of(const char *line)
{
	size_t n = sizeof(NAME) - 1;

	while (line[n] == ' ')
		n++;
	return n;
}

/* Bytes of @text up to a blank, so that they have @room; all, where there is none. */
static size_t piece_of(const char *text, size_t room)
{
	size_t len = strlen(text);
	const char *blank;

	if (len <= room)
		return len;
	blank = memrchr(text, ' ', room + 1);
	if (!blank)
		blank = strchr(text, ' ');
	return blank ? (size_t)(blank - text) : len;
}

/* @line, broken between words: a terminal that is narrower breaks them in two. */
static size_t wrap(char *to, size_t size, const char *line, unsigned int width)
{
	size_t indent = indent_of(line), used = indent, n;

	memcpy(to, line, indent);
	line += indent;
	if (width <= 3 * indent)
		width = 0;
	for (;;) {
		n = piece_of(line, width ? width - indent : strlen(line));
		if (used + n + indent + 2 > size)
			n = size - used - indent - 2;
		memcpy(to + used, line, n);
		used += n;
		line += n;
		to[used++] = '\n';
		if (!*line || used + 2 * indent + 2 > size)
			return used;
		line += strspn(line, " ");
		memset(to + used, ' ', indent);
		used += indent;
	}
}

static const char *label;

void msg_label(const char *text)
{
	label = text;
}

static void say(const char *text)
{
	char line[2 * TEXT_MAX + 512] = NAME, lines[4 * TEXT_MAX];
	size_t len = strlen(line);

	if (label)
		len += (size_t)snprintf(line + len, 400, "[%.300s] ", label);
	msg_status(NULL);
	escape_text(line + len, sizeof(line) - len, text, strlen(text));
	len = wrap(lines, sizeof(lines), line, columns());
	if (!msg_hold_line(lines, len))
		put(lines, len);
}

static void say_masked(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0)));

static void say_masked(const char *fmt, va_list ap)
{
	char text[TEXT_MAX], masked[TEXT_MAX];

	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		return;
	if (masking)
		masking(masked, sizeof(masked), text);
	say(masking ? masked : text);
}

void msg_as_told(const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= 0)
		say(text);
}

void msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_masked(fmt, ap);
	va_end(ap);
}

void msg_details(void)
{
	detailed = true;
}

void msg_detail(const char *fmt, ...)
{
	va_list ap;

	if (!detailed)
		return;
	va_start(ap, fmt);
	say_masked(fmt, ap);
	va_end(ap);
}

/* A line that is longer than the terminal is wide cannot be taken back. */
void msg_status(const char *line)
{
	char text[512];
	int n, width = (int)columns();

	if (!line && !status_shown)
		return;
	n = line ? snprintf(text, sizeof(text), "\r%.*s\033[K",
			    (width ? width : 80) - 1, line)
		 : snprintf(text, sizeof(text), "\r\033[K");
	put(text, (size_t)n);
	status_shown = line != NULL;
}

const char *msg_errno_text(int err)
{
	static char ended[160];
	static const struct {
		int err;
		const char *text;
	} texts[] = {
		{ EPERM, "needs root (sudo nftrace ...), or CAP_NET_ADMIN and CAP_NET_RAW, in this network namespace" },
		{ EACCES, "needs root (sudo nftrace ...), or, as another user, CAP_DAC_OVERRIDE" },
		{ ENOENT, "the kernel does not have it" },
		{ ENOPROTOOPT, "this kernel has no legacy iptables for that family" },
		{ EINVAL, "the kernel refused it as invalid" },
		{ EAGAIN, "somebody kept changing the table without the xtables lock" },
		{ ESTALE, "somebody changed our rules while they went in" },
		{ EUCLEAN, "it is not to be believed: others can have written it" },
		{ EUNATCH, "/proc is not there, or without /proc/net (subset=pid)" },
		{ EROFS, "the file system is read-only" },
		{ ENOBUFS, "no memory for it in the kernel" },
	};

	if (ended_tell(ended, sizeof(ended), err))
		return ended;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].err == -err)
			return texts[i].text;
	return strerror(-err);
}

void msg_error(const char *what, int err)
{
	msg("error: %s: %s", what, msg_errno_text(err));
}

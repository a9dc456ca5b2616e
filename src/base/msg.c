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
#include "rules/base/units.h"

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

static void say(const char *text)
{
	char line[2 * TEXT_MAX + 16] = "nftrace: ";
	size_t len = strlen(line);

	msg_status(NULL);
	len += escape_text(line + len, sizeof(line) - len - 1, text,
			   strlen(text));
	line[len++] = '\n';
	if (!msg_hold_line(line, len))
		put(line, len);
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
static int columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) < 0 || w.ws_col == 0)
		return 80;
	return w.ws_col < 400 ? w.ws_col : 400;
}

void msg_status(const char *line)
{
	char text[512];
	int n;

	if (!line && !status_shown)
		return;
	n = line ? snprintf(text, sizeof(text), "\r%.*s\033[K", columns() - 1,
			    line)
		 : snprintf(text, sizeof(text), "\r\033[K");
	put(text, (size_t)n);
	status_shown = line != NULL;
}

const char *msg_errno_text(int err)
{
	static const struct {
		int err;
		const char *text;
	} texts[] = {
		{ EPERM, "needs root (sudo nftrace ...), or CAP_NET_ADMIN in this network namespace" },
		{ EACCES, "needs root (sudo nftrace ...), or CAP_NET_ADMIN in this network namespace" },
		{ ENOENT, "the kernel does not have it" },
		{ ENOPROTOOPT, "this kernel has no legacy iptables for that family" },
		{ EINVAL, "the kernel refused it as invalid" },
		{ EAGAIN, "somebody kept changing the table without the xtables lock" },
		{ ESTALE, "somebody changed our rules while they went in" },
		{ EUCLEAN, "it is not to be believed: others can have written it" },
		{ EROFS, "the file system is read-only" },
		{ ENOBUFS, "no memory for it in the kernel" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].err == -err)
			return texts[i].text;
	return strerror(-err);
}

void msg_error(const char *what, int err)
{
	msg("error: %s: %s", what, msg_errno_text(err));
}

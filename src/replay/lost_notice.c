// SPDX-License-Identifier: GPL-2.0-or-later
/* lost_notice: what loggers say of messages that they have not written. */
#include "replay/lost_notice.h"

#include <string.h>

#include "rules/base/units.h"

/*
 * A number stands between the two; without one at least one is missing.
 * systemd-journald (journald-kmsg.c, journald-rate-limit.c), rsyslog (ratelimit.c, imuxsock),
 * the kernel (printk.c).  journald hands the kernel's lines to rsyslog by the socket that
 * other programs use, and a line of a log may have come by a service of its own: whose
 * messages they were does not say that none of ours were among them.
 */
static const struct {
	const char *before, *behind;
	bool number;
} notices[] = {
	{ "Missed ", " kernel messages", true },
	{ "Suppressed ", " messages from ", true },
	{ ": ", " messages lost due to rate-limiting", true },
	{ "imuxsock lost ", " messages from pid ", true },
	{ "", ": begin to drop messages due to rate-limiting", false },
	{ "", "imuxsock begins to drop messages", false },
	{ "** ", " printk messages dropped", true },
	{ "", "/dev/kmsg buffer overrun, some messages lost", false },
	{ "printk: ", " messages suppressed.", true },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number that ends at @end, and is parted from what is before it by @before. */
static uint32_t number_before(struct strview line, const char *end,
			      const char *before)
{
	const char *at = end;
	size_t len = strlen(before);
	uint32_t n;

	while (at > line.at && is_digit(at[-1]))
		at--;
	if ((size_t)(at - line.at) < len || memcmp(at - len, before, len) != 0 ||
	    !strview_number((struct strview){ at, (size_t)(end - at) }, 10, &n))
		return 0;
	return n;
}

/* By its rarest letter: most lines are of something else, and are looked at once. */
static bool has_message(struct strview line)
{
	static const char word[] = "message";
	const size_t before = strcspn(word, "g");

	while (line.len > before) {
		const char *at = memchr(line.at + before, 'g', line.len - before);

		if (!at)
			return false;
		line = strview_behind(line, (size_t)(at - line.at) - before);
		if (strview_starts(line, word))
			return true;
		line = strview_behind(line, 1);
	}
	return false;
}

uint32_t lost_notice(struct strview line)
{
	if (!has_message(line))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(notices); i++) {
		const char *at = memmem(line.at, line.len, notices[i].behind,
					strlen(notices[i].behind));
		uint32_t n;

		if (!at)
			continue;
		n = notices[i].number ?
			number_before(line, at, notices[i].before) : 1;
		if (n)
			return n;
	}
	return 0;
}

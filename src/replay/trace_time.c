// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_time: when a log's line was written, in the forms that logs have. */
#include "replay/trace_time.h"

#include <string.h>
#include <time.h>

#include "replay/trace_host.h"
#include "replay/trace_line.h"
#include "rules/base/units.h"

static const int64_t SECOND = NS_PER_S, DAY = 86400;

struct cursor {
	const char *at, *end;
};

static bool take_char(struct cursor *c, char want)
{
	if (c->at == c->end || *c->at != want)
		return false;
	c->at++;
	return true;
}

static bool take_text(struct cursor *c, const char *want)
{
	size_t len;

	/* Most differ here. */
	if (c->at == c->end || *c->at != *want)
		return false;
	len = strlen(want);
	if ((size_t)(c->end - c->at) < len || memcmp(c->at, want, len) != 0)
		return false;
	c->at += len;
	return true;
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

/* At least @least and at most @most digits. */
static bool take_digits(struct cursor *c, int least, int most, int64_t *n)
{
	int digits = 0;

	for (*n = 0; digits < most && c->at < c->end && *c->at >= '0' &&
	     *c->at <= '9'; c->at++, digits++)
		*n = *n * 10 + (*c->at - '0');
	return digits >= least;
}

/* ".123456" or ",123456"; none is no fault. */
static int64_t take_fraction(struct cursor *c, bool *exact)
{
	int64_t ns = 0;
	int missing = 9;	/* digits of a nanosecond */

	*exact = false;
	if (!take_char(c, '.') && !take_char(c, ','))
		return 0;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		*exact = true;
		if (!missing)
			continue;
		ns = ns * 10 + (*c->at - '0');
		missing--;
	}
	for (; missing; missing--)
		ns *= 10;
	return ns;
}

static bool take_clock(struct cursor *c, struct tm *tm)
{
	int64_t h, m, s;

	if (!take_digits(c, 2, 2, &h) || !take_char(c, ':') ||
	    !take_digits(c, 2, 2, &m) || !take_char(c, ':') ||
	    !take_digits(c, 2, 2, &s) || h > 23 || m > 59 || s > 60)
		return false;
	tm->tm_hour = (int)h;
	tm->tm_min = (int)m;
	tm->tm_sec = (int)s;
	return true;
}

static bool take_month(struct cursor *c, struct tm *tm)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (c->end - c->at < 4 || c->at[3] != ' ')
		return false;
	for (int i = 0; i < 12; i++) {
		if (memcmp(c->at, names + 3 * i, 3) != 0)
			continue;
		tm->tm_mon = i;
		c->at += 3;
		skip_blanks(c);
		return true;
	}
	return false;
}

static bool take_day(struct cursor *c, struct tm *tm)
{
	int64_t day;

	skip_blanks(c);
	if (!take_digits(c, 1, 2, &day) || day < 1 || day > 31)
		return false;
	tm->tm_mday = (int)day;
	skip_blanks(c);
	return true;
}

/* Local time; mktime(3) would read the time zone's file again. */
static int64_t local_seconds(struct tm *tm)
{
	time_t t = timegm(tm);
	struct tm local;

	if (t != -1 && localtime_r(&t, &local))
		t -= local.tm_gmtoff;
	return t;
}

static void set_wall(struct trace_text *t, int64_t seconds, int64_t ns,
		     bool exact)
{
	if (seconds <= 0 || seconds > INT64_MAX / SECOND - 1)
		return;
	t->wall_ns = (uint64_t)(seconds * SECOND + ns);
	t->exact = exact;
}

/* "Z", "+01:00", "+0100": seconds to the east; else local time. */
static bool take_zone(struct cursor *c, int64_t *east)
{
	int64_t h, m, sign = 1;

	*east = 0;
	if (take_char(c, 'Z'))
		return true;
	if (take_char(c, '-'))
		sign = -1;
	else if (!take_char(c, '+'))
		return false;
	if (!take_digits(c, 2, 2, &h))
		return false;
	take_char(c, ':');
	if (!take_digits(c, 2, 2, &m))
		m = 0;
	*east = sign * (h * 3600 + m * 60);
	return true;
}

/* 2026-11-24T21:05:43.123456+00:00 of rsyslog, journalctl and dmesg */
static bool iso_time(struct trace_text *t, struct cursor *c, int64_t now)
{
	struct tm tm = { 0 };
	int64_t year, month, ns, east, seconds;
	bool exact;

	(void)now;
	if (!take_digits(c, 4, 4, &year) || !take_char(c, '-') ||
	    !take_digits(c, 2, 2, &month) || !take_char(c, '-') ||
	    month < 1 || month > 12)
		return false;
	tm.tm_year = (int)year - 1900;
	tm.tm_mon = (int)month - 1;
	if (!take_day(c, &tm))
		return false;
	if (!take_char(c, 'T'))
		skip_blanks(c);
	if (!take_clock(c, &tm))
		return false;
	ns = take_fraction(c, &exact);
	if (take_zone(c, &east) || take_text(c, " UTC "))
		seconds = timegm(&tm) - east;
	else
		seconds = local_seconds(&tm);
	set_wall(t, seconds, ns, exact);
	return true;
}

/* " 2026 " of OpenWrt's logread */
static bool take_year(struct cursor *c, struct tm *tm)
{
	struct cursor at = *c;
	int64_t year;

	if (!take_char(&at, ' ') || !take_digits(&at, 4, 4, &year) ||
	    !take_char(&at, ' '))
		return false;
	tm->tm_year = (int)year - 1900;
	*c = at;
	return true;
}

/* "Nov 24 21:05:43" of syslog and journalctl, mostly without a year */
static bool syslog_time(struct trace_text *t, struct cursor *c, int64_t now)
{
	struct tm tm = { 0 }, today;
	time_t at = (time_t)now;
	int64_t ns, seconds;
	bool exact, told;

	if (!take_month(c, &tm) || !take_day(c, &tm) || !take_clock(c, &tm))
		return false;
	ns = take_fraction(c, &exact);
	if (!gmtime_r(&at, &today))
		return true;
	tm.tm_year = today.tm_year;
	told = take_year(c, &tm);
	seconds = local_seconds(&tm);
	if (!told && seconds > now + DAY) {
		tm.tm_year--;
		seconds = local_seconds(&tm);
	}
	set_wall(t, seconds, ns, exact);
	return true;
}

/* "[Thu Apr 23 21:55:11 2020]" of dmesg -T */
static bool ctime_time(struct trace_text *t, struct cursor *c, int64_t now)
{
	struct tm tm = { 0 };
	int64_t year;

	(void)now;
	if (!take_char(c, '[') || c->end - c->at < 4 || c->at[3] != ' ')
		return false;
	c->at += 4;
	if (!take_month(c, &tm) || !take_day(c, &tm) || !take_clock(c, &tm))
		return false;
	skip_blanks(c);
	if (!take_digits(c, 4, 4, &year))
		return false;
	tm.tm_year = (int)year - 1900;
	set_wall(t, local_seconds(&tm), 0, false);
	return true;
}

/* "1764018343.298087" of journalctl -o short-unix */
static bool unix_time(struct trace_text *t, struct cursor *c, int64_t now)
{
	int64_t seconds, ns;
	bool exact;

	(void)now;
	if (!take_digits(c, 10, 11, &seconds))
		return false;
	ns = take_fraction(c, &exact);
	if (exact)
		set_wall(t, seconds, ns, exact);
	return exact;
}

/* "1550.298087]" of the kernel, "1550.298087 <    0.000011>]" of dmesg -d */
static bool take_boot(struct trace_text *t, struct cursor c)
{
	int64_t seconds, ns;
	bool exact;

	skip_blanks(&c);
	if (!take_digits(&c, 1, 9, &seconds))
		return false;
	ns = take_fraction(&c, &exact);
	if (!exact || (!take_char(&c, ']') && !take_text(&c, " <")))
		return false;
	t->boot_ns = (uint64_t)(seconds * SECOND + ns);
	return true;
}

/* The last thing in front of the message, or but for who wrote it: "[ 1550.298087][    C1]" */
static void kernel_time(struct trace_text *t, const char *head, size_t len)
{
	enum { BRACKETS = 3 };
	const char *open = head + len;

	for (int i = 0; i < BRACKETS; i++) {
		open = open > head ? memrchr(head, '[', (size_t)(open - head))
				   : NULL;
		if (!open || take_boot(t, (struct cursor){ open + 1, head + len }))
			return;
	}
}

/* "4,1234,1550298087,-;" of /dev/kmsg: level, number, microseconds, flags */
static bool kmsg_time(struct trace_text *t, struct cursor *c, int64_t now)
{
	int64_t level, number, us;

	(void)now;
	if (!take_digits(c, 1, 3, &level) || !take_char(c, ',') ||
	    !take_digits(c, 1, 18, &number) || !take_char(c, ',') ||
	    !take_digits(c, 1, 15, &us) || !take_char(c, ','))
		return false;
	t->boot_ns = (uint64_t)us * (NS_PER_S / 1000000);
	return true;
}

/* "[pod/NAME/CONTAINER] " of kubectl logs --prefix */
static void skip_pod(struct cursor *c)
{
	struct cursor at = *c;
	const char *end;

	if (!take_text(&at, "[pod/"))
		return;
	end = memchr(at.at, ']', (size_t)(at.end - at.at));
	if (!end)
		return;
	c->at = end + 1;
	skip_blanks(c);
}

/*
 * In front of the time: "<4>" and "<4>1 " of the syslog protocols,
 * "kern  :warn  : " of dmesg -x, "Tue " of journalctl -o short-full.
 */
static void skip_lead(struct cursor *c)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	int64_t priority;

	/* Mail's marks of quoting. */
	while (c->at < c->end && (*c->at == '>' || *c->at == '|' ||
				  *c->at == ' '))
		c->at++;
	if (take_char(c, '<') && take_digits(c, 1, 3, &priority) &&
	    take_char(c, '>'))
		take_text(c, "1 ");
	skip_pod(c);
	/* Without the first of them. */
	if (c->end - c->at > 7 && memcmp(c->at, "1 ", 2) == 0 &&
	    c->at[6] == '-')
		c->at += 2;
	if (take_text(c, "kern "))
		for (int colons = 0; colons < 2 && c->at < c->end; c->at++)
			colons += *c->at == ':';
	skip_blanks(c);
	if (c->end - c->at <= 4 || c->at[3] != ' ')
		return;
	for (int i = 0; i < 7; i++)
		if (memcmp(c->at, days + 3 * i, 3) == 0) {
			c->at += 4;
			break;
		}
}

/* "FILE:" and "FILE:LINE:" of grep */
static void skip_name(struct cursor *c)
{
	const char *colon = memchr(c->at, ':', (size_t)(c->end - c->at));

	c->at = colon ? colon + 1 : c->end;
	skip_lead(c);
}

enum first { NO_TIME, DIGIT, LETTER, BRACKET };

static enum first first_of(const struct cursor *c)
{
	if (c->at == c->end)
		return NO_TIME;
	if (*c->at >= '0' && *c->at <= '9')
		return DIGIT;
	if (*c->at >= 'A' && *c->at <= 'Z')
		return LETTER;
	return *c->at == '[' ? BRACKET : NO_TIME;
}

/* Any of the forms, of which most begin with something else. */
static bool take_time(struct trace_text *t, struct cursor *c, int64_t now)
{
	static const struct {
		enum first first;
		bool (*take)(struct trace_text *t, struct cursor *c, int64_t now);
	} forms[] = {
		{ DIGIT, iso_time }, { LETTER, syslog_time },
		{ BRACKET, ctime_time }, { DIGIT, unix_time },
		{ DIGIT, kmsg_time },
	};
	enum first first = first_of(c);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct cursor at = *c;

		if (forms[i].first != first || !forms[i].take(t, &at, now))
			continue;
		*c = at;
		return true;
	}
	return false;
}

void trace_text_time(struct trace_text *t, const char *head, size_t len,
		     int64_t now)
{
	struct cursor start = { head, head + len }, c;
	bool found = false;

	skip_lead(&start);
	for (c = start; !found && c.at < c.end;) {
		found = take_time(t, &c, now);
		if (!found)
			skip_name(&c);
	}
	if (!found)
		c = start;
	if (!t->boot_ns)
		kernel_time(t, c.at, (size_t)(c.end - c.at));
	trace_host_find(t, (struct strview){ head, len }, c.at);
}

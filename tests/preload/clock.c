// SPDX-License-Identifier: GPL-2.0-or-later
/* clock: a preloaded library: the keeper's lease runs out soon, and the clock is set. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/*
 * CLOCK_LEASE_MS: timers of half a minute take so long instead.
 * CLOCK_STEP: a while after somebody begins to watch the clock it is set by so
 * many seconds, once.
 * CLOCK_AHEAD: a file; from when on it is there CLOCK_MONOTONIC is ahead by the seconds
 * that its first number says, CLOCK_BOOTTIME and CLOCK_REALTIME by those of its second.
 */
enum { STEP_MS = 500 };

/* Return: seconds that the clock is ahead. */
static long ahead(clockid_t id)
{
	const char *path = getenv("CLOCK_AHEAD");
	char text[32] = "", *boot;
	long monotonic;
	int fd;

	if (!path || (id != CLOCK_MONOTONIC && id != CLOCK_BOOTTIME &&
		      id != CLOCK_REALTIME))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	close(fd);
	monotonic = strtol(text, &boot, 10);
	return id == CLOCK_MONOTONIC ? monotonic : atol(boot);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int (*real)(clockid_t, struct timespec *) =
		(int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT,
							"clock_gettime");
	int result = real(id, ts);

	ts->tv_sec += ahead(id);
	return result;
}

static int watched = -1;
static long stepped;

static long number(const char *name)
{
	const char *text = getenv(name);

	return text ? atol(text) : 0;
}

time_t time(time_t *at)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += stepped;
	if (at)
		*at = ts.tv_sec;
	return ts.tv_sec;
}

/* The kernel's clock is not ahead. */
static struct itimerspec from_now(long ms)
{
	struct itimerspec its = { .it_interval.tv_sec = 0 };

	clock_gettime(CLOCK_MONOTONIC, &its.it_value);
	its.it_value.tv_sec -= ahead(CLOCK_MONOTONIC);
	its.it_value.tv_sec += ms / 1000;
	its.it_value.tv_nsec += ms % 1000 * 1000000;
	if (its.it_value.tv_nsec >= 1000000000) {
		its.it_value.tv_sec++;
		its.it_value.tv_nsec -= 1000000000;
	}
	return its;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *new,
		    struct itimerspec *old)
{
	int (*real)(int, int, const struct itimerspec *, struct itimerspec *) =
		(int (*)(int, int, const struct itimerspec *,
			 struct itimerspec *))
		dlsym(RTLD_NEXT, "timerfd_settime");
	struct itimerspec its = *new;
	struct timespec now;
	long left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = new->it_value.tv_sec - now.tv_sec;

	if (flags & TFD_TIMER_CANCEL_ON_SET && number("CLOCK_STEP") &&
	    !stepped) {
		watched = fd;
		its = (struct itimerspec){ .it_value.tv_nsec =
					   STEP_MS * 1000000L };
		return real(fd, 0, &its, old);
	}
	if (number("CLOCK_LEASE_MS") && !(flags & TFD_TIMER_CANCEL_ON_SET) &&
	    left >= 28 && left <= 31) {
		its = from_now(number("CLOCK_LEASE_MS"));
		return real(fd, flags, &its, old);
	}
	if (flags & TFD_TIMER_ABSTIME && its.it_value.tv_sec)
		its.it_value.tv_sec -= ahead(CLOCK_MONOTONIC);
	/* What is past is as good as now. */
	if (its.it_value.tv_sec < 0)
		its.it_value = (struct timespec){ .tv_nsec = 1 };
	return real(fd, flags, &its, old);
}

ssize_t read(int fd, void *buf, size_t size)
{
	ssize_t (*real)(int, void *, size_t) =
		(ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");

	if (fd < 0 || fd != watched)
		return real(fd, buf, size);
	watched = -1;
	stepped = number("CLOCK_STEP");
	errno = ECANCELED;
	return -1;
}

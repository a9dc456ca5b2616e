// SPDX-License-Identifier: GPL-2.0-or-later
/* again: a preloaded library: what the reader was sent comes again and again, for callgrind. */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <valgrind/callgrind.h>

/*
 * Once AGAIN_MESSAGES have come they come once more, and then AGAIN_TIMES, numbered as the
 * kernel would: TURN of them in 5 ms of a clock that nothing but messages moves, so that
 * what else the machine does changes nothing.  Before and behind it is quiet for longer than
 * any packet waits.  Callgrind counts what the reader does of the last ones and in the quiet
 * behind them, without what is done here, and writes it down.
 */
enum {
	MESSAGES = 8192,
	BYTES = 8 << 20,
	TURN = 500,
	MESSAGE_NS = 10000,
	QUIET_NS = 600000000,
	LOOK_MS = 20,		/* that it is left alone at most, meanwhile */
};

static struct message {
	uint32_t at, len;
	uint32_t number_at;	/* of NFULA_SEQ's payload in it; 0: it has none */
} message[MESSAGES];
static unsigned char bytes[BYTES] __attribute__((aligned(8)));
static uint32_t messages, used, number;
static uint64_t left, given;	/* of those that come again */
static int socket_fd = -1;		/* that they come by */
static struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

/* Each time they come, and the quiet behind that. */
static enum { LIVE, LIVE_QUIET, WARM, WARM_QUIET, COUNTED, COUNTED_QUIET, OVER } state;
static int64_t quiet_ns;	/* since when it is */
static int64_t begun_ns[3];	/* by clock: when they began to come again */
static int64_t begun_given;	/* .given then */
static int64_t behind_ns[3];	/* what the clock lacks where it runs by itself */

static bool is_again(void)
{
	return state == WARM || state == COUNTED;
}

static bool is_counted(void)
{
	return state == COUNTED || state == COUNTED_QUIET;
}

/* This library's own instructions are none of the reader's. */
static void pause_counting(void)
{
	if (is_counted())
		CALLGRIND_TOGGLE_COLLECT;
}

static void go_on_counting(void)
{
	if (is_counted())
		CALLGRIND_TOGGLE_COLLECT;
}

static unsigned long setting(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

/* Clocks that are asked for: CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME; -1: another. */
static int which(clockid_t id)
{
	return id == CLOCK_REALTIME ? 0 : id == CLOCK_MONOTONIC ? 1 :
	       id == CLOCK_BOOTTIME ? 2 : -1;
}

static int64_t real_ns(clockid_t id)
{
	static int (*real)(clockid_t, struct timespec *);
	struct timespec ts;

	if (!real)
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT,
							"clock_gettime");
	real(id, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void each_clock(void (*fn)(clockid_t id, int i))
{
	fn(CLOCK_REALTIME, 0);
	fn(CLOCK_MONOTONIC, 1);
	fn(CLOCK_BOOTTIME, 2);
}

static int64_t told_ns(clockid_t id, int i)
{
	return is_again() ? begun_ns[i] + ((int64_t)given - begun_given) * MESSAGE_NS
			  : real_ns(id) - behind_ns[i];
}

static void stop_clock(clockid_t id, int i)
{
	begun_ns[i] = told_ns(id, i);
}

static void start_clock(clockid_t id, int i)
{
	behind_ns[i] = real_ns(id) - told_ns(id, i);
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int i = which(id);
	int64_t ns;

	pause_counting();
	ns = i < 0 ? real_ns(id) : told_ns(id, i);
	ts->tv_sec = ns / 1000000000;
	ts->tv_nsec = ns % 1000000000;
	go_on_counting();
	return 0;
}

static uint32_t find_number(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	if (nlh->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFULA_SEQ)
			return (uint32_t)((const char *)mnl_attr_get_payload(attr) -
					  (const char *)nlh);
	return 0;
}

static void keep(const struct mmsghdr *m)
{
	struct message *k = &message[messages];
	uint32_t be;

	if (messages == MESSAGES || m->msg_len > BYTES - used)
		abort();
	*k = (struct message){ .at = used, .len = m->msg_len };
	memcpy(bytes + used, m->msg_hdr.msg_iov->iov_base, m->msg_len);
	k->number_at = find_number((const void *)(bytes + used));
	if (k->number_at) {
		memcpy(&be, bytes + used + k->number_at, sizeof(be));
		number = ntohl(be);
	}
	used += (m->msg_len + 7) & ~7u;
	messages++;
}

static void give(struct mmsghdr *m)
{
	const struct message *k = &message[given++ % messages];
	unsigned char *to = m->msg_hdr.msg_iov->iov_base;
	uint32_t be = htonl(++number);

	memcpy(to, bytes + k->at, k->len);
	if (k->number_at)
		memcpy(to + k->number_at, &be, sizeof(be));
	else
		number--;
	memcpy(m->msg_hdr.msg_name, &kernel, sizeof(kernel));
	m->msg_hdr.msg_flags = 0;
	m->msg_len = k->len;
	left--;
}

/* As many as come together in a turn, and none behind the last one. */
static int give_some(struct mmsghdr *m, unsigned int room)
{
	unsigned int n = TURN - given % TURN;

	if (n > room)
		n = room;
	if (n > left)
		n = (unsigned int)left;
	for (unsigned int i = 0; i < n; i++)
		give(&m[i]);
	return (int)n;
}

static void begin_again(unsigned long times)
{
	each_clock(stop_clock);
	begun_given = (int64_t)given;
	left = messages * (uint64_t)times;
	state++;
}

static void begin_quiet(void)
{
	each_clock(start_clock);
	quiet_ns = real_ns(CLOCK_MONOTONIC);
	state++;
}

/* Nothing has come, or comes any more. */
static void go_further(void)
{
	if (is_again()) {
		if (!left)
			begin_quiet();
	} else if (state == LIVE) {
		if (messages >= setting("AGAIN_MESSAGES"))
			begin_quiet();
	} else if (real_ns(CLOCK_MONOTONIC) - quiet_ns >= QUIET_NS) {
		if (state == COUNTED_QUIET) {
			CALLGRIND_DUMP_STATS;
			state = OVER;
		} else {
			begin_again(state == LIVE_QUIET ? 1 : setting("AGAIN_TIMES"));
		}
	}
}

static int receive(int fd, struct mmsghdr *m, unsigned int room, int flags,
		   struct timespec *timeout)
{
	static int (*real)(int, struct mmsghdr *, unsigned int, int,
			   struct timespec *);
	int n;

	if (!real)
		real = (int (*)(int, struct mmsghdr *, unsigned int, int,
				struct timespec *))dlsym(RTLD_NEXT, "recvmmsg");
	n = real(fd, m, room, flags, timeout);
	for (int i = 0; i < n && state <= LIVE_QUIET; i++)
		keep(&m[i]);
	if (n > 0 && state == LIVE_QUIET)
		quiet_ns = real_ns(CLOCK_MONOTONIC);
	return n;
}

int recvmmsg(int fd, struct mmsghdr *m, unsigned int room, int flags,
	     struct timespec *timeout)
{
	int n, error;

	pause_counting();
	socket_fd = fd;
	n = is_again() && left ? give_some(m, room)
			       : receive(fd, m, room, flags, timeout);
	error = errno;
	if (n <= 0 && state != OVER)
		go_further();
	go_on_counting();
	errno = error;
	return n;
}

/* Of what has come, or is looked for: the socket is read to see whether it goes on. */
static int tell_socket(struct pollfd *fds, nfds_t n)
{
	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].fd != socket_fd)
			continue;
		fds[i].revents = POLLIN;
		return 1;
	}
	return 0;
}

static int look(struct pollfd *fds, nfds_t n, int timeout)
{
	static int (*real)(struct pollfd *, nfds_t, int);
	int got, error;

	pause_counting();
	if (!real)
		real = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT,
								"poll");
	if (is_again())
		timeout = 0;
	else if (messages && state != OVER && (timeout < 0 || timeout > LOOK_MS))
		timeout = LOOK_MS;
	got = real(fds, n, timeout);
	error = errno;
	if (!got && messages && state != OVER)
		got = tell_socket(fds, n);
	go_on_counting();
	errno = error;
	return got;
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	return look(fds, n, timeout);
}

/* What poll() is with FORTIFY_SOURCE. */
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t size)
{
	(void)size;
	return look(fds, n, timeout);
}

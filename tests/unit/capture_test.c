// SPDX-License-Identifier: GPL-2.0-or-later
/* capture_test: whose messages are taken, and what a failed opening leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "capture/capture.c"
#include "tests/unit/in_range.h"

/* Of NETLINK_USERSOCK any process may send to any other. */
static int open_socket(int protocol, uint32_t *portid)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	/* qemu-user's netlink is that of routes alone. */
	if (fd < 0 && errno == EPROTONOSUPPORT)
		skip();
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*portid = addr.nl_pid;
	return fd;
}

static void send_bytes(int fd, uint32_t portid, uint32_t len)
{
	static union {
		struct nlmsghdr nlh;
		char bytes[4096];
	} m;
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = portid };

	m.nlh.nlmsg_len = len;
	m.nlh.nlmsg_type = NLMSG_ERROR;
	m.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	assert_int_equal(sendto(fd, &m, len, 0, (struct sockaddr *)&to, sizeof(to)),
			 len);
}

static void send_to(int fd, uint32_t portid)
{
	send_bytes(fd, portid, sizeof(struct nlmsghdr));
}

static void count(void *arg, const struct nlmsghdr *nlh, size_t len)
{
	(void)nlh, (void)len;
	++*(int *)arg;
}

static void another_process_is_not_heard(void **state)
{
	struct capture c = { .ring = ring_new(128) };
	uint32_t mine, other;
	int sender, heard = 0;

	(void)state;
	assert_non_null(c.ring);
	c.fd = open_socket(NETLINK_USERSOCK, &mine);
	c.stamp_fd = -1;
	sender = open_socket(NETLINK_USERSOCK, &other);
	for (int i = 0; i < CAPTURE_BATCH + 3; i++)
		send_to(sender, mine);
	while (capture_receive(&c, count, &heard) > 0)
		;
	assert_int_equal(heard, 0);
	assert_int_equal(c.forged, CAPTURE_BATCH + 3);
	close(sender);
	capture_close(&c);
}

/* What waits is asked of the kernel; then it is read. */
static void waits_between(struct capture *c)
{
	const uint64_t least = capture_taken_least(c), most = capture_taken_most(c);
	uint32_t waits = capture_waiting(c);
	int heard = 0;

	assert_true(waits > 0 && waits < UINT32_MAX);
	while (capture_receive(c, count, &heard) > 0)
		;
	assert_int_equal(capture_waiting(c), 0);
	assert_uint_in_range(waits, capture_taken_least(c) - least,
			     capture_taken_most(c) - most);
}

static void what_is_read_has_taken_so_much(void **state)
{
	struct capture c = { .ring = ring_new(128), .stamp_fd = -1 };
	uint32_t mine, other;
	int sender;

	(void)state;
	assert_non_null(c.ring);
	c.fd = open_socket(NETLINK_USERSOCK, &mine);
	sender = open_socket(NETLINK_USERSOCK, &other);
	for (uint32_t len = sizeof(struct nlmsghdr); len <= 4096; len += 4) {
		send_bytes(sender, mine, len);
		waits_between(&c);
	}
	close(sender);
	close(c.fd);

	c.fd = open_socket(NETLINK_NETFILTER, &mine);
	for (int i = 0; i < CAPTURE_BATCH; i++)
		capture_fence(&c);
	waits_between(&c);
	capture_close(&c);
}

static void the_kernel_is_heard(void **state)
{
	struct capture c = { .ring = ring_new(128), .stamp_fd = -1 };
	uint32_t mine;
	int heard = 0;

	(void)state;
	assert_non_null(c.ring);
	c.fd = open_socket(NETLINK_NETFILTER, &mine);
	for (int i = 0; i < 2 * CAPTURE_BATCH; i++)
		capture_fence(&c);
	while (capture_receive(&c, count, &heard) > 0)
		;
	assert_int_equal(heard, 2 * CAPTURE_BATCH);
	assert_int_equal(c.forged, 0);
	assert_int_equal(c.cut, 0);
	capture_close(&c);
}

static void a_message_that_was_cut_is_counted(void **state)
{
	static union {
		struct nlmsghdr nlh;
		char bytes[65536];
	} m;
	struct capture c = { .ring = ring_new(128), .stamp_fd = -1 };
	int heard = 0, pair[2];

	(void)state;
	assert_non_null(c.ring);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	c.fd = pair[0];
	m.nlh.nlmsg_len = NLMSG_HDRLEN;
	m.nlh.nlmsg_type = NLMSG_NOOP;
	assert_int_equal(send(pair[1], &m, sizeof(m), 0), sizeof(m));
	assert_int_equal(send(pair[1], &m, NLMSG_HDRLEN, 0), NLMSG_HDRLEN);
	assert_int_equal(capture_receive(&c, count, &heard), 2);
	assert_int_equal(heard, 1);
	assert_int_equal(c.cut, 1);
	close(pair[1]);
	capture_close(&c);
}

/* The first message is another process's, the second the kernel's. */
static void an_answer_is_the_kernels(void **state)
{
	_Alignas(struct nlmsghdr) char buf[256];
	const struct nlmsghdr *h = (const void *)buf;
	uint64_t before = netlink_forged();
	uint32_t mine, other;
	int fd = open_socket(NETLINK_USERSOCK, &mine);
	int sender = open_socket(NETLINK_USERSOCK, &other);
	struct nlmsghdr noop = {
		.nlmsg_len = sizeof(noop), .nlmsg_type = NLMSG_NOOP,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK, .nlmsg_seq = 5,
	};

	(void)state;
	send_to(sender, mine);
	assert_int_equal(netlink_receive(fd, buf, sizeof(buf), MSG_DONTWAIT),
			 -EAGAIN);
	assert_int_equal(netlink_forged(), before + 1);
	close(fd);
	close(sender);

	fd = open_socket(NETLINK_NETFILTER, &mine);
	assert_int_equal(write(fd, &noop, sizeof(noop)), sizeof(noop));
	assert_true(netlink_receive(fd, buf, sizeof(buf), 0) > 0);
	assert_int_equal(h->nlmsg_type, NLMSG_ERROR);
	assert_int_equal(h->nlmsg_seq, 5);
	assert_int_equal(write(fd, &noop, sizeof(noop)), sizeof(noop));
	assert_int_equal(netlink_receive(fd, buf, 8, 0), -ENOSPC);
	assert_int_equal(netlink_forged(), before + 1);
	close(fd);
}

/* Neither standard input nor anything else is closed with what was not opened. */
static void no_memory_closes_nothing(void **state)
{
	const struct capture_want want = { .snaplen = 128, .buffer = 1 << 20 };
	struct rlimit before, none = { 0 };
	struct capture c;
	int err;

	(void)state;
	/* Where it is closed, this makes it. */
	if (fcntl(STDIN_FILENO, F_GETFD) < 0)
		assert_int_equal(open("/dev/null", O_RDONLY), STDIN_FILENO);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	err = capture_open(&c, &want);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	if (err == -EPROTONOSUPPORT)
		skip();
	assert_int_equal(err, -ENOMEM);
	capture_close(&c);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_process_is_not_heard),
		cmocka_unit_test(what_is_read_has_taken_so_much),
		cmocka_unit_test(the_kernel_is_heard),
		cmocka_unit_test(a_message_that_was_cut_is_counted),
		cmocka_unit_test(an_answer_is_the_kernels),
		cmocka_unit_test(no_memory_closes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* talk: an echo server and a client for UDP and TCP, with ports that a test chooses. */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char usage_text[] =
	"usage: talk serve [transparent] {udp|tcp} ADDRESS PORT ...\n"
	"       talk {udp|tcp} ADDRESS PORT [from PORT] [source ADDRESS] [count N]\n"
	"            [size BYTES] [wait MS] [pause MS]\n"
	"       talk each   (a client's words in each line of stdin)\n"
	"A client exits with 0 when every message came back, else with 1.\n";

enum { SERVERS = 16, BUFFER = 65536, WORDS = 16 };

struct client {
	int from, count, size, wait, pause;
	const char *source;
};

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(2);
}

static __attribute__((noreturn)) void usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static int type_of(const char *word)
{
	if (strcmp(word, "udp") == 0)
		return SOCK_DGRAM;
	if (strcmp(word, "tcp") == 0)
		return SOCK_STREAM;
	usage();
}

/* Return: NULL, and errno: that is no address. */
static struct addrinfo *look_up(const char *host, const char *port, int type)
{
	struct addrinfo *ai = address_look_up(host, port, type);

	if (!ai)
		errno = EINVAL;
	return ai;
}

/* Return: -1: it cannot have that address. */
static int bound_socket(const char *host, const char *port, int type)
{
	struct addrinfo *ai = look_up(host, port, type);
	int fd, one = 1;

	if (!ai)
		return -1;
	fd = socket(ai->ai_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(ai);
	return fd;
}

static void echo_datagram(int fd)
{
	static char buf[BUFFER];
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (void *)&peer, &len);

	if (n >= 0)
		sendto(fd, buf, (size_t)n, 0, (void *)&peer, len);
}

/* A child a connection, which the kernel reaps. */
static void echo_stream(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return;
	if (fork() == 0) {
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			if (write(fd, buf, (size_t)n) != n)
				break;
		_exit(0);
	}
	close(fd);
}

/* Takes what TPROXY gives it, to whatever address it was sent. */
static void make_transparent(int fd)
{
	int one = 1;

	if (setsockopt(fd, SOL_IP, IP_TRANSPARENT, &one, sizeof(one)) != 0)
		die("IP_TRANSPARENT");
}

static __attribute__((noreturn)) void serve(int argc, char **argv)
{
	struct pollfd p[SERVERS];
	bool stream[SERVERS], transparent;
	int i, n = 0;

	transparent = argc > 0 && strcmp(argv[0], "transparent") == 0;
	argc -= transparent;
	argv += transparent;

	if (argc == 0 || argc % 3 != 0 || argc / 3 > SERVERS)
		usage();
	for (; argc > 0; argc -= 3, argv += 3, n++) {
		stream[n] = type_of(argv[0]) == SOCK_STREAM;
		p[n].fd = bound_socket(argv[1], argv[2], type_of(argv[0]));
		if (p[n].fd < 0)
			die("bind");
		p[n].events = POLLIN;
		if (transparent)
			make_transparent(p[n].fd);
		if (stream[n] && listen(p[n].fd, 16) != 0)
			die("listen");
	}
	signal(SIGCHLD, SIG_IGN);
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(p, (nfds_t)n, -1) < 0)
			die("poll");
		for (i = 0; i < n; i++)
			if (p[i].revents)
				(stream[i] ? echo_stream : echo_datagram)(p[i].fd);
	}
}

static void read_options(struct client *c, char **argv)
{
	struct { const char *name; int *value; } row[] = {
		{ "from", &c->from }, { "count", &c->count },
		{ "size", &c->size }, { "wait", &c->wait },
		{ "pause", &c->pause },
	};
	size_t i;

	for (; argv[0]; argv += 2) {
		if (!argv[1])
			usage();
		if (strcmp(argv[0], "source") == 0) {
			c->source = argv[1];
			continue;
		}
		for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
			if (strcmp(argv[0], row[i].name) == 0)
				break;
		if (i == sizeof(row) / sizeof(row[0]))
			usage();
		*row[i].value = atoi(argv[1]);
	}
	if (c->size < 0 || c->size > BUFFER)
		usage();
}

static int client_socket(const struct client *c, const struct addrinfo *to)
{
	char port[8];
	int fd;

	if (!c->from && !c->source) {
		fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, 0);
		if (fd < 0)
			die("socket");
		return fd;
	}
	snprintf(port, sizeof(port), "%d", c->from & 0xffff);
	return bound_socket(c->source ? c->source :
			    to->ai_family == AF_INET ? "0.0.0.0" : "::",
			    port, to->ai_socktype);
}

/* connect(), waiting no longer than asked for. */
static bool reach(int fd, const struct addrinfo *to, int wait_ms)
{
	struct timeval t = { .tv_sec = wait_ms / 1000,
			     .tv_usec = wait_ms % 1000 * 1000 };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	return connect(fd, to->ai_addr, to->ai_addrlen) == 0;
}

/* One message and its echo. */
static bool exchange(int fd, int size)
{
	static char out[BUFFER], in[BUFFER];
	int got = 0;
	ssize_t n;

	memset(out, 'x', (size_t)size);
	if (send(fd, out, (size_t)size, MSG_NOSIGNAL) != size)
		return false;
	do {
		n = recv(fd, in, sizeof(in), 0);
		if (n > 0)
			got += (int)n;
	} while (n > 0 && got < size);
	return n >= 0 && got == size;
}

static bool pass_messages(int fd, const struct client *c)
{
	int good = 0;

	for (int i = 0; i < c->count; i++) {
		good += exchange(fd, c->size);
		if (c->pause && i + 1 < c->count)
			nanosleep(&(struct timespec){ c->pause / 1000,
				  c->pause % 1000 * 1000000L }, NULL);
	}
	return good == c->count;
}

/*
 * The connection is over on both sides when this returns, the server's last
 * segment has come: nothing of it is on its way behind the client.
 */
static void part(int fd)
{
	char rest[BUFFER];

	if (shutdown(fd, SHUT_WR) == 0)
		while (recv(fd, rest, sizeof(rest), 0) > 0)
			;
}

static int talk(const char *proto, char **argv)
{
	struct client c = { .count = 1, .size = 5, .wait = 20000 };
	struct addrinfo *to;
	bool good = false;
	int fd = -1;

	read_options(&c, argv + 2);
	to = look_up(argv[0], argv[1], type_of(proto));
	if (to)
		fd = client_socket(&c, to);
	if (fd >= 0 && reach(fd, to, c.wait))
		good = pass_messages(fd, &c);
	else
		fprintf(stderr, "talk: %s\n", strerror(errno));
	if (good && type_of(proto) == SOCK_STREAM)
		part(fd);
	if (fd >= 0)
		close(fd);
	if (to)
		freeaddrinfo(to);
	return good ? 0 : 1;
}

/* In @word, NULL behind the last one. */
static int split(char *line, char *word[WORDS + 1])
{
	char *rest = line;
	int n = 0;

	while (n < WORDS && (word[n] = strtok_r(rest, " \n", &rest)))
		n++;
	word[n] = NULL;
	return n;
}

/* One after the other; whether an answer came is not told. */
static int talk_each(void)
{
	char line[512], *word[WORDS + 1];

	while (fgets(line, sizeof(line), stdin)) {
		if (split(line, word) < 3)
			usage();
		talk(word[0], word + 1);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "each") == 0)
		return talk_each();
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		serve(argc - 2, argv + 2);
	if (argc < 4)
		usage();
	return talk(argv[1], argv + 2);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* serial_send: sends packets that are all alike but for a number deep in them (serial.h). */
#include "serial.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "frame.h"

static const char usage_text[] =
	"usage: serial_send udp|tcp|icmp SOURCE[/PORT] DESTINATION[/PORT] OPTION VALUE ...\n"
	"       serial_send frame SOURCE/PORT DESTINATION/PORT dev IFACE mac MAC OPTION ...\n"
	"       serial_send sink tcp|udp ADDRESS PORT [BUFFER]\n"
	"sink: for all that comes, or finds room; of udp it tells at SIGINT which serials, how often.\n"
	"options: base N, step N, count N, rate N (a second, 0: full speed), cpu N,\n"
	"         size BYTES (payload), pieces N (serials a datagram, for fragments)\n";

enum { SIZE_MAX_BYTES = 16384, V4_HEADER = 20, V6_HEADER = 40,
       FRAME_PAYLOAD = 200 };

struct job {
	long base, step, count, rate, cpu, size, pieces;
	const char *dev, *mac;
	struct sockaddr_storage from, to;
	socklen_t len;
	uint8_t data[SIZE_MAX_BYTES];
};

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "serial_send: %s: %s\n", what, strerror(errno));
	exit(2);
}

static __attribute__((noreturn)) void usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

/* ADDRESS/PORT, literal */
static void take_address(struct sockaddr_storage *ss, socklen_t *len,
			 const char *text)
{
	struct addrinfo *ai;
	char host[64], *port;

	snprintf(host, sizeof(host), "%s", text);
	port = strchr(host, '/');
	if (port)
		*port++ = '\0';
	ai = address_look_up(host, port ? port : "0", SOCK_DGRAM);
	if (!ai) {
		errno = EINVAL;
		die(text);
	}
	memcpy(ss, ai->ai_addr, ai->ai_addrlen);
	*len = ai->ai_addrlen;
	freeaddrinfo(ai);
}

static void take_options(struct job *job, char **argv)
{
	struct { const char *name; long *value; } row[] = {
		{ "base", &job->base }, { "step", &job->step },
		{ "count", &job->count }, { "rate", &job->rate },
		{ "cpu", &job->cpu }, { "size", &job->size },
		{ "pieces", &job->pieces },
	};
	size_t i;

	for (; argv[0]; argv += 2) {
		if (!argv[1])
			usage();
		if (strcmp(argv[0], "dev") == 0) {
			job->dev = argv[1];
			continue;
		}
		if (strcmp(argv[0], "mac") == 0) {
			job->mac = argv[1];
			continue;
		}
		for (i = 0; i < sizeof(row) / sizeof(row[0]); i++)
			if (strcmp(argv[0], row[i].name) == 0)
				break;
		if (i == sizeof(row) / sizeof(row[0]))
			usage();
		*row[i].value = atol(argv[1]);
	}
	if (job->size < 0 || job->size > SIZE_MAX_BYTES)
		usage();
}

static void stay_on(long cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu % sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Wait until packet @n is due. */
static void pace(const struct job *job, double start, long n)
{
	double ahead = job->rate ? (double)n / (double)job->rate -
				   (now() - start) : 0;

	if (ahead > 0)
		nanosleep(&(struct timespec){ .tv_nsec =
			  (long)(ahead * 1e9) % 1000000000 }, NULL);
}

static bool is_v6(const struct job *job)
{
	return job->to.ss_family == AF_INET6;
}

/*
 * Serials of one datagram: where the whole shows it, or where each of its
 * fragments does (1,500 bytes of MTU; v6 adds a header of 8 bytes).
 */
static void number_it(struct job *job, size_t l4_header, long n)
{
	size_t ip = is_v6(job) ? V6_HEADER : V4_HEADER;
	size_t extra = is_v6(job) ? 8 : 0;
	size_t piece = (1500 - ip - extra) / 8 * 8;
	uint32_t serial = (uint32_t)(job->base + n * job->step);
	long i;

	serial_put(job->data + SERIAL_AT - 4 - ip - l4_header, serial);
	for (i = 0; i < job->pieces; i++)
		serial_put(job->data + piece * (size_t)i + SERIAL_AT - 4 - ip -
			   extra - l4_header, serial +
			   (uint32_t)(i + (extra != 0)));
}

static int udp_socket(const struct job *job)
{
	int fd = socket(job->to.ss_family, SOCK_DGRAM, 0), one = 1;
	int discover = job->size > 1400 ? IP_PMTUDISC_DONT : IP_PMTUDISC_DO;
	int big = 4 << 20;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
	/* DF and not connected: the IP id is 0 in every packet. */
	if (!is_v6(job))
		setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &discover,
			   sizeof(discover));
	if (bind(fd, (const void *)&job->from, job->len) != 0)
		die("bind");
	return fd;
}

static long send_datagrams(struct job *job, int fd, size_t l4_header,
			   uint8_t *packet, size_t len)
{
	double start = now();
	long n, sent = 0;

	for (n = 0; n < job->count; n++) {
		pace(job, start, n);
		number_it(job, l4_header, n);
		for (int tries = 0; tries < 1000; tries++) {
			if (sendto(fd, packet, len, 0, (const void *)&job->to,
				   job->len) == (ssize_t)len) {
				sent++;
				break;
			}
			/* Its neighbour or its queue: a moment later. */
			if (errno != ENOBUFS && errno != EAGAIN &&
			    errno != ECONNREFUSED)
				break;
			usleep(1000);
		}
	}
	return sent;
}

static long send_udp(struct job *job)
{
	return send_datagrams(job, udp_socket(job), sizeof(struct udphdr),
			      job->data, (size_t)job->size);
}

/* Echo requests, all with the same id and sequence. */
static long send_icmp(struct job *job)
{
	static uint8_t packet[sizeof(struct icmphdr) + SIZE_MAX_BYTES];
	struct icmphdr *h = (void *)packet;
	size_t len = sizeof(*h) + (size_t)job->size;
	int fd = socket(job->to.ss_family, SOCK_RAW,
			is_v6(job) ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP);
	double start = now();
	long n, sent = 0;

	if (fd < 0 || bind(fd, (const void *)&job->from, job->len) != 0)
		die("raw socket");
	h->type = is_v6(job) ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	h->un.echo.id = htons(4711);
	h->un.echo.sequence = htons(1);
	for (n = 0; n < job->count; n++) {
		pace(job, start, n);
		number_it(job, sizeof(*h), n);
		memcpy(packet + sizeof(*h), job->data, (size_t)job->size);
		h->checksum = 0;
		if (!is_v6(job))
			h->checksum = frame_checksum(packet, len);
		sent += sendto(fd, packet, len, 0, (const void *)&job->to,
			       job->len) == (ssize_t)len;
	}
	return sent;
}

/* One serial a segment: records as long as a full segment. */
static long send_tcp(struct job *job)
{
	int fd = socket(job->to.ss_family, SOCK_STREAM, 0), one = 1;
	int mss = 600;
	socklen_t len = sizeof(mss);
	/* Timestamps: 12 bytes of options in each segment. */
	size_t header = sizeof(struct tcphdr) + 12;
	double start;
	long n;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof(mss));
	if (bind(fd, (const void *)&job->from, job->len) != 0 ||
	    connect(fd, (const void *)&job->to, job->len) != 0)
		die("connect");
	getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &mss, &len);
	job->size = mss;
	start = now();
	for (n = 0; n < job->count; n++) {
		ssize_t done = 0;

		pace(job, start, n);
		number_it(job, header, n);
		while (done < mss) {
			ssize_t got = write(fd, job->data + done,
					    (size_t)(mss - done));

			if (got < 0)
				die("write");
			done += got;
		}
	}
	shutdown(fd, SHUT_WR);
	/* The other side has read all when it closes. */
	if (read(fd, job->data, 1) < 0)
		die("read");
	return n;
}

struct frame {
	struct frame_head head;
	uint8_t payload[FRAME_PAYLOAD];
} __attribute__((packed));

/* Past the whole stack of the sender: whatever it says is on the wire. */
static long send_frames(struct job *job)
{
	struct frame f;
	double start = now();
	long n, sent = 0;
	int fd;

	if (!job->dev || !job->mac || is_v6(job) ||
	    !frame_fill(&f.head, job->mac, (const void *)&job->from,
			(const void *)&job->to, FRAME_PAYLOAD))
		usage();
	memset(f.payload, 'x', sizeof(f.payload));
	fd = frame_socket(job->dev);
	if (fd < 0)
		die(job->dev);
	for (n = 0; n < job->count; n++) {
		pace(job, start, n);
		serial_put(f.payload + SERIAL_AT - 4 - V4_HEADER -
			   sizeof(struct udphdr),
			   (uint32_t)(job->base + n * job->step));
		while (send(fd, &f, sizeof(f), 0) < 0 && errno == ENOBUFS)
			usleep(100);
		sent++;
	}
	return sent;
}

static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

/* Return: the serial of the next datagram, -1: it has none. */
static long receive_serial(int fd, bool v6)
{
	static uint8_t buf[V6_HEADER + 8 + 65536];
	size_t header = (v6 ? V6_HEADER : V4_HEADER) + sizeof(struct udphdr);
	ssize_t n = read(fd, buf + header, sizeof(buf) - header);
	uint32_t serial;

	return n > 0 && serial_get(buf, header + (size_t)n, &serial) ?
		(long)serial : -1;
}

/* SIGINT comes when all has been sent: what is there by then has come. */
static __attribute__((noreturn)) void count_serials(int fd, bool v6)
{
	static uint8_t times[1 << SERIAL_BITS];
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	for (;;) {
		long serial;

		int n = poll(&pfd, 1, ended ? 0 : -1);

		/* A signal alone says nothing of what is there. */
		if (n == 0)
			break;
		if (n < 0)
			continue;
		serial = receive_serial(fd, v6);
		if (serial >= 0 && serial < 1 << SERIAL_BITS)
			times[serial]++;
	}
	for (long s = 0; s < 1 << SERIAL_BITS; s++)
		if (times[s])
			printf("sink/in %ld %u\n", s, times[s]);
	exit(0);
}

static void swallow(int fd)
{
	static char buf[65536];

	while (read(fd, buf, sizeof(buf)) > 0)
		continue;
	close(fd);
	_exit(0);
}

static __attribute__((noreturn)) void sink(char **argv)
{
	bool stream;
	struct sockaddr_storage ss;
	socklen_t len;
	char where[80];
	int fd, one = 1, big = 64 << 20;
	struct sigaction sa = { .sa_handler = end };

	if (!argv[0] || !argv[1] || !argv[2])
		usage();
	stream = strcmp(argv[0], "tcp") == 0;
	snprintf(where, sizeof(where), "%s/%s", argv[1], argv[2]);
	take_address(&ss, &len, where);
	fd = socket(ss.ss_family, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (argv[3])
		big = atoi(argv[3]);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	if (bind(fd, (void *)&ss, len) != 0 || (stream && listen(fd, 16) != 0))
		die("bind");
	if (!stream)
		sigaction(SIGINT, &sa, NULL);
	puts("ready");
	fflush(stdout);
	if (!stream)
		count_serials(fd, ss.ss_family == AF_INET6);
	for (;;) {
		int conn = accept(fd, NULL, NULL);

		if (conn >= 0 && fork() == 0)
			swallow(conn);
		close(conn);
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *name; long (*send)(struct job *); }
	kinds[] = {
		{ "udp", send_udp }, { "tcp", send_tcp },
		{ "icmp", send_icmp }, { "frame", send_frames },
	};
	static struct job job = { .step = 1, .count = 1, .cpu = -1,
				  .size = 300 };
	long sent = -1;
	size_t i;

	if (argc > 1 && strcmp(argv[1], "sink") == 0)
		sink(argv + 2);
	if (argc < 4)
		usage();
	take_address(&job.from, &job.len, argv[2]);
	take_address(&job.to, &job.len, argv[3]);
	take_options(&job, argv + 4);
	memset(job.data, 'x', sizeof(job.data));
	stay_on(job.cpu);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			sent = kinds[i].send(&job);
	if (sent < 0)
		usage();
	printf("%ld\n", sent);
	return sent == job.count ? 0 : 1;
}

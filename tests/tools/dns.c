// SPDX-License-Identifier: GPL-2.0-or-later
/* dns: a DNS server that knows an address for every name, and a client to ask it. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HEAD = 12, MESSAGE = 512, TTL = 300 };

/* Documentation addresses (RFC 5737, RFC 3849). */
static const char answer_v4[] = "203.0.113.80", answer_v6[] = "2001:db8::80";

static int make_address(struct sockaddr_storage *ss, const char *text)
{
	struct sockaddr_in *v4 = (void *)ss;
	struct sockaddr_in6 *v6 = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(53);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(53);
		return sizeof(*v6);
	}
	fprintf(stderr, "dns: '%s' is not an address\n", text);
	exit(2);
}

static uint8_t *put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

/* End of the one question, or 0 when the message is none that we answer. */
static size_t question_end(const uint8_t *m, size_t len)
{
	size_t at = HEAD;

	if (len < HEAD || m[2] & 0x80 || m[4] || m[5] != 1)
		return 0;
	while (at < len && m[at] != 0) {
		if (m[at] > NS_MAXLABEL)
			return 0;
		at += m[at] + 1u;
	}
	return at + 5 <= len ? at + 5 : 0;
}

/* Turn a question into its answer in place; the new length. */
static size_t answer(uint8_t *m, size_t end)
{
	unsigned int type = (unsigned int)m[end - 4] << 8 | m[end - 3];
	uint8_t *p = m + end;
	size_t len = type == ns_t_a ? 4 : type == ns_t_aaaa ? 16 : 0;

	m[2] |= 0x80;			/* a response ... */
	m[3] = 0x80;			/* ... recursion available, no error */
	m[6] = 0;
	m[7] = len ? 1 : 0;		/* answers */
	memset(m + 8, 0, 4);
	if (!len)
		return end;
	p = put16(p, 0xc000 | HEAD);	/* the question's name */
	p = put16(p, type);
	p = put16(p, ns_c_in);
	p = put16(put16(p, 0), TTL);
	p = put16(p, (unsigned int)len);
	if (len == 4)
		inet_pton(AF_INET, answer_v4, p);
	else
		inet_pton(AF_INET6, answer_v6, p);
	return end + 12 + len;
}

static int open_server(const char *address)
{
	struct sockaddr_storage ss;
	int len = make_address(&ss, address), one = 1;
	int fd = socket(ss.ss_family, SOCK_DGRAM, 0);

	if (ss.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (fd < 0 || bind(fd, (void *)&ss, (socklen_t)len) != 0) {
		perror("dns: bind");
		exit(2);
	}
	return fd;
}

static void serve_one(int fd)
{
	uint8_t m[MESSAGE + 64];
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	ssize_t n = recvfrom(fd, m, MESSAGE, 0, (void *)&peer, &len);
	size_t end = n > 0 ? question_end(m, (size_t)n) : 0;

	if (end)
		sendto(fd, m, answer(m, end), 0, (void *)&peer, len);
}

static int serve(int count, char **address)
{
	struct pollfd p[4];
	int i;

	if (count > 4)
		return 2;
	for (i = 0; i < count; i++) {
		p[i].fd = open_server(address[i]);
		p[i].events = POLLIN;
	}
	puts("ready");
	fflush(stdout);
	while (poll(p, (nfds_t)count, -1) > 0)
		for (i = 0; i < count; i++)
			if (p[i].revents)
				serve_one(p[i].fd);
	return 2;
}

static size_t question(uint8_t *m, const char *name, unsigned int type)
{
	uint8_t *p = m + HEAD;
	size_t part;

	memset(m, 0, HEAD);
	put16(m, (unsigned int)getpid());
	m[2] = 1;			/* recursion desired */
	m[5] = 1;			/* one question */
	for (; *name; name += part + (name[part] == '.')) {
		part = strcspn(name, ".");
		if (part == 0 || part > NS_MAXLABEL ||
		    p + part + 6 > m + MESSAGE)
			return 0;
		*p++ = (uint8_t)part;
		memcpy(p, name, part);
		p += part;
	}
	*p++ = 0;
	p = put16(put16(p, type), ns_c_in);
	return (size_t)(p - m);
}

static int print_answer(const uint8_t *m, size_t len)
{
	char text[INET6_ADDRSTRLEN];
	size_t end;
	uint8_t copy[MESSAGE];
	int family;

	memcpy(copy, m, len);
	copy[2] &= 0x7f;
	end = question_end(copy, len);
	if (!end || m[7] != 1 || (len != end + 16 && len != end + 28))
		return 1;
	family = len == end + 16 ? AF_INET : AF_INET6;
	puts(inet_ntop(family, m + end + 12, text, sizeof(text)));
	return 0;
}

static int query(const char *server, const char *name, const char *type)
{
	uint8_t m[MESSAGE];
	struct timeval wait = { .tv_sec = 1 };
	struct sockaddr_storage ss;
	int len = make_address(&ss, server);
	int fd = socket(ss.ss_family, SOCK_DGRAM, 0);
	size_t size = question(m, name, strcasecmp(type, "AAAA") == 0 ?
			       ns_t_aaaa : ns_t_a);
	ssize_t n;

	if (fd < 0 || !size || connect(fd, (void *)&ss, (socklen_t)len) != 0 ||
	    send(fd, m, size, 0) != (ssize_t)size) {
		perror("dns: query");
		close(fd);
		return 2;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	n = recv(fd, m, sizeof(m), 0);
	close(fd);
	if (n < 0) {
		fputs("dns: no answer\n", stderr);
		return 1;
	}
	return print_answer(m, (size_t)n);
}

/* SERVER NAME TYPE a line, one after the other; whether an answer came is not told. */
static int query_each(void)
{
	char line[MESSAGE], server[64], name[256], type[8];

	while (fgets(line, sizeof(line), stdin))
		if (sscanf(line, "%63s %255s %7s", server, name, type) == 3)
			query(server, name, type);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "serve") == 0)
		return serve(argc - 2, argv + 2);
	if (argc == 5 && strcmp(argv[1], "query") == 0)
		return query(argv[2], argv[3], argv[4]);
	if (argc == 2 && strcmp(argv[1], "each") == 0)
		return query_each();
	fputs("usage: dns serve ADDRESS...\n"
	      "       dns query SERVER NAME {A|AAAA}\n"
	      "       dns each   (SERVER NAME TYPE in each line of stdin)\n", stderr);
	return 2;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* rounds: sends a datagram to each of some ports in turn, each from a port of its own, round by round. */
#include "address.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char usage_text[] =
	"usage: rounds ADDRESS FIRST-PORT LAST-PORT SECONDS FILE\n"
	"SECONDS: between two rounds. FILE: how many there were, in digits.\n";

/* Nobody need be there: what comes of it is not asked. */
static void send_one(const char *address, int port)
{
	struct addrinfo *to;
	char number[16];
	int fd;

	snprintf(number, sizeof(number), "%d", port);
	to = address_look_up(address, number, SOCK_DGRAM);
	if (!to) {
		fprintf(stderr, "rounds: %s %s\n", address, number);
		exit(2);
	}
	fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		perror("rounds: socket");
		exit(1);
	}
	(void)!sendto(fd, "x\n", 2, 0, to->ai_addr, to->ai_addrlen);
	close(fd);
	freeaddrinfo(to);
}

static void pause_for(double seconds)
{
	struct timespec t = { .tv_sec = (time_t)seconds };

	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	nanosleep(&t, NULL);
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 6) {
		fputs(usage_text, stderr);
		return 2;
	}
	fd = open(argv[5], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		perror(argv[5]);
		return 1;
	}
	for (long n = 1;; n++) {
		char text[32];
		int length = snprintf(text, sizeof(text), "%ld\n", n);

		for (int port = atoi(argv[2]); port <= atoi(argv[3]); port++)
			send_one(argv[1], port);
		if (pwrite(fd, text, (size_t)length, 0) != length) {
			perror(argv[5]);
			return 1;
		}
		pause_for(atof(argv[4]));
	}
}

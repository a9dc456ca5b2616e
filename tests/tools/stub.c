// SPDX-License-Identifier: GPL-2.0-or-later
/* stub: sends packets whose transport header is cut off. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* usage: stub ADDRESS PROTOCOL BYTES: one packet with so many bytes behind IP's header */
int main(int argc, char *argv[])
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST }, *to;
	char bytes[64] = { 0 };
	size_t len;
	int fd;

	if (argc != 4 || getaddrinfo(argv[1], NULL, &hints, &to) != 0) {
		fputs("usage: stub ADDRESS PROTOCOL BYTES\n", stderr);
		return 2;
	}
	len = strtoul(argv[3], NULL, 10);
	fd = socket(to->ai_family, SOCK_RAW, atoi(argv[2]));
	if (fd < 0 || len > sizeof(bytes) ||
	    sendto(fd, bytes, len, 0, to->ai_addr, to->ai_addrlen) < 0) {
		perror("stub");
		return 1;
	}
	freeaddrinfo(to);
	return 0;
}

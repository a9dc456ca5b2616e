// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_packet: a packet's bytes -> one line that is fit for a terminal. */
#include <linux/netfilter.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kept.h"
#include "packet/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte: family, how much is said, and how much room there is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room;
	struct packet p;
	uint8_t *bytes;
	char *line;

	if (size < 1)
		return 0;
	room = data[0] & 4 ? (data[0] >> 3) + 1u : 1024;
	bytes = malloc(size > 1 ? size - 1 : 1);
	line = malloc(room);
	if (!bytes || !line)
		abort();
	memcpy(bytes, data + 1, size - 1);
	packet_decode(&p, data[0] & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4, bytes,
		      size - 1);
	kept_read(&p, line, room, data[0] & 2);
	kept_use_all(&p);
	free(bytes);
	free(line);
	return 0;
}

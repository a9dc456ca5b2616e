// SPDX-License-Identifier: GPL-2.0-or-later
/* listen_queue: connections for which a listening socket of TCP had no room. */
#include "host/listen_queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Names and numbers are in a line each: "TcpExt: A B", "TcpExt: 1 2". */
static bool take_number(char *names, char *numbers, uint64_t *times)
{
	char *at_name, *at_number;
	const char *name = strtok_r(names, " \n", &at_name);
	const char *number = strtok_r(numbers, " \n", &at_number);

	while (name && number) {
		if (strcmp(name, "ListenOverflows") == 0)
			return sscanf(number, "%" SCNu64, times) == 1;
		name = strtok_r(NULL, " \n", &at_name);
		number = strtok_r(NULL, " \n", &at_number);
	}
	return false;
}

bool listen_queue_full(uint64_t *times)
{
	static char names[16384], numbers[16384];
	FILE *f = fopen("/proc/net/netstat", "re");
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(names, sizeof(names), f) &&
	       fgets(numbers, sizeof(numbers), f))
		found = take_number(names, numbers, times);
	fclose(f);
	return found;
}

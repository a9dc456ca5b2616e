// SPDX-License-Identifier: GPL-2.0-or-later
/* group: multicast groups, and which of them an interface has joined. */
#include "host/group.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

bool group_is(bool six, const uint8_t *addr)
{
	return six ? addr[0] == 0xff : addr[0] >= 224 && addr[0] < 240;
}

/* /proc/net/igmp6: "2    eth0            ff02000000000000000000000000fb0 ..." */
static enum group_state look_v6(FILE *f, const uint8_t *addr,
				const char *iface)
{
	char line[256], name[64], text[64], want[33];

	for (unsigned int i = 0; i < 16; i++)
		snprintf(want + 2 * i, 3, "%02x", addr[i]);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " %*d %63s %63s", name, text) == 2 &&
		    strcmp(name, iface) == 0 && strcmp(text, want) == 0)
			return GROUP_JOINED;
	return GROUP_NOT_JOINED;
}

/*
 * /proc/net/igmp: a line "2\teth0      :     1 V3" for each interface, and behind it
 * one for each group, "\t\t\t\tFB0000E0 ...": the address as a number of this
 * machine.
 */
static enum group_state look_v4(FILE *f, const uint8_t *addr,
				const char *iface)
{
	size_t len = strlen(iface);
	char line[256], name[64];
	unsigned int group;
	bool here = false;
	uint32_t want;

	memcpy(&want, addr, sizeof(want));
	while (fgets(line, sizeof(line), f)) {
		if (line[0] != '\t')
			here = sscanf(line, "%*d %63s", name) == 1 &&
			       strncmp(name, iface, len) == 0 &&
			       (!name[len] || name[len] == ':');
		else if (here && sscanf(line, " %x", &group) == 1 &&
			 group == want)
			return GROUP_JOINED;
	}
	return GROUP_NOT_JOINED;
}

enum group_state group_look(bool six, const uint8_t *addr, const char *iface)
{
	FILE *f = fopen(six ? "/proc/net/igmp6" : "/proc/net/igmp", "re");
	enum group_state state;

	if (!f)
		return GROUP_UNKNOWN;
	state = six ? look_v6(f, addr, iface) : look_v4(f, addr, iface);
	fclose(f);
	return state;
}

/*
 * "  2   eth0 0xe8000132 0x0a090909      1      0", the name cut off: so many want that
 * source, so many all but that one.
 */
bool group_list_refuses(FILE *list, const uint8_t *group, const uint8_t *source,
			uint32_t index)
{
	unsigned int at, addr, from;
	unsigned long wanted, unwanted;
	bool some = false, all_but = false;
	uint32_t to, by;
	char line[256];

	memcpy(&to, group, sizeof(to));
	memcpy(&by, source, sizeof(by));
	while (fgets(line, sizeof(line), list)) {
		if (sscanf(line, " %u %*s 0x%x 0x%x %lu %lu", &at, &addr, &from,
			   &wanted, &unwanted) != 5 ||
		    at != index || addr != ntohl(to))
			continue;
		if (from == ntohl(by))
			return !wanted;
		some = true;
		all_but |= unwanted > 0;
	}
	return some && !all_but;
}

bool group_refuses(const uint8_t *group, const uint8_t *source, uint32_t index)
{
	FILE *f = fopen("/proc/net/mcfilter", "re");
	bool refuses;

	if (!f)
		return false;
	refuses = group_list_refuses(f, group, source, index);
	fclose(f);
	return refuses;
}

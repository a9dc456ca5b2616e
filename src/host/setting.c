// SPDX-License-Identifier: GPL-2.0-or-later
/* setting: sysctls of the network namespace that the process is in. */
#include "host/setting.h"

#include <stdio.h>

long setting_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long n = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

long setting_of(bool six, const char *iface, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s",
		 six ? "ipv6" : "ipv4", iface, name);
	return setting_number(path);
}

bool setting_either(bool six, const char *iface, const char *name)
{
	return setting_of(six, iface, name) > 0 ||
	       setting_of(six, "all", name) > 0;
}

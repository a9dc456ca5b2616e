// SPDX-License-Identifier: GPL-2.0-or-later
/* portid: the process that has a netlink socket of netfilter's. */
#include "rules/base/portid.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netlink.h>

/* Inode of the NETLINK_NETFILTER socket of this port id, 0: none. */
static unsigned long portid_inode(uint32_t portid)
{
	FILE *f = fopen("/proc/net/netlink", "re");
	unsigned long inode, found = 0;
	unsigned int proto, port;
	char line[256];

	if (!f)
		return 0;
	while (!found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %u %u %*s %*s %*s %*s %*s %*s %lu",
			   &proto, &port, &inode) == 3 &&
		    proto == NETLINK_NETFILTER && port == portid)
			found = inode;
	fclose(f);
	return found;
}

static bool process_has_socket(const char *pid, unsigned long inode)
{
	char path[300], want[64], link[64];
	struct dirent *d;
	bool found = false;
	ssize_t n;
	DIR *dir;

	snprintf(want, sizeof(want), "socket:[%lu]", inode);
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && !found && (d = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, d->d_name);
		n = readlink(path, link, sizeof(link) - 1);
		if (n > 0) {
			link[n] = '\0';
			found = strcmp(link, want) == 0;
		}
	}
	if (dir)
		closedir(dir);
	return found;
}

pid_t portid_process(uint32_t portid, bool *shared)
{
	unsigned long inode = portid_inode(portid);
	struct dirent *d;
	pid_t pid = 0;
	DIR *proc;

	if (shared)
		*shared = false;
	if (inode == 0)
		return 0;
	proc = opendir("/proc");
	while (proc && (!pid || (shared && !*shared)) && (d = readdir(proc))) {
		if (d->d_name[0] < '1' || d->d_name[0] > '9' ||
		    !process_has_socket(d->d_name, inode))
			continue;
		if (pid)
			*shared = true;
		else
			pid = atoi(d->d_name);
	}
	if (proc)
		closedir(proc);
	return pid;
}

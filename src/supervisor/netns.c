// SPDX-License-Identifier: GPL-2.0-or-later
/* netns: enters the network namespace of --netns. */
#include "supervisor/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"

static bool is_number(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == '\0';
}

/* A name first: `ip netns add 42` is possible. */
static int open_namespace(const char *word)
{
	char path[PATH_MAX];
	int fd;

	/* A FIFO would wait for whoever writes to it. */
	if (strchr(word, '/'))
		return open(word, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	snprintf(path, sizeof(path), "/run/netns/%s", word);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 || errno != ENOENT || !is_number(word))
		return fd;
	snprintf(path, sizeof(path), "/proc/%s/ns/net", word);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int explain_open(const char *word, int err)
{
	if (err == EACCES || err == EPERM) {
		msg("error: '--netns %s' needs root: %s", word, strerror(err));
		return STATUS_FAILURE;
	}
	if (strchr(word, '/'))
		msg("error: '--netns %s' cannot be opened: %s", word,
		    strerror(err));
	else if (is_number(word))
		msg("error: '--netns %s': there is no process of that number "
		    "here (a container's own PIDs are other ones; try "
		    "lsns -t net)", word);
	else
		msg("error: '--netns %s': there is no network namespace of "
		    "that name: see ip netns list and lsns -t net, or give a "
		    "process's PID", word);
	return STATUS_USAGE;
}

int netns_open(const char *word, int *status)
{
	int fd = open_namespace(word);

	*status = fd < 0 ? explain_open(word, errno) : 0;
	return fd;
}

int netns_enter(const char *word)
{
	int status, fd = netns_open(word, &status), err;

	if (fd < 0)
		return status;
	err = setns(fd, CLONE_NEWNET) < 0 ? errno : 0;
	close(fd);
	if (err == EINVAL) {
		msg("error: '--netns %s' is no network namespace", word);
		return STATUS_USAGE;
	}
	if (err) {
		msg("error: entering the network namespace '%s': needs root "
		    "or CAP_SYS_ADMIN (%s)", word, strerror(err));
		return STATUS_FAILURE;
	}
	return 0;
}

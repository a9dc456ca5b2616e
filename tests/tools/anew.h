/* SPDX-License-Identifier: GPL-2.0-or-later */
/* anew: a file that is new, whatever was there of that name; for enter and spawn. */
#ifndef ANEW_H
#define ANEW_H

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/** anew - who still writes into an old one does so where nobody reads it; -1 with errno */
static inline int anew(const char *name, const char *ending)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s%s", name, ending);
	unlink(path);
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
}

#endif

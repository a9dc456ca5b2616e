// SPDX-License-Identifier: GPL-2.0-or-later
/* no_fanotify: a preloaded library that refuses fanotify(7), as the kernel does in a user namespace. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>

int fanotify_init(unsigned int flags, unsigned int event_flags)
{
	(void)flags, (void)event_flags;
	errno = EPERM;
	return -1;
}

/* With NO_INOTIFY there is none of that either. */
int inotify_init1(int flags)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "inotify_init1");

	if (!getenv("NO_INOTIFY"))
		return real(flags);
	errno = EMFILE;
	return -1;
}

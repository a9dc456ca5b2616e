// SPDX-License-Identifier: GPL-2.0-or-later
/* scribbles: a preloaded library: what an unprivileged helper hands over is not what it has made. */
/* A program may call these by either of their names. */
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "rules/legacy/snapshot.h"

/*
 * SCRIBBLES: what the helper writes into its result when that is whole:
 *
 *   heap, chains, rules	that these begin far behind its end
 *   counts			that there are very many of each
 *   ones			each byte of it
 *   short			nothing, but it is no longer than 16 bytes
 */
static char *result;
static size_t room;

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *(*real)(void *, size_t, int, int, int, off_t) =
		(void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap");
	void *mapped = real(at, len, prot, flags, fd, offset);

	if (mapped != MAP_FAILED && flags & MAP_SHARED && prot & PROT_WRITE && fd >= 0) {
		result = mapped;
		room = len;
	}
	return mapped;
}

void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t offset)
{
	return mmap(at, len, prot, flags, fd, (off_t)offset);
}

static void scribble(const char *what)
{
	struct snapshot *s = (struct snapshot *)result;

	if (strcmp(what, "heap") == 0)
		s->heap_at = 1ull << 40;
	else if (strcmp(what, "chains") == 0)
		s->chain_at = 1ull << 40;
	else if (strcmp(what, "rules") == 0)
		s->rule_at = 1ull << 40;
	else if (strcmp(what, "counts") == 0)
		s->tables = s->chains = s->rules = s->targets = UINT32_MAX / 2;
	else if (strcmp(what, "ones") == 0)
		memset(result, 0xff, sizeof(*s));
}

/* It lets go of what it has mapped, or of what it does not need, when all is there. */
int munmap(void *at, size_t len)
{
	int (*real)(void *, size_t) = (int (*)(void *, size_t))dlsym(RTLD_NEXT, "munmap");
	const char *what = getenv("SCRIBBLES");

	if (what && result && (char *)at >= result && (char *)at < result + room &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0) {
		scribble(what);
		result = NULL;
	}
	return real(at, len);
}

int ftruncate(int fd, off_t len)
{
	int (*real)(int, off_t) = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate");
	const char *what = getenv("SCRIBBLES");

	return real(fd, what && strcmp(what, "short") == 0 && !result && len ? 16 : len);
}

int ftruncate64(int fd, off64_t len)
{
	return ftruncate(fd, (off_t)len);
}

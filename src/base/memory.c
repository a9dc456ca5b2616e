// SPDX-License-Identifier: GPL-2.0-or-later
/* memory: how much of it the reader may take; strangers say what it has to keep. */
#include "base/memory.h"

#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/sandbox.h"

enum { PACKETS = 16384 };	/* under way, set aside and held; two states each */

static size_t reserve;

static void lower(rlim_t *to, rlim_t limit)
{
	if (limit < *to)
		*to = limit;
}

void memory_bound(uint32_t snaplen)
{
	rlim_t most = ((rlim_t)MEMORY_MIB << 20) +
		(rlim_t)snaplen * 2 * PACKETS;
	struct rlimit data, as;

	/* A sanitizer's shadows are larger. */
	if (sandbox_is_wide())
		return;
	if (getrlimit(RLIMIT_DATA, &data) == 0) {
		lower(&most, data.rlim_cur);
		data.rlim_cur = data.rlim_max = most;
		setrlimit(RLIMIT_DATA, &data);
	}
	if (getrlimit(RLIMIT_AS, &as) == 0)
		lower(&most, as.rlim_cur);
	reserve = (size_t)(most / 4);
}

bool memory_is_short(void)
{
	void *probe;

	if (!reserve)
		return false;
	probe = mmap(NULL, reserve, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (probe == MAP_FAILED)
		return true;
	munmap(probe, reserve);
	return false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* stats: what the reader tells the supervisor, in memory that both share. */
#include "protocol/stats.h"

#include <stddef.h>
#include <sys/mman.h>

struct stats *stats_open(void)
{
	struct stats *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return s == MAP_FAILED ? NULL : s;
}

void stats_close(struct stats *s)
{
	if (s)
		munmap(s, sizeof(*s));
}

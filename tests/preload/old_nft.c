// SPDX-License-Identifier: GPL-2.0-or-later
/* old_nft: a preloaded library that makes nf_tables refuse table owners, as before Linux 5.12. */
#include <dlfcn.h>
#include <stdint.h>

struct nftnl_table;

enum { FLAGS = 2 /* NFTNL_TABLE_FLAGS */, OWNER = 1 << 1, UNKNOWN = 1 << 20 };

void nftnl_table_set_u32(struct nftnl_table *t, uint16_t attr, uint32_t data);

/* The kernel itself refuses, since it is asked for a flag that no kernel has. */
void nftnl_table_set_u32(struct nftnl_table *t, uint16_t attr, uint32_t data)
{
	void (*real)(struct nftnl_table *, uint16_t, uint32_t) =
		(void (*)(struct nftnl_table *, uint16_t, uint32_t))
		dlsym(RTLD_NEXT, "nftnl_table_set_u32");

	real(t, attr, attr == FLAGS && data & OWNER ? data | UNKNOWN : data);
}

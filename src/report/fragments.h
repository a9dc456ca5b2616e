/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fragments: what a form of report writes of a place, worked out once and then copied. */
#ifndef NFTRACE_FRAGMENTS_H
#define NFTRACE_FRAGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fragments;
struct outbuf;

/** fragments_open - none yet; NULL: no memory.  fragments_close() takes NULL */
struct fragments *fragments_open(void);
void fragments_close(struct fragments *f);

/** fragments_put - write the one of place @id; false: it is not kept yet */
bool fragments_put(const struct fragments *f, uint32_t id, struct outbuf *o);

/** fragments_keep - a copy of @bytes for place @id; without memory, none */
void fragments_keep(struct fragments *f, uint32_t id, const char *bytes,
		    size_t len);

#endif

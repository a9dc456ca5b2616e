/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_text_cache: what a form of report writes of a place, worked out once and then copied. */
#ifndef NFTRACE_PLACE_TEXT_CACHE_H
#define NFTRACE_PLACE_TEXT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct place_text_cache;
struct outbuf;

/** place_text_cache_open - none yet; NULL: no memory.  place_text_cache_close() takes NULL */
struct place_text_cache *place_text_cache_open(void);
void place_text_cache_close(struct place_text_cache *f);

/** place_text_cache_put - write the one of place @id; false: it is not kept yet */
bool place_text_cache_put(const struct place_text_cache *f, uint32_t id,
			  struct outbuf *o);

/** place_text_cache_keep - a copy of @bytes for place @id; without memory, none */
void place_text_cache_keep(struct place_text_cache *f, uint32_t id,
			   const char *bytes, size_t len);

/** place_text_cache_forget - the id will be another place's */
void place_text_cache_forget(struct place_text_cache *f, uint32_t id);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* place_text_cache: what a form of report writes of a place, worked out once and then copied. */
#include "report/place_text_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/outbuf.h"

struct fragment {
	char *bytes;
	size_t len;
};

struct place_text_cache {
	struct fragment *of;	/* by place id */
	uint32_t room;
};

struct place_text_cache *place_text_cache_open(void)
{
	return calloc(1, sizeof(struct place_text_cache));
}

void place_text_cache_close(struct place_text_cache *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; i < f->room; i++)
		free(f->of[i].bytes);
	free(f->of);
	free(f);
}

bool place_text_cache_put(const struct place_text_cache *f, uint32_t id,
			  struct outbuf *o)
{
	if (id >= f->room || !f->of[id].bytes)
		return false;
	outbuf_bytes(o, f->of[id].bytes, f->of[id].len);
	return true;
}

static bool make_cache_room(struct place_text_cache *f, uint32_t id)
{
	uint32_t room = id * 2 + 64;
	struct fragment *more;

	if (id < f->room)
		return true;
	more = realloc(f->of, room * sizeof(*more));
	if (!more)
		return false;
	memset(more + f->room, 0, (room - f->room) * sizeof(*more));
	f->of = more;
	f->room = room;
	return true;
}

void place_text_cache_keep(struct place_text_cache *f, uint32_t id,
			   const char *bytes, size_t len)
{
	char *copy = make_cache_room(f, id) && !f->of[id].bytes ? malloc(len) : NULL;

	if (!copy)
		return;
	memcpy(copy, bytes, len);
	f->of[id].bytes = copy;
	f->of[id].len = len;
}

void place_text_cache_forget(struct place_text_cache *f, uint32_t id)
{
	if (id >= f->room)
		return;
	free(f->of[id].bytes);
	f->of[id].bytes = NULL;
}

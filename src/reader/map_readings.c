// SPDX-License-Identifier: GPL-2.0-or-later
/* map_readings: elements of verdict maps that were read, by the rules that ask them. */
#include "reader/map_readings.h"

#include <string.h>
#include <unistd.h>

#include "rules/nft/elements.h"

static void forget_readings(struct map_readings *m, struct map_reading *r)
{
	if (r->elements)
		m->bytes -= r->elements->size;
	nft_elements_unmap(r->elements);
	memset(r, 0, sizeof(*r));
}

void map_readings_close(struct map_readings *m)
{
	for (unsigned int i = 0; i < MAP_READINGS; i++)
		forget_readings(m, &m->list[i]);
	nft_elements_unmap(m->answer);
	m->answer = NULL;
}

struct map_reading *map_readings_find(struct map_readings *m, uint64_t rule)
{
	for (unsigned int i = 0; i < MAP_READINGS; i++)
		if (m->list[i].rule == rule)
			return &m->list[i];
	return NULL;
}

void map_readings_answer(struct map_readings *m, uint32_t ask, int fd, size_t size)
{
	nft_elements_unmap(m->answer);
	m->answer = fd >= 0 ? nft_elements_map(fd, size) : NULL;
	m->answered = ask;
	if (fd >= 0)
		close(fd);
}

struct map_reading *map_readings_keep(struct map_readings *m, uint32_t generation)
{
	struct map_reading *r = map_readings_find(m, m->rule);

	if (!r)
		r = &m->list[m->next++ % MAP_READINGS];
	forget_readings(m, r);
	for (unsigned int i = 0; i < MAP_READINGS && m->bytes > MAP_READINGS_BYTES; i++)
		forget_readings(m, &m->list[i]);
	r->rule = m->rule;
	r->elements = m->answer;
	r->generation = r->elements ? r->elements->generation : generation;
	m->bytes += r->elements ? r->elements->size : 0;
	m->answer = NULL;
	m->rule = 0;
	return r;
}

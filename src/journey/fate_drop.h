/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fate_drop: what the kernel's drop record makes of a fate. */
#ifndef NFTRACE_FATE_DROP_H
#define NFTRACE_FATE_DROP_H

#include <stdbool.h>
#include <stdint.h>

struct drop_seen;
struct journey;
struct path_map;

/**
 * fate_drop - what silence meant is known better now: .kind, .hook and .drop of a fate
 * @b: the branch, whose record is in its .path; without one nothing is done
 *
 * To be called behind journey_find_fates(), when no more of the journey comes.
 */
void fate_drop(struct journey *j, unsigned int b, const struct path_map *map);

/** fate_drop_is_there - has the branch a record, and nothing come behind it? */
bool fate_drop_is_there(const struct journey *j, unsigned int b);

/**
 * fate_drop_by_rule - words for who dropped it, should a record say later that a verdict did
 * Return: constant; NULL: no rule, as it had left the table behind its last event.
 */
const char *fate_drop_by_rule(const struct journey *j, unsigned int b);

/**
 * fate_drop_kind - what becomes of a fate that was told already
 * @out: by which interface it went out; 0: none, or it is not known
 * @many: drop_sight.many
 * @copied: drop_look.copied
 * Return: enum fate_kind; FATE_COUNT: the record tells nothing of it.
 */
uint8_t fate_drop_kind(uint8_t kind, uint32_t out, const struct drop_seen *seen,
		       bool many, bool copied);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_object: what a component calls the thing for which it wrote a rule. */
#ifndef NFTRACE_COMPONENT_OBJECT_H
#define NFTRACE_COMPONENT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

struct component_frames;
struct pattern_pieces;

/**
 * component_object - what .object or .around of a row says of a frame
 * @to: COMPONENT_OBJECT bytes
 * Return: false: part of it cannot be told, or there is no room: @to is as it was.
 */
bool component_object(char *to, const char *words,
		      const struct component_frames *f, unsigned int depth,
		      const struct pattern_pieces *pieces);

/**
 * component_policy_asked - was one asked at this step, from the chain that decided?
 * @name: COMPONENT_OBJECT bytes: its name, or "" where it is not known
 */
bool component_policy_asked(const struct component_frames *f, uint32_t step,
			    char *name);

#endif

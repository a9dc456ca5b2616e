/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_proof: what must be so besides, where a name alone is anybody's. */
#ifndef NFTRACE_COMPONENT_PROOF_H
#define NFTRACE_COMPONENT_PROOF_H

#include <stdbool.h>

#include "rules/base/strview.h"

struct component_frames;
struct component_row;
struct pattern_pieces;

/** component_is_proved - is what @row->proof asks for so? */
bool component_is_proved(struct component_frames *f, unsigned int depth,
			 const struct component_row *row,
			 const struct pattern_pieces *pieces);

/** component_is_bridge - is this what Docker calls a network's bridge? */
bool component_is_bridge(struct strview name);

#endif

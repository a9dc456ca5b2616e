/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_step: an event's word, and its line in the block for people -> a step. */
#ifndef NFTRACE_RECORD_STEP_H
#define NFTRACE_RECORD_STEP_H

#include <stdbool.h>

#include "rules/base/strview.h"

struct reading;

/** record_take_line - the next TRACE line of the block; false: none is left */
bool record_take_line(struct reading *rd, struct strview *line);

/** record_take_step - the fields behind "e", and the next TRACE line */
bool record_take_step(struct reading *rd, struct strview fields);

#endif

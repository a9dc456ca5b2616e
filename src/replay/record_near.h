/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_near: the rules that a packet nearly met: words of its record -> near misses. */
#ifndef NFTRACE_REPLAY_RECORD_NEAR_H
#define NFTRACE_REPLAY_RECORD_NEAR_H

#include <stdbool.h>

#include "rules/base/strview.h"

struct reading;

/** record_take_near - what is behind "m,": of the fate in front of it; false: it is none */
bool record_take_near(struct reading *rd, struct strview t);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_fate: the words of a record that tell of fates. */
#ifndef NFTRACE_RECORD_FATE_H
#define NFTRACE_RECORD_FATE_H

#include <stdbool.h>

#include "rules/base/strview.h"

struct reading;

/** record_take_fate - the fields behind "f,": the next branch's; false: it cannot be */
bool record_take_fate(struct reading *rd, struct strview t);

/** record_take_owner - those behind "o,": of the fate in front of it */
bool record_take_owner(struct reading *rd, struct strview t);

#endif

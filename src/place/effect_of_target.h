/* SPDX-License-Identifier: GPL-2.0-or-later */
/* effect_of_target: what a target of xtables does to a packet, by its name in a rule. */
#ifndef NFTRACE_EFFECT_OF_TARGET_H
#define NFTRACE_EFFECT_OF_TARGET_H

#include <stdint.h>

#include "rules/base/strview.h"

/**
 * effect_of_target - "ACCEPT", "MARK", "cali-FORWARD": what is no target is a chain
 * Return: enum place_effect.
 */
uint8_t effect_of_target(struct strview name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_words: what the writer and the reader of records must agree on. */
#ifndef NFTRACE_RECORD_WORDS_H
#define NFTRACE_RECORD_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "journey/journey.h"
#include "rules/base/units.h"

/* Letters of "flags="; those that only a journey under way needs are not kept. */
static const struct record_flag {
	char letter;
	uint8_t flag;
} record_flags[] = {
	{ 'g', JOURNEY_GAP },
	{ 'a', JOURNEY_AMBIGUOUS },
	{ 's', JOURNEY_STAMPED },
	{ 'h', JOURNEY_HEADLESS },
	{ 'n', JOURNEY_NAT },
};

enum { RECORD_FLAGS = ARRAY_SIZE(record_flags) };

#endif

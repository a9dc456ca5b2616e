// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_place: a log prefix -> a place, or the knowledge that it is none. */
#include <linux/netfilter.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "place/place.h"
#include "place/place_index.h"
#include "place/prefix.h"
#include "rules/view/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ruleset none;
	struct place_index *idx = place_index_open(&none, NULL);
	char *prefix = malloc(size ? size : 1);

	if (!idx || !prefix)
		abort();
	memcpy(prefix, data, size);
	place_looks_like_trace(prefix, size);
	/* Without rules nothing may be found, and nothing be kept. */
	if (place_find(idx, NFPROTO_IPV4, prefix, size) ||
	    place_find(idx, NFPROTO_BRIDGE, prefix, size) || place_count(idx))
		abort();
	place_index_close(idx);
	free(prefix);
	return 0;
}

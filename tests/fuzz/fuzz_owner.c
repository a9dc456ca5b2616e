// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_owner: a rule's comment -> a run of ours, only when it is one to the letter. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/owner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), again[OWNER_TEXT];
	struct owner o;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (owner_parse(&o, text)) {
		owner_format(&o, again);
		if (strcmp(text, again) != 0 || o.pid <= 0)
			abort();
	}
	free(text);
	return 0;
}

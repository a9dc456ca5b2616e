// SPDX-License-Identifier: GPL-2.0-or-later
/* libbpf: the library's functions that are used, loaded where they are wanted. */
#include "drop/libbpf.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "rules/base/units.h"

#define LIBRARY "libbpf.so.1"

bool libbpf_load(struct libbpf *l)
{
	const struct {
		const char *name;
		void *to;
	} symbols[] = {
		{ "libbpf_set_print", &l->set_print },
		{ "bpf_map_create", &l->map_create },
		{ "bpf_prog_load", &l->prog_load },
		{ "bpf_raw_tracepoint_open", &l->raw_tracepoint_open },
	};
	void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		void *symbol = dlsym(library, symbols[i].name);

		if (!symbol)
			return false;
		memcpy(symbols[i].to, &symbol, sizeof(symbol));
	}
	/* What goes wrong is told by the caller, in a sentence. */
	l->set_print(NULL);
	return true;
}

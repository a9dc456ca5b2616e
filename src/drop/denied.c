// SPDX-License-Identifier: GPL-2.0-or-later
/* denied: why the caller may not load a BPF program. */
#include "drop/denied.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cap-ng.h>

#include "rules/base/units.h"

/* In the first user namespace every id is mapped, to itself. */
static bool in_user_namespace(void)
{
	FILE *f = fopen("/proc/self/uid_map", "re");
	unsigned long inside, outside, count;
	bool yes;

	if (!f)
		return false;
	yes = fscanf(f, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
		count != UINT32_MAX;
	fclose(f);
	return yes;
}

static bool has(unsigned int capability)
{
	return capng_have_capability(CAPNG_EFFECTIVE, capability) == 1;
}

static bool lacks_capabilities(void)
{
	return capng_get_caps_process() == 0 && !has(CAP_SYS_ADMIN) &&
		!(has(CAP_BPF) && has(CAP_PERFMON));
}

/* Is there a line that begins with @word, and has @what? */
static bool file_says(const char *path, const char *word, const char *what)
{
	FILE *f = fopen(path, "re");
	char line[256];
	bool yes = false;

	while (f && !yes && fgets(line, sizeof(line), f))
		yes = strncmp(line, word, strlen(word)) == 0 &&
			strstr(line, what);
	if (f)
		fclose(f);
	return yes;
}

bool drop_denied_reading(void)
{
	return file_says("/sys/kernel/security/lockdown", "",
			 "[confidentiality]");
}

static bool is_filtered(void)
{
	return file_says("/proc/self/status", "Seccomp:", "2");
}

const char *drop_denied_why(void)
{
	static const struct {
		bool (*holds)(void);
		const char *why;
	} causes[] = {
		{ in_user_namespace, "this is a user namespace, and "
				     "capabilities in it do not count" },
		{ lacks_capabilities, "it needs CAP_BPF and CAP_PERFMON, or "
				      "CAP_SYS_ADMIN" },
		{ drop_denied_reading, "the kernel is locked down "
				  "(confidentiality)" },
		{ is_filtered, "a seccomp filter forbids it" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].holds())
			return causes[i].why;
	return "";
}

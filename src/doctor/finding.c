// SPDX-License-Identifier: GPL-2.0-or-later
/* finding: a sentence on this host, to whoever looks for such. */
#include "doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>

static finding_fn *told;

void finding_tell(finding_fn *tell)
{
	told = tell;
}

void finding(const char *fmt, ...)
{
	char sentence[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	told(sentence);
}

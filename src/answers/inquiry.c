// SPDX-License-Identifier: GPL-2.0-or-later
/* inquiry: a question about a packet's end while it is answered, in a helper child. */
#include "answers/inquiry.h"

#include <stdarg.h>
#include <stdio.h>

bool inquiry_tell(struct inquiry *i, enum cause_finding finding,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(i->text, sizeof(i->text), fmt, ap);
	va_end(ap);
	i->finding = finding;
	return true;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* parse: how a parse is left when the words or the kernel are refused. */
#include "rules/match/parse.h"

#include <stdarg.h>
#include <stdio.h>

void parse_refuse(struct parse *p, enum match_status status,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->r->message, sizeof(p->r->message), fmt, ap);
	va_end(ap);
	p->r->status = status;
	longjmp(p->trap, PARSE_REFUSED);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_event: the word of a record for one event; the writing. */
#ifndef NFTRACE_RECORD_EVENT_H
#define NFTRACE_RECORD_EVENT_H

#include <stdint.h>

struct outbuf;
struct report_env;
struct step;

/** record_put_step - " e" and what differs from @before; for the first that is zeroed */
void record_put_step(struct outbuf *o, const struct report_env *env,
		     const struct step *s, const struct step *before);

/** record_put_interface - a field: its letter and the name.  Return: behind it */
char *record_put_interface(char *p, char letter, const struct report_env *env,
			   uint32_t index);

#endif

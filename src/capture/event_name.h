/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_name: a name in a message of nf_tables. */
#ifndef NFTRACE_EVENT_NAME_H
#define NFTRACE_EVENT_NAME_H

#include <stdint.h>

struct event_name {
	const char *text;	/* not terminated; "" where absent */
	uint32_t len;
};

#endif

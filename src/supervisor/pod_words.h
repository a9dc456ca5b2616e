/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pod_words: what is said of a pod or container that was found. */
#ifndef NFTRACE_POD_WORDS_H
#define NFTRACE_POD_WORDS_H

#include <stddef.h>

#include "pod/pod.h"

enum {
	POD_WORDS = 1024,
	POD_WORDS_ID = 12,	/* bytes of an id that are told */
};

/** pod_words_link - "cali123 (its eth0)", or why it has no end here */
void pod_words_link(char *buf, size_t size, const struct pod_link *l);

/** pod_words_name - "shop/web-0", or a container's name, or @else_: what it was asked for by */
void pod_words_name(char *buf, size_t size, const struct pod_found *f,
		    const char *else_);

/** pod_words_all - what tells it from others: hostname, id, addresses, a process */
void pod_words_all(char *buf, size_t size, const struct pod_found *f);

#endif

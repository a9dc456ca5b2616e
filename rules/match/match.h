/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match: a match expression in iptables' words -> the kernel's rule bytes. */
#ifndef NFTRACE_MATCH_H
#define NFTRACE_MATCH_H

#include "rules/base/helper.h"
#include "rules/match/match_request.h"

struct family;

/**
 * match_start - begin to parse in a helper child
 * match_finish - wait; @res holds the result until helper_release()
 *
 * Return: 0 or -errno; *result is borrowed from @res and never NULL on
 * success (a helper that died is reported as MATCH_DIED with its words).
 */
int match_start(struct helper *h, const struct match_request *req);
int match_finish(struct helper *h, struct helper_result *res,
		 const struct match_result **result);

/** match_entry_bytes, match_entry_text - borrowed from @r */
const void *match_entry_bytes(const struct match_result *r, unsigned int i);
const char *match_entry_text(const struct match_result *r, unsigned int i);

#endif

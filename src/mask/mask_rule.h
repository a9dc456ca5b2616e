/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_rule: a rule's text in output for strangers. */
#ifndef NFTRACE_MASK_RULE_H
#define NFTRACE_MASK_RULE_H

#include <stddef.h>

#include "rules/base/strview.h"

struct mask;
struct strbuf;

/**
 * mask_rule - the rule as it was written, with other addresses and names
 * @text: as iptables-save or nft prints it, or an element of a map
 * @to: MASK_RULE_ROOM() of the text's length is enough
 *
 * What is no word of their languages, no option and no number is a name.
 */
void mask_rule(struct mask *m, struct strbuf *to, struct strview text);

/* Of one byte and a blank a name can become, or an address. */
#define MASK_RULE_ROOM(len) (24 * (size_t)(len) + 64)

#endif

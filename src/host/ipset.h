/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipset: would a packet be found in a set of ipset, as things are now? */
#ifndef NFTRACE_IPSET_H
#define NFTRACE_IPSET_H

#include "rules/base/ipset_key.h"

/**
 * ipset_look - ask the kernel, as "ipset test" does
 *
 * Neither counters nor timeouts change by it.  Of a list of sets each is asked, up
 * to 16 of them.  Where another set's name begins with this one and a space nothing is
 * known: in a rule's text both read alike.  net/netfilter/ipset tells what a rule asks
 * which type of set for.
 */
void ipset_look(const struct ipset_key *k, struct ipset_answer *a);

#endif

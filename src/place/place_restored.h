/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_restored: places that a file names, without the rules that made them. */
#ifndef NFTRACE_PLACE_RESTORED_H
#define NFTRACE_PLACE_RESTORED_H

#include <stdbool.h>

struct place;

/**
 * place_describe_restored - all that a prefix alone tells
 * @p: with all that a place_known tells; its .chain is allocated here, and its .table
 *	may lie behind it
 */
bool place_describe_restored(struct place *p);

#endif

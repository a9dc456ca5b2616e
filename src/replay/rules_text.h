/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules_text: the files of --rules -> a snapshot of each family. */
#ifndef NFTRACE_RULES_TEXT_H
#define NFTRACE_RULES_TEXT_H

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/base/strview.h"

struct snapshot;

/**
 * rules_text_load - read the files and make snapshots of them, in helpers
 * @paths: NULL-terminated
 * @res, @snap: by family_index(); helper_release() the results; a family that
 *	no file has is left NULL
 * @nft: the text, when tables of nft are in it: free(3) its .at; read in the
 *	reader, not here
 * Return: 0, or the exit status after a report.
 */
int rules_text_load(char *const paths[],
		    struct helper_result res[FAMILY_COUNT],
		    const struct snapshot *snap[FAMILY_COUNT],
		    struct strview *nft);

#endif

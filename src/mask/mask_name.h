/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_name: names in output for strangers. */
#ifndef NFTRACE_MASK_NAME_H
#define NFTRACE_MASK_NAME_H

#include "mask/mask.h"
#include "rules/base/strview.h"

struct strbuf;

/** mask_name - "set-2" for a name that is new as a set's; a known one's is what it was */
void mask_name(struct mask *m, struct strbuf *to, enum mask_kind kind,
	       struct strview name);

/** mask_interface - the same; lo stays, and so does the "+" or "*" behind a beginning */
void mask_interface(struct mask *m, struct strbuf *to, struct strview name);

/**
 * mask_chain - the same; builtin chains stay, and those that programs give to every host
 * Of chains that a program makes for one pod or service the beginning stays:
 * "KUBE-SEP-12".
 */
void mask_chain(struct mask *m, struct strbuf *to, struct strview name);

/** mask_table - the same; tables that programs give to every host stay */
void mask_table(struct mask *m, struct strbuf *to, struct strview name);

/** mask_is_plain_chain - does mask_chain() leave it, or its beginning? */
bool mask_is_plain_chain(struct strview name);

/** mask_is_masked - is it what one of these has written? */
bool mask_is_masked(struct strview word);

#endif

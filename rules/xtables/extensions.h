/* SPDX-License-Identifier: GPL-2.0-or-later */
/* extensions: which matches are installed. */
#ifndef NFTRACE_EXTENSIONS_H
#define NFTRACE_EXTENSIONS_H

struct helper_out;

/** extensions_list - the names of all matches, a line each */
void extensions_list(struct helper_out *out);

#endif

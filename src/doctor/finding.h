/* SPDX-License-Identifier: GPL-2.0-or-later */
/* finding: a sentence on this host, to whoever looks for such. */
#ifndef NFTRACE_FINDING_H
#define NFTRACE_FINDING_H

/** Is told of a finding; the sentence has no full stop, and is the caller's. */
typedef void finding_fn(const char *sentence);

/** finding_tell - who is told of each from now on */
void finding_tell(finding_fn *tell);

/** finding - tell of one, as printf(3) has it: at most 511 bytes */
void finding(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

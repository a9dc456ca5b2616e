/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_lacks: what this kernel has not that a run's own rules need, and why, in words. */
#ifndef NFTRACE_KERNEL_LACKS_H
#define NFTRACE_KERNEL_LACKS_H

#include <stdbool.h>
#include <stddef.h>

struct family;

enum { LACKS_TEXT = 320 };	/* bytes of a sentence, with its NUL */

/**
 * kernel_lacks_raw - after the kernel has refused TRACE rules in raw: what of them it has not
 * @err: the -errno of the refusal
 * Return: false: it takes such a rule without the user's words, or that cannot be tried.
 */
bool kernel_lacks_raw(char text[LACKS_TEXT], const struct family *f, int err);

/** kernel_lacks_nft - the same of a run's own table of nft: asked for one without words */
bool kernel_lacks_nft(char text[LACKS_TEXT], const struct family *f);

/** kernel_lacks_group - after NFLOG group 0 could not be bound: is there nobody to bind it? */
bool kernel_lacks_group(char text[LACKS_TEXT]);

#endif

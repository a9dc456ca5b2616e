/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_refresh: the moments in which legacy's rules may become others. */
#ifndef NFTRACE_LEGACY_REFRESH_H
#define NFTRACE_LEGACY_REFRESH_H

struct run;

/** legacy_window_open - from now on legacy's rules may become others; idempotent */
void legacy_window_open(struct run *r);

/**
 * legacy_window_close - they may not any more, or may be looked at; idempotent
 * Return: 0 or -errno.
 */
int legacy_window_close(struct run *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot_make: reads a family's tables and renders their rules, in a helper child. */
#ifndef NFTRACE_SNAPSHOT_MAKE_H
#define NFTRACE_SNAPSHOT_MAKE_H

#include "rules/legacy/snapshot.h"

struct family;
struct helper;
struct helper_result;
struct helper_then;
struct owner;

/**
 * snapshot_start - read every table that exists, in a helper child
 * @own: rules whose comment names this run are marked SNAP_OWN and are left
 *	out of the digests; NULL: none are
 *
 * snapshot_finish() waits for it.
 * Return: 0 or -errno.
 */
int snapshot_start(struct helper *h, const struct family *f,
		   const struct owner *own, enum snap_detail detail);

/**
 * snapshot_prepare - instead of snapshot_start(), to have it begun early
 *
 * After one helper_go() it reads all tables but raw, after a second one raw and
 * whatever came into being since.  Then it tells how many entries that are
 * (helper_heard()): the tables may change from there on.  After a third one it makes
 * the texts, for which alone it needs libxtables.
 */
int snapshot_prepare(struct helper *h, const struct family *f,
		     const struct owner *own);

/** snapshot_then - instead of snapshot_prepare(): behind another job that needs libxtables */
void snapshot_then(struct helper_then *then, struct helper *h,
		   const struct family *f, const struct owner *own);

/**
 * snapshot_read - at once and in this process, without texts, where rules are few
 * @own: as for snapshot_start()
 * @snap: borrowed from @res, valid until helper_release(); NULL after an error
 * @fd: as of snapshot_finish()
 * Return: 0 or -errno.
 */
int snapshot_read(const struct family *f, const struct owner *own,
		  struct helper_result *res, const struct snapshot **snap, int *fd);

#endif

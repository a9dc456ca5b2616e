/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot_sound: is a snapshot that an unprivileged process has made what it says it is? */
#ifndef NFTRACE_SNAPSHOT_SOUND_H
#define NFTRACE_SNAPSHOT_SOUND_H

#include <stdbool.h>
#include <stddef.h>

struct family;
struct snapshot;

/**
 * snapshot_sound - does all that @s points to lie in it?
 * @f: whose tables it has to be of
 * @len: bytes that are there; nobody may write them any more
 *
 * Whatever then is looked up, by the accessors of snapshot.h and by an index that
 * stands in there, is inside, and every search comes to an end.  Names are
 * terminated.  The texts may be anything.
 */
bool snapshot_sound(const struct snapshot *s, size_t len,
		    const struct family *f);

#endif

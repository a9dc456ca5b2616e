/* SPDX-License-Identifier: GPL-2.0-or-later */
/* render: a rule's bytes -> its text, byte for byte as iptables-save prints it. */
#ifndef NFTRACE_RENDER_H
#define NFTRACE_RENDER_H

#include <stddef.h>

struct family;

/**
 * render_open - make ready for one family; helper children only, after xt_open()
 *
 * Takes over stdout of the process: extensions print there.
 */
void render_open(const struct family *f);

/**
 * render_entry - the text of one entry behind "-A CHAIN"
 * @entry: kernel bytes, which stay as they are
 * @jump: name to print as the target when it is a jump to a user chain or a
 *	standard verdict (ACCEPT, DROP, QUEUE, RETURN); NULL: the entry's own
 *	target, by its name
 * @len: bytes of the text, which is not NUL-terminated
 *
 * Begins with a blank when not empty (" -s 10.0.0.0/8 -j ACCEPT"), so that the
 * rule is "-A CHAIN" + text.
 *
 * Return: borrowed until the next call.  Never NULL: what an extension
 * cannot print is given by name, revision and hex.
 */
const char *render_entry(const struct family *f, const void *entry,
			 const char *jump, size_t *len);

#endif

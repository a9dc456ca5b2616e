/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_near: the rules that a packet nearly met, as words of its record. */
#ifndef NFTRACE_RECORD_NEAR_H
#define NFTRACE_RECORD_NEAR_H

struct near_misses;
struct outbuf;

/** record_put_near - behind the fate's word; NULL: nothing */
void record_put_near(struct outbuf *o, const struct near_misses *near);

#endif

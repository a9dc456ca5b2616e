/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_conntrack: the state of a packet's connection, for people, programs and recordings. */
#ifndef NFTRACE_REPORT_CONNTRACK_H
#define NFTRACE_REPORT_CONNTRACK_H

#include <stdbool.h>

struct conntrack;
struct journey;
struct outbuf;
struct packet;

/** report_conntrack - "(conntrack) NEW, original direction, id 5"; false: nothing is told */
bool report_conntrack(struct outbuf *o, const struct journey *j);

/** report_conntrack_json - the value of "conntrack", null included */
void report_conntrack_json(struct outbuf *o, const struct conntrack *c,
			   const struct packet *p);

/** report_conntrack_record - " ct=NEW,d0,i5,m0" */
void report_conntrack_record(struct outbuf *o, const struct journey *j);

#endif

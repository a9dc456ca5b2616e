/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump: all that the kernel has of one kind, by one request over netlink. */
#ifndef NFTRACE_DUMP_H
#define NFTRACE_DUMP_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/**
 * dump_ask - send @type with @body behind its header, and hand on each answer
 * @bus: NETLINK_ROUTE, ...
 * @flags: NLM_F_DUMP, or 0 for a request with one answer
 * @body, @size: the header of the family, and attributes, as they go out
 * Return: 0; -errno: it cannot be asked, or the kernel says no.
 */
int dump_ask(int bus, uint16_t type, uint16_t flags, const void *body,
	     size_t size, mnl_cb_t cb, void *arg);

/**
 * dump_text - an attribute's text, whether a zero byte ends it there or not
 * @to: @size bytes, all of which are written; "": it is longer
 */
void dump_text(char *to, size_t size, const struct nlattr *attr);

#endif

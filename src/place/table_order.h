/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_order: the kernel's legacy tables, their names and who comes first at a hook. */
#ifndef NFTRACE_TABLE_ORDER_H
#define NFTRACE_TABLE_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* In the order in which a hook runs them; nat stands where it runs. */
enum table_order {
	T_RAW, T_MANGLE, T_DNAT, T_FILTER, T_SECURITY, T_SNAT,
	T_OTHER, T_COUNT
};

/**
 * table_order - where table @name runs at @hook, enum table_order
 * @hook: NF_INET_*: nat runs as T_DNAT or T_SNAT by it
 * Priorities: include/uapi/linux/netfilter_ipv4.h.
 */
uint8_t table_order(const char *name, uint8_t hook);

/**
 * table_order_name - the one copy of a table's name, to be compared by address
 * NULL: the kernel has no such table.
 */
const char *table_order_name(const char *name, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifnames: interface index -> name, kept up to date without any privilege. */
#ifndef NFTRACE_IFNAMES_H
#define NFTRACE_IFNAMES_H

#include <stddef.h>
#include <stdint.h>

struct ifnames;

/**
 * ifnames_open - list the interfaces of this network namespace and follow them
 * Return: NULL with errno set.
 */
struct ifnames *ifnames_open(void);

/** ifnames_close - NULL is nothing */
void ifnames_close(struct ifnames *names);

/**
 * ifnames_new - an empty list, for interfaces that a file names
 * ifnames_index - the number of a name, which gets one when it is new; lo is 1
 */
struct ifnames *ifnames_new(void);
uint32_t ifnames_index(struct ifnames *names, const char *name, size_t len);

/** ifnames_set - that interface has this name from now on */
void ifnames_set(struct ifnames *names, uint32_t index, const char *name,
		 size_t len);

/** ifnames_fd - readable when names have changed: call ifnames_update(); -1: never */
int ifnames_fd(const struct ifnames *names);
void ifnames_update(struct ifnames *names);

/**
 * ifnames_get - "eth0"; "" for 0; "if17" when it is not known
 * Also names of interfaces that are gone.  Escaped for output; borrowed until
 * the fourth next call.
 *
 * ifnames_raw - the name itself, for who escapes in a way of its own
 */
const char *ifnames_get(const struct ifnames *names, uint32_t index);
const char *ifnames_raw(const struct ifnames *names, uint32_t index);

/**
 * ifnames_vrfs - those that are a VRF's device
 * @size: of @index, which ends with 0: of more the first ones
 */
void ifnames_vrfs(const struct ifnames *names, uint32_t *index, size_t size);

/** ifnames_version - another number whenever a name has changed, or come */
uint32_t ifnames_version(const struct ifnames *names);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete_names: names of this network namespace, for a shell's completion. */
#ifndef NFTRACE_COMPLETE_NAMES_H
#define NFTRACE_COMPLETE_NAMES_H

/*
 * Each is told once or more.  What cannot be read is left out: a shell must not
 * be told why.
 */
typedef void complete_names_fn(void *arg, const char *name);

/** complete_names_fates - fates, in small letters */
void complete_names_fates(complete_names_fn *fn, void *arg);

/** complete_names_interfaces - its interfaces */
void complete_names_interfaces(complete_names_fn *fn, void *arg);

/** complete_names_netns - names of ip-netns(8) */
void complete_names_netns(complete_names_fn *fn, void *arg);

/** complete_names_pods, complete_names_containers - that --pod and --container find */
void complete_names_pods(complete_names_fn *fn, void *arg);
void complete_names_containers(complete_names_fn *fn, void *arg);

/** complete_names_tables, complete_names_chains - of both backends */
void complete_names_tables(complete_names_fn *fn, void *arg);
void complete_names_chains(complete_names_fn *fn, void *arg);

#endif

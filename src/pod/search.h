/* SPDX-License-Identifier: GPL-2.0-or-later */
/* search: who of all processes fits a pod's or a container's name. */
#ifndef NFTRACE_POD_SEARCH_H
#define NFTRACE_POD_SEARCH_H

struct helper_out;

/**
 * search_find - a job for helper_start(); it goes to other namespaces and comes back
 * @arg: struct pod_question; it leaves a struct pod_answer
 */
int search_find(const void *arg, struct helper_out *out);

/**
 * search_list - the same: every name that could be asked for
 * @arg: struct pod_question, of which .container alone counts
 *
 * The helper leaves lines: "NAMESPACE/NAME" of pods; of containers names and 12 digits of ids.
 */
int search_list(const void *arg, struct helper_out *out);

#endif

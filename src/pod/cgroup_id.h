/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cgroup_id: a process's cgroup, as /proc has it -> the container's id. */
#ifndef NFTRACE_CGROUP_ID_H
#define NFTRACE_CGROUP_ID_H

#include <stdbool.h>

enum { CGROUP_ID = 65 };	/* 64 digits and a NUL */

/**
 * cgroup_id - the innermost container's
 * @text: lines of /proc/PID/cgroup, of version 1, 2 or both
 * @own: those of who looks: what is the same there is around both, and no container
 * @id: gets it; "" when no part of a path is one
 *
 * An id is 32 digits or more, alone (docker, kubelet with cgroupfs) or behind a runtime's
 * word: "cri-containerd-ID.scope", "libpod-ID", "pod7.slice:cri-containerd:ID".
 * What watches a container (conmon) is not in it.
 * Return: there is one.
 */
bool cgroup_id(const char *text, const char *own, char id[CGROUP_ID]);

/** cgroup_is_pod - kubelet has made it for a pod */
bool cgroup_is_pod(const char *text);

#endif

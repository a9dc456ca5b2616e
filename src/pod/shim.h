/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shim: the process that started a container, which knows what it is called. */
#ifndef NFTRACE_POD_SHIM_H
#define NFTRACE_POD_SHIM_H

#include <stdbool.h>
#include <stddef.h>

#include "pod/pod.h"

struct proc_dir;

struct shim {
	char id[POD_NAME];	/* the container's or its pod's; "" */
	char name[POD_NAME];	/* what podman and cri-o call it; "" */
};

/**
 * shim_words - read them off a command line
 * @words: as in /proc/PID/cmdline, each with a NUL behind it
 * Return: it is that of a conmon or a containerd-shim.
 */
bool shim_words(struct shim *s, const char *words, size_t len);

/**
 * shim_of - the parent of a process, if it is one
 *
 * A shim must see other mounts or another network than the process: what runs in a
 * container can call itself anything, and so can what it starts there.
 */
bool shim_of(struct shim *s, const struct proc_dir *d);

/** shim_pod - cri-o's name of a container, "k8s_C_POD_NAMESPACE_UID_0" -> its pod's */
bool shim_pod(const char *name, char pod[POD_NAME], char space[POD_SPACE]);

#endif

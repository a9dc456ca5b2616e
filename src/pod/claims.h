/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claims: what one process shows of the pod and the container that it is in. */
#ifndef NFTRACE_POD_CLAIMS_H
#define NFTRACE_POD_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "pod/pod.h"
#include "pod/shim.h"

struct proc_dir;

enum { CLAIMS_CGROUP = 8192 };

/* Who looks, and where it is; hostnames by their namespaces, which many share. */
struct claims_reader {
	uint64_t net, uts, program;	/* inodes of its own */
	int home;		/* its UTS namespace */
	char cgroup[CLAIMS_CGROUP];	/* lines of its own */
	uint64_t uts_seen;	/* whose hostname is .hostname */
	char hostname[POD_HOST];
};

/* "": it shows none. */
struct claims {
	uint64_t net;
	bool own_uts;		/* a hostname that is not the reader's */
	bool of_pod;		/* kubelet made its cgroup */
	char hostname[POD_HOST];
	char space[POD_SPACE];	/* of its service account, or of its name at cri-o */
	char pod[POD_NAME];	/* of its name at cri-o */
	char id[CGROUP_ID];
	struct shim shim;
};

/** claims_reader_open, _close - for a process that may go to other UTS namespaces */
void claims_reader_open(struct claims_reader *r);
void claims_reader_close(struct claims_reader *r);

/** claims_of_search - a process of nftrace's, which is a guest wherever it looks */
bool claims_of_search(const struct claims_reader *r, const struct proc_dir *d);

/**
 * claims_read - all of one process, but .space
 * Return: false: it may not be looked at (errno EACCES), or is gone.
 */
bool claims_read(struct claims_reader *r, struct claims *c,
		 const struct proc_dir *d);

/** claims_read_space - that, from a file of its root, unless it is known */
void claims_read_space(struct claims *c, const struct proc_dir *d);

/** claims_pod_name - of its pod: cri-o's, else the hostname that it has as such; or "" */
const char *claims_pod_name(const struct claims *c);

/**
 * claims_fit - is it the one that is asked for?  Of a pod's namespace it is not asked here
 *
 * A hostname has 63 bytes: of a longer name of a pod it is the beginning, less
 * the "-" and "." at its end.
 */
bool claims_fit(const struct claims *c, const struct pod_question *q);

#endif

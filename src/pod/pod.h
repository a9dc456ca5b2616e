/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pod: what is asked by a pod's or container's name, and what was found. */
#ifndef NFTRACE_POD_H
#define NFTRACE_POD_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pod/cgroup_id.h"

enum {
	POD_NAME = 254,		/* bytes of a name, with its NUL */
	POD_SPACE = 64,		/* of a Kubernetes namespace's */
	POD_HOST = 65,		/* of a hostname */
	POD_KIND = 16,
	POD_LINKS = 8,
	POD_ADDRESSES = 16,
	POD_FOUND = 16,		/* that are told of */
};

struct pod_question {
	bool container;		/* by .name alone: name, id or hostname */
	char space[POD_SPACE];	/* "": of any */
	char name[POD_NAME];
};

/* An interface in its network namespace, up, and not lo. */
struct pod_link {
	char name[IFNAMSIZ];
	char kind[POD_KIND];	/* "veth"; "": the kernel does not say */
	uint8_t mac[6];
	char here[IFNAMSIZ];	/* its other end in this namespace; "": not here */
	char bridge[IFNAMSIZ];	/* whose port that is; "": none's */
	char lower[IFNAMSIZ];	/* what here it stands on (macvlan); "": nothing */
};

struct pod_address {
	uint8_t nfproto;
	uint8_t byte[16];
};

/* A network namespace in which a process fits the question.  Texts are strangers'. */
struct pod_found {
	pid_t pid;		/* of the first such process */
	uint64_t netns;		/* inode */
	bool of_node;		/* it is this one: no interface of its own */
	char command[16];
	char hostname[POD_HOST];
	char space[POD_SPACE];	/* "": no process shows it */
	char id[POD_NAME];	/* of the container; "": not known */
	char name[POD_NAME];	/* as its runtime calls it; "" */
	int error;		/* -errno: its interfaces could not be read */
	uint32_t links, addresses;
	struct pod_link link[POD_LINKS];
	struct pod_address address[POD_ADDRESSES];
};

struct pod_answer {
	uint32_t count;		/* may be more than POD_FOUND */
	uint32_t unseen;	/* processes that may not be looked at */
	pid_t of_node;		/* a process of a pod of .space in the node's network */
	char of_node_command[16];
	pid_t spaceless;	/* one of that name shows no namespace */
	char near[POD_SPACE + POD_NAME];	/* what may have been meant; "" */
	struct pod_found found[POD_FOUND];
};

#endif

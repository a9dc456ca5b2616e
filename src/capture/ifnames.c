// SPDX-License-Identifier: GPL-2.0-or-later
/* ifnames: interface index -> name, kept up to date without any privilege. */
#include "capture/ifnames.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "base/escape.h"
#include "rules/base/netlink.h"

enum { BUCKETS = 256, INDEXES = 4096 };

struct name {
	struct name *next;
	uint32_t index;
	bool vrf;
	char raw[IFNAMSIZ];
	char text[4 * IFNAMSIZ];	/* fit for output */
};

struct ifnames {
	int fd;
	uint32_t count;		/* ifnames_index(): given so far */
	uint32_t version;	/* names that were set so far */
	struct name *bucket[BUCKETS];
};

void ifnames_set(struct ifnames *n, uint32_t index, const char *text,
		 size_t len)
{
	struct name **head = &n->bucket[index % BUCKETS], *e;

	for (e = *head; e && e->index != index; e = e->next)
		;
	if (!e) {
		e = calloc(1, sizeof(*e));
		if (!e)
			return;
		e->index = index;
		e->next = *head;
		*head = e;
	}
	len = strnlen(text, len < IFNAMSIZ ? len : IFNAMSIZ - 1);
	/* Most of what is told of an interface leaves its name as it is. */
	if (strlen(e->raw) == len && memcmp(e->raw, text, len) == 0)
		return;
	n->version++;
	memcpy(e->raw, text, len);
	e->raw[len] = '\0';
	escape_text(e->text, sizeof(e->text), text, len);
}

static struct name *find(const struct ifnames *n, uint32_t index)
{
	struct name *e = n->bucket[index % BUCKETS];

	while (e && e->index != index)
		e = e->next;
	return e;
}

static int on_info(const struct nlattr *attr, void *arg)
{
	static const char kind[] = "vrf";
	bool *vrf = arg;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
		*vrf = mnl_attr_get_payload_len(attr) >= sizeof(kind) &&
		       memcmp(mnl_attr_get_payload(attr), kind, sizeof(kind)) == 0;
	return MNL_CB_OK;
}

static int on_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi;
	const struct nlattr *attr;
	struct name *e;
	bool vrf = false;

	if (nlh->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return MNL_CB_OK;
	ifi = mnl_nlmsg_get_payload(nlh);
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			ifnames_set(arg, (uint32_t)ifi->ifi_index,
				    mnl_attr_get_str(attr),
				    mnl_attr_get_payload_len(attr));
		else if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			mnl_attr_parse_nested(attr, on_info, &vrf);
	}
	e = find(arg, (uint32_t)ifi->ifi_index);
	if (e)
		e->vrf = vrf;
	return MNL_CB_OK;
}

/* Return: 0 at the end of a dump, 1: more to come, or -errno. */
static int receive(struct ifnames *n, int flags)
{
	char buf[32768] __attribute__((aligned(8)));
	ssize_t len = netlink_receive(n->fd, buf, sizeof(buf), flags);

	if (len < 0)
		return (int)len;
	return mnl_cb_run(buf, (size_t)len, 0, 0, on_link, n);
}

static int dump(struct ifnames *n)
{
	char buf[256] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;
	int more;

	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	if (send(n->fd, nlh, nlh->nlmsg_len, 0) < 0)
		return -errno;
	do
		more = receive(n, 0);
	while (more > 0);
	return more;
}

struct ifnames *ifnames_open(void)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK,
	};
	struct ifnames *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (n->fd < 0 ||
	    bind(n->fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    dump(n) < 0) {
		ifnames_close(n);
		return NULL;
	}
	return n;
}

struct ifnames *ifnames_new(void)
{
	struct ifnames *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->fd = -1;
	ifnames_index(n, "lo", 2);
	return n;
}

uint32_t ifnames_index(struct ifnames *n, const char *name, size_t len)
{
	len = strnlen(name, len < IFNAMSIZ ? len : IFNAMSIZ - 1);
	for (unsigned int b = 0; b < BUCKETS; b++)
		for (const struct name *e = n->bucket[b]; e; e = e->next)
			if (strlen(e->raw) == len &&
			    memcmp(e->raw, name, len) == 0)
				return e->index;
	/* More than any host has: the rest is one. */
	if (n->count < INDEXES)
		n->count++;
	ifnames_set(n, n->count, name, len);
	return n->count;
}

void ifnames_close(struct ifnames *n)
{
	if (!n)
		return;
	if (n->fd >= 0)
		close(n->fd);
	for (unsigned int b = 0; b < BUCKETS; b++) {
		struct name *e = n->bucket[b], *next;

		for (; e; e = next) {
			next = e->next;
			free(e);
		}
	}
	free(n);
}

int ifnames_fd(const struct ifnames *n)
{
	return n->fd;
}

void ifnames_update(struct ifnames *n)
{
	while (receive(n, MSG_DONTWAIT) >= 0)
		;
}

uint32_t ifnames_version(const struct ifnames *n)
{
	return n->version;
}

void ifnames_vrfs(const struct ifnames *n, uint32_t *index, size_t size)
{
	size_t count = 0;

	for (unsigned int b = 0; b < BUCKETS; b++)
		for (const struct name *e = n->bucket[b]; e; e = e->next)
			if (e->vrf && count + 1 < size)
				index[count++] = e->index;
	index[count] = 0;
}

static const char *unknown_name(uint32_t index)
{
	static char unknown[4][16];
	static unsigned int turn;

	if (index == 0)
		return "";
	turn = (turn + 1) % 4;
	snprintf(unknown[turn], sizeof(unknown[turn]), "if%u", index);
	return unknown[turn];
}

const char *ifnames_get(const struct ifnames *n, uint32_t index)
{
	const struct name *e = find(n, index);

	return e ? e->text : unknown_name(index);
}

const char *ifnames_raw(const struct ifnames *n, uint32_t index)
{
	const struct name *e = find(n, index);

	return e ? e->raw : unknown_name(index);
}

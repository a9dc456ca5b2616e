// SPDX-License-Identifier: GPL-2.0-or-later
/* peer: the interfaces of another network namespace, and where they end in this one. */
#include "pod/peer.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_addr.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

#include "host/dump.h"
#include "pod/link_row.h"

/* What is read in there, before it is looked for here. */
struct there {
	struct pod_found *found;
	struct link_row row[POD_LINKS];
	int32_t node;		/* the number by which it knows this namespace */
};

static void on_peer_link(void *arg, const struct link_row *l)
{
	struct there *t = arg;
	struct pod_link *to;

	if (!l->up || l->loopback || t->found->links == POD_LINKS)
		return;
	t->row[t->found->links] = *l;
	to = &t->found->link[t->found->links++];
	strcpy(to->name, l->name);
	strcpy(to->kind, l->kind);
	memcpy(to->mac, l->mac, sizeof(to->mac));
}

static bool is_of(const struct pod_found *f, const struct there *t,
		  uint32_t index)
{
	for (uint32_t i = 0; i < f->links; i++)
		if (t->row[i].index == index)
			return true;
	return false;
}

static int on_address(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const size_t len = ifa->ifa_family == AF_INET6 ? 16 : 4;
	struct there *t = arg;
	struct pod_found *f = t->found;
	struct pod_address *to = &f->address[f->addresses];
	const struct nlattr *attr;
	bool local = false;

	if (f->addresses == POD_ADDRESSES ||
	    (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6) ||
	    ifa->ifa_scope != RT_SCOPE_UNIVERSE || !is_of(f, t, ifa->ifa_index))
		return MNL_CB_OK;
	to->nfproto = ifa->ifa_family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	/* IFA_ADDRESS is the other end's where there is one. */
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (mnl_attr_get_payload_len(attr) != len ||
		    (type != IFA_LOCAL && (type != IFA_ADDRESS || local)))
			continue;
		local |= type == IFA_LOCAL;
		memcpy(to->byte, mnl_attr_get_payload(attr), len);
	}
	f->addresses++;
	return MNL_CB_OK;
}

static int read_there(struct there *t, int here)
{
	struct ifaddrmsg ask = { .ifa_family = AF_UNSPEC };
	int err;

	t->node = link_nsid(here);
	err = link_rows(on_peer_link, t);
	return err ? err : dump_ask(NETLINK_ROUTE, RTM_GETADDR, NLM_F_DUMP,
				    &ask, sizeof(ask), on_address, t);
}

/* @nsid: the number by which this namespace knows that one */
static void find_here(struct pod_link *to, const struct link_row *there,
		      int32_t node, int32_t nsid)
{
	struct link_row l;

	if (there->nsid == NSID_HERE || there->nsid != node ||
	    !link_row_find(&l, there->other))
		return;
	if (l.other != there->index || l.nsid == NSID_HERE || l.nsid != nsid) {
		strcpy(to->lower, l.name);
		return;
	}
	strcpy(to->here, l.name);
	if (l.port && !if_indextoname(l.master, to->bridge))
		to->bridge[0] = '\0';
}

int peer_read(struct pod_found *f, int there, int here)
{
	struct there t = { .found = f };
	int32_t nsid;
	int err;

	if (setns(there, CLONE_NEWNET) < 0)
		return -errno;
	err = read_there(&t, here);
	if (setns(here, CLONE_NEWNET) < 0)
		return -errno;
	nsid = link_nsid(there);
	for (uint32_t i = 0; i < f->links && !err; i++)
		find_here(&f->link[i], &t.row[i], t.node, nsid);
	return err;
}

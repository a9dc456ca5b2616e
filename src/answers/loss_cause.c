// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_cause: what became of a packet whose end no event tells, as far as the host tells. */
#include "answers/loss_cause.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

#include "answers/inquiry.h"
#include "answers/loss_route.h"
#include "base/escape.h"
#include "host/address.h"
#include "host/flow.h"
#include "host/ipvs.h"
#include "host/listener.h"
#include "host/setting.h"
#include "place/table_order.h"
#include "rules/base/helper.h"
#include "rules/base/owner.h"
#include "rules/base/portid.h"
#include "rules/base/units.h"

enum { LOSS_MS = 2000 };

static bool table_is_full(struct inquiry *i)
{
	static const char max_path[] = "/proc/sys/net/netfilter/nf_conntrack_max";
	long max = setting_number(max_path);

	/* conntrack runs behind raw and in front of mangle. */
	if (i->q->order != T_RAW)
		return false;
	return max > 0 && flow_connections() >= max &&
	       inquiry_tell(i, FINDING_LIKELY, "the table of connections is "
			    "full (net.netfilter.nf_conntrack_max=%ld)", max);
}

static void explain_loss(struct inquiry *i)
{
	if (i->q->target == CAUSE_TPROXY)
		loss_route_explain_tproxy(i);
	else if (!table_is_full(i))
		loss_route_explain(i);
}

static void name_listener(uint32_t portid, char *buf, size_t size)
{
	pid_t pid = portid_process(portid, NULL);
	char name[96];

	if (!pid) {
		snprintf(buf, size, "netlink port %u", portid);
		return;
	}
	process_short_name(pid, name, sizeof(name));
	snprintf(buf, size, "pid %d (%s)", (int)pid, name);
}

/* Of the rule's queues one that nobody listens on; UINT32_MAX: there is none. */
static uint32_t deaf_queue(uint32_t first, uint32_t last)
{
	uint32_t portid;

	for (uint32_t n = first; n <= last && n <= UINT16_MAX; n++)
		if (listener_of_queue(n, &portid) == LISTENER_NONE)
			return n;
	return UINT32_MAX;
}

/* "queue 5", "queues 5:6" */
static void name_queues(char *buf, size_t size, uint32_t first, uint32_t last)
{
	if (last > first)
		snprintf(buf, size, "queues %u:%u", first, last);
	else
		snprintf(buf, size, "queue %u", first);
}

/* A rule may spread its packets over several queues. */
static void explain_queue(struct inquiry *i)
{
	uint32_t first = i->q->number, last = i->q->number_last, portid = 0;
	enum listener_state state = LISTENER_NONE;
	uint32_t n = first, deaf;
	char who[128], queues[32];

	for (; n <= last && n <= UINT16_MAX && state == LISTENER_NONE; n++)
		state = listener_of_queue(n, &portid);
	name_queues(queues, sizeof(queues), first, last);
	if (state == LISTENER_THERE) {
		deaf = deaf_queue(first, last);
		name_listener(portid, who, sizeof(who));
		if (deaf != UINT32_MAX)
			inquiry_tell(i, FINDING_HELD, "%s listens on queue %u, "
				     "and nobody on queue %u: to which it went "
				     "is not told", who, n - 1, deaf);
		else if (i->q->flags & CAUSE_SHOWS)
			inquiry_tell(i, FINDING_HELD, "%s, which listens "
				     "there, dropped it or holds it", who);
		else
			inquiry_tell(i, FINDING_HELD, "%s got it from queue "
				     "%u, and no table here would see it come "
				     "back", who, n - 1);
	} else if (state == LISTENER_NONE && i->q->flags & CAUSE_BYPASS) {
		inquiry_tell(i, FINDING_GOES_ON, "nobody listens on %s, and "
			     "the rule's bypass lets it pass", queues);
	} else if (state == LISTENER_NONE) {
		inquiry_tell(i, FINDING_LIKELY, "nobody listens on %s", queues);
	}
}

/* inet_select_addr(): one of scope global, of whatever interface. */
static void explain_masquerade(struct inquiry *i)
{
	struct address_count n;

	if (!i->six && address_count(false, i->look.out, &n) == 0 && !n.global)
		inquiry_tell(i, FINDING_DROPPED, "no interface has an address "
			     "of scope global that it could take");
}

static void explain_redirect(struct inquiry *i)
{
	struct address_count n;

	if (i->look.hook == NF_INET_PRE_ROUTING &&
	    address_count(i->six, i->look.in, &n) == 0 && !n.here)
		inquiry_tell(i, FINDING_DROPPED, "%s has no address to which "
			     "it could go", i->in);
}

/* xt_TPROXY.c: without a socket it is dropped. */
static void explain_tproxy(struct inquiry *i)
{
	const char *proto = i->q->proto == IPPROTO_TCP ? "tcp" : "udp";

	switch (listener_on_port(i->six, i->q->proto, i->q->number)) {
	case LISTENER_NONE:
		inquiry_tell(i, FINDING_DROPPED, "nothing listens on port %u "
			     "(%s)", i->q->number, proto);
		break;
	case LISTENER_NOT_TRANSPARENT:
		inquiry_tell(i, FINDING_DROPPED, "what listens on port %u (%s) "
			     "is not transparent (IP_TRANSPARENT)",
			     i->q->number, proto);
		break;
	case LISTENER_THERE:
		loss_route_explain_tproxy(i);
		break;
	case LISTENER_UNKNOWN:
		break;
	}
}

static void explain_target(struct inquiry *i)
{
	static void (*const explain[])(struct inquiry *i) = {
		[CAUSE_MASQUERADE] = explain_masquerade,
		[CAUSE_REDIRECT] = explain_redirect,
		[CAUSE_TPROXY] = explain_tproxy,
	};

	if (i->q->target && i->q->target <= CAUSE_TPROXY)
		explain[i->q->target](i);
}

static void explain_input(struct inquiry *i)
{
	struct ipvs_packet p = {
		.six = i->six, .proto = i->q->proto, .dst = i->look.dst.addr,
		.dport = i->look.dst.port, .mark = i->look.mark,
	};

	if (ipvs_serves(&p))
		inquiry_tell(i, FINDING_IPVS, "IPVS has a service at %s port "
			     "%d", i->dst, (int)p.dport);
}

/* A packet that could not be confirmed has taken its connection along. */
static void explain_connection(struct inquiry *i)
{
	struct flow_packet p = {
		.six = i->six, .proto = i->q->proto, .src = i->look.src.addr,
		.dst = i->look.dst.addr, .sport = (uint16_t)i->look.src.port,
		.dport = (uint16_t)i->look.dst.port,
	};
	uint8_t dst[16];

	if (flow_destination(&p, dst) == FLOW_NONE)
		inquiry_tell(i, FINDING_UNCONFIRMED, "likely dropped by "
			     "conntrack, which could not confirm its "
			     "connection (insert_failed)");
}

static void explain_socket(struct inquiry *i)
{
	static const char *const names[] = {
		[IPPROTO_TCP] = "tcp", [IPPROTO_UDP] = "udp",
		[IPPROTO_UDPLITE] = "udplite",
	};
	uint8_t proto = i->q->proto;
	struct listener_place at;
	char device[IF_NAMESIZE];

	if (proto >= ARRAY_SIZE(names) || !names[proto] ||
	    !listener_elsewhere(i->six, proto, (uint16_t)i->q->number, &at))
		return;
	if (!at.device || !if_indextoname(at.device, device))
		device[0] = '\0';
	inquiry_tell(i, FINDING_LIKELY, "whoever listens on %s %u does so at %s%s"
		     "%s%s%s %s", names[proto], i->q->number, at.address,
		     device[0] ? " of " : "", device,
		     at.peer[0] ? " for " : "", at.peer,
		     at.others ? "and elsewhere, not here" : "only");
}

static void read_question(struct inquiry *i)
{
	int family = i->q->nfproto == NFPROTO_IPV6 ? AF_INET6 : AF_INET;

	i->six = i->q->nfproto == NFPROTO_IPV6;
	i->look = i->q->look;
	i->dst_known = i->q->dst != CAUSE_DST_UNKNOWN;
	inet_ntop(family, i->look.src.addr, i->src, sizeof(i->src));
	inet_ntop(family, i->look.dst.addr, i->dst, sizeof(i->dst));
	if (!if_indextoname(i->look.in, i->in))
		strcpy(i->in, "?");
}

static int explain(const void *arg, struct helper_out *out)
{
	static void (*const explain_about[ABOUT_COUNT])(struct inquiry *i) = {
		[ABOUT_LOSS] = explain_loss,
		[ABOUT_QUEUE] = explain_queue,
		[ABOUT_TARGET] = explain_target,
		[ABOUT_INPUT] = explain_input,
		[ABOUT_CONNECTION] = explain_connection,
		[ABOUT_SOCKET] = explain_socket,
	};
	struct inquiry i = { .q = arg };

	read_question(&i);
	if (i.q->about < ABOUT_COUNT)
		explain_about[i.q->about](&i);
	if (helper_append(out, &i.finding, 1) < 0)
		return 1;
	return helper_append(out, i.text, strlen(i.text)) < 0;
}

enum cause_finding loss_cause_find(const struct cause_question *q,
				   char text[CAUSE_TEXT])
{
	enum cause_finding finding = FINDING_NOTHING;
	struct helper_result res;
	const uint8_t *data;

	text[0] = '\0';
	if (helper_run(explain, q, LOSS_MS, &res) < 0)
		return finding;
	data = res.data;
	if (res.status == 0 && res.len > 1) {
		finding = data[0];
		/* Names of interfaces are strangers' text, too. */
		escape_text(text, CAUSE_TEXT, (const char *)data + 1,
			    res.len - 1);
	}
	helper_release(&res);
	return finding;
}

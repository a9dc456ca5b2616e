// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_cause: why a packet that no rule dropped did not go on, as far as the host tells. */
#include "supervisor/loss_cause.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

#include "base/escape.h"
#include "place/place.h"
#include "place/table_order.h"
#include "protocol/losses.h"
#include "rules/base/helper.h"
#include "supervisor/route.h"

enum { ASK_MS = 2000 };

/* A question with all that is said of it, in the child. */
struct inquiry {
	const struct cause_question *q;
	bool six;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	char in[IF_NAMESIZE];
	char text[CAUSE_TEXT];
};

static bool tell(struct inquiry *i, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Return: true, so that a check can end with it. */
static bool tell(struct inquiry *i, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(i->text, sizeof(i->text), fmt, ap);
	va_end(ap);
	return true;
}

static long read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long n = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

/* net.ipvX.conf.IFACE.NAME; -1: there is none. */
static long setting(const struct inquiry *i, const char *iface,
		    const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s",
		 i->six ? "ipv6" : "ipv4", iface, name);
	return read_number(path);
}

static bool table_is_full(struct inquiry *i)
{
	static const char dir[] = "/proc/sys/net/netfilter/nf_conntrack_";
	char path[64];
	long count, max;

	/* conntrack runs behind raw and in front of mangle. */
	if (i->q->order != T_RAW)
		return false;
	snprintf(path, sizeof(path), "%scount", dir);
	count = read_number(path);
	snprintf(path, sizeof(path), "%smax", dir);
	max = read_number(path);
	return max > 0 && count >= max &&
	       tell(i, "the table of connections is full "
		    "(net.netfilter.nf_conntrack_max=%ld)", max);
}

static bool source_is_ours(struct inquiry *i)
{
	struct route_question rq = { .nfproto = i->q->nfproto,
				     .dst = i->q->look.src.addr };
	struct route_answer a;

	if (route_ask(&rq, &a) < 0 || a.error || a.type != RTN_LOCAL ||
	    setting(i, i->in, "accept_local") > 0 ||
	    setting(i, "all", "accept_local") > 0)
		return false;
	if (i->q->look.src.addr[0] == 127)
		return tell(i, "its source %s is a loopback address "
			    "(net.ipv4.conf.%s.route_localnet)", i->src,
			    i->in);
	return tell(i, "its source %s is an address of this host "
		    "(net.ipv4.conf.%s.accept_local=0)", i->src, i->in);
}

/* Reverse path: RFC 3704; 1: by the same interface, 2: by any. */
static bool fails_rp_filter(struct inquiry *i)
{
	long here = setting(i, i->in, "rp_filter");
	long all = setting(i, "all", "rp_filter");
	long mode = here > all ? here : all;
	struct route_question rq = { .nfproto = i->q->nfproto,
				     .dst = i->q->look.src.addr };
	struct route_answer a;

	if (i->six || mode <= 0 || route_ask(&rq, &a) < 0)
		return false;
	if (a.error)
		return tell(i, "rp_filter=%ld of %s: there is no route back "
			    "to %s", mode, i->in, i->src);
	return mode == 1 && a.out != i->q->look.in &&
	       tell(i, "rp_filter=1 of %s: the route back to %s is not "
		    "through it", i->in, i->src);
}

static bool is_local(const struct inquiry *i)
{
	struct route_question rq = { .nfproto = i->q->nfproto,
				     .mark = i->q->look.mark,
				     .dst = i->q->look.dst.addr };
	struct route_answer a;

	return route_ask(&rq, &a) == 0 && !a.error &&
	       (a.type == RTN_LOCAL || a.type == RTN_BROADCAST);
}

static bool forwarding_is_off(struct inquiry *i)
{
	/* IPv4 asks the interface; IPv6 the host, or force_forwarding. */
	if (is_local(i) || setting(i, i->six ? "all" : i->in, "forwarding"))
		return false;
	if (i->six && setting(i, i->in, "force_forwarding") > 0)
		return false;
	return tell(i, "forwarding is off (net.%s.conf.%s.forwarding=0)",
		    i->six ? "ipv6" : "ipv4", i->six ? "all" : i->in);
}

static bool no_way(struct inquiry *i, int error)
{
	switch (error) {
	case 0:
		return false;
	case -EACCES:
		return tell(i, "the route to %s is of type prohibit", i->dst);
	case -EHOSTUNREACH:
		return tell(i, "the route to %s is of type unreachable",
			    i->dst);
	case -EINVAL:
		return tell(i, "routing refuses it: a blackhole route to %s, "
			    "or an address that cannot be there", i->dst);
	default:
		return tell(i, "there is no route to %s", i->dst);
	}
}

static bool too_long(struct inquiry *i, uint32_t out)
{
	struct ifreq ifr = { .ifr_ifindex = (int)out };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool known;

	if (fd < 0)
		return false;
	known = if_indextoname(out, ifr.ifr_name) &&
		ioctl(fd, SIOCGIFMTU, &ifr) == 0;
	close(fd);
	return known && (i->q->whole || i->six) &&
	       i->q->look.length > (uint32_t)ifr.ifr_mtu &&
	       tell(i, "it is longer than the MTU of %s (%d) and must not be "
		    "fragmented", ifr.ifr_name, ifr.ifr_mtu);
}

/* Behind PREROUTING: routing, and what ip_forward() looks at. */
static void explain_input(struct inquiry *i)
{
	const struct packet_view *l = &i->q->look;
	struct route_question rq = {
		.nfproto = i->q->nfproto, .tos = l->tos, .in = l->in,
		.mark = l->mark, .src = l->src.addr, .dst = l->dst.addr,
	};
	struct route_answer a;

	if ((!i->six && source_is_ours(i)) || fails_rp_filter(i) ||
	    forwarding_is_off(i) || route_ask(&rq, &a) < 0 ||
	    no_way(i, a.error) || a.type != RTN_UNICAST)
		return;
	if (l->ttl <= 1)
		tell(i, "its %s of %u ran out", i->six ? "hop limit" : "ttl",
		     l->ttl);
	else
		too_long(i, a.out);
}

static void explain_output(struct inquiry *i)
{
	const struct packet_view *l = &i->q->look;
	struct route_question rq = {
		.nfproto = i->q->nfproto, .tos = l->tos, .mark = l->mark,
		.dst = l->dst.addr,
	};
	struct route_answer a;

	if (route_ask(&rq, &a) == 0)
		no_way(i, a.error);
}

/* Queues that somebody listens on are listed, a line each. */
static void explain_queue(struct inquiry *i)
{
	FILE *f = fopen("/proc/net/netfilter/nfnetlink_queue", "re");
	unsigned int queue;
	bool found = false;
	char line[256];

	if (!f)
		return;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, " %u", &queue) == 1 &&
			queue == i->q->queue;
	fclose(f);
	if (!found)
		tell(i, "nobody listens on queue %u", i->q->queue);
}

static int explain(const void *arg, struct helper_out *out)
{
	struct inquiry i = { .q = arg };
	const struct packet_view *l = &i.q->look;

	i.six = i.q->nfproto == NFPROTO_IPV6;
	inet_ntop(i.six ? AF_INET6 : AF_INET, l->src.addr, i.src,
		  sizeof(i.src));
	inet_ntop(i.six ? AF_INET6 : AF_INET, l->dst.addr, i.dst,
		  sizeof(i.dst));
	if (!if_indextoname(l->in, i.in))
		strcpy(i.in, "?");
	if (i.q->queued)
		explain_queue(&i);
	else if (table_is_full(&i))
		;
	else if (l->hook == NF_INET_PRE_ROUTING)
		explain_input(&i);
	else if (l->hook == NF_INET_LOCAL_OUT)
		explain_output(&i);
	return helper_append(out, i.text, strlen(i.text)) < 0;
}

void loss_cause_find(const struct cause_question *q, char text[CAUSE_TEXT])
{
	struct helper_result res;

	text[0] = '\0';
	if (helper_run(explain, q, ASK_MS, &res) < 0)
		return;
	/* Names of interfaces are strangers' text, too. */
	if (res.status == 0 && res.data)
		escape_text(text, CAUSE_TEXT, res.data, res.len);
	helper_release(&res);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* listener: who waits for packets in user space: on a queue, on a port. */
#include "host/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "host/dump.h"

enum { LISTENS = 0x0a };	/* TCP_LISTEN, as /proc/net/tcp has it */

/* Queues that somebody listens on are listed, a line each: number, port id, ... */
enum listener_state listener_of_queue(uint32_t number, uint32_t *portid)
{
	FILE *f = fopen("/proc/net/netfilter/nfnetlink_queue", "re");
	unsigned int queue;
	bool found = false;
	char line[256];

	/* Where the file is missing the module is, and so is everybody. */
	if (!f)
		return errno == ENOENT ? LISTENER_NONE : LISTENER_UNKNOWN;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, " %u %u", &queue, portid) == 2 &&
			queue == number;
	fclose(f);
	return found ? LISTENER_THERE : LISTENER_NONE;
}

/* "  12: 0100007F:EA60 00000000:0000 0A ..." */
static bool is_on_port(const char *line, uint8_t proto, uint32_t port)
{
	unsigned int local, state;

	return sscanf(line, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x", &local,
		      &state) == 2 &&
	       local == port && (proto != IPPROTO_TCP || state == LISTENS);
}

static enum listener_state look(const char *path, uint8_t proto, uint32_t port)
{
	FILE *f = fopen(path, "re");
	bool found = false;
	char line[512];

	if (!f)
		return errno == ENOENT ? LISTENER_NONE : LISTENER_UNKNOWN;
	while (!found && fgets(line, sizeof(line), f))
		found = is_on_port(line, proto, port);
	fclose(f);
	return found ? LISTENER_THERE : LISTENER_NONE;
}

struct socket_search {
	uint16_t port;
	bool transparent;
};

static int on_socket(const struct nlmsghdr *nlh, void *arg)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	const struct inet_diag_sockopt *opt;
	struct socket_search *s = arg;
	const struct nlattr *attr;

	if (ntohs(m->id.idiag_sport) != s->port)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*m)) {
		opt = mnl_attr_get_payload(attr);
		if (mnl_attr_get_type(attr) == INET_DIAG_SOCKOPT &&
		    mnl_attr_get_payload_len(attr) >= sizeof(*opt))
			s->transparent |= opt->transparent;
	}
	return MNL_CB_OK;
}

/* Only where somebody has the port: then what is asked is there, too. */
static enum listener_state look_closer(uint8_t family, uint8_t proto,
				       uint32_t port)
{
	struct inet_diag_req_v2 ask = {
		.sdiag_family = family, .sdiag_protocol = proto,
		.idiag_states = proto == IPPROTO_TCP ? 1u << LISTENS
						     : UINT32_MAX,
	};
	struct socket_search s = { .port = (uint16_t)port };

	if (dump_ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &ask,
		     sizeof(ask), on_socket, &s) < 0)
		return LISTENER_UNKNOWN;
	return s.transparent ? LISTENER_THERE : LISTENER_NOT_TRANSPARENT;
}

static enum listener_state look_at(bool six, uint8_t proto, uint32_t port)
{
	enum listener_state state;
	char path[32];

	snprintf(path, sizeof(path), "/proc/net/%s%s",
		 proto == IPPROTO_TCP ? "tcp" : "udp", six ? "6" : "");
	state = look(path, proto, port);
	return state == LISTENER_THERE ?
		look_closer(six ? AF_INET6 : AF_INET, proto, port) : state;
}

enum listener_state listener_on_port(bool six, uint8_t proto, uint32_t port)
{
	enum listener_state of6 = look_at(true, proto, port), of4;

	if (six || of6 == LISTENER_THERE)
		return of6;
	of4 = look_at(false, proto, port);
	return of4 == LISTENER_NONE ? of6 : of4;
}

struct holder_search {
	uint16_t port;
	bool six;		/* the packet is of IPv6 */
	bool everywhere;
	bool found;
	struct listener_place *at;
};

static bool is_any(const __be32 *address)
{
	return !(address[0] | address[1] | address[2] | address[3]);
}

/* A socket of IPv6 has packets of IPv4 as well, unless it does not want them. */
static bool takes_family(const struct holder_search *s,
			 const struct nlmsghdr *nlh)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (s->six || m->idiag_family == AF_INET)
		return true;
	mnl_attr_for_each(attr, nlh, sizeof(*m))
		if (mnl_attr_get_type(attr) == INET_DIAG_SKV6ONLY &&
		    mnl_attr_get_payload_len(attr) > 0)
			return !mnl_attr_get_u8(attr);
	return true;
}

static void take_place(struct listener_place *at, const struct inet_diag_msg *m)
{
	const struct inet_diag_sockid *id = &m->id;

	memset(at, 0, sizeof(*at));
	inet_ntop(m->idiag_family, id->idiag_src, at->address,
		  sizeof(at->address));
	if (!is_any(id->idiag_dst))
		inet_ntop(m->idiag_family, id->idiag_dst, at->peer,
			  sizeof(at->peer));
	at->device = id->idiag_if;
}

/* Several sockets may share one place. */
static bool is_same_place(const struct listener_place *a, const struct listener_place *b)
{
	return a->device == b->device && strcmp(a->address, b->address) == 0 &&
	       strcmp(a->peer, b->peer) == 0;
}

static int on_holder(const struct nlmsghdr *nlh, void *arg)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	const struct inet_diag_sockid *id = &m->id;
	struct holder_search *s = arg;
	struct listener_place at;

	if (ntohs(id->idiag_sport) != s->port || !takes_family(s, nlh))
		return MNL_CB_OK;
	if (is_any(id->idiag_dst) && is_any(id->idiag_src) && !id->idiag_if)
		s->everywhere = true;
	take_place(&at, m);
	if (!s->found)
		*s->at = at;
	else if (!is_same_place(s->at, &at))
		s->at->others = true;
	s->found = true;
	return MNL_CB_OK;
}

bool listener_elsewhere(bool six, uint8_t proto, uint16_t port,
			struct listener_place *at)
{
	struct holder_search s = { .port = port, .six = six, .at = at };
	struct inet_diag_req_v2 ask = {
		.sdiag_family = AF_INET6, .sdiag_protocol = proto,
		.idiag_states = proto == IPPROTO_TCP ? 1u << LISTENS
						     : UINT32_MAX,
	};

	dump_ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &ask,
		 sizeof(ask), on_holder, &s);
	ask.sdiag_family = AF_INET;
	if (!six)
		dump_ask(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP,
			 &ask, sizeof(ask), on_holder, &s);
	return s.found && !s.everywhere;
}

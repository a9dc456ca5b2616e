// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsec: what xfrm's policies want of a packet that this host forwards. */
#include "host/ipsec.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/xfrm.h>

#include "host/dump.h"

enum { TEMPLATES = 6 };		/* XFRM_MAX_DEPTH */

/* The policy of one direction that a packet meets first. */
struct policy {
	uint32_t priority;	/* the lowest comes first */
	bool found, blocks;
	unsigned int templates;
	struct xfrm_user_tmpl template[TEMPLATES];
};

struct policies {
	const struct ipsec_packet *p;
	struct policy of[XFRM_POLICY_MAX];
};

static bool same_prefix(const xfrm_address_t *a, const uint8_t *addr,
			unsigned int bits)
{
	const uint8_t *b = (const uint8_t *)a;
	unsigned int bytes = bits / 8, rest = bits % 8;

	if (bytes > 16 || memcmp(b, addr, bytes) != 0)
		return false;
	return !rest || !((b[bytes] ^ addr[bytes]) & (0xff00 >> rest));
}

/* A selector of ports is for packets whose ports nobody has told. */
static bool is_selected(const struct xfrm_selector *sel,
			const struct ipsec_packet *p)
{
	return sel->family == (p->six ? AF_INET6 : AF_INET) &&
	       (!sel->proto || sel->proto == p->proto) &&
	       !sel->sport_mask && !sel->dport_mask && !sel->ifindex &&
	       same_prefix(&sel->saddr, p->src, sel->prefixlen_s) &&
	       same_prefix(&sel->daddr, p->dst, sel->prefixlen_d);
}

static void take_templates(struct policy *to, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	size_t n;

	to->templates = 0;
	mnl_attr_for_each(attr, nlh, sizeof(struct xfrm_userpolicy_info)) {
		if (mnl_attr_get_type(attr) != XFRMA_TMPL)
			continue;
		n = mnl_attr_get_payload_len(attr) / sizeof(to->template[0]);
		to->templates = n < TEMPLATES ? (unsigned int)n : TEMPLATES;
		memcpy(to->template, mnl_attr_get_payload(attr),
		       to->templates * sizeof(to->template[0]));
	}
}

static int on_policy(const struct nlmsghdr *nlh, void *arg)
{
	const struct xfrm_userpolicy_info *info = mnl_nlmsg_get_payload(nlh);
	struct policies *all = arg;
	struct policy *to;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*info) ||
	    info->dir >= XFRM_POLICY_MAX || !is_selected(&info->sel, all->p))
		return MNL_CB_OK;
	to = &all->of[info->dir];
	if (to->found && to->priority <= info->priority)
		return MNL_CB_OK;
	to->found = true;
	to->priority = info->priority;
	to->blocks = info->action == XFRM_POLICY_BLOCK;
	take_templates(to, nlh);
	return MNL_CB_OK;
}

struct state_search {
	const struct xfrm_user_tmpl *want;
	const struct ipsec_packet *p;
	bool found;
};

static bool is_zero(const xfrm_address_t *a)
{
	static const xfrm_address_t zero;

	return memcmp(a, &zero, sizeof(zero)) == 0;
}

static int on_state(const struct nlmsghdr *nlh, void *arg)
{
	const struct xfrm_usersa_info *info = mnl_nlmsg_get_payload(nlh);
	struct state_search *s = arg;
	unsigned int bits = s->want->family == AF_INET6 ? 128 : 32;
	const uint8_t *to = is_zero(&s->want->id.daddr) ?
		s->p->dst : (const uint8_t *)&s->want->id.daddr;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*info) &&
	    info->id.proto == s->want->id.proto &&
	    same_prefix(&info->id.daddr, to, bits))
		s->found = true;
	return MNL_CB_OK;
}

static bool has_state(const struct xfrm_user_tmpl *want,
		      const struct ipsec_packet *p)
{
	struct xfrm_usersa_id ask = { .family = want->family };
	struct state_search s = { .want = want, .p = p };

	/* Who may not ask takes it for there. */
	return want->optional ||
	       dump_ask(NETLINK_XFRM, XFRM_MSG_GETSA, NLM_F_DUMP, &ask,
			sizeof(ask), on_state, &s) < 0 || s.found;
}

enum ipsec_want ipsec_look(const struct ipsec_packet *p)
{
	struct xfrm_userpolicy_id ask = { .index = 0 };
	struct policies all = { .p = p };
	const struct policy *out = &all.of[XFRM_POLICY_OUT];
	const struct policy *forward = &all.of[XFRM_POLICY_FWD];

	if (dump_ask(NETLINK_XFRM, XFRM_MSG_GETPOLICY, NLM_F_DUMP, &ask,
		     sizeof(ask), on_policy, &all) < 0)
		return IPSEC_NOTHING;
	if (out->blocks || forward->blocks)
		return IPSEC_BLOCKED;
	if (forward->templates)
		return IPSEC_NOT_PLAIN;
	for (unsigned int i = 0; i < out->templates; i++)
		if (!has_state(&out->template[i], p))
			return IPSEC_NO_STATE;
	return IPSEC_NOTHING;
}

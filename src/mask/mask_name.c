// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_name: names in output for strangers. */
#include "mask/mask_name.h"

#include <string.h>

#include "base/strbuf.h"
#include "rules/base/units.h"

static const char *const kind_words[MASK_NAMES] = {
	[MASK_NAME] = "name", [MASK_HOST] = "host", [MASK_INTERFACE] = "if",
	[MASK_CHAIN] = "chain", [MASK_TABLE] = "table", [MASK_SET] = "set",
	[MASK_COMMENT] = "comment",
};

/* Chains that are the same on every host that has them. */
static const char *const chains[] = {
	"BROUTING", "CNI-ADMIN", "CNI-FORWARD", "CNI-HOSTPORT-DNAT",
	"CNI-HOSTPORT-MASQ", "CNI-HOSTPORT-SETMARK", "DOCKER",
	"DOCKER-BRIDGE", "DOCKER-CT", "DOCKER-FORWARD", "DOCKER-INGRESS",
	"DOCKER-INTERNAL", "DOCKER-ISOLATION-STAGE-1",
	"DOCKER-ISOLATION-STAGE-2", "DOCKER-USER", "FLANNEL-FWD",
	"FLANNEL-POSTRTG", "FORWARD", "INPUT", "ISTIO_INBOUND",
	"ISTIO_IN_REDIRECT", "ISTIO_OUTPUT", "ISTIO_REDIRECT",
	"KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL", "KUBE-FORWARD",
	"KUBE-IPVS-FILTER", "KUBE-KUBELET-CANARY", "KUBE-LOAD-BALANCER",
	"KUBE-MARK-DROP", "KUBE-MARK-MASQ", "KUBE-NODE-PORT", "KUBE-NODEPORTS",
	"KUBE-NWPLCY-DEFAULT", "KUBE-POSTROUTING", "KUBE-PROXY-CANARY",
	"KUBE-PROXY-FIREWALL", "KUBE-ROUTER-FORWARD", "KUBE-ROUTER-INPUT",
	"KUBE-ROUTER-OUTPUT", "KUBE-ROUTER-SERVICES", "KUBE-SERVICES",
	"KUBE-SOURCE-RANGES-FIREWALL", "LIBVIRT_FWI", "LIBVIRT_FWO",
	"LIBVIRT_FWX", "LIBVIRT_INP", "LIBVIRT_OUT", "LIBVIRT_PRT",
	"LOGACCEPT", "LOGDROP", "LOGREJECT", "OUTPUT", "POSTROUTING",
	"PREROUTING", "cali-FORWARD", "cali-INPUT", "cali-OUTPUT",
	"cali-POSTROUTING", "cali-PREROUTING", "cali-cidr-block",
	"cali-failsafe-in", "cali-failsafe-out", "cali-fip-dnat",
	"cali-fip-snat", "cali-forward-check", "cali-from-endpoint-mark",
	"cali-from-hep-forward", "cali-from-host-endpoint",
	"cali-from-wl-dispatch", "cali-nat-outgoing", "cali-rpf-skip",
	"cali-set-endpoint-mark", "cali-skip-tracking", "cali-to-hep-forward",
	"cali-to-host-endpoint", "cali-to-wl-dispatch", "cali-wl-to-host",
	"egress", "forward", "ingress", "input", "nat-output",
	"nat-postrouting", "nat-prerouting", "output", "postrouting",
	"prerouting", "reject", "reject-chain", "services", "ufw-after-forward",
	"ufw-after-input", "ufw-after-output", "ufw-before-forward",
	"ufw-before-input", "ufw-before-output", "ufw-not-local",
	"ufw-reject-forward", "ufw-reject-input", "ufw-reject-output",
	"ufw-skip-to-policy-forward", "ufw-skip-to-policy-input",
	"ufw-skip-to-policy-output", "ufw-track-forward", "ufw-track-input",
	"ufw-track-output", "ufw-user-forward", "ufw-user-input",
	"ufw-user-limit", "ufw-user-limit-accept", "ufw-user-output",
};

/* What chains of one pod, service, policy or network begin with. */
static const char *const stems[] = {
	"CNI-DN-", "CNI-SN-", "DOCKER-ISOLATION-", "KUBE-EXT-", "KUBE-FW-",
	"KUBE-NWPLCY-", "KUBE-POD-FW-", "KUBE-SEP-", "KUBE-SVC-", "KUBE-SVL-",
	"KUBE-XLB-", "cali-fh-", "cali-from-wl-dispatch-", "cali-fw-", "cali-pi-",
	"cali-po-", "cali-pri-", "cali-pro-", "cali-th-", "cali-to-wl-dispatch-",
	"cali-tw-", "endpoint-", "external-", "f2b-", "filter_", "firewall-",
	"mangle_", "nat_", "raw_", "service-",
};

static const char *const tables[] = {
	"broute", "calico", "docker-bridges", "filter", "firewalld", "kube-proxy",
	"mangle", "nat", "raw", "security", "wg-quick",
};

/* Beginnings of interfaces' names that a rule may speak of on any host. */
static const char *const wildcards[] = {
	"br-", "cali", "docker", "eth", "tap", "tun", "veth", "wg",
};

static bool is_listed(const char *const list[], size_t count,
		      struct strview name)
{
	for (size_t i = 0; i < count; i++)
		if (strview_is(name, list[i]))
			return true;
	return false;
}

#define IS_LISTED(list, name) is_listed(list, ARRAY_SIZE(list), name)

void mask_name(struct mask *m, struct strbuf *to, enum mask_kind kind,
	       struct strview name)
{
	uint32_t n = mask_number(m, &kind, name.at, name.len);

	strbuf_add(to, "%s-%u", kind < MASK_NAMES ? kind_words[kind] : "name",
		   n);
}

void mask_interface(struct mask *m, struct strbuf *to, struct strview name)
{
	const char *end = "";

	if (strview_is(name, "lo") || !name.len) {
		strbuf_add(to, "%.*s", (int)name.len, name.at);
		return;
	}
	if (name.at[name.len - 1] == '+' || name.at[name.len - 1] == '*') {
		end = name.at[name.len - 1] == '+' ? "+" : "*";
		name.len--;
	}
	if (!name.len || (*end && IS_LISTED(wildcards, name)))
		strbuf_add(to, "%.*s", (int)name.len, name.at);
	else
		mask_name(m, to, MASK_INTERFACE, name);
	strbuf_text(to, end);
}

static size_t stem_len(struct strview name)
{
	size_t most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stems); i++)
		if (strlen(stems[i]) > most && strview_starts(name, stems[i]))
			most = strlen(stems[i]);
	return most;
}

bool mask_is_plain_chain(struct strview name)
{
	return IS_LISTED(chains, name) || stem_len(name);
}

void mask_chain(struct mask *m, struct strbuf *to, struct strview name)
{
	enum mask_kind kind = MASK_CHAIN;
	size_t stem = stem_len(name);

	if (IS_LISTED(chains, name) || mask_is_masked(name))
		strbuf_add(to, "%.*s", (int)name.len, name.at);
	else if (stem)
		strbuf_add(to, "%.*s%u", (int)stem, name.at,
			   mask_number(m, &kind, name.at, name.len));
	else
		mask_name(m, to, MASK_CHAIN, name);
}

void mask_table(struct mask *m, struct strbuf *to, struct strview name)
{
	if (IS_LISTED(tables, name))
		strbuf_add(to, "%.*s", (int)name.len, name.at);
	else
		mask_name(m, to, MASK_TABLE, name);
}

static bool is_number(struct strview s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strview_digit(s.at[i]) < 0 || strview_digit(s.at[i]) > 9)
			return false;
	return s.len > 0;
}

bool mask_is_masked(struct strview word)
{
	for (size_t i = 0; i < MASK_NAMES; i++) {
		struct strview rest = word;

		if (strview_take(&rest, kind_words[i]) &&
		    strview_take(&rest, "-") && is_number(rest))
			return true;
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* component_rows_cluster: by what the rules of Kubernetes and its networks are known. */
#include "grounds/component_rows.h"

#include <stddef.h>

#include "rules/base/units.h"

static const struct component antrea = { "antrea", "Antrea" };
static const struct component aws_cni = { "aws-cni", "AWS VPC CNI" };
static const struct component calico = { "calico", "Calico" };
static const struct component cilium = { "cilium", "Cilium" };
static const struct component flannel = { "flannel", "flannel" };
static const struct component ip_masq = { "ip-masq-agent", "ip-masq-agent" };
static const struct component istio = { "istio", "Istio" };
static const struct component kind_cluster = { "kind", "kind" };
static const struct component kube_proxy = { "kube-proxy", "kube-proxy" };
static const struct component kube_router = { "kube-router", "kube-router" };
static const struct component kubernetes = { "kubernetes", "Kubernetes" };
static const struct component node_dns = { "nodelocaldns", "NodeLocal DNS" };
static const struct component weave = { "weave", "Weave Net" };

/* The nft backend has all tables in one, and their names in front. */
#define CALICO(name, ...)						\
	{ .of = &calico, .chain = "cali-" name, __VA_ARGS__ },		\
	{ .of = &calico, .nft = "calico", .chain = "~-cali-" name, __VA_ARGS__ }

#define CALICO_DENY(name, what)						\
	CALICO(name, .comment = "~Drop if no profiles matched~",	\
	       .object = "default deny, " what, .denies = true),	\
	CALICO(name, .comment = "~Drop if no policies passed packet~",	\
	       .object = "default deny, " what, .denies = true)

#define CALICO_END(name, what, way)					\
	CALICO_DENY(name, way),						\
	CALICO(name, .object = what, .around = ", " way)

#define CALICO_POLICY(name, way)					\
	CALICO(name "~", .comment = "~Policy * " way "~",		\
	       .object = "policy $C1$N"),					\
	CALICO(name "*", .object = "policy $C1$N"),			\
	CALICO(name "~", .object = "policy $H$N")

#define CALICO_PROFILE(name, way)					\
	CALICO(name "~", .comment = "~Profile * " way "~",		\
	       .object = "profile $1"),					\
	CALICO(name "*", .object = "profile $C1"),			\
	CALICO(name "~", .object = "profile $H")

#define KUBE(words, said)						\
	{ .of = &kube_proxy, .chain = "KUBE-~", .comment = words,	\
	  .object = said }

#define KUBE_NFT(name, said)						\
	{ .of = &kube_proxy, .nft = "kube-proxy", .chain = name,	\
	  .object = said }

#define ROUTER(name, ...) { .of = &kube_router, .chain = name, __VA_ARGS__ }

/* A jump from a chain that is anybody's. */
#define CLUSTER_CALLS(who, name) { .of = &(who), .calls = name }

static const struct component_row cluster_rows[] = {
	ROUTER("KUBE-POD-FW-~", .comment = "rule to REJECT traffic destined for POD name:* namespace: *",
	       .object = "pod $2/$1", .denies = true),
	ROUTER("KUBE-~", .comment = "~policy name: * namespace: *",
	       .object = "policy $2/$1"),
	ROUTER("KUBE-~", .comment = "~policy name: * namespace *",
	       .object = "policy $2/$1"),
	ROUTER("KUBE-~", .comment = "~policy name * namespace *",
	       .object = "policy $2/$1"),
	ROUTER("KUBE-~", .comment = "~POD name:* namespace: * to chain~",
	       .object = "pod $2/$1"),
	ROUTER("KUBE-~", .comment = "~POD name:* namespace: *",
	       .object = "pod $2/$1"),
	ROUTER("KUBE-NWPLCY-DEFAULT", .object = "default policy"),
	ROUTER("KUBE-POD-FW-~"),
	ROUTER("KUBE-NWPLCY-~"),
	ROUTER("KUBE-ROUTER-~"),
	{ .of = &kube_router, .comment = "kube-router netpol - ~" },
	{ .of = &kube_router, .comment = "KUBE-ROUTER rule ~" },
	CLUSTER_CALLS(kube_router, "KUBE-ROUTER-~"),
	CLUSTER_CALLS(kube_router, "KUBE-POD-FW-~"),

	{ .of = &kubernetes, .table = "filter", .chain = "KUBE-FIREWALL" },
	{ .of = &kubernetes, .table = "filter", .calls = "KUBE-FIREWALL" },
	{ .of = &kubernetes, .chain = "KUBE-KUBELET-CANARY" },

	KUBE("masquerade traffic for * external destinations", "$1"),
	KUBE("masquerade LOCAL traffic for * external destinations", "$1"),
	KUBE("route LOCAL traffic for * external destinations", "$1"),
	KUBE("pod traffic for * external destinations", "$1"),
	KUBE("*/* ~", "$1/$2"),
	KUBE("*/*", "$1/$2"),
	{ .of = &kube_proxy, .chain = "KUBE-~" },
	CLUSTER_CALLS(kube_proxy, "KUBE-~"),
	KUBE_NFT("endpoint-*-*/*/*/__~", "$2/$3"),
	KUBE_NFT("endpoint-*-*/*/*/*__~", "$2/$3:$5"),
	KUBE_NFT("~-*-*/*/*/", "$2/$3"),
	KUBE_NFT("service-*-*/*/*/*", "$2/$3:$5"),
	KUBE_NFT("external-*-*/*/*/*", "$2/$3:$5"),
	KUBE_NFT("firewall-*-*/*/*/*", "$2/$3:$5"),
	{ .of = &kube_proxy, .nft = "kube-proxy", .element = "*/*", .object = "$1/$2" },
	KUBE_NFT("~", NULL),

	CALICO_END("fw-*", "workload $1", "egress of $1"),
	CALICO_END("tw-*", "workload $1", "ingress of $1"),
	CALICO_END("fh-*", "host endpoint $1", "from host endpoint $1"),
	CALICO_END("th-*", "host endpoint $1", "to host endpoint $1"),
	CALICO_END("fhfw-*", "host endpoint $1", "forwarded from host endpoint $1"),
	CALICO_END("thfw-*", "host endpoint $1", "forwarded to host endpoint $1"),
	CALICO_POLICY("po-", "egress"),
	CALICO_POLICY("pi-", "ingress"),
	CALICO_PROFILE("pro-", "egress"),
	CALICO_PROFILE("pri-", "ingress"),
	CALICO("from-wl-dispatch~", .comment = "~Unknown interface~",
	       .object = "unknown workload interface"),
	CALICO("to-wl-dispatch~", .comment = "~Unknown interface~",
	       .object = "unknown workload interface"),
	CALICO("wl-to-host", .comment = "~DefaultEndpointToHostAction~",
	       .object = "DefaultEndpointToHostAction"),
	CALICO("failsafe-~", .object = "failsafe ports"),
	CALICO("fip-~", .object = "floating IPs"),
	CALICO("nat-outgoing", .object = "NAT outgoing"),
	CALICO("cidr-block", .object = "blocked CIDRs"),
	CALICO("~"),
	{ .of = &calico, .nft = "calico" },
	{ .of = &calico, .comment = "cali:~" },

	{ .of = &cilium, .chain = "CILIUM_~" },
	{ .of = &cilium, .chain = "OLD_CILIUM_~" },
	{ .of = &cilium, .comment = "cilium: ~" },
	{ .of = &cilium, .comment = "cilium-feeder: ~" },
	CLUSTER_CALLS(cilium, "CILIUM_~"),

	{ .of = &istio, .chain = "ISTIO_REDIRECT", .object = "redirect to the sidecar" },
	{ .of = &istio, .chain = "ISTIO_IN_REDIRECT", .object = "redirect to the sidecar" },
	{ .of = &istio, .chain = "ISTIO_~" },
	{ .of = &istio, .nft = "istio-proxy-~" },
	{ .of = &istio, .nft = "istio-ambient-~" },
	CLUSTER_CALLS(istio, "ISTIO_~"),

	{ .of = &flannel, .chain = "FLANNEL-~" },
	{ .of = &flannel, .comment = "flanneld ~" },
	{ .of = &flannel, .nft = "flannel-ipv~" },
	CLUSTER_CALLS(flannel, "FLANNEL-~"),

	{ .of = &weave, .chain = "WEAVE-NPC~",
	  .comment = "DefaultAllow ~ isolation for namespace: *",
	  .object = "namespace $1" },
	{ .of = &weave, .chain = "WEAVE-NPC~", .object = "network policy" },
	{ .of = &weave, .chain = "WEAVE-~" },
	{ .of = &weave, .chain = "WEAVE" },
	CLUSTER_CALLS(weave, "WEAVE-~"),
	CLUSTER_CALLS(weave, "WEAVE"),

	{ .of = &node_dns, .comment = "NodeLocal DNS Cache: ~" },
	{ .of = &aws_cni, .chain = "AWS-SNAT-CHAIN-~" },
	{ .of = &aws_cni, .chain = "AWS-CONNMARK-CHAIN-~" },
	{ .of = &ip_masq, .chain = "IP-MASQ~" },
	{ .of = &ip_masq, .comment = "ip-masq~: ~" },
	{ .of = &kind_cluster, .chain = "KIND-MASQ-AGENT" },
	{ .of = &kind_cluster, .calls = "KIND-MASQ-AGENT" },
	{ .of = &antrea, .chain = "ANTREA-~" },
};

const struct component_rows component_rows_cluster = { cluster_rows, ARRAY_SIZE(cluster_rows) };

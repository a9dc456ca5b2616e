// SPDX-License-Identifier: GPL-2.0-or-later
/* parse: one match expression while it is parsed: what this kernel has, and how a parse is left. */
#include "rules/match/parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/legacy/table.h"
#include "rules/nft/compat.h"

void parse_refuse(struct parse *p, enum match_status status,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->r->message, sizeof(p->r->message), fmt, ap);
	va_end(ap);
	p->r->status = status;
	longjmp(p->trap, PARSE_REFUSED);
}

/*
 * libxtables itself takes revision 0 for granted, and asks only when an
 * extension has several.
 */
static bool kernel_has(const struct parse *p, const char *name,
		       uint8_t revision, int option)
{
	struct xt_get_revision ask = { .revision = revision };
	socklen_t len = sizeof(ask);
	int sock = table_socket(p->f), err;

	if (sock < 0)
		return true;
	snprintf(ask.name, sizeof(ask.name), "%s", name);
	err = getsockopt(sock, p->f->level, option, &ask, &len);
	close(sock);
	return err == 0 || errno != ENOENT;
}

static bool kernel_has_match(const struct parse *p,
			     const struct xtables_match *m)
{
	if (m && p->req->nft)
		return nft_compat_match(p->f, m->real_name ? m->real_name :
					m->name, m->revision) != -ENOENT;
	return m && kernel_has(p, m->real_name ? m->real_name : m->name,
			       m->revision, p->f->ask_match);
}

bool parse_has_time(const struct parse *p)
{
	return kernel_has_match(p, xtables_find_match("time", XTF_TRY_LOAD,
						      NULL));
}

/* What the kernel takes with its protocol only (xt_check_match). */
static const struct {
	const char *name, *word;
	uint8_t proto;
	const struct family *only;
} bound[] = {
	{ "ah", "ah", IPPROTO_AH, &family_ipv4 },
	{ "dccp", "dccp", IPPROTO_DCCP, NULL },
	{ "esp", "esp", IPPROTO_ESP, NULL },
	{ "icmp", "icmp", IPPROTO_ICMP, NULL },
	{ "icmp6", "icmpv6", IPPROTO_ICMPV6, NULL },
	{ "ipcomp", "ipcomp", IPPROTO_COMP, NULL },
	{ "mh", "mh", IPPROTO_MH, NULL },
	{ "osf", "tcp", IPPROTO_TCP, NULL },
	{ "sctp", "sctp", IPPROTO_SCTP, NULL },
	{ "tcp", "tcp", IPPROTO_TCP, NULL },
	{ "tcpmss", "tcp", IPPROTO_TCP, NULL },
	{ "udp", "udp", IPPROTO_UDP, NULL },
};

static void check_protocol(struct parse *p, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(bound); i++) {
		if (strcmp(name, bound[i].name) != 0 ||
		    (bound[i].only && bound[i].only != p->f))
			continue;
		if (p->ip.proto != bound[i].proto ||
		    p->ip.inv & IP_PART_INV_PROTO)
			parse_refuse(p, MATCH_BAD, "'-m %s' works together with "
			       "'-p %s' only", name, bound[i].word);
	}
}

static void check_match(struct parse *p, const struct xtables_match *m,
			const char *why)
{
	int err;

	if (!p->req->nft) {
		if (!kernel_has_match(p, m))
			parse_refuse(p, MATCH_KERNEL, "this kernel has no match "
				     "'%s' for %s%s: try modprobe xt_%s", m->name,
				     p->f->command, why, m->name);
		return;
	}
	err = nft_compat_match(p->f, m->real_name ? m->real_name : m->name,
			       m->revision);
	if (err == -ENOENT)
		parse_refuse(p, MATCH_KERNEL, "this kernel has no match '%s' for "
			     "nft's rules: try modprobe xt_%s", m->name, m->name);
	if (err == -EOPNOTSUPP)
		parse_refuse(p, MATCH_KERNEL, "this kernel has no nft_compat, by "
			     "which nft takes iptables' match '%s': try modprobe "
			     "nft_compat, or --backend legacy", m->name);
}

void parse_check_own(struct parse *p, unsigned int first)
{
	unsigned int n = 0;

	for (struct xtables_rule_match *m = p->matches; m; m = m->next)
		if (n++ >= first)
			check_match(p, m->match,
				    ", and nftrace's own rules need it");
}

void parse_check_kernel(struct parse *p)
{
	const char *folder = getenv("XTABLES_LIBDIR");
	const struct xtables_target *t;

	for (struct xtables_rule_match *m = p->matches; m; m = m->next) {
		check_protocol(p, m->match->name);
		check_match(p, m->match, "");
	}
	if (p->req->nft)
		return;
	t = xtables_find_target("TRACE", XTF_TRY_LOAD);
	if (!t)
		parse_refuse(p, MATCH_KERNEL, "libxtables finds no extension for "
			     "the target TRACE%s%s: %s",
			     folder ? " in XTABLES_LIBDIR=" : "",
			     folder ? folder : "", folder ?
			     "leave that out" : "install iptables");
	if (!kernel_has(p, "TRACE", t->revision, p->f->ask_target))
		parse_refuse(p, MATCH_KERNEL, "this kernel has no TRACE target for "
		       "%s: try modprobe xt_TRACE", p->f->command);
}

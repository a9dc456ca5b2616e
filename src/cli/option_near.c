// SPDX-License-Identifier: GPL-2.0-or-later
/* option_near: which option was meant by a word that is none. */
#include "cli/option_near.h"

#include <stddef.h>
#include <string.h>

#include "base/near.h"
#include "cli/option_rows.h"
#include "rules/base/units.h"

static const char ports[] = "-p tcp or -p udp", multiport[] =
	"-p tcp or -p udp, and -m multiport,", conntrack[] = "-m conntrack",
	addrtype[] = "-m addrtype", physdev[] = "-m physdev",
	length[] = "-m length", owner[] = "-m owner";

/* Of matches, those that are typed most. */
static const struct {
	const char *name;
	const char *needs;	/* to be known at all; NULL: nothing */
} of_matches[] = {
	{ "protocol", NULL }, { "source", NULL }, { "destination", NULL },
	{ "in-interface", NULL }, { "out-interface", NULL },
	{ "dport", ports }, { "sport", ports },
	{ "dports", multiport }, { "sports", multiport },
	{ "ports", multiport },
	{ "syn", "-p tcp" }, { "tcp-flags", "-p tcp" },
	{ "icmp-type", "-p icmp" }, { "icmpv6-type", "-p icmpv6" },
	{ "ctstate", conntrack }, { "ctstatus", conntrack },
	{ "ctproto", conntrack }, { "ctorigdst", conntrack },
	{ "ctorigdstport", conntrack }, { "ctdir", conntrack },
	{ "ctorigsrc", conntrack }, { "ctreplsrc", conntrack },
	{ "ctrepldst", conntrack },
	{ "state", "-m state" }, { "match-set", "-m set" },
	{ "mac-source", "-m mac" },
	{ "src-range", "-m iprange" }, { "dst-range", "-m iprange" },
	{ "src-type", addrtype }, { "dst-type", addrtype },
	{ "uid-owner", owner }, { "gid-owner", owner },
	{ "mark", "-m mark" }, { "comment", "-m comment" },
	{ "length", length }, { "limit", "-m limit" },
	{ "physdev-in", physdev }, { "physdev-out", physdev },
	{ "ttl-eq", "-m ttl" }, { "ttl-lt", "-m ttl" }, { "ttl-gt", "-m ttl" },
	{ "pkt-type", "-m pkttype" }, { "string", "-m string" },
	{ "dscp", "-m dscp" }, { "dscp-class", "-m dscp" }, { "tos", "-m tos" },
};

static const char *name_of(const char *word, size_t *len)
{
	word += strspn(word, "-");
	*len = strcspn(word, "=");
	return word;
}

const char *option_near(const char *word)
{
	struct near n;
	size_t len;

	word = name_of(word, &len);
	near_begin(&n, word, len);
	for (unsigned int i = 0; i < option_row_count; i++)
		near_look(&n, option_rows[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(of_matches); i++)
		near_look(&n, of_matches[i].name);
	return n.name;
}

const char *option_needs(const char *word)
{
	size_t len;

	word = name_of(word, &len);
	for (size_t i = 0; i < ARRAY_SIZE(of_matches); i++)
		if (strlen(of_matches[i].name) == len &&
		    strncmp(of_matches[i].name, word, len) == 0)
			return of_matches[i].needs;
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* dnat_hint: nothing came for an address: does a rule send there what comes to others? */
#include "plan/dnat_hint.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/msg.h"
#include "plan/dnat_words.h"
#include "plan/plan_state.h"
#include "rules/base/ip_part.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"
#include "rules/view/ruleset.h"

/* What stands before the new address in a rule of iptables, and of nft. */
static const char *const before_address[] = {
	"--to-destination ", "--to-destination [", "dnat to ", "dnat to [",
	"dnat ip to ", "dnat ip6 to ", "dnat ip6 to [",
};

/* A whole one: of IPv4 a port may follow, of IPv6 only behind a bracket. */
static bool ends(const char *at, const char *end, bool six)
{
	return at == end || *at == ' ' || *at == ']' || (!six && *at == ':');
}

static bool leads_to(const char *text, size_t len, const char *address)
{
	size_t size = strlen(address);
	bool six = strchr(address, ':');

	for (size_t i = 0; i < ARRAY_SIZE(before_address); i++) {
		const char *at = memmem(text, len, before_address[i],
					strlen(before_address[i]));

		if (!at)
			continue;
		at += strlen(before_address[i]);
		if ((size_t)(text + len - at) >= size &&
		    memcmp(at, address, size) == 0 &&
		    ends(at + size, text + len, six))
			return true;
	}
	return false;
}

static bool say(const char *address, const char *text, uint32_t len,
		const struct ruleset *rs, unsigned int family, uint32_t rule,
		const char *lead)
{
	char words[512];

	if (!leads_to(text, len, address))
		return false;
	if (lead)
		msg("%s", lead);
	msg("note: what comes to other addresses is sent to %s by the rule %.*s: "
	    "it is traced by those, as -d asks for what a packet has before "
	    "DNAT; --only out=NAME prints what goes there", address, (int)len, text);
	if (dnat_words(words, sizeof(words), rs, family, rule))
		msg("%s traces what is sent there; so does --behind-nat -d %s",
		    words, address);
	else
		msg("--behind-nat -d %s traces what is sent there", address);
	return true;
}

static bool find(const char *address, const struct ruleset *rs, unsigned int f,
		 const char *lead)
{
	const struct snapshot *s = rs->legacy[f];
	const struct nft_snapshot *nft = rs->nft;

	for (uint32_t i = 0; s && i < s->rules; i++) {
		const struct snap_rule *r = snapshot_rule(s, i);

		if (say(address, snapshot_text(s, r->text), r->len, rs, f, i,
			lead))
			return true;
	}
	for (uint32_t i = 0; nft && i < nft->rules; i++) {
		const struct nft_snap_rule *r = nft_snapshot_rule(nft, i);

		if (say(address, nft_snapshot_text(nft, r->text), r->len, rs,
			FAMILY_COUNT, i, lead))
			return true;
	}
	return false;
}

/* Return: the destination of a rule, if it is one address; "": it is not. */
static const char *destination(const struct family *f, const void *entry,
			       char text[INET6_ADDRSTRLEN])
{
	struct ip_part ip;
	const unsigned char *mask;

	ip_part_read(f, entry, &ip);
	mask = ip.dst_mask;
	for (size_t i = 0; i < f->addr_len; i++)
		if (mask[i] != 0xff)
			return "";
	if (ip.inv & IP_PART_INV_DST ||
	    !inet_ntop(f->af, ip.dst, text, INET6_ADDRSTRLEN))
		return "";
	return text;
}

bool dnat_hint_say(const struct plan *p, const struct ruleset *rules,
		   const char *lead)
{
	char text[INET6_ADDRSTRLEN];

	for (unsigned int i = 0; i < FAMILY_COUNT && !p->behind_nat; i++) {
		const struct trace_set *set = &p->family[i].set;

		for (unsigned int r = 0; r < set->count; r++) {
			const char *address = destination(set->family,
				set->rule[r].entry, text);

			if (*address && find(address, rules, i, lead))
				return true;
		}
	}
	return false;
}

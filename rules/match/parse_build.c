// SPDX-License-Identifier: GPL-2.0-or-later
/* parse_build: addresses, ip part and matches -> the kernel's entries and their texts. */
#include "rules/match/parse_build.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/match/match_traits.h"
#include "rules/match/parse.h"
#include "rules/xtables/render.h"

/* What iptables would take, and no packet, or another one, would be met by it. */
static void check_ipv6(struct parse *p, const char *list, int letter,
		       char *word)
{
	char *zone = strchr(word, '%'), ipv4[INET_ADDRSTRLEN];
	struct in6_addr addr;

	if (zone)
		*zone = '\0';
	if (inet_pton(AF_INET6, word, &addr) != 1)
		return;
	if (zone)
		parse_refuse(p, MATCH_BAD, "'-%c %s': iptables does not look at "
			     "'%%%s': leave it out, and say -i %s or -o %s",
			     letter, list, zone + 1, zone + 1, zone + 1);
	/* Who wants packets that have it all the same writes it with colons alone. */
	if (IN6_IS_ADDR_V4MAPPED(&addr) && strchr(word, '.') &&
	    inet_ntop(AF_INET, &addr.s6_addr[12], ipv4, sizeof(ipv4)))
		parse_refuse(p, MATCH_BAD, "'-%c %s': what programs call so are "
			     "packets of IPv4: say -%c %s", letter, list, letter,
			     ipv4);
}

/* An address literal of the other family must not be asked of the DNS. */
static void check_literals(struct parse *p, const char *list, int letter)
{
	const struct family *other = families[!family_index(p->f)];
	char word[128], addr[sizeof(struct in6_addr)];
	const char *at = list;

	while (at && *at) {
		size_t len = strcspn(at, ",");
		char *slash;

		snprintf(word, sizeof(word), "%.*s", (int)len, at);
		slash = strchr(word, '/');
		if (slash)
			*slash = '\0';
		check_ipv6(p, list, letter, word);
		if (inet_pton(other->af, word, addr) == 1)
			parse_refuse(p, MATCH_FAMILY, "'-%c %s' is no %s address",
			       letter, list, p->f->name);
		at += len;
		at += *at == ',';
	}
}

struct addresses {
	unsigned int count;
	unsigned char *addr, *mask;	/* of the family's length each */
};

static void resolve(struct parse *p, char *list, int letter,
		    struct addresses *a)
{
	static unsigned char any[sizeof(struct in6_addr)];

	a->count = 1;
	a->addr = a->mask = any;
	if (!list)
		return;
	p->context = list;
	check_literals(p, list, letter);
	if (p->f == &family_ipv4)
		xtables_ipparse_multiple(list, (struct in_addr **)&a->addr,
					 (struct in_addr **)&a->mask,
					 &a->count);
	else
		xtables_ip6parse_multiple(list, (struct in6_addr **)&a->addr,
					  (struct in6_addr **)&a->mask,
					  &a->count);
}

static size_t entry_size(const struct parse *p)
{
	size_t size = p->f->entry_size +
		      XT_ALIGN(sizeof(struct xt_entry_target));

	for (const struct xtables_rule_match *m = p->matches; m; m = m->next)
		size += m->match->m->u.match_size;
	return size;
}

static void put_u16(void *entry, size_t offset, size_t value)
{
	uint16_t v = (uint16_t)value;

	memcpy((char *)entry + offset, &v, sizeof(v));
}

/* The entry with a certain source and destination. */
static void build_entry(struct parse *p, unsigned char *to, size_t size,
			const unsigned char *src, const unsigned char *smask,
			const unsigned char *dst, const unsigned char *dmask)
{
	size_t at = p->f->entry_size, len = p->f->addr_len;
	struct xt_entry_target *t;
	struct ip_part ip;

	memcpy(to, &p->entry, at);
	ip_part_read(p->f, to, &ip);
	memcpy(ip.src, src, len);
	memcpy(ip.src_mask, smask, len);
	memcpy(ip.dst, dst, len);
	memcpy(ip.dst_mask, dmask, len);
	for (const struct xtables_rule_match *m = p->matches; m; m = m->next) {
		memcpy(to + at, m->match->m, m->match->m->u.match_size);
		at += m->match->m->u.match_size;
	}
	t = (void *)(to + at);
	t->u.target_size = XT_ALIGN(sizeof(*t));
	snprintf(t->u.user.name, sizeof(t->u.user.name), "TRACE");
	put_u16(to, p->f->target_offset, at);
	put_u16(to, p->f->next_offset, size);
}

/* Room in the result, aligned as the kernel wants its entries. */
static uint32_t take_room(struct parse *p, size_t *used, size_t size)
{
	size_t at = (*used + 7) / 8 * 8;

	if (at + size > PARSE_RESULT_MAX)
		parse_refuse(p, MATCH_BAD, "that makes too many rules: use fewer "
		       "addresses");
	*used = at + size;
	return (uint32_t)at;
}

static void add_entry(struct parse *p, size_t *used, size_t size,
		      const struct addresses *s, unsigned int si,
		      const struct addresses *d, unsigned int di)
{
	struct match_entry *e = &p->r->entry[p->r->count];
	size_t len = p->f->addr_len, text_len;
	unsigned char *bytes;
	const char *text;

	e->offset = take_room(p, used, size);
	e->size = (uint32_t)size;
	bytes = (unsigned char *)p->r + e->offset;
	build_entry(p, bytes, size, s->addr + si * len, s->mask + si * len,
		    d->addr + di * len, d->mask + di * len);
	text = render_entry(p->f, bytes, NULL, &text_len);
	e->text = take_room(p, used, text_len + 1);
	memcpy((char *)p->r + e->text, text, text_len);
	p->r->traits |= match_traits_of_ip(p->f, bytes);
	p->r->count++;
}

void parse_build(struct parse *p)
{
	struct addresses s, d;
	size_t size = entry_size(p), used;
	uint64_t n;

	resolve(p, p->src, 's', &s);
	resolve(p, p->dst, 'd', &d);
	if ((s.count > 1 && p->ip.inv & IP_PART_INV_SRC) ||
	    (d.count > 1 && p->ip.inv & IP_PART_INV_DST))
		parse_refuse(p, MATCH_BAD, "'! -%c %s': iptables allows '!' before "
		       "one address only",
		       s.count > 1 && p->ip.inv & IP_PART_INV_SRC ? 's' : 'd',
		       s.count > 1 && p->ip.inv & IP_PART_INV_SRC ? p->src
								   : p->dst);
	n = (uint64_t)s.count * d.count;
	if (n > 65536)
		parse_refuse(p, MATCH_BAD, "that makes %llu rules: use fewer "
		       "addresses", (unsigned long long)n);
	used = sizeof(*p->r) + n * sizeof(p->r->entry[0]);
	for (unsigned int i = 0; i < s.count; i++)
		for (unsigned int j = 0; j < d.count; j++)
			add_entry(p, &used, size, &s, i, &d, j);
	p->out->used = used;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* parse_words: the words of an expression, through iptables' own options and extensions. */
#include "rules/match/parse_words.h"

#include <ctype.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/match/hints.h"
#include "rules/match/parse.h"
#include "rules/match/parse_bare.h"
#include "rules/match/parse_port.h"
#include "rules/xtables/base_options.h"
#include "rules/xtables/xt.h"

enum { OPTION_RANGE = 256 };

/* Options that may be given once, and what "!" does to each; 0: not allowed. */
static const struct {
	int letter;
	uint8_t invert;
} once[] = {
	{ 's', IP_PART_INV_SRC },
	{ 'd', IP_PART_INV_DST },
	{ 'p', IP_PART_INV_PROTO },
	{ 'i', IP_PART_INV_IN },
	{ 'o', IP_PART_INV_OUT },
	{ 'f', IP_PART_INV_FRAG },
	{ 'j', 0 },
};

/* Options that may be given once. */
static void set_once(struct parse *p, int letter)
{
	unsigned int i = 0;

	while (once[i].letter != letter)
		i++;
	if (p->seen & (1u << i))
		parse_refuse(p, MATCH_BAD, "'-%c' is given more than once: separate "
		       "expressions with --or", letter);
	p->seen |= 1u << i;
	if (!p->invert)
		return;
	if (!once[i].invert)
		parse_refuse(p, MATCH_BAD, "'!' cannot stand before '-%c'", letter);
	p->ip.inv |= once[i].invert;
}

void parse_write_ip(struct parse *p)
{
	ip_part_write(p->f, &p->entry, &p->ip, p->protocol != NULL);
}

/* Each family has an ICMP of its own, which no packet of the other carries. */
static void check_icmp(struct parse *p, const char *word)
{
	bool six = p->f == &family_ipv6;

	if (p->ip.proto == (six ? IPPROTO_ICMP : IPPROTO_ICMPV6) &&
	    !(p->ip.inv & IP_PART_INV_PROTO))
		parse_refuse(p, MATCH_FAMILY, "'-p %s' is for %s: -p %s for %s",
			     word, families[six ? 0 : 1]->name,
			     six ? "icmpv6" : "icmp", p->f->name);
}

static void take_protocol(struct parse *p, char *word)
{
	set_once(p, 'p');
	for (char *c = word; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	p->protocol = word;
	p->ip.proto = xtables_parse_protocol(word);
	if (p->ip.proto == 0 && p->ip.inv & IP_PART_INV_PROTO)
		parse_refuse(p, MATCH_BAD, "'! -p %s' would never match", word);
	check_icmp(p, word);
	/* Extensions look at it while they parse. */
	parse_write_ip(p);
}

static void take_interface(struct parse *p, int letter, const char *word)
{
	bool in = letter == 'i';

	set_once(p, letter);
	if (!*word)
		parse_refuse(p, MATCH_BAD, "'' behind '-%c' is no interface", letter);
	xtables_parse_interface(word, in ? p->ip.in : p->ip.out,
				in ? p->ip.in_mask : p->ip.out_mask);
}

static void take_fragment(struct parse *p)
{
	if (p->f == &family_ipv6)
		parse_refuse(p, MATCH_FAMILY, "'-f' is for IPv4: use -m frag for "
		       "IPv6");
	set_once(p, 'f');
	p->ip.fragment = true;
	parse_write_ip(p);
}

static size_t match_size(const struct xtables_match *m)
{
	return XT_ALIGN(sizeof(struct xt_entry_match)) + m->size;
}

static void init_match(struct xtables_match *m, const char *name)
{
	size_t size = match_size(m);

	m->m = xtables_calloc(1, size);
	m->m->u.match_size = (uint16_t)size;
	snprintf(m->m->u.user.name, sizeof(m->m->u.user.name), "%s", name);
	m->m->u.user.revision = m->revision;
	if (m->udata_size) {
		free(m->udata);
		m->udata = xtables_calloc(1, m->udata_size);
	}
	if (m->init)
		m->init(m->m);
}

/* Is there such a match for the other family only? */
static bool other_family_has(const struct parse *p, const char *name)
{
	struct xtables_match *m;

	xt_family(families[!family_index(p->f)]);
	m = xtables_find_match(name, XTF_TRY_LOAD, NULL);
	xt_family(p->f);
	return m != NULL;
}

static void take_match(struct parse *p, const char *name)
{
	struct xtables_match *m;

	if (p->invert)
		parse_refuse(p, MATCH_BAD, "'!' cannot stand before '-m %s'", name);
	m = xtables_find_match(name, XTF_TRY_LOAD, &p->matches);
	if (!m && other_family_has(p, name))
		parse_refuse(p, MATCH_FAMILY, "'-m %s' is not for %s", name,
		       p->f->name);
	if (!m)
		parse_refuse(p, MATCH_BAD, "'%s' behind '-m' is no match that "
		       "iptables knows here, or the kernel lacks it", name);
	init_match(m, m->real_name ? m->real_name : m->name);
	/* A second use of the same match shares the first one's options. */
	if (m != m->next)
		xt_merge_match(m);
}

static struct xtables_match *find_protocol(struct parse *p,
					   enum xtables_tryload load,
					   struct xtables_rule_match **list)
{
	const struct xtables_pprot *pp;
	const struct protoent *pe;
	unsigned int number;

	if (!xtables_strtoui(p->protocol, NULL, &number, 0, UINT8_MAX))
		return xtables_find_match(p->protocol, load, list);
	for (pp = xtables_chain_protos; pp->name; pp++)
		if (pp->num == number)
			return xtables_find_match(pp->name, load, list);
	pe = number ? getprotobynumber((int)number) : NULL;
	return pe ? xtables_find_match(pe->p_name, load, list) : NULL;
}

/* A match in use is found as a copy, linked to itself, that is the caller's. */
static bool protocol_is_loaded(struct parse *p)
{
	struct xtables_match *m = find_protocol(p, XTF_DONT_LOAD, NULL);

	if (m && m->next == m)
		free(m);
	return m != NULL;
}

/* "-p tcp" brings tcp's options along without "-m tcp". */
static bool load_protocol(struct parse *p)
{
	struct xtables_match *m;

	if (!p->protocol || (p->proto_used && protocol_is_loaded(p)))
		return false;
	m = find_protocol(p, XTF_TRY_LOAD, &p->matches);
	if (!m)
		return false;
	p->proto_used = true;
	init_match(m, m->name);
	xt_merge_match(m);
	return true;
}

/* Return: an extension took the option. */
static bool offer_to_matches(struct parse *p, int c)
{
	for (struct xtables_rule_match *rm = p->matches; rm; rm = rm->next) {
		struct xtables_match *m = rm->match;

		if (rm->completed || (!m->x6_parse && !m->parse) ||
		    c < (int)m->option_offset ||
		    c >= (int)m->option_offset + OPTION_RANGE)
			continue;
		parse_port_check(p, m, c);
		xtables_option_mpcall((unsigned int)c, p->argv, p->invert, m,
				      &p->entry);
		return true;
	}
	return false;
}

static void refuse_unknown(struct parse *p, const char *word)
	__attribute__((noreturn));

static void refuse_unknown(struct parse *p, const char *word)
{
	bool name = word[0] == '-' && word[1] == '-';
	const char *hint = name ? "does it need -p or -m NAME before it?" :
		strlen(word) == 2 ? hints_of_letter(word[1]) : NULL;

	snprintf(p->r->unknown, sizeof(p->r->unknown), "%s", word);
	parse_refuse(p, MATCH_BAD, "'%s' is no option that is known here%s%s",
		     word, hint ? ": " : "", hint ? hint : "");
}

/* Return: getopt must be asked for the same word once more. */
static bool take_extension(struct parse *p, int c)
{
	const char *word = optind > 0 && optind <= p->argc ?
		p->argv[optind - 1] : "";
	char letter[3] = { '-', (char)optopt, '\0' };

	if (c >= OPTION_RANGE && offer_to_matches(p, c))
		return false;
	if (load_protocol(p)) {
		optind--;
		return true;
	}
	if (c == ':')
		parse_refuse(p, MATCH_BAD, "'%s' needs a value behind it", word);
	if (optopt && optopt < OPTION_RANGE && word[0] == '-' &&
	    word[1] != '-')
		word = letter;
	refuse_unknown(p, word);
}

static void take_target(struct parse *p, const char *word)
{
	set_once(p, 'j');
	if (strcmp(word, "TRACE") != 0)
		parse_refuse(p, MATCH_BAD, "'-j %s': nftrace inserts -j TRACE "
		       "itself and takes no other target: leave it out", word);
}

static void take_word(struct parse *p, char *word)
{
	if (strcmp(word, "!") == 0) {
		if (p->invert)
			parse_refuse(p, MATCH_BAD, "'! !': one is enough");
		p->invert = true;
		word[0] = '\0';
		return;
	}
	parse_bare_word(p, word);
	p->invert = false;
}

/* Within a cluster of letters getopt has not gone on to the next word yet. */
static const char *option_word(const struct parse *p)
{
	const char *word = p->argv[optind - 1];

	return optarg || word[0] == '-' || optind >= p->argc ?
		word : p->argv[optind];
}

/* The option as it was typed, with dashes. */
static const char *typed(const struct parse *p)
{
	const char *word = p->argv[optind - 1];

	return optarg == word && optind > 1 ? p->argv[optind - 2] : word;
}

/* "--set", of which getopt makes iptables' --set-counters: an extension's is meant. */
static bool is_cut_short(const struct parse *p, int letter)
{
	const char *name = typed(p) + 2;
	size_t len = strcspn(name, "=");

	if (strncmp(typed(p), "--", 2) != 0)
		return false;
	for (const struct option *o = base_options; o->name; o++)
		if (o->val == letter && strlen(o->name) == len &&
		    strncmp(o->name, name, len) == 0)
			return false;
	return true;
}

static void refuse_base(struct parse *p, int letter) __attribute__((noreturn));

static void refuse_base(struct parse *p, int letter)
{
	char hint[512];

	if (is_cut_short(p, letter))
		refuse_unknown(p, typed(p));
	hints_of_option(hint, sizeof(hint), letter, option_word(p));
	parse_refuse(p, MATCH_BAD, "%s", hint);
}

static void refuse_attached(struct parse *p, int letter, const char *word)
	__attribute__((noreturn));

static void refuse_attached(struct parse *p, int letter, const char *word)
{
	if (word[1] != '-' && hints_has_one_dash(word + 1))
		parse_refuse(p, MATCH_BAD, "'%s' has one dash too few: -%s", word,
			     word);
	parse_refuse(p, MATCH_BAD, "'%s': iptables wants the value of -%c as a "
		     "word of its own: -%c %s", word, letter, letter, optarg);
}

/*
 * iptables 1.8.9 takes the word before the next one for the value: it refuses
 * -s10.1.2.3 and makes an interface "-ieth0" of -ieth0.  Later ones look behind
 * the option's name.
 */
static char *own_word(struct parse *p, int letter)
{
	const char *word = p->argv[optind - 1];

	if (optarg != word && !xt_is_newer())
		refuse_attached(p, letter, word);
	return optarg;
}

/* Return: "!" stays in force for the next option. */
static bool take_option(struct parse *p, int c)
{
	switch (c) {
	case 1:
		take_word(p, optarg);
		return p->invert;
	case BASE_OPTION_FILTER:
		if (p->invert)
			parse_refuse(p, MATCH_BAD, "'!' cannot stand before "
				     "'--filter': say --filter 'not (...)'");
		parse_bare_whole(p, optarg);
		break;
	case 's':
		set_once(p, 's');
		p->src = own_word(p, 's');
		break;
	case 'd':
		set_once(p, 'd');
		p->dst = own_word(p, 'd');
		break;
	case 'p':
		take_protocol(p, own_word(p, 'p'));
		break;
	case 'i':
	case 'o':
		take_interface(p, c, own_word(p, c));
		break;
	case 'f':
		take_fragment(p);
		break;
	case 'm':
		take_match(p, optarg);
		break;
	case 'j':
		take_target(p, optarg);
		break;
	default:
		if (c < OPTION_RANGE && c != ':' && c != '?')
			refuse_base(p, c);
		return take_extension(p, c);
	}
	return false;
}

/* The words are copied: iptables' parsers write into them. */
void parse_words(struct parse *p, int argc, char *const argv[])
{
	int c;

	p->earlier = p->argv;
	p->argv = xtables_calloc((size_t)argc + 2, sizeof(*p->argv));
	p->argv[0] = strdup("nftrace");
	for (int i = 0; i < argc; i++)
		p->argv[i + 1] = strdup(argv[i]);
	p->argc = argc + 1;
	optind = 0;
	opterr = 0;
	p->invert = false;
	while ((c = getopt_long(p->argc, p->argv, base_letters, xt_options(),
				NULL)) != -1)
		if (!take_option(p, c))
			p->invert = false;
	if (optind < p->argc)
		parse_refuse(p, MATCH_BAD, "'%s' is left over", p->argv[optind]);
	if (p->invert)
		parse_refuse(p, MATCH_BAD, "'!' stands at the end: nothing follows "
		       "it");
}

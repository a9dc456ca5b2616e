// SPDX-License-Identifier: GPL-2.0-or-later
/* match: a match expression in iptables' words -> the kernel's rule bytes. */
#include "match.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <xtables.h>

#include "base_options.h"
#include "entry.h"
#include "family.h"
#include "ip_part.h"
#include "refusal.h"
#include "render.h"
#include "table.h"
#include "traits.h"
#include "xt.h"

enum { PARSE_MS = 60000, OPTION_RANGE = 256, RESULT_MAX = 64 << 20 };

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

/* One parse; lives in the helper child. */
struct parse {
	const struct match_request *req;
	const struct family *f;
	union {
		struct ipt_entry v4;
		struct ip6t_entry v6;
		unsigned char bytes[sizeof(struct ip6t_entry)];
	} entry;
	struct ip_part ip;		/* points into .entry */
	struct xtables_rule_match *matches;
	unsigned int finished;		/* so many of them had their final check */
	struct match_result *r;
	struct helper_out *out;
	char *src, *dst;		/* the words behind -s and -d */
	char *protocol;
	const char *context;		/* what is looked at behind the words */
	unsigned int seen;		/* bits of once[] */
	bool proto_used, invert;
	int argc;
	char **argv;
	char **earlier;			/* the user's words: parsers keep pointers */
	jmp_buf trap;
};

static void refuse(struct parse *p, enum match_status status,
		   const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

static void refuse(struct parse *p, enum match_status status,
		   const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->r->message, sizeof(p->r->message), fmt, ap);
	va_end(ap);
	p->r->status = status;
	longjmp(p->trap, 1000);
}

/* Options that may be given once. */
static void set_once(struct parse *p, int letter)
{
	unsigned int i = 0;

	while (once[i].letter != letter)
		i++;
	if (p->seen & (1u << i))
		refuse(p, MATCH_BAD, "'-%c' is given more than once: separate "
		       "expressions with --or", letter);
	p->seen |= 1u << i;
	if (!p->invert)
		return;
	if (!once[i].invert)
		refuse(p, MATCH_BAD, "'!' cannot stand before '-%c'", letter);
	p->ip.inv |= once[i].invert;
}

static void write_ip(struct parse *p)
{
	ip_part_write(p->f, &p->entry, &p->ip, p->protocol != NULL);
}

static void take_protocol(struct parse *p, char *word)
{
	set_once(p, 'p');
	for (char *c = word; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	p->protocol = word;
	p->ip.proto = xtables_parse_protocol(word);
	if (p->ip.proto == 0 && p->ip.inv & IP_PART_INV_PROTO)
		refuse(p, MATCH_BAD, "'! -p %s' would never match", word);
	/* Extensions look at it while they parse. */
	write_ip(p);
}

static void take_interface(struct parse *p, int letter, const char *word)
{
	bool in = letter == 'i';

	set_once(p, letter);
	if (!*word)
		refuse(p, MATCH_BAD, "'' behind '-%c' is no interface", letter);
	xtables_parse_interface(word, in ? p->ip.in : p->ip.out,
				in ? p->ip.in_mask : p->ip.out_mask);
}

static void take_fragment(struct parse *p)
{
	if (p->f == &family_ipv6)
		refuse(p, MATCH_FAMILY, "'-f' is for IPv4: use -m frag for "
		       "IPv6");
	set_once(p, 'f');
	p->ip.fragment = true;
	write_ip(p);
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
		refuse(p, MATCH_BAD, "'!' cannot stand before '-m %s'", name);
	m = xtables_find_match(name, XTF_TRY_LOAD, &p->matches);
	if (!m && other_family_has(p, name))
		refuse(p, MATCH_FAMILY, "'-m %s' is not for %s", name,
		       p->f->name);
	if (!m)
		refuse(p, MATCH_BAD, "'%s' behind '-m' is no match that "
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
		xtables_option_mpcall((unsigned int)c, p->argv, p->invert, m,
				      &p->entry);
		return true;
	}
	return false;
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
		refuse(p, MATCH_BAD, "'%s' needs a value behind it", word);
	if (optopt && optopt < OPTION_RANGE && word[0] == '-' &&
	    word[1] != '-')
		word = letter;
	refuse(p, MATCH_BAD, "'%s' is no option that is known here%s", word,
	       word[0] == '-' && word[1] == '-' ?
	       ": does it need -p or -m NAME before it?" : "");
}

static void take_target(struct parse *p, const char *word)
{
	set_once(p, 'j');
	if (strcmp(word, "TRACE") != 0)
		refuse(p, MATCH_BAD, "'-j %s': nftrace inserts -j TRACE "
		       "itself and takes no other target: leave it out", word);
}

static void take_word(struct parse *p, char *word, const char *next)
{
	char hint[512];

	if (strcmp(word, "!") == 0) {
		if (p->invert)
			refuse(p, MATCH_BAD, "'! !': one is enough");
		p->invert = true;
		word[0] = '\0';
		return;
	}
	refusal_of_word(hint, sizeof(hint), word, next);
	refuse(p, MATCH_BAD, "%s", hint);
}

/* Return: "!" stays in force for the next option. */
static bool take_option(struct parse *p, int c)
{
	switch (c) {
	case 1:
		take_word(p, optarg, optind < p->argc ? p->argv[optind]
						      : NULL);
		return p->invert;
	case 's':
		set_once(p, 's');
		p->src = optarg;
		break;
	case 'd':
		set_once(p, 'd');
		p->dst = optarg;
		break;
	case 'p':
		take_protocol(p, optarg);
		break;
	case 'i':
	case 'o':
		take_interface(p, c, optarg);
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
		if (c < OPTION_RANGE && c != ':' && c != '?') {
			char hint[512];

			refusal_of_option(hint, sizeof(hint), c,
					  p->argv[optind - 1]);
			refuse(p, MATCH_BAD, "%s", hint);
		}
		return take_extension(p, c);
	}
	return false;
}

/* The words are copied: iptables' parsers write into them. */
static void parse_words(struct parse *p, int argc, char *const argv[])
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
		refuse(p, MATCH_BAD, "'%s' is left over", p->argv[optind]);
	if (p->invert)
		refuse(p, MATCH_BAD, "'!' stands at the end: nothing follows "
		       "it");
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
	return m && kernel_has(p, m->real_name ? m->real_name : m->name,
			       m->revision, p->f->ask_match);
}

static bool kernel_has_time(const struct parse *p)
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
	for (size_t i = 0; i < sizeof(bound) / sizeof(bound[0]); i++) {
		if (strcmp(name, bound[i].name) != 0 ||
		    (bound[i].only && bound[i].only != p->f))
			continue;
		if (p->ip.proto != bound[i].proto ||
		    p->ip.inv & IP_PART_INV_PROTO)
			refuse(p, MATCH_BAD, "'-m %s' works together with "
			       "'-p %s' only", name, bound[i].word);
	}
}

static void check_kernel(struct parse *p)
{
	const struct xtables_target *t;

	for (struct xtables_rule_match *m = p->matches; m; m = m->next)
		if (!kernel_has_match(p, m->match))
			refuse(p, MATCH_KERNEL, "this kernel has no match "
			       "'%s' for %s: try modprobe xt_%s",
			       m->match->name, p->f->command, m->match->name);
	t = xtables_find_target("TRACE", XTF_TRY_LOAD);
	if (!t || !kernel_has(p, "TRACE", t->revision, p->f->ask_target))
		refuse(p, MATCH_KERNEL, "this kernel has no TRACE target for "
		       "%s: try modprobe xt_TRACE", p->f->command);
}

/* nftrace's own matches, in the same words and through the same parser. */
static void parse_own(struct parse *p)
{
	const struct match_request *q = p->req;
	char burst[16], stop[32], *argv[16];
	time_t deadline = (time_t)q->deadline;
	struct tm tm;
	int argc = 0;

	if (q->rate) {
		snprintf(burst, sizeof(burst), "%u", q->burst);
		argv[argc++] = (char *)"-m";
		argv[argc++] = (char *)"limit";
		argv[argc++] = (char *)"--limit";
		argv[argc++] = (char *)q->rate;
		argv[argc++] = (char *)"--limit-burst";
		argv[argc++] = burst;
	}
	if (q->deadline && !kernel_has_time(p)) {
		p->r->traits |= MATCH_NO_DEADLINE;
	} else if (q->deadline) {
		gmtime_r(&deadline, &tm);
		strftime(stop, sizeof(stop), "%Y-%m-%dT%H:%M:%S", &tm);
		argv[argc++] = (char *)"-m";
		argv[argc++] = (char *)"time";
		argv[argc++] = (char *)"--datestop";
		argv[argc++] = stop;
	}
	if (q->comment) {
		argv[argc++] = (char *)"-m";
		argv[argc++] = (char *)"comment";
		argv[argc++] = (char *)"--comment";
		argv[argc++] = (char *)q->comment;
	}
	parse_words(p, argc, argv);
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
		if (inet_pton(other->af, word, addr) == 1)
			refuse(p, MATCH_FAMILY, "'-%c %s' is no %s address",
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

	if (at + size > RESULT_MAX)
		refuse(p, MATCH_BAD, "that makes too many rules: use fewer "
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
	p->r->traits |= traits_of_ip(p->f, bytes);
	p->r->count++;
}

static void build_entries(struct parse *p)
{
	struct addresses s, d;
	size_t size = entry_size(p), used;
	uint64_t n;

	resolve(p, p->src, 's', &s);
	resolve(p, p->dst, 'd', &d);
	if ((s.count > 1 && p->ip.inv & IP_PART_INV_SRC) ||
	    (d.count > 1 && p->ip.inv & IP_PART_INV_DST))
		refuse(p, MATCH_BAD, "'! -%c %s': iptables allows '!' before "
		       "one address only",
		       s.count > 1 && p->ip.inv & IP_PART_INV_SRC ? 's' : 'd',
		       s.count > 1 && p->ip.inv & IP_PART_INV_SRC ? p->src
								   : p->dst);
	n = (uint64_t)s.count * d.count;
	if (n > 65536)
		refuse(p, MATCH_BAD, "that makes %llu rules: use fewer "
		       "addresses", (unsigned long long)n);
	used = sizeof(*p->r) + n * sizeof(p->r->entry[0]);
	for (unsigned int i = 0; i < s.count; i++)
		for (unsigned int j = 0; j < d.count; j++)
			add_entry(p, &used, size, &s, i, &d, j);
	p->out->used = used;
}

/* The words by which a conntrack match was asked for. */
static void name_conntrack(struct parse *p, const struct xtables_match *m)
{
	static const char *const words[] = { "--ctstate", "--state" };
	const struct match_request *q = p->req;

	snprintf(p->r->conntrack_word, sizeof(p->r->conntrack_word), "-m %s",
		 m->name);
	for (int i = 0; i + 1 < q->argc; i++)
		for (size_t w = 0; w < 2; w++)
			if (strcmp(q->argv[i], words[w]) == 0)
				snprintf(p->r->conntrack_word,
					 sizeof(p->r->conntrack_word),
					 "%s %.40s", words[w], q->argv[i + 1]);
}

/* After the user's words, before nftrace's own. */
static void find_traits(struct parse *p)
{
	unsigned int conditions = p->src || p->dst || p->ip.in_mask[0] ||
				  p->ip.out_mask[0] || p->ip.proto ||
				  p->ip.fragment;

	for (struct xtables_rule_match *m = p->matches; m; m = m->next) {
		uint32_t traits = traits_of_match(p->f, m->match->m,
						  p->r->effect,
						  sizeof(p->r->effect));

		if (traits & MATCH_CONNTRACK)
			name_conntrack(p, m->match);
		p->r->traits |= traits;
		conditions += strcmp(m->match->m->u.user.name, "comment") != 0;
	}
	if (!conditions)
		p->r->traits |= MATCH_EVERYTHING;
}

/* Once for each: the final checks change what they look at (policy, hashlimit). */
static void finish_matches(struct parse *p)
{
	unsigned int n = 0;

	for (struct xtables_rule_match *m = p->matches; m; m = m->next)
		if (n++ >= p->finished)
			xtables_option_mfcall(m->match);
	p->finished = n;
}

static void run_parse(struct parse *p)
{
	parse_words(p, p->req->argc, p->req->argv);
	finish_matches(p);
	for (struct xtables_rule_match *m = p->matches; m; m = m->next)
		check_protocol(p, m->match->name);
	find_traits(p);
	check_kernel(p);
	parse_own(p);
	finish_matches(p);
	write_ip(p);
	build_entries(p);
	if (p->r->traits & MATCH_IN && p->r->traits & MATCH_OUT)
		p->r->traits |= MATCH_NOTHING;
	p->r->status = MATCH_OK;
}

/* A message of libxtables', with the user's word in it if it is not. */
static void keep_message(struct parse *p)
{
	const char *word = p->context;

	if (!word && optind > 0 && p->argv && optind <= p->argc)
		word = p->argv[optind - 1];
	p->r->status = MATCH_BAD;
	if (!word || !*word || strstr(xt_message, word))
		snprintf(p->r->message, sizeof(p->r->message), "%s",
			 xt_message);
	else
		snprintf(p->r->message, sizeof(p->r->message), "'%.100s': %.900s",
			 word, xt_message);
}

static int job(const void *arg, struct helper_out *out)
{
	/* Static: what libxtables hangs into it is not lost, only not freed. */
	static struct parse p;
	int jumped;

	p.req = arg;
	p.out = out;
	p.f = p.req->family;
	p.r = helper_reserve(out, RESULT_MAX);
	if (!p.r)
		return 97;
	out->used = sizeof(*p.r);
	xt_open(p.f, base_options, true);
	render_open(p.f);
	ip_part_read(p.f, &p.entry, &p.ip);
	xt_trap = &p.trap;
	jumped = setjmp(p.trap);
	if (jumped == 0)
		run_parse(&p);
	else if (jumped != 1000)
		keep_message(&p);
	xt_trap = NULL;
	return 0;
}

int match_start(struct helper *h, const struct match_request *req)
{
	return helper_start(h, job, req);
}

int match_finish(struct helper *h, struct helper_result *res,
		 const struct match_result **result)
{
	static struct match_result dead;
	int err = helper_finish(h, PARSE_MS, res);

	*result = NULL;
	if (err)
		return err;
	*result = res->data;
	if (res->status == 0 && res->data)
		return 0;
	/* A library that ended the process: what it printed is the reason. */
	memset(&dead, 0, sizeof(dead));
	dead.status = MATCH_BAD;
	snprintf(dead.message, sizeof(dead.message), "%.1000s",
		 res->text && *res->text ? res->text :
		 "the match expression could not be parsed in time");
	dead.message[strcspn(dead.message, "\n")] = '\0';
	*result = &dead;
	return 0;
}

const void *match_entry_bytes(const struct match_result *r, unsigned int i)
{
	return (const char *)r + r->entry[i].offset;
}

const char *match_entry_text(const struct match_result *r, unsigned int i)
{
	return (const char *)r + r->entry[i].text;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* render: a rule's bytes -> its text, byte for byte as iptables-save prints it. */
#include "rules/xtables/render.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/ip_part.h"
#include "rules/xtables/xt.h"

/* Where everything that is printed ends up. */
static struct {
	char *bytes;
	size_t len, room;
	FILE *stream;
} text;

static ssize_t text_write(void *cookie, const char *bytes, size_t len)
{
	(void)cookie;
	if (text.len + len > text.room) {
		size_t room = (text.len + len) * 2 + 4096;
		char *more = realloc(text.bytes, room);

		if (!more)
			return 0;
		text.bytes = more;
		text.room = room;
	}
	memcpy(text.bytes + text.len, bytes, len);
	text.len += len;
	return (ssize_t)len;
}

void render_open(const struct family *f)
{
	static const cookie_io_functions_t functions = { .write = text_write };

	xt_family(f);
	if (text.stream)
		return;
	text.stream = fopencookie(NULL, "w", functions);
	if (!text.stream)
		return;
	setvbuf(text.stream, NULL, _IOFBF, 16384);
	__fsetlocking(text.stream, FSETLOCKING_BYCALLER);
	/* Extensions print with printf(): glibc follows the variable. */
	stdout = text.stream;
}

/* Return: the prefix length, or -1 when the mask is not contiguous. */
static int prefix_length(const unsigned char *mask, size_t len)
{
	unsigned int bits = 0;
	bool ended = false;

	for (size_t i = 0; i < len * 8; i++) {
		bool set = mask[i / 8] & (0x80 >> (i % 8));

		if (set && ended)
			return -1;
		ended |= !set;
		bits += set;
	}
	return (int)bits;
}

/* By hand what stands in nearly every rule: printf is half of the work. */
static void print_number(unsigned int n)
{
	char digits[10];
	unsigned int at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	fwrite(digits + at, 1, sizeof(digits) - at, stdout);
}

static void print_letter(char letter, bool inverted)
{
	const char option[] = { ' ', '-', letter, ' ', '\0' };

	if (inverted)
		fputs(" !", stdout);
	fputs(option, stdout);
}

static void print_address(const struct family *f, char letter,
			  const void *addr, const void *mask, bool inverted)
{
	char a[INET6_ADDRSTRLEN], m[INET6_ADDRSTRLEN];
	int bits = prefix_length(mask, f->addr_len);

	if (bits == 0 && !inverted)
		return;
	inet_ntop(f->af, addr, a, sizeof(a));
	print_letter(letter, inverted);
	fputs(a, stdout);
	putchar('/');
	if (bits >= 0)
		print_number((unsigned int)bits);
	else
		fputs(inet_ntop(f->af, mask, m, sizeof(m)), stdout);
}

static void print_interface(char letter, const char *name,
			    const unsigned char *mask, bool inverted)
{
	if (mask[0] == 0)
		return;
	print_letter(letter, inverted);
	for (unsigned int i = 0; i < IFNAMSIZ; i++) {
		if (mask[i] == 0) {
			/* The mask ends before the name's NUL: a wildcard. */
			if (name[i - 1] != '\0')
				putchar('+');
			break;
		}
		if (name[i] != '\0')
			putchar(name[i]);
	}
}

/*
 * From 1.8.11 on iptables-save prints the number of what is not in the table.
 * getprotobynumber() reads a file at each call.
 */
static const char *protocol_name(uint16_t proto)
{
	static char *known[256];
	static bool asked[256];
	const struct protoent *pe;

	for (const struct xtables_pprot *p = xtables_chain_protos; p->name; p++)
		if (p->num == proto)
			return p->name;
	if (proto >= 256 || xt_is_newer())
		return NULL;
	if (!asked[proto]) {
		pe = getprotobynumber(proto);
		known[proto] = pe ? strdup(pe->p_name) : NULL;
		asked[proto] = true;
	}
	return known[proto];
}

static void print_protocol(uint16_t proto, bool inverted)
{
	const char *name;

	if (proto == 0)
		return;
	name = protocol_name(proto);
	print_letter('p', inverted);
	if (name)
		fputs(name, stdout);
	else
		printf("%u", proto);
}

static void print_ip_part(const struct family *f, const struct ip_part *p)
{
	print_address(f, 's', p->src, p->src_mask, p->inv & IP_PART_INV_SRC);
	print_address(f, 'd', p->dst, p->dst_mask, p->inv & IP_PART_INV_DST);
	print_interface('i', p->in, p->in_mask, p->inv & IP_PART_INV_IN);
	print_interface('o', p->out, p->out_mask, p->inv & IP_PART_INV_OUT);
	print_protocol(p->proto, p->inv & IP_PART_INV_PROTO);
	if (p->fragment)
		fputs(p->inv & IP_PART_INV_FRAG ? " ! -f" : " -f", stdout);
}

/* Looking an extension up walks lists: once a family, name and revision. */
struct known {
	struct known *next;
	uint8_t nfproto, revision;
	bool target;
	char name[XT_EXTENSION_MAXNAMELEN];
	const void *any, *exact;	/* xtables_match or xtables_target */
};

static struct known *known_buckets[64];

static void find_extension(struct known *k)
{
	if (k->target) {
		struct xtables_target *t = xtables_find_target(k->name,
							       XTF_TRY_LOAD);

		k->any = t;
		k->exact = t ? xtables_find_target_revision(
			k->name, XTF_TRY_LOAD, t, k->revision) : NULL;
	} else {
		struct xtables_match *m = xtables_find_match(k->name,
							     XTF_TRY_LOAD,
							     NULL);

		k->any = m;
		k->exact = m ? xtables_find_match_revision(
			k->name, XTF_TRY_LOAD, m, k->revision) : NULL;
	}
}

static const struct known *look_up(const struct family *f, const char *name,
				   uint8_t revision, bool target)
{
	unsigned int h = f->nfproto + revision + target * 31u;
	struct known *k;

	for (const char *c = name; *c; c++)
		h = h * 33 + (unsigned char)*c;
	for (k = known_buckets[h % 64]; k; k = k->next)
		if (k->nfproto == f->nfproto && k->revision == revision &&
		    k->target == target && strcmp(k->name, name) == 0)
			return k;
	k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->nfproto = f->nfproto;
	k->revision = revision;
	k->target = target;
	snprintf(k->name, sizeof(k->name), "%s", name);
	find_extension(k);
	k->next = known_buckets[h % 64];
	known_buckets[h % 64] = k;
	return k;
}

static void print_hex(const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		printf("%02x", p[i]);
}

static void print_match(const struct family *f, const void *entry,
			const struct xt_entry_match *m)
{
	const struct known *k = look_up(f, m->u.user.name,
					m->u.user.revision, false);
	const struct xtables_match *any = k ? k->any : NULL;
	const struct xtables_match *exact = k ? k->exact : NULL;

	if (!any) {
		printf(" -m %s [revision %u: ", m->u.user.name,
		       m->u.user.revision);
		print_hex(m->data, m->u.match_size - sizeof(*m));
		putchar(']');
		return;
	}
	fputs(" -m ", stdout);
	fputs(any->alias ? any->alias(m) : m->u.user.name, stdout);
	if (!exact)
		fputs(" [unsupported revision]", stdout);
	else if (exact->save)
		exact->save(entry, m);
}

static void print_extension_target(const struct family *f, const void *entry,
				   const struct xt_entry_target *t)
{
	const struct known *k = look_up(f, t->u.user.name,
					t->u.user.revision, true);
	const struct xtables_target *any = k ? k->any : NULL;
	const struct xtables_target *exact = k ? k->exact : NULL;

	if (!any) {
		printf(" -j %s [revision %u: ", t->u.user.name,
		       t->u.user.revision);
		print_hex(t->data, t->u.target_size - sizeof(*t));
		putchar(']');
		return;
	}
	fputs(" -j ", stdout);
	fputs(any->alias ? any->alias(t) : t->u.user.name, stdout);
	if (!exact)
		fputs(" [unsupported revision]", stdout);
	else if (exact->save)
		exact->save(entry, t);
}

static void print_entry(const struct family *f, const void *entry,
			const char *jump)
{
	const struct xt_entry_target *t = entry_target(f, entry);
	const struct xt_entry_match *m = NULL;
	struct ip_part part;

	ip_part_read(f, entry, &part);
	print_ip_part(f, &part);
	while ((m = entry_next_match(f, entry, m)))
		print_match(f, entry, m);
	if (jump && *jump) {
		print_letter(part.jump_goto ? 'g' : 'j', false);
		fputs(jump, stdout);
	} else if (!jump) {
		print_extension_target(f, entry, t);
	}
}

/* Extensions write into what they print: comment_save ends the text. */
static const void *copy_entry(const struct family *f, const void *entry)
{
	static struct {
		_Alignas(8) char bytes[UINT16_MAX];
	} copy;

	return memcpy(copy.bytes, entry, entry_next_offset(f, entry));
}

const char *render_entry(const struct family *f, const void *entry,
			 const char *jump, size_t *len)
{
	jmp_buf trap;

	text.len = 0;
	xt_trap = &trap;
	if (setjmp(trap) == 0)
		print_entry(f, copy_entry(f, entry), jump);
	else
		printf(" [%s]", xt_message);
	xt_trap = NULL;
	/* An extension may have put its own stream there and jumped out. */
	stdout = text.stream;
	fflush(text.stream);
	*len = text.len;
	return text.bytes ? text.bytes : "";
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* pod_words: what is said of a pod or container that was found. */
#include "supervisor/pod_words.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>

#include "base/escape.h"
#include "base/strbuf.h"
#include "rules/base/units.h"

static void add_text(struct strbuf *b, const char *before, const char *text)
{
	char plain[4 * POD_NAME];

	if (!*text)
		return;
	escape_text(plain, sizeof(plain), text, strlen(text));
	strbuf_add(b, "%s%s%s", b->len ? ", " : "", before, plain);
}

/* Why what is sent there does not come out of an interface here. */
static const struct {
	const char *kind, *why;
} pod_kinds[] = {
	{ "macvlan", "a macvlan, whose packets go past the rules here" },
	{ "macvtap", "a macvtap, whose packets go past the rules here" },
	{ "ipvlan", "an ipvlan, whose packets go past the rules here" },
	{ "tun", "a tun, which a program serves (slirp4netns, pasta)" },
	{ "veth", "a veth whose other end is in a third namespace" },
	{ "netkit", "a netkit whose other end is in a third namespace" },
	{ "", "a device of its own, without another end" },
};

static const char *why_not(const char *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(pod_kinds); i++)
		if (strcmp(kind, pod_kinds[i].kind) == 0)
			return pod_kinds[i].why;
	return "of a kind that has no other end";
}

void pod_words_link(char *buf, size_t size, const struct pod_link *l)
{
	struct strbuf b = { buf, size, 0 };
	char name[4 * IFNAMSIZ], here[4 * IFNAMSIZ];

	buf[0] = '\0';
	escape_text(name, sizeof(name), l->name, strlen(l->name));
	escape_text(here, sizeof(here), l->here, strlen(l->here));
	if (!*here) {
		escape_text(here, sizeof(here), l->lower, strlen(l->lower));
		strbuf_add(&b, "its %s is %s%s%s", name, why_not(l->kind),
			   *here ? "; it stands on " : "", here);
		return;
	}
	strbuf_add(&b, "%s (its %s", here, name);
	escape_text(here, sizeof(here), l->bridge, strlen(l->bridge));
	strbuf_add(&b, *here ? "; a port of %s)" : ")", here);
}

static void add_addresses(struct strbuf *b, const struct pod_found *f)
{
	char text[INET6_ADDRSTRLEN];

	for (uint32_t i = 0; i < f->addresses; i++) {
		const struct pod_address *a = &f->address[i];

		if (inet_ntop(a->nfproto == NFPROTO_IPV6 ? AF_INET6 : AF_INET,
			      a->byte, text, sizeof(text)))
			strbuf_add(b, "%s%s", b->len ? ", " : "", text);
	}
}

void pod_words_name(char *buf, size_t size, const struct pod_found *f,
		    const char *else_)
{
	struct strbuf b = { buf, size, 0 };
	char plain[4 * POD_NAME];

	buf[0] = '\0';
	escape_text(plain, sizeof(plain), f->space, strlen(f->space));
	strbuf_add(&b, *plain ? "%s/" : "%s", plain);
	escape_text(plain, sizeof(plain), f->name, strlen(f->name));
	strbuf_text(&b, *plain ? plain : else_);
}

void pod_words_all(char *buf, size_t size, const struct pod_found *f)
{
	struct strbuf b = { buf, size, 0 };
	char id[POD_WORDS_ID + 1], command[4 * sizeof(f->command)];

	buf[0] = '\0';
	snprintf(id, sizeof(id), "%.*s", POD_WORDS_ID, f->id);
	if (strcmp(f->name, f->hostname) != 0)
		add_text(&b, "hostname ", f->hostname);
	add_text(&b, "container ", id);
	add_addresses(&b, f);
	escape_text(command, sizeof(command), f->command, strlen(f->command));
	strbuf_add(&b, "%spid %d (%s)", b.len ? ", " : "", (int)f->pid, command);
}

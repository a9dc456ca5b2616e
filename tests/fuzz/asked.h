/* SPDX-License-Identifier: GPL-2.0-or-later */
/* asked: a rule's text, a stranger's, read as near misses and --masked read it. */
#ifndef TESTS_FUZZ_ASKED_H
#define TESTS_FUZZ_ASKED_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>

#include "base/strbuf.h"
#include "mask/mask.h"
#include "mask/mask_rule.h"
#include "misses/asked.h"
#include "misses/condition.h"
#include "rules/base/strview.h"

typedef void asked_fn(struct conditions *out, struct strview text, const struct asked *a);

/* What is told of a condition, and of the packet that would meet it. */
static inline void asked_tell(const struct condition *c, struct strview text,
			      const struct asked *a)
{
	static struct asked_copy copy;
	char value[CONDITION_VALUE];

	if (c->words.at < text.at || c->words.at + c->words.len > text.at + text.len)
		abort();
	if (c->tell)
		c->tell(value, c, a);
	else
		asked_value(value, sizeof(value), a, c->field);
	if (strnlen(value, sizeof(value)) == sizeof(value))
		abort();
	if (c->state == CONDITION_FAILED && c->want.field != ASKED_OTHER)
		asked_with(&copy, a, &c->want);
}

static inline void asked_hold(struct strview text, asked_fn *read, const struct asked *a)
{
	struct conditions all = { .enough = 0 };

	read(&all, text, a);
	if (all.n > CONDITIONS_MAX)
		abort();
	for (unsigned int i = 0; i < all.n; i++)
		asked_tell(&all.c[i], text, a);
}

static inline void asked_mask(struct strview text)
{
	struct mask *m = mask_open();
	struct strbuf to = { malloc(MASK_RULE_ROOM(text.len)), MASK_RULE_ROOM(text.len), 0 };

	if (!m || !to.buf)
		abort();
	to.buf[0] = '\0';
	mask_rule(m, &to, text);
	if (to.len + 1 >= to.size)
		abort();
	free(to.buf);
	mask_close(m);
}

/* @text: kept by itself, so that whoever reads behind it is seen */
static inline void asked_by(const char *text, size_t len, asked_fn *read)
{
	/* 10.1.2.3.40000 > 10.9.8.7.8080, tcp SYN; fd00::1.40000 > fd00::2.53, udp */
	static const uint8_t tcp4[] = {
		0x45, 0x20, 0, 40, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 1, 2, 3, 10, 9, 8, 7,
		0x9c, 0x40, 0x1f, 0x90, 0, 0, 0, 5, 0, 0, 0, 0, 0x50, 2, 0x10, 0, 0, 0, 0, 0,
	}, udp6[] = {
		0x60, 0, 0, 0, 0, 8, 17, 64,
		0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
		0x9c, 0x40, 0, 53, 0, 8, 0, 0,
	};
	char *own = malloc(len ? len : 1);
	struct strview view = { own, len };
	struct packet p;
	struct asked a = {
		.p = &p, .in = { 2, "eth0" }, .out = { 3, "eth1" }, .phys_in = { 0, "" },
		.phys_out = { 0, "" }, .mark = 0x15, .mark_known = true,
		.states = 1 << CONNTRACK_NEW, .uid = UINT32_MAX, .gid = UINT32_MAX,
		.hook = NF_INET_FORWARD, .nfproto = NFPROTO_IPV4,
	};

	if (!own)
		abort();
	memcpy(own, text, len);
	packet_decode(&p, a.nfproto, tcp4, sizeof(tcp4));
	asked_hold(view, read, &a);
	a.nfproto = NFPROTO_IPV6;
	packet_decode(&p, a.nfproto, udp6, sizeof(udp6));
	asked_hold(view, read, &a);
	asked_mask(view);
	free(own);
}

#endif

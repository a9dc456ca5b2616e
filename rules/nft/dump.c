// SPDX-License-Identifier: GPL-2.0-or-later
/* dump: the kernel's nft tables, chains and rules, as libnftnl's objects. */
#include "rules/nft/dump.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/gen.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/netlink.h"
#include "rules/nft/batch.h"

enum {
	DUMP_SIZE = 32768,	/* what the kernel fills at once at most (netlink_dump) */
	DUMP_TRIES = 64,		/* while others change what is read */
};

/* Bridge and netdev see packets of IP as well, outside its hooks; arp none. */
static bool sees_ip(uint32_t nfproto)
{
	return nfproto == NFPROTO_IPV4 || nfproto == NFPROTO_IPV6 ||
	       nfproto == NFPROTO_INET || nfproto == NFPROTO_BRIDGE ||
	       nfproto == NFPROTO_NETDEV;
}

/* Room grows in powers of two: no separate count of it is kept. */
static int push(struct nft_list *l, void *item)
{
	void **more = l->item;

	if ((l->count & (l->count - 1)) == 0) {
		more = realloc(more, (l->count ? l->count * 2ul : 1) *
			       sizeof(*more));
		if (!more)
			return -ENOMEM;
		l->item = more;
	}
	more[l->count++] = item;
	return 0;
}

/* libnftnl has the same functions for each kind of object, by other names. */
#define TAKE(kind, KIND)						\
static int take_##kind(const struct nlmsghdr *nlh, void *arg)		\
{									\
	struct nftnl_##kind *o = nftnl_##kind##_alloc();		\
	struct nft_dump *d = arg;					\
	bool ok = o && nftnl_##kind##_nlmsg_parse(nlh, o) == 0;		\
									\
	if (ok && sees_ip(nftnl_##kind##_get_u32(o, KIND##_FAMILY)) &&	\
	    push(&d->kind##s, o) == 0)					\
		return MNL_CB_OK;					\
	ok = ok && !sees_ip(nftnl_##kind##_get_u32(o, KIND##_FAMILY));	\
	if (o)								\
		nftnl_##kind##_free(o);					\
	return ok ? MNL_CB_OK : MNL_CB_ERROR;				\
}

TAKE(table, NFTNL_TABLE)
TAKE(chain, NFTNL_CHAIN)
TAKE(rule, NFTNL_RULE)

static int take_generation(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_gen *gen = nftnl_gen_alloc();
	int ret = MNL_CB_ERROR;

	if (gen && nftnl_gen_nlmsg_parse(nlh, gen) == 0) {
		*(uint32_t *)arg = nftnl_gen_get_u32(gen, NFTNL_GEN_ID);
		ret = MNL_CB_OK;
	}
	nftnl_gen_free(gen);
	return ret;
}

int nft_request(struct mnl_socket *nl, struct nlmsghdr *nlh, mnl_cb_t fn,
		void *arg)
{
	/* Static: on the stack each of its pages would be touched, after each fork. */
	static _Alignas(struct nlmsghdr) char buf[DUMP_SIZE];
	static uint32_t seq;
	ssize_t n;
	int ret;

	nlh->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = netlink_receive(mnl_socket_get_fd(nl), buf, sizeof(buf),
				    0);
		if (n < 0)
			return (int)n;
		errno = 0;
		ret = mnl_cb_run(buf, (size_t)n, seq,
				 mnl_socket_get_portid(nl), fn, arg);
	} while (ret > MNL_CB_STOP);
	return ret < 0 ? -(errno ? errno : EIO) : 0;
}

static int ask_of(struct mnl_socket *nl, uint16_t type, uint16_t flags,
		  uint8_t nfproto, const char *table, mnl_cb_t fn, void *arg)
{
	_Alignas(struct nlmsghdr) char buf[MNL_NLMSG_HDRLEN + 1024] = { 0 };
	struct nlmsghdr *nlh = nftnl_nlmsg_build_hdr(buf, type, nfproto, flags, 0);

	/* NFTA_RULE_TABLE; older kernels give all tables' rules. */
	if (table)
		mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, table);
	return nft_request(nl, nlh, fn, arg);
}

static int ask(struct mnl_socket *nl, uint16_t type, uint16_t flags,
	       mnl_cb_t fn, void *arg)
{
	return ask_of(nl, type, flags, NFPROTO_UNSPEC, NULL, fn, arg);
}

static int ask_generation(struct mnl_socket *nl, uint32_t *generation)
{
	int err = ask(nl, NFT_MSG_GETGEN, NLM_F_ACK, take_generation,
		      generation);

	/* nfnetlink knows no such subsystem. */
	return err == -EINVAL ? -EOPNOTSUPP : err;
}

int nft_generation(uint32_t *generation)
{
	struct mnl_socket *nl = nft_socket_open();
	int err;

	if (!nl)
		return -errno;
	err = nft_batch_wait(nl);
	if (!err)
		err = ask_generation(nl, generation);
	mnl_socket_close(nl);
	return err;
}

/* Return: 0, and *nl is open; else it is closed. */
static int begin_dump(struct nft_dump *d, struct mnl_socket **nl)
{
	int err;

	memset(d, 0, sizeof(*d));
	*nl = nft_socket_open();
	if (!*nl)
		return -errno;
	err = ask_generation(*nl, &d->generation);
	/* The number may be ahead of the rules for a moment. */
	if (!err)
		err = nft_batch_wait(*nl);
	if (!err)
		err = ask(*nl, NFT_MSG_GETTABLE, NLM_F_DUMP, take_table, d);
	if (err)
		mnl_socket_close(*nl);
	return err;
}

static int read_table(struct nft_dump *d, uint8_t nfproto, const char *name)
{
	struct mnl_socket *nl;
	int err = begin_dump(d, &nl);

	if (err)
		return err;
	if (name)
		err = ask_of(nl, NFT_MSG_GETRULE, NLM_F_DUMP, nfproto, name,
			     take_rule, d);
	mnl_socket_close(nl);
	return err == -ENOENT ? 0 : err;
}

int nft_dump_table(struct nft_dump *d, uint8_t nfproto, const char *name)
{
	int err = read_table(d, nfproto, name);

	for (unsigned int n = 1; n < DUMP_TRIES && err == -EINTR; n++) {
		nft_dump_release(d);
		err = read_table(d, nfproto, name);
	}
	return err;
}

int nft_dump_tables(struct nft_dump *d)
{
	return nft_dump_table(d, NFPROTO_UNSPEC, NULL);
}

static int read_chains(struct nft_dump *d)
{
	struct mnl_socket *nl;
	int err = begin_dump(d, &nl);

	if (err)
		return err;
	if (d->tables.count)
		err = ask(nl, NFT_MSG_GETCHAIN, NLM_F_DUMP, take_chain, d);
	mnl_socket_close(nl);
	return err;
}

int nft_dump_chains(struct nft_dump *d)
{
	int err = read_chains(d);

	for (unsigned int n = 1; n < DUMP_TRIES && err == -EINTR; n++) {
		nft_dump_release(d);
		err = read_chains(d);
	}
	return err;
}

/* Rules' messages, of which none is parsed; the rest is left unread. */
static int skim(mnl_cb_t fn, void *arg)
{
	struct mnl_socket *nl = nft_socket_open();
	int err;

	if (!nl)
		return -errno;
	err = ask(nl, NFT_MSG_GETRULE, NLM_F_DUMP, fn, arg);
	mnl_socket_close(nl);
	return err;
}

struct named {
	const char *const *names;
	bool found;
};

static int look_for_names(const struct nlmsghdr *nlh, void *arg)
{
	struct named *n = arg;

	for (const char *const *name = n->names; *name && !n->found; name++)
		n->found = memmem(mnl_nlmsg_get_payload(nlh),
				  mnl_nlmsg_get_payload_len(nlh), *name,
				  strlen(*name) + 1) != NULL;
	return n->found ? MNL_CB_STOP : MNL_CB_OK;
}

int nft_dump_names(const char *const *names)
{
	struct named n = { .names = names };
	int err = skim(look_for_names, &n);

	return err ? err : n.found;
}

struct counted {
	unsigned int count, most;
};

static int count_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct counted *c = arg;

	(void)nlh;
	return ++c->count < c->most ? MNL_CB_OK : MNL_CB_STOP;
}

int nft_dump_count(unsigned int most)
{
	struct counted c = { .most = most };
	int err = skim(count_rule, &c);

	return err ? err : (int)c.count;
}

int nft_dump_read(struct nft_dump *d)
{
	struct mnl_socket *nl;
	int err = begin_dump(d, &nl);

	if (err)
		return err;
	if (!err && d->tables.count)
		err = ask(nl, NFT_MSG_GETCHAIN, NLM_F_DUMP, take_chain, d);
	if (!err && d->chains.count)
		err = ask(nl, NFT_MSG_GETRULE, NLM_F_DUMP, take_rule, d);
	mnl_socket_close(nl);
	return err;
}

void nft_dump_release(struct nft_dump *d)
{
	for (uint32_t i = 0; i < d->rules.count; i++)
		nftnl_rule_free(d->rules.item[i]);
	for (uint32_t i = 0; i < d->chains.count; i++)
		nftnl_chain_free(d->chains.item[i]);
	for (uint32_t i = 0; i < d->tables.count; i++)
		nftnl_table_free(d->tables.item[i]);
	free(d->rules.item);
	free(d->chains.item);
	free(d->tables.item);
	memset(d, 0, sizeof(*d));
}

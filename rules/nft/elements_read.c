// SPDX-License-Identifier: GPL-2.0-or-later
/* elements_read: reads the elements of a rule's verdict map or set, in a helper child. */
#include "rules/nft/elements_read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "rules/base/clock.h"
#include "rules/base/helper.h"
#include "rules/base/units.h"
#include "rules/nft/batch.h"
#include "rules/nft/dump.h"
#include "rules/nft/elements_fill.h"
#include "rules/nft/key_fields.h"

/* Somebody else may change elements while they are read: begin anew. */
enum { ELEMENTS_TRIES = 8, ELEMENTS_PAUSE_US = 2000, REQUEST = 2048 };

/* Of this process's CPU: to list a map takes it the square of its elements. */
enum { ELEMENTS_MS = 500 };

/* What was asked for, as libnftnl's objects. */
struct found {
	struct nftnl_rule *rule;
	struct nftnl_set *set;
	uint32_t elements;
	uint64_t until_ns;	/* CLOCK_PROCESS_CPUTIME_ID */
};

static int take_elements_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct found *f = arg;

	return nftnl_rule_nlmsg_parse(nlh, f->rule) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static int take_set(const struct nlmsghdr *nlh, void *arg)
{
	struct found *f = arg;

	return nftnl_set_nlmsg_parse(nlh, f->set) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static uint32_t count_elements(const struct nlmsghdr *nlh)
{
	const struct nlattr *list, *element;
	uint32_t n = 0;

	mnl_attr_for_each(list, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(list) != NFTA_SET_ELEM_LIST_ELEMENTS)
			continue;
		mnl_attr_for_each_nested(element, list)
			n++;
	}
	return n;
}

/* A message has some hundred of them. */
static int take_elements(const struct nlmsghdr *nlh, void *arg)
{
	struct found *f = arg;

	if (nftnl_set_elems_nlmsg_parse(nlh, f->set) < 0)
		return MNL_CB_ERROR;
	f->elements += count_elements(nlh);
	errno = E2BIG;
	return f->elements > NFT_ELEMENTS_MAX || clock_ns(CLOCK_PROCESS_CPUTIME_ID) > f->until_ns
	       ? MNL_CB_ERROR : MNL_CB_OK;
}

static int get_rule(struct mnl_socket *nl, const struct nft_rule_id *id,
		    struct found *f)
{
	_Alignas(struct nlmsghdr) char buf[REQUEST] = { 0 };
	struct nlmsghdr *nlh = nftnl_nlmsg_build_hdr(buf, NFT_MSG_GETRULE,
						     id->nfproto, NLM_F_ACK, 0);

	mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, id->table);
	mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, id->chain);
	mnl_attr_put_u64(nlh, NFTA_RULE_HANDLE, htobe64(id->handle));
	return nft_request(nl, nlh, take_elements_rule, f);
}

static int get_set(struct mnl_socket *nl, const struct nft_rule_id *id,
		   const char *set, struct found *f)
{
	_Alignas(struct nlmsghdr) char buf[REQUEST] = { 0 };
	struct nlmsghdr *nlh = nftnl_nlmsg_build_hdr(buf, NFT_MSG_GETSET,
						     id->nfproto, NLM_F_ACK, 0);
	int err;

	mnl_attr_put_strz(nlh, NFTA_SET_TABLE, id->table);
	mnl_attr_put_strz(nlh, NFTA_SET_NAME, set);
	err = nft_request(nl, nlh, take_set, f);
	if (err)
		return err;
	memset(buf, 0, sizeof(buf));
	nlh = nftnl_nlmsg_build_hdr(buf, NFT_MSG_GETSETELEM, id->nfproto,
				    NLM_F_DUMP, 0);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, id->table);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set);
	return nft_request(nl, nlh, take_elements, f);
}

static int read_all(struct mnl_socket *nl, const struct nft_rule_id *id,
		    struct found *f, struct key_fields *k)
{
	int err = get_rule(nl, id, f);

	if (!err && !key_fields_read(k, f->rule, id->set))
		err = -ENOENT;
	return err ? err : get_set(nl, id, k->set, f);
}

static int read_once(const struct nft_rule_id *id, struct helper_out *out)
{
	struct mnl_socket *nl = nft_socket_open();
	struct found f = {
		.rule = nftnl_rule_alloc(), .set = nftnl_set_alloc(),
		.until_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) +
			    ELEMENTS_MS * NS_PER_MS,
	};
	uint32_t before, after;
	struct key_fields k;
	int err = !nl || !f.rule || !f.set ? -ENOMEM : nft_generation(&before);

	if (!err)
		err = read_all(nl, id, &f, &k);
	if (!err)
		err = elements_fill(out, f.set, &k, before);
	if (!err)
		err = nft_generation(&after);
	if (!err && before != after)
		err = -EINTR;
	if (f.rule)
		nftnl_rule_free(f.rule);
	if (f.set)
		nftnl_set_free(f.set);
	if (nl)
		mnl_socket_close(nl);
	return err;
}

/* Exit status of the child: 0, or the errno. */
static int read_job(const void *arg, struct helper_out *out)
{
	int err = -EINTR;

	for (unsigned int n = 0; n < ELEMENTS_TRIES && err == -EINTR; n++) {
		if (n)
			usleep(ELEMENTS_PAUSE_US * n);
		err = read_once(arg, out);
	}
	return helper_status(err == -EINTR ? -EAGAIN : err);
}

int nft_elements_read(const struct nft_rule_id *id, struct helper_result *res,
		      int *fd)
{
	struct helper h;
	int err = helper_start(&h, read_job, id);

	*fd = -1;
	memset(res, 0, sizeof(*res));
	return err ? err : helper_finish_data(&h, res, fd);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_update: a message of nf_tables about its rules -> a plain struct; pure. */
#include "capture/nft_update.h"

#include <endian.h>
#include <string.h>
#include <linux/netfilter/nf_tables.h>

#include "capture/nft_attr.h"
#include "rules/base/owner.h"

/* By the message's type; what is not here changes nothing that packets meet. */
static const uint8_t kinds[] = {
	[NFT_MSG_NEWTABLE] = NFT_UPDATE_TABLE,
	[NFT_MSG_DELTABLE] = NFT_UPDATE_NO_TABLE,
	[NFT_MSG_NEWCHAIN] = NFT_UPDATE_CHAIN,
	[NFT_MSG_DELCHAIN] = NFT_UPDATE_OTHER,
	[NFT_MSG_NEWRULE] = NFT_UPDATE_RULE,
	[NFT_MSG_DELRULE] = NFT_UPDATE_NO_RULE,
	[NFT_MSG_NEWSET] = NFT_UPDATE_SET,
	[NFT_MSG_DELSET] = NFT_UPDATE_SET,
	[NFT_MSG_NEWSETELEM] = NFT_UPDATE_SET,
	[NFT_MSG_DELSETELEM] = NFT_UPDATE_SET,
	[NFT_MSG_NEWGEN] = NFT_UPDATE_GENERATION,
};

uint8_t nft_update_kind(uint16_t type)
{
	uint8_t message = (uint8_t)type;

	return message < sizeof(kinds) ? kinds[message]
				       : NFT_UPDATE_NONE;
}

/* 0: its handle is of no use. */
static const uint16_t handle_type[] = {
	[NFT_UPDATE_TABLE] = NFTA_TABLE_HANDLE,
	[NFT_UPDATE_NO_TABLE] = NFTA_TABLE_HANDLE,
	[NFT_UPDATE_RULE] = NFTA_RULE_HANDLE,
	[NFT_UPDATE_NO_RULE] = NFTA_RULE_HANDLE,
	[NFT_UPDATE_CHAIN] = NFTA_CHAIN_HANDLE,
	[NFT_UPDATE_OTHER] = 0,
	[NFT_UPDATE_SET] = 0,
};

static bool take_generation(struct nft_update *c, const struct nlattr *attr)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint16_t len = mnl_attr_get_payload_len(attr);

	if (type == NFTA_GEN_ID && len >= 4)
		c->generation = nft_attr_be32(attr);
	else if (type == NFTA_GEN_PROC_PID && len >= 4)
		c->pid = nft_attr_be32(attr);
	else if (type == NFTA_GEN_PROC_NAME && len)
		c->by = nft_attr_name(attr);
	return type != NFTA_GEN_ID || len >= 4;
}

/* A generation's message has attributes of its own. */
static bool take_change(struct nft_update *c, const struct nlattr *attr)
{
	uint16_t type = mnl_attr_get_type(attr);
	uint16_t len = mnl_attr_get_payload_len(attr);
	uint64_t handle;

	if (c->kind == NFT_UPDATE_GENERATION)
		return take_generation(c, attr);
	/* NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_SET_TABLE ... are all 1. */
	if (type == NFTA_TABLE_NAME && len)
		c->table = nft_attr_name(attr);
	if (c->kind == NFT_UPDATE_CHAIN && type == NFTA_CHAIN_NAME && len)
		c->chain = nft_attr_name(attr);
	/* NFTA_SET_ELEM_LIST_SET is the same number. */
	if (c->kind == NFT_UPDATE_SET && type == NFTA_SET_NAME && len)
		c->set = nft_attr_name(attr);
	if (type && type == handle_type[c->kind]) {
		if (len < sizeof(handle))
			return false;
		memcpy(&handle, mnl_attr_get_payload(attr), sizeof(handle));
		c->handle = be64toh(handle);
	}
	return true;
}

bool nft_update_parse(struct nft_update *c, const struct nlmsghdr *nlh,
		      size_t len)
{
	const struct nfgenmsg *nfg = nft_attr_open(nlh, len);
	const struct nlattr *attr;

	if (!nfg)
		return false;
	memset(c, 0, sizeof(*c));
	c->table.text = c->chain.text = c->set.text = c->by.text = "";
	c->kind = nft_update_kind(nlh->nlmsg_type);
	c->family = nfg->nfgen_family;
	c->serial = ntohs(nfg->res_id);
	mnl_attr_for_each(attr, nlh, sizeof(*nfg))
		if (!take_change(c, attr))
			return false;
	return true;
}

bool nft_update_is_of_run(const struct nft_update *c)
{
	char name[OWNER_TEXT];
	struct owner o;

	if (c->table.len >= sizeof(name))
		return false;
	memcpy(name, c->table.text, c->table.len);
	name[c->table.len] = '\0';
	return owner_parse_name(&o, name);
}

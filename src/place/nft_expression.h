/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_expression: where in a rule of nft's words a field, a value or more ends. */
#ifndef NFTRACE_NFT_EXPRESSION_H
#define NFTRACE_NFT_EXPRESSION_H

#include <stdbool.h>

#include "rules/base/strview.h"

/* What stands between two fields or values. */
enum nft_operator {
	NFT_OPERATOR_NONE, NFT_OPERATOR_JOINS, NFT_OPERATOR_COMPARES,
	NFT_OPERATOR_VMAP,
};

/** nft_expression_braces - behind "{", to its end; true: how often something is decides, too */
bool nft_expression_braces(struct strview *rest);

/** nft_expression_field - a field, of which @first has been taken, or a value */
void nft_expression_field(struct strview *rest, struct strview first);

/** nft_expression_value - a constant, which may be called as a field is: "tcp", "{ 80, 443 }" */
void nft_expression_value(struct strview *rest);

/**
 * nft_expression_skip - fields and values with operators between them
 * @first: the first word, which has been taken
 * With a comparison or a map it is at an end, and that is returned.
 */
enum nft_operator nft_expression_skip(struct strview *rest,
				      struct strview first);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/* no_texts: a preloaded library that makes libnftables fail to list the rules. */
struct nft_ctx;

int nft_run_cmd_from_buffer(struct nft_ctx *nft, const char *buf);
const char *nft_ctx_get_error_buffer(struct nft_ctx *ctx);

int nft_run_cmd_from_buffer(struct nft_ctx *nft, const char *buf)
{
	(void)nft;
	(void)buf;
	return -1;
}

const char *nft_ctx_get_error_buffer(struct nft_ctx *ctx)
{
	(void)ctx;
	return "out of words\n";
}

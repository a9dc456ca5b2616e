// SPDX-License-Identifier: GPL-2.0-or-later
/* privileges: which of those that a run needs are missing, as the kernel answers. */
#include "plan/privileges.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/msg.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/legacy/table.h"
#include "rules/nft/found.h"

/* Capabilities are asked of the kernel: in a user namespace they may count or not. */
static bool lacks_net_admin(void)
{
	unsigned int tables[FAMILY_COUNT], link;

	return nft_trigger_tables(tables, &link) == -EPERM;
}

static bool lacks_net_raw(void)
{
	int sock = table_socket(&family_ipv4);

	if (sock >= 0)
		close(sock);
	return sock < 0;
}

/* Of root's files, the first that a run reads. */
static bool lacks_files(void)
{
	struct table_names names;

	return table_names(&family_ipv4, &names) == -EACCES;
}

static const struct {
	bool (*lacks)(void);
	const char *name;
} needed[] = {
	{ lacks_net_admin, "CAP_NET_ADMIN" },
	{ lacks_net_raw, "CAP_NET_RAW" },
	{ lacks_files, "CAP_DAC_OVERRIDE for root's files" },
};

bool privileges_missing(char *buf, size_t size)
{
	unsigned int missing = 0;
	char names[128];
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!needed[i].lacks())
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used,
					 "%s%s", missing++ ? " and " : "",
					 needed[i].name);
	}
	if (missing)
		snprintf(buf, size, "needs root (sudo nftrace ...), or "
			 "CAP_NET_ADMIN and CAP_NET_RAW, in this network "
			 "namespace: %s %s missing", names,
			 missing == 1 ? "is" : "are");
	return missing > 0;
}

void privileges_error(const char *what, int err)
{
	char text[256];

	if ((err == -EPERM || err == -EACCES) &&
	    privileges_missing(text, sizeof(text)))
		msg("error: %s: %s", what, text);
	else
		msg_error(what, err);
}

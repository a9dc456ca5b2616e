// SPDX-License-Identifier: GPL-2.0-or-later
/* masking: --masked: what the supervisor says has other addresses and names as well. */
#include "supervisor/masking.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/strbuf.h"
#include "mask/mask.h"
#include "mask/mask_text.h"

static struct mask *masked_by;

/* In any sentence they are names, though they may be words as well. */
static void learn_masks(struct mask *m, enum mask_kind kind, const char *name)
{
	if (*name && strcmp(name, "lo") != 0)
		mask_number(m, &kind, name, strlen(name));
}

static void learn_names(struct mask *m)
{
	struct if_nameindex *all = if_nameindex();
	char host[65] = "";

	for (struct if_nameindex *i = all; i && i->if_index; i++)
		learn_masks(m, MASK_INTERFACE, i->if_name);
	if (all)
		if_freenameindex(all);
	if (gethostname(host, sizeof(host) - 1) == 0)
		learn_masks(m, MASK_HOST, host);
}

static void mask_message(char *to, size_t size, const char *text)
{
	struct strbuf s = { to, size, 0 };

	to[0] = '\0';
	mask_text(masked_by, &s, (struct strview){ text, strlen(text) });
}

int masking_begin(struct mask **mask, bool here)
{
	int err = mask_text_begin();

	*mask = err ? NULL : mask_open();
	if (!*mask) {
		err = err ? err : -errno;
		msg_error("sharing memory with the reader", err);
		return err;
	}
	if (here)
		learn_names(*mask);
	masked_by = *mask;
	msg_mask(mask_message);
	return 0;
}

void masking_learn(struct mask *mask, const char *name)
{
	learn_masks(mask, MASK_NAME, name);
}

void masking_end(struct mask *mask)
{
	msg_mask(NULL);
	mask_close(mask);
}

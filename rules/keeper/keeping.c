// SPDX-License-Identifier: GPL-2.0-or-later
/* keeping: the keeper's state, in its process only. */
#include "rules/keeper/keeping.h"

#include <sys/socket.h>

void keeping_tell(struct keeping *s, struct keeper_message *m)
{
	/* A supervisor that does not read must not hold the keeper up. */
	if (send(s->fd, m, sizeof(*m), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_refresh: the moments in which legacy's rules may become others. */
#include "supervisor/legacy_refresh.h"

#include <stddef.h>

#include "supervisor/table_monitor.h"

void legacy_window_open(struct run *r)
{
	(void)r;
}

int legacy_window_close(struct run *r)
{
	return table_monitor_look(r, NULL);
}

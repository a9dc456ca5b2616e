// SPDX-License-Identifier: GPL-2.0-or-later
/* hints_tool: "OPTION|WHAT HAS TO STAND BEFORE IT" for each name on stdin, nothing behind "|" for none. */
#include <stdio.h>
#include <string.h>

#include "rules/match/option_owners.h"

int main(void)
{
	struct option_owners o;
	char name[256], needs[256];

	option_owners_read(&o);
	while (fgets(name, sizeof(name), stdin)) {
		name[strcspn(name, "\n")] = '\0';
		if (!option_owners_needs(&o, name, strlen(name), needs,
					 sizeof(needs)))
			needs[0] = '\0';
		printf("%s|%s\n", name, needs);
	}
	option_owners_release(&o);
	return 0;
}

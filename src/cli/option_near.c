// SPDX-License-Identifier: GPL-2.0-or-later
/* option_near: which option was meant by a word that is none. */
#include "cli/option_near.h"

#include <string.h>

#include "base/spelling.h"
#include "cli/option_rows.h"

void option_near_begin(struct spelling *n, const char *word)
{
	word += strspn(word, "-");
	spelling_begin(n, word, strcspn(word, "="));
	for (unsigned int i = 0; i < option_row_count; i++)
		spelling_look(n, option_rows[i].name);
}

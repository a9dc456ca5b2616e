// SPDX-License-Identifier: GPL-2.0-or-later
/* option_near: which option was meant by a word that is none. */
#include "cli/option_near.h"

#include <stddef.h>
#include <string.h>

#include "cli/option_rows.h"
#include "rules/base/units.h"

enum { LONGEST = 24 };

/* Of matches, those that are typed most. */
static const char *const of_matches[] = {
	"protocol", "source", "destination", "in-interface", "out-interface",
	"dport", "sport", "dports", "sports", "ports", "syn", "tcp-flags",
	"icmp-type", "icmpv6-type", "ctstate", "state", "match-set", "mac-source",
	"src-range", "dst-range", "uid-owner", "mark", "comment",
	"physdev-in", "physdev-out",
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Letters added, left out, changed, or two next to each other swapped. */
static unsigned int distance(const char *a, size_t a_len, const char *b)
{
	size_t b_len = strlen(b);
	unsigned int row[3][LONGEST + 1] = { { 0 } };

	for (size_t j = 0; j <= b_len; j++)
		row[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned int *now = row[i % 3], *before = row[(i + 2) % 3];

		now[0] = (unsigned int)i;
		for (size_t j = 1; j <= b_len; j++) {
			now[j] = least(before[j - 1] + (a[i - 1] != b[j - 1]),
				       least(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j],
					       row[(i + 1) % 3][j - 2] + 1);
		}
	}
	return row[a_len % 3][b_len];
}

struct best {
	const char *name;
	unsigned int distance;
};

static void look_at(struct best *best, const char *word, size_t len,
		    const char *name)
{
	unsigned int d;

	if (strlen(name) > LONGEST)
		return;
	/* The beginning of a name may be much shorter than the name. */
	d = len >= 3 && strncmp(word, name, len) == 0 ?
		1 : distance(word, len, name);
	if (d < best->distance)
		*best = (struct best){ name, d };
}

const char *option_near(const char *word)
{
	size_t len;
	struct best best = { NULL, 0 };

	word += strspn(word, "-");
	len = strcspn(word, "=");
	if (len > LONGEST)
		return NULL;
	/* A third of the letters may be wrong, two at most. */
	best.distance = least(2, (unsigned int)len / 3) + 1;
	for (unsigned int i = 0; i < option_row_count; i++)
		look_at(&best, word, len, option_rows[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(of_matches); i++)
		look_at(&best, word, len, of_matches[i]);
	return best.name;
}

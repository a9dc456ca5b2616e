// SPDX-License-Identifier: GPL-2.0-or-later
/* spelling: which of many names was meant by a word that is none of them. */
#include "base/spelling.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
	LONGEST = 64,		/* names; those of nft's chains may be longer */
	BEGINNING = 3,		/* so many letters say more than a distance */
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
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
			now[j] = least(before[j - 1] + !same(a[i - 1], b[j - 1]),
				       least(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				now[j] = least(now[j],
					       row[(i + 1) % 3][j - 2] + 1);
		}
	}
	return row[a_len % 3][b_len];
}

void spelling_begin(struct spelling *n, const char *word, size_t len)
{
	*n = (struct spelling){
		.word = word, .len = len,
		.distance = least(2, (unsigned int)len / 3) + 1,
	};
}

void spelling_look(struct spelling *n, const char *name)
{
	unsigned int d;

	if (n->len > LONGEST || strlen(name) > LONGEST)
		return;
	d = distance(n->word, n->len, name);
	/* The beginning of a name may be much shorter than the name. */
	if (d > 1 && n->len >= BEGINNING &&
	    strncasecmp(n->word, name, n->len) == 0)
		d = 1;
	if (d < n->distance) {
		n->name = name;
		n->distance = d;
	}
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* owner_words: whose the rule is that decided, as every form writes it. */
#include "report/owner_words.h"

#include <string.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "grounds/component.h"

/* Each byte may become four. */
static void put(struct outbuf *o, const char *text)
{
	size_t room = 4 * strlen(text) + 1;
	char *to = outbuf_room(o, room);

	if (to)
		outbuf_advance(o, escape_text(to, room, text, strlen(text)));
}

/* "; asked: default/no-mail, default/dns-and-web; none accepted" */
static void put_asked(struct outbuf *o, const struct component_found *f)
{
	for (unsigned int i = 0; i < f->asked; i++) {
		outbuf_text(o, i ? ", " : "; asked: ");
		if (*f->ask[i])
			put(o, f->ask[i]);
		else
			outbuf_text(o, "one whose name is not known");
	}
	if (f->more)
		outbuf_text(o, ", more");
	if (f->asked)
		outbuf_text(o, "; none accepted");
}

bool owner_words(struct outbuf *o, const struct journey *j, unsigned int b,
		 const struct grounds *g)
{
	struct component_found f;

	if (!component_of_fate(&f, j, b, g))
		return false;
	outbuf_text(o, " [");
	outbuf_text(o, f.who->name);
	if (*f.object) {
		outbuf_text(o, ": ");
		put(o, f.object);
	}
	put_asked(o, &f);
	outbuf_text(o, "]");
	return true;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* owner_words: whose the rule is that decided, as every form writes it. */
#include "report/owner_words.h"

#include <string.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "grounds/component.h"
#include "grounds/grounds.h"
#include "journey/journey_types.h"
#include "report/report.h"

/* Each byte may become four. */
static void put_owner_bytes(struct outbuf *o, const char *text)
{
	size_t room = 4 * strlen(text) + 1;
	char *to = outbuf_room(o, room);

	if (to)
		outbuf_advance(o, escape_text(to, room, text, strlen(text)));
}

/* "; asked: default/no-mail, default/dns-and-web; none accepted" */
static void put_asked_owner(struct outbuf *o, const struct component_found *f)
{
	for (unsigned int i = 0; i < f->asked; i++) {
		outbuf_text(o, i ? ", " : "; asked: ");
		if (*f->ask[i])
			put_owner_bytes(o, f->ask[i]);
		else
			outbuf_text(o, "one whose name is not known");
	}
	if (f->more)
		outbuf_text(o, ", more");
	if (f->asked)
		outbuf_text(o, "; none accepted");
}

struct path_key owner_key(enum path_form form, const struct journey *j,
			  unsigned int b, const struct grounds *g)
{
	const struct place *by = j->fate[b].by;

	return (struct path_key){
		.j = j, .form = form, .branch = b,
		.by = by || !g ? by : g->accepted, .also = g ? g->marked : NULL,
	};
}

static void put_owner(struct outbuf *o, const struct journey *j,
		      unsigned int b, const struct grounds *g)
{
	struct component_found f;

	if (!component_of_fate(&f, j, b, g))
		return;
	outbuf_text(o, " [");
	outbuf_text(o, f.who->name);
	if (*f.object) {
		outbuf_text(o, ": ");
		put_owner_bytes(o, f.object);
	}
	put_asked_owner(o, &f);
	outbuf_text(o, "]");
}

bool owner_words(struct outbuf *o, const struct report_env *env,
		 const struct journey *j, unsigned int b,
		 const struct grounds *g)
{
	struct path_key key = owner_key(PATH_TEXT, j, b, g);
	size_t at = outbuf_written(o);

	if (!key.by)
		return false;
	if (!path_texts_put(env->owners, o, &key)) {
		put_owner(o, j, b, g);
		path_texts_keep(env->owners, o, at);
	}
	return outbuf_written(o) > at;
}

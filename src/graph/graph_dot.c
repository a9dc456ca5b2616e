// SPDX-License-Identifier: GPL-2.0-or-later
/* graph_dot: a chain as a box of a graph, with its rules as rows, in dot's words. */
#include "graph/graph_dot.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "capture/event.h"
#include "graph/graph_edges.h"
#include "graph/graph_nodes.h"
#include "place/place.h"
#include "report/rule_gist.h"
#include "rules/base/family.h"
#include "rules/base/strview.h"
#include "rules/nft/snapshot.h"

enum {
	WIDTH = 32,		/* characters of a row's line */
	LINES = 4,		/* of a row */
};

void graph_dot_end(struct outbuf *o)
{
	outbuf_text(o, "\n");
	outbuf_end(o);
	if (outbuf_full(o))
		outbuf_drain(o);
	outbuf_begin(o);
}

static void put_plain(struct outbuf *o, const char *text, size_t len)
{
	char *room = outbuf_room(o, 6 * len);

	if (room)
		outbuf_advance(o, escape_html(room, 6 * len, text, len));
}

/* To dot "\N" is the node's name, in what looks like HTML as well. */
static void put_text(struct outbuf *o, const char *text, size_t len)
{
	for (size_t n; len; text += n, len -= n) {
		const char *slash = memchr(text, '\\', len);

		if (slash == text) {
			outbuf_text(o, "\\\\");
			n = 1;
			continue;
		}
		n = slash ? (size_t)(slash - text) : len;
		put_plain(o, text, n);
	}
}

bool graph_dot_is_row(const struct place *p)
{
	return p->rule_len || p->kind != PLACE_RETURN;
}

/* Bytes of the text's first line: words while they have room, or what of one has. */
static size_t line_len(struct strview text)
{
	size_t columns = 0, fits = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == ' ')
			fits = i;
		if ((text.at[i] & 0xc0) != 0x80 && columns++ == WIDTH)
			return fits ? fits : i;
	}
	return text.len;
}

static void put_lines(struct outbuf *o, struct strview text)
{
	for (unsigned int line = 1; text.len; line++) {
		size_t n = line_len(text);

		put_text(o, text.at, n);
		text = strview_behind(text, n);
		strview_take(&text, " ");
		if (line == LINES && text.len) {
			outbuf_text(o, "...");
			text.len = 0;
		}
		outbuf_text(o, "<BR ALIGN=\"LEFT\"/>");
	}
}

static void put_words(struct outbuf *o, const struct place *p)
{
	char *words = p->rule_len ? malloc(p->rule_len) : NULL;
	size_t n = words ? rule_gist(words, p->rule_len, p) : 0;

	if (n)
		put_lines(o, (struct strview){ words, n });
	else
		outbuf_text(o, "?");
	free(words);
}

/* dot gives a tooltip to links alone. */
static void put_row(struct outbuf *o, const struct graph_edges *w,
		    const struct place *p)
{
	const char *font = w->drops[p->id] ? "<FONT COLOR=\"red\">" : "";
	const char *end = w->drops[p->id] ? "</FONT>" : "";

	outbuf_printf(o, "\t\t<TR><TD ALIGN=\"RIGHT\" VALIGN=\"TOP\">%s", font);
	if (p->handle && !p->counted)
		outbuf_printf(o, "handle %llu", (unsigned long long)p->handle);
	else if (place_number(p))
		outbuf_printf(o, "%u", place_number(p));
	outbuf_printf(o, "%s</TD><TD ALIGN=\"LEFT\" HREF=\"#\" TOOLTIP=\"", end);
	put_text(o, p->line, p->line_len - 1);
	outbuf_printf(o, "\">%s", font);
	put_words(o, p);
	outbuf_printf(o,
		      "%s</TD><TD ALIGN=\"RIGHT\" VALIGN=\"TOP\" PORT=\"r%u\">"
		      "%s%llu%s</TD></TR>",
		      end, p->id, font, (unsigned long long)w->left[p->id], end);
	graph_dot_end(o);
}

/* All chains of a table, and of its namesake in the other family, have one colour. */
static const char *table_color(const struct place *p)
{
	static const char *const colors[] = {
		"#e4e4e4", "#dcecf4", "#e6e2f4", "#f4ecd4",
		"#dcf0e8", "#f0e0e8", "#e0e8d4", "#f4e2d6",
	};
	unsigned int sum = 0;

	for (const char *c = p->table; *c; c++)
		sum += (unsigned char)*c;
	return colors[sum % (sizeof(colors) / sizeof(*colors))];
}

static void put_cluster_title(struct outbuf *o, const struct place *p, const char *owner)
{
	const char *family = p->backend == EVENT_NFT ?
				     nft_snapshot_family(p->family) :
				     family_by_nfproto(p->nfproto)->name;

	outbuf_printf(o, "<TR><TD COLSPAN=\"3\" BGCOLOR=\"%s\">"
		      "<FONT POINT-SIZE=\"10\" COLOR=\"gray30\">", table_color(p));
	put_text(o, p->table, strlen(p->table));
	outbuf_printf(o, " %s%s", family, *owner ? ", " : "");
	put_text(o, owner, strlen(owner));
	outbuf_text(o, "</FONT><BR/><B>");
	put_text(o, p->chain, p->chain_len);
	outbuf_text(o, "</B></TD></TR>");
	graph_dot_end(o);
}

void graph_dot_chain(struct outbuf *o, const struct graph_edges *w,
		     const struct graph_node *node, uint32_t count, uint32_t box)
{
	outbuf_printf(o, "\tc%u [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" "
		      "CELLSPACING=\"0\" CELLPADDING=\"2\">", box);
	put_cluster_title(o, node->at, node->owner);
	for (uint32_t i = 0; i < count; i++)
		if (graph_dot_is_row(node[i].at))
			put_row(o, w, node[i].at);
	outbuf_text(o, "\t\t</TABLE>>];");
	graph_dot_end(o);
}

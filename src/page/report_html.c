// SPDX-License-Identifier: GPL-2.0-or-later
/* report_html: one page for who was not there: summary, packets, rules, the run. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "capture/event.h"
#include "journey/journey.h"
#include "page/html.h"
#include "page/html_style.h"
#include "page/inner.h"
#include "page/tally.h"
#include "place/place.h"
#include "place/place_name.h"
#include "report/report_text.h"
#include "report/rule_gist.h"
#include "report/rule_table.h"
#include "report/text_fate.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"

enum {
	PACKETS_MAX = 16 << 20,	/* bytes of the page, about */
	HTML_RULES_SHOWN = 500,
	HEAD_LINES = 2,		/* of a folded packet: what became of it, and by which rule */
	HTML_WIDTH = 4096,		/* the browser breaks lines */
};

struct html_state {
	struct tally tally;
	struct inner fold;
	uint64_t written;	/* bytes of packets */
	uint64_t most;		/* of them */
	uint64_t left_out;	/* packets */
};

/* Which colour: of html_style.h. */
static const char *const fate_class[FATE_COUNT] = {
	[FATE_DROP] = "bad", [FATE_REJECT] = "bad",
	[FATE_DELIVERED] = "good", [FATE_FORWARDED] = "good",
	[FATE_SENT] = "good", [FATE_QUEUE] = "user", [FATE_STOLEN] = "user",
	[FATE_LOST] = "lost", [FATE_UNKNOWN] = "none",
	[FATE_INCOMPLETE] = "none",
};

static uint64_t packets_max(void)
{
#ifdef TEST_POINTS
	const char *bytes = getenv("NFTRACE_REPORT_MAX");

	if (bytes)
		return strtoull(bytes, NULL, 10);
#endif
	return PACKETS_MAX;
}

static void put_beginning(struct outbuf *o, const struct report_env *env)
{
	outbuf_begin(o);
	outbuf_text(o,
		    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		    "<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, "
		    "initial-scale=1\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" "
		    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		    "<meta name=\"generator\" content=\"nftrace " VERSION "\">\n"
		    "<title>nftrace");
	if (*env->host) {
		outbuf_text(o, ": ");
		html_text(o, env->host, strlen(env->host));
	}
	outbuf_text(o, "</title>\n<style>\n" HTML_STYLE "</style>\n</head>\n"
		    "<body>\n<main>\n<section id=\"packets\">\n"
		    "<h2>Packets</h2>\n");
	outbuf_end(o);
}

static int html_open(struct outbuf *o, struct report_env *env)
{
	struct html_state *st = calloc(1, sizeof(*st));

	env->state = st;
	if (!st || !tally_open(&st->tally))
		return -ENOMEM;
	st->most = packets_max();
	env->verbose = false;
	env->color = true;
	env->width = HTML_WIDTH;
	put_beginning(o, env);
	return inner_open(&st->fold, &report_fold, o, env);
}

static void html_close(struct report_env *env)
{
	struct html_state *st = env->state;

	if (st) {
		inner_close(&st->fold, env);
		tally_close(&st->tally);
	}
	free(st);
	env->state = NULL;
}

static void html_forget(struct report_env *env, uint32_t id)
{
	struct html_state *st = env->state;

	tally_forget(&st->tally, id);
	inner_forget(&st->fold, env, id);
}

/* Folded, the first lines of which stand there all the time; and all events. */
static void put_packet(struct outbuf *o, const struct report_env *env,
		       const struct journey *j)
{
	const struct html_state *st = env->state;
	size_t at;

	outbuf_text(o, "<summary class=\"m\">");
	at = outbuf_written(o);
	inner_journey(&st->fold, o, env, j);
	outbuf_text(o, html_take_lines(o, at, HEAD_LINES, "</summary><pre>") ?
		    "</pre>\n" : "</summary>\n");
	outbuf_text(o, "<details><summary>every event</summary>"
		    "<pre class=\"e\">");
	at = outbuf_written(o);
	report_block.journey(o, env, j);
	html_take_lines(o, at, 0, NULL);
	outbuf_text(o, "</pre></details>\n");
}

static void html_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	struct html_state *st = env->state;
	size_t begin = outbuf_written(o);

	tally_add(&st->tally, j);
	if (st->written > st->most) {
		st->left_out++;
		return;
	}
	outbuf_printf(o, "<details class=\"%s\" id=\"p%llu\">",
		      fate_class[j->fate[0].kind],
		      (unsigned long long)j->number);
	put_packet(o, env, j);
	outbuf_text(o, "</details>\n");
	st->written += outbuf_written(o) - begin;
}

static void html_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	struct html_state *st = env->state;
	size_t at;

	tally_late(&st->tally, l);
	if (st->written > st->most)
		return;
	outbuf_text(o, "<pre>");
	at = outbuf_written(o);
	text_late(o, env, l);
	html_take_lines(o, at, 0, NULL);
	outbuf_text(o, "</pre>\n");
}

/* A part of the page more; its reader may be slower than we are. */
static void end_part(struct outbuf *o)
{
	outbuf_end(o);
	if (outbuf_full(o))
		outbuf_drain(o);
	outbuf_begin(o);
}

static void put_count(struct outbuf *o, uint64_t n, const char *what)
{
	outbuf_printf(o, "%llu %s%s", (unsigned long long)n, what,
		      n == 1 ? "" : "s");
}

static void put_html_fates(struct outbuf *o, const struct html_state *st)
{
	outbuf_text(o, "<section id=\"summary\">\n<h1>");
	put_count(o, st->tally.packets, "packet");
	outbuf_text(o, " traced</h1>\n");
	if (!st->tally.packets)
		outbuf_text(o, "<p>No packet matched.</p>\n");
	else
		outbuf_text(o, "<ul>\n");
	for (unsigned int k = 0; k < FATE_COUNT; k++)
		if (st->tally.fate[k])
			outbuf_printf(o, "<li class=\"%s\"><b>%llu</b> "
				      "<span class=\"f\">%s</span></li>\n",
				      fate_class[k],
				      (unsigned long long)st->tally.fate[k],
				      fate_word(k));
	if (st->tally.packets)
		outbuf_text(o, "</ul>\n");
	outbuf_text(o, "</section>\n");
	end_part(o);
}

static void put_escaped(struct outbuf *o, const char *text, size_t len)
{
	char *room = outbuf_room(o, 4 * len + 1);
	size_t at = outbuf_written(o);

	if (!room)
		return;
	outbuf_advance(o, escape_text(room, 4 * len + 1, text, len));
	html_take(o, at);
}

static void put_name(struct outbuf *o, const struct place *p)
{
	size_t room = p->prefix_len + 1ul;
	char *name = malloc(room);

	if (name && place_name(name, room, p) > 0)
		put_escaped(o, name, strlen(name));
	free(name);
}

/* iptables and ip6tables have tables and chains of the same names. */
static bool is_of_both(const struct html_state *st, const uint32_t *sorted,
		       uint32_t count)
{
	bool four = false, six = false;

	for (uint32_t i = 0; i < count; i++) {
		const struct place *p = rule_table_rule(st->tally.rules,
							sorted[i]);

		if (p->backend != EVENT_LEGACY)
			continue;
		four |= p->nfproto == NFPROTO_IPV4;
		six |= p->nfproto == NFPROTO_IPV6;
	}
	return four && six;
}

/* Where it stands, and below that what it says; @families: it is to be said of which. */
static void put_rule(struct outbuf *o, const struct tally_rule *r,
		     const struct place *p, bool families)
{
	char *words = p->rule_len ? malloc(p->rule_len) : NULL;
	size_t n = words ? rule_gist(words, p->rule_len, p) : 0;

	outbuf_printf(o, "<tr><td class=\"n\">%llu</td><td class=\"n%s\">",
		      (unsigned long long)r->met, r->decided ? " bad f" : "");
	if (r->decided)
		outbuf_number(o, r->decided);
	outbuf_text(o, "</td><td class=\"m\">");
	put_name(o, p);
	if (families && p->backend == EVENT_LEGACY)
		outbuf_printf(o, "<span class=\"w\"> (%s)</span>",
			      p->nfproto == NFPROTO_IPV6 ? "ipv6" : "ipv4");
	if (n) {
		outbuf_text(o, "<br><span class=\"w\">");
		put_escaped(o, words, n);
		outbuf_text(o, "</span>");
	}
	outbuf_text(o, "</td></tr>\n");
	free(words);
	end_part(o);
}

static void put_rules(struct outbuf *o, const struct html_state *st)
{
	uint32_t count, *sorted = tally_sorted(&st->tally, &count);
	bool families;

	if (!sorted)
		return;
	families = is_of_both(st, sorted, count);
	outbuf_text(o, "<section id=\"rules\">\n<h2>Rules that they met</h2>\n"
		    "<table>\n<thead><tr><th class=\"n\">packets</th>"
		    "<th class=\"n\">dropped</th><th>rule</th></tr></thead>\n"
		    "<tbody>\n");
	for (uint32_t i = 0; i < count && i < HTML_RULES_SHOWN; i++)
		put_rule(o, &st->tally.rule[sorted[i]],
			 rule_table_rule(st->tally.rules, sorted[i]), families);
	outbuf_text(o, "</tbody>\n</table>\n");
	if (count > HTML_RULES_SHOWN || st->tally.left_out) {
		outbuf_text(o, "<p class=\"d\">Left out: ");
		put_count(o, count > HTML_RULES_SHOWN ? count - HTML_RULES_SHOWN : 0,
			  "rule");
		outbuf_text(o, ", ");
		put_count(o, st->tally.left_out, "event");
		outbuf_text(o, ".</p>\n");
	}
	outbuf_text(o, "</section>\n");
	end_part(o);
	free(sorted);
}

static void put_fact(struct outbuf *o, const char *name, const char *value)
{
	if (!*value)
		return;
	outbuf_printf(o, "<dt>%s</dt><dd>", name);
	html_text(o, value, strlen(value));
	outbuf_text(o, "</dd>\n");
}

static void put_moment(struct outbuf *o, const char *name, uint64_t ns)
{
	char text[64];
	time_t sec = (time_t)(ns / NS_PER_S);
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	put_fact(o, name, text);
}

static void put_run(struct outbuf *o, const struct report_env *env)
{
	const struct report_run *run = env->run;

	outbuf_text(o, "<section id=\"run\">\n<h2>The run</h2>\n<dl>\n");
	if (run)
		put_fact(o, "command", run->command);
	if (env->traced)
		put_fact(o, "recorded by", env->traced->command);
	put_fact(o, "host", env->host);
	put_fact(o, "kernel", report_kernel(env));
	put_fact(o, "network namespace", env->netns);
	if (run) {
		put_moment(o, *run->kernel ? "began" : "read", run->begin_ns);
		if (*run->kernel)
			put_moment(o, "ended", clock_ns(CLOCK_REALTIME));
	}
	put_fact(o, "written by", "nftrace " VERSION);
	outbuf_text(o, "</dl>\n</section>\n");
}

static void html_finish(struct outbuf *o, const struct report_env *env)
{
	const struct html_state *st = env->state;

	outbuf_begin(o);
	if (st->left_out) {
		outbuf_text(o, "<p><b>");
		put_count(o, st->left_out, "packet");
		outbuf_text(o, " left out</b>: the page would be too large. "
			    "They are counted all the same; a narrower match, "
			    "--only or -c leaves fewer.</p>\n");
	}
	if (!st->tally.packets)
		outbuf_text(o, "<p class=\"d\">None.</p>\n");
	outbuf_text(o, "</section>\n");
	put_html_fates(o, st);
	put_rules(o, st);
	put_run(o, env);
	outbuf_text(o, "</main>\n</body>\n</html>\n");
	outbuf_end(o);
}

const struct report report_html = {
	.name = "html",
	.open = html_open,
	.journey = html_journey,
	.late = html_late,
	.finish = html_finish,
	.forget = html_forget,
	.close = html_close,
};

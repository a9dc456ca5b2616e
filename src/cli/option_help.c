// SPDX-License-Identifier: GPL-2.0-or-later
/* option_help: --help, from the table of options. */
#include "cli/option_help.h"

#include <stdlib.h>
#include <string.h>

#include "cli/option_rows.h"
#include "rules/base/units.h"

enum {
	COLUMNS = 80,
	NAME = 24,		/* columns of an option's name */
	TEXT = NAME + 3,	/* where what it does begins */
};

static const char usage[] =
"Usage: nftrace [OPTIONS] MATCH... [-- COMMAND...]\n"
"Which firewall rule decided what happened to a packet?\n";

static const char examples[] =
"Examples:\n"
"  nftrace --pod shop/web-0 -t 20           what becomes of a pod's packets\n"
"  nftrace -i cali123 -d 8.8.8.8 -t 20      what came in by one interface\n"
"  nftrace -p tcp --dport 443 -c 5          five packets to port 443\n"
"  nftrace host 8.8.8.8 and port 53         in tcpdump's words\n"
"  nftrace -p tcp --dport 443 --only drop   only what some rule drops\n"
"  nftrace -d 8.8.8.8 -- ping -c 1 8.8.8.8  what one command sends\n"
"  nftrace -p udp -m multiport --dports 53,5353 -q    one line a packet\n"
"  nftrace -6 -i eth0 ! -s fd00::/8 --json | jq .fate\n"
"  nftrace                                  what TRACE rules already there report\n"
"  nftrace --doctor                         will it work here?\n";

/* In this order, which is that of questions. */
static const struct {
	enum option_group group;
	const char *heading;
} headings[] = {
	{ GROUP_TRACED, "What to trace" },
	{ GROUP_LONG, "How long" },
	{ GROUP_SHOWN, "What to show" },
	{ GROUP_FILES, "Files" },
	{ GROUP_SAFETY, "Safety" },
	{ GROUP_REST, "The rest" },
};

/* What is no option of the table, under the headings where it is looked for. */
static const struct {
	enum option_group group;
	const char *name, *help;
} others[] = {
	{ GROUP_TRACED, "MATCH",
	  "what iptables accepts: -p -s -d -i -o -f -m ..., '!', and every "
	  "extension's options; and words of tcpdump's" },
	{ GROUP_TRACED, "    --or", "separates several match expressions" },
	{ GROUP_LONG, "    -- COMMAND...",
	  "run it once the trace is armed, stop when it ends" },
};

/* Words behind each other, as many as fit; further lines begin below the first. */
static void put_row(FILE *f, const char *name, const char *text)
{
	size_t at = (size_t)fprintf(f, "  %-*s", NAME, name);

	while (*text) {
		size_t len = strcspn(text, " ");

		if (at + 1 + len > COLUMNS)
			at = (size_t)fprintf(f, "\n%*s", TEXT - 1, "") - 1;
		at += (size_t)fprintf(f, " %.*s", (int)len, text);
		text += len + (text[len] == ' ');
	}
	fputc('\n', f);
}

static void put_option(FILE *f, const struct option_row *r)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%c%s--%s%s%s", r->letter ? "-" : " ",
		 r->letter ? r->letter : ' ', r->letter ? ", " : "  ", r->name,
		 r->arg ? " " : "", r->arg ? r->arg : "");
	put_row(f, name, r->help);
}

static void put_group(FILE *f, enum option_group group)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].group == group)
			put_row(f, others[i].name, others[i].help);
	for (unsigned int i = 0; i < option_row_count; i++)
		if (option_rows[i].group == group)
			put_option(f, &option_rows[i]);
}

void options_help(FILE *f)
{
	const char *sudo_user = getenv("SUDO_USER");

	fprintf(f, "%s\n%s", usage, examples);
	for (size_t i = 0; i < ARRAY_SIZE(headings); i++) {
		fprintf(f, "\n%s:\n", headings[i].heading);
		put_group(f, headings[i].group);
	}
	if (sudo_user && strcmp(sudo_user, "root") != 0)
		fprintf(f, "\nYou came by sudo: COMMAND runs as root unless you "
			"say\n--user %s\n", sudo_user);
	fputs("\nman nftrace has the rest: how to read the output, exit statuses, "
	      "Kubernetes.\n", f);
}

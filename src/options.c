// SPDX-License-Identifier: GPL-2.0-or-later
/* options: the command line -> a plain struct; one row an option. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "say.h"
#include "status.h"
#include "trace.h"
#include "words.h"

enum kind { FLAG, NUMBER, DURATION, RATE, CHAIN, CHOICE, TEXT, FILES };

struct row {
	const char *name;
	char letter;
	uint8_t kind;
	uint16_t offset;
	const char *arg;	/* its name in --help */
	const char *help;
	uint64_t min, max;
};

#define AT(member) .offset = offsetof(struct options, member)

static const struct row rows[] = {
	{ "time", 't', DURATION, AT(time_ns), "DURATION",
	  "stop after this long: 20, 500ms, 2m; 0: until interrupted (30)",
	  0, 0 },
	{ "count", 'c', NUMBER, AT(count), "N",
	  "stop after N packets are complete and printed", 1, UINT64_MAX },
	{ "ipv4", '4', FLAG, AT(ipv4), NULL, "IPv4 only", 0, 0 },
	{ "ipv6", '6', FLAG, AT(ipv6), NULL, "IPv6 only", 0, 0 },
	{ "chain", 0, CHAIN, AT(chains), "CHAIN",
	  "only this chain of raw: PREROUTING or OUTPUT", 0, 0 },
	{ "backend", 0, CHOICE, AT(backend), "WHICH",
	  "whose rules to trace: auto (all that are there), legacy or nft", 0, 0 },
	{ "replies", 0, FLAG, AT(replies), NULL,
	  "also trace what answers the packets that match", 0, 0 },
	{ "all", 0, FLAG, AT(all), NULL, "trace everything", 0, 0 },
	{ "rate", 'l', RATE, AT(rate), "RATE",
	  "trace at most this many packets: 100/s; 0: all", 0, 0 },
	{ "wait", 'w', NUMBER, AT(wait_s), "SECONDS",
	  "wait for the xtables lock (5; 0: fail at once)", 0, 86400 },
	{ "no-lock", 0, FLAG, AT(no_lock), NULL,
	  "hold the lock only while inserting and removing", 0, 0 },
	{ "allow-side-effects", 0, FLAG, AT(side_effects), NULL,
	  "allow matches that change state which others use", 0, 0 },
	{ "only", 0, TEXT, AT(only), "WORDS",
	  "print only what fits: drop,reject,table=nat,chain=NAME", 0, 0 },
	{ "quiet", 'q', FLAG, AT(quiet), NULL, "one line a packet", 0, 0 },
	{ "verbose", 'v', FLAG, AT(verbose), NULL,
	  "everything that is known of each event", 0, 0 },
	{ "flat", 0, FLAG, AT(flat), NULL,
	  "events as they come, one line each", 0, 0 },
	{ "json", 0, FLAG, AT(json), NULL,
	  "one JSON object a packet (with --flat: an event)", 0, 0 },
	{ "pcap", 0, TEXT, AT(pcap), "FILE",
	  "also write the packets, journeys as comments, as pcapng", 0, 0 },
	{ "graph", 0, TEXT, AT(graph), "FILE",
	  "also write the ways that packets took, as a DOT graph", 0, 0 },
	{ "read", 0, TEXT, AT(read), "FILE",
	  "no capture: show a pcapng of --pcap, or a log's TRACE lines", 0, 0 },
	{ "netns", 0, TEXT, AT(netns), "NAME|PID|PATH",
	  "trace in that network namespace", 0, 0 },
	{ "hold-lock", 0, FLAG, AT(hold_lock), NULL,
	  "with --netns: hold the host's lock all the same", 0, 0 },
	{ "user", 0, TEXT, AT(user), "NAME", "run COMMAND as this user", 0, 0 },
	{ "rules", 0, FILES, AT(rules), "FILE",
	  "the iptables-save that belongs to a log of --read", 0, 0 },
	{ "doctor", 0, FLAG, AT(doctor), NULL,
	  "check everything, change nothing", 0, 0 },
	{ "cleanup", 0, FLAG, AT(cleanup), NULL,
	  "remove what dead runs left behind", 0, 0 },
	{ "dry-run", 0, FLAG, AT(dry_run), NULL,
	  "print the rules that would be inserted, change nothing", 0, 0 },
	{ "snaplen", 0, NUMBER, AT(snaplen), "BYTES",
	  "bytes of each packet to look at (128)", 64, 65535 },
	{ "buffer", 0, NUMBER, AT(buffer_mib), "MIB",
	  "receive buffer (64)", 1, 1024 },
	{ "color", 0, CHOICE, AT(color), "WHEN", "auto, always or never",
	  0, 0 },
	{ "numeric", 'n', FLAG, AT(numeric), NULL,
	  "accepted: addresses and ports are always numbers", 0, 0 },
	{ "complete", 0, FLAG, AT(complete), NULL,
	  "as the first word: list what could follow the others", 0, 0 },
	{ "help", 'h', FLAG, AT(help), NULL, "this help", 0, 0 },
	{ "version", 'V', FLAG, AT(version), NULL, "the version", 0, 0 },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const char examples[] =
"Examples:\n"
"  nftrace -i cali123 -d 8.8.8.8 -t 20      what becomes of a pod's packets to 8.8.8.8\n"
"  nftrace -p tcp --dport 443 -c 5          five packets to port 443\n"
"  nftrace -p tcp --dport 443 --only drop   only what some rule drops\n"
"  nftrace -d 8.8.8.8 -- ping -c 1 8.8.8.8  what one command sends\n"
"  nftrace --netns 4242 -p tcp --syn        in the network namespace of process 4242\n"
"  nftrace -s 10.1.2.3 --or -d 10.1.2.3     either expression\n"
"  nftrace -p udp -m multiport --dports 53,5353 -q   one line a packet\n"
"  nftrace -6 -i eth0 ! -s fd00::/8 --json | jq .fate\n"
"  nftrace                                  what TRACE rules already there report\n"
"  nftrace --doctor                         will it work here?\n";

void options_help(FILE *f)
{
	const char *sudo_user = getenv("SUDO_USER");

	fputs("Usage: nftrace [OPTIONS] MATCH... [-- COMMAND...]\n"
	      "Which firewall rule decided what happened to a packet?\n"
	      "MATCH is what iptables accepts: -p -s -d -i -o -f -m ..., '!', "
	      "and every extension's options.\n\n", f);
	for (unsigned int i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		char name[64];

		snprintf(name, sizeof(name), "%s%c%s--%s%s%s",
			 r->letter ? "-" : " ", r->letter ? r->letter : ' ',
			 r->letter ? ", " : "  ", r->name,
			 r->arg ? " " : "", r->arg ? r->arg : "");
		fprintf(f, "  %-24s %s\n", name, r->help);
	}
	fputs("      --or                 separates several match expressions\n"
	      "      --                   COMMAND follows: run it once the trace "
	      "is armed, stop when it ends\n\n", f);
	if (sudo_user && strcmp(sudo_user, "root") != 0)
		fprintf(f, "You came by sudo: COMMAND runs as root unless you "
			"say --user %s\n\n", sudo_user);
	fputs(examples, f);
}

static bool bad_value(const struct row *r, const char *value, const char *hint)
{
	say("error: '%s' is no value for --%s: %s", value, r->name, hint);
	return false;
}

static bool parse_number(const char *text, uint64_t *n, char **end)
{
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*n = strtoull(text, end, 10);
	return errno == 0;
}

static bool take_number(const struct row *r, void *at, const char *value)
{
	char *end;
	uint64_t n;

	if (!parse_number(value, &n, &end) || *end || n < r->min ||
	    n > r->max) {
		char hint[96];

		if (r->max == UINT64_MAX)
			snprintf(hint, sizeof(hint), "a whole number from %llu",
				 (unsigned long long)r->min);
		else
			snprintf(hint, sizeof(hint),
				 "a whole number from %llu to %llu",
				 (unsigned long long)r->min,
				 (unsigned long long)r->max);
		return bad_value(r, value, hint);
	}
	if (r->max == UINT64_MAX)
		*(uint64_t *)at = n;
	else
		*(uint32_t *)at = (uint32_t)n;
	return true;
}

static bool take_duration(const struct row *r, uint64_t *ns, const char *value)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{ "", 1000000000 }, { "s", 1000000000 }, { "ms", 1000000 },
		{ "m", 60ull * 1000000000 }, { "h", 3600ull * 1000000000 },
	};
	/* xt_time counts to 2106; a month is more than a one-shot tool needs. */
	static const uint64_t max_ns = 31ull * 86400 * 1000000000;
	char *end;
	uint64_t n;

	if (strcmp(value, "raw") == 0) {
		say("error: '-t raw': -t is a duration here; nftrace always "
		    "works in raw");
		return false;
	}
	if (!parse_number(value, &n, &end))
		return bad_value(r, value, "a duration such as 20, 500ms or 2m");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		if (n > max_ns / units[i].ns)
			return bad_value(r, value, "at most 31 days (744h)");
		*ns = n * units[i].ns;
		return true;
	}
	return bad_value(r, value, "a duration such as 20, 500ms or 2m");
}

static bool take_rate(const struct row *r, struct rate *rate,
		      const char *value)
{
	static const char *const units[] = {
		"second", "minute", "hour", "day", "sec", "min",
	};
	const char *unit = "second";
	uint64_t n;
	char *end;

	if (!parse_number(value, &n, &end) || n > UINT32_MAX)
		return bad_value(r, value, "a rate such as 100/s, or 0");
	if (*end == '/')
		unit = end + 1;
	else if (*end)
		return bad_value(r, value, "a rate such as 100/s, or 0");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (*unit && strncmp(units[i], unit, strlen(unit)) == 0) {
			rate->given = true;
			rate->number = (uint32_t)n;
			rate->unit = units[i][0];
			return true;
		}
	}
	return bad_value(r, value, "the unit is one of s, m, h, d");
}

static bool take_chain(const struct row *r, unsigned int *chains,
		       const char *value)
{
	for (unsigned int bit = TRACE_PREROUTING; bit <= TRACE_OUTPUT;
	     bit <<= 1) {
		if (strcmp(value, trace_chain_name(bit)) == 0) {
			*chains |= bit;
			return true;
		}
	}
	return bad_value(r, value, "raw has the chains PREROUTING and OUTPUT");
}

/* Words in the order of their enum; the row's place says which list. */
static bool take_choice(const struct row *r, unsigned int *choice,
			const char *value)
{
	static const char *const colors[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};
	static const char *const backends[] = {
		[BACKEND_AUTO] = "auto",
		[BACKEND_LEGACY] = "legacy",
		[BACKEND_NFT] = "nft",
	};
	bool color = r->offset == offsetof(struct options, color);
	const char *const *words = color ? colors : backends;

	for (unsigned int i = 0; i < 3; i++) {
		if (strcmp(value, words[i]) == 0) {
			*choice = i;
			return true;
		}
	}
	return bad_value(r, value, color ? "auto, always or never"
					 : "auto, legacy or nft");
}

static bool take_file(char **files, const char *value)
{
	unsigned int n = 0;

	while (files[n])
		n++;
	if (n == OPTIONS_FILES) {
		say("error: '%s' is one file too many: %d at most", value,
		    OPTIONS_FILES);
		return false;
	}
	files[n] = strdup(value);
	return files[n] != NULL;
}

static bool take_option(struct options *o, const struct row *r,
			const char *value)
{
	void *at = (char *)o + r->offset;

	switch (r->kind) {
	case FLAG:
		*(bool *)at = true;
		return true;
	case NUMBER:
		return take_number(r, at, value);
	case DURATION:
		o->time_given = true;
		return take_duration(r, at, value);
	case RATE:
		return take_rate(r, at, value);
	case CHAIN:
		return take_chain(r, at, value);
	case CHOICE:
		return take_choice(r, at, value);
	case FILES:
		return take_file(at, value);
	case TEXT:
		free(*(char **)at);
		*(char **)at = strdup(value);
		return *(char **)at != NULL;
	}
	return false;
}

static bool add_word(struct options *o, unsigned int group, char *text)
{
	struct expression *e;
	char **more;

	if (group >= OPTIONS_GROUPS) {
		say("error: more than %d expressions: use several runs",
		    OPTIONS_GROUPS);
		return false;
	}
	if (group >= o->expressions)
		o->expressions = group + 1;
	e = &o->expression[group];
	more = realloc(e->argv, ((size_t)e->argc + 2) * sizeof(*more));
	if (!more)
		return false;
	e->argv = more;
	e->argv[e->argc++] = text;
	e->argv[e->argc] = NULL;
	return true;
}

static bool take_word(struct options *o, const struct word *w, char *argv[],
		      unsigned int *groups)
{
	switch (w->kind) {
	case WORD_MATCH:
		return add_word(o, w->group, argv[w->arg] + w->offset);
	case WORD_OR:
		++*groups;
		return true;
	case WORD_OWN:
		return take_option(o, &rows[w->own], rows[w->own].arg ?
				   argv[w->value_arg] + w->value_offset : NULL);
	case WORD_ERROR:
		say("error: '%s' needs a value: --%s %s", argv[w->arg],
		    rows[w->own].name, rows[w->own].arg);
		return false;
	case WORD_END:
		o->command = argv + w->arg + 1;
		return true;
	}
	return false;
}

static bool check_groups(const struct options *o, unsigned int groups)
{
	/* "--or" promises an expression on both sides. */
	if (groups == 0)
		return true;
	for (unsigned int g = 0; g <= groups; g++) {
		if (g >= o->expressions || o->expression[g].argc == 0) {
			say("error: '--or' needs a match expression on both "
			    "sides");
			return false;
		}
	}
	return true;
}

static bool check_command(const struct options *o)
{
	if (o->complete) {
		say("error: '--complete' comes first: nftrace --complete "
		    "WORDS...");
		return false;
	}
	if (o->command && (o->doctor || o->cleanup || o->read)) {
		say("error: '--%s' takes no command", o->doctor ? "doctor" :
		    o->cleanup ? "cleanup" : "read");
		return false;
	}
	if (o->command && !o->command[0]) {
		say("error: '--' needs a command behind it, e.g. "
		    "-- ping -c 1 8.8.8.8");
		return false;
	}
	if (o->user && !o->command) {
		say("error: '--user %s' is for a command: -- COMMAND is "
		    "missing", o->user);
		return false;
	}
	return true;
}

static bool check_pairs(const struct options *o)
{
	static const struct {
		uint16_t a, b;
		const char *text;
	} pairs[] = {
		{ offsetof(struct options, ipv4), offsetof(struct options, ipv6),
		  "'-4' and '-6' together: leave out both for both families" },
		{ offsetof(struct options, quiet), offsetof(struct options, flat),
		  "'-q' and '--flat' together: a packet or an event a line?" },
		{ offsetof(struct options, quiet), offsetof(struct options, json),
		  "'-q' and '--json' together: choose one form" },
		{ offsetof(struct options, quiet),
		  offsetof(struct options, verbose),
		  "'-q' and '-v' together: choose one" },
		{ offsetof(struct options, no_lock),
		  offsetof(struct options, hold_lock),
		  "'--no-lock' and '--hold-lock' together: choose one" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (*(const bool *)((const char *)o + pairs[i].a) &&
		    *(const bool *)((const char *)o + pairs[i].b)) {
			say("error: %s", pairs[i].text);
			return false;
		}
	}
	if (o->only && o->flat) {
		say("error: '--only' and '--flat' together: --flat prints "
		    "events before a packet's fate is known");
		return false;
	}
	if ((o->doctor || o->cleanup) && (o->all || o->expressions)) {
		say("error: '--%s' takes no match expression",
		    o->doctor ? "doctor" : "cleanup");
		return false;
	}
	if (o->rules[0] && !o->read) {
		say("error: '--rules %s' belongs to a log that --read reads",
		    o->rules[0]);
		return false;
	}
	if (o->read && (o->all || o->expressions)) {
		say("error: '--read' takes no match expression: --only chooses "
		    "among the packets of the file");
		return false;
	}
	if (o->all && o->expressions) {
		say("error: '--all' and a match expression ('%s') together",
		    o->expression[0].argv[0]);
		return false;
	}
	return true;
}

static void fill_getopt(struct option table[ROWS + 1])
{
	memset(table, 0, (ROWS + 1) * sizeof(*table));
	for (unsigned int i = 0; i < ROWS; i++) {
		table[i].name = rows[i].name;
		table[i].has_arg = rows[i].arg ? required_argument
					       : no_argument;
		table[i].val = rows[i].letter;
	}
}

int options_complete(int argc, char *argv[])
{
	struct option table[ROWS + 1];
	struct helper_result res;
	int err;

	fill_getopt(table);
	err = words_next(argc, argv, table, &res);
	if (err) {
		say_error("listing options", err);
		return STATUS_FAILURE;
	}
	if (res.data)
		fwrite(res.data, 1, res.len, stdout);
	helper_release(&res);
	return fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
}

bool options_parse(struct options *o, int argc, char *argv[])
{
	struct option table[ROWS + 1];
	struct words words = { 0 };
	unsigned int groups = 0;
	bool ok = true;
	int err;

	memset(o, 0, sizeof(*o));
	o->time_ns = 30ull * 1000000000;
	o->wait_s = 5;
	o->snaplen = 128;
	o->buffer_mib = 64;
	fill_getopt(table);
	err = words_split(argc, argv, table, &words);
	if (err) {
		say_error("reading the command line", err);
		return false;
	}
	for (unsigned int i = 0; i < words.count && ok; i++)
		ok = take_word(o, &words.word[i], argv, &groups);
	words_free(&words);
	ok = ok && (o->help || o->version ||
		    (check_groups(o, groups) && check_pairs(o) &&
		     check_command(o)));
	/* The lock file is one for the whole host. */
	if (o->netns && !o->hold_lock)
		o->no_lock = true;
	return ok;
}

void options_free(struct options *o)
{
	for (unsigned int g = 0; g < o->expressions; g++)
		free(o->expression[g].argv);
	free(o->only);
	free(o->pcap);
	free(o->read);
	free(o->graph);
	free(o->netns);
	free(o->user);
	for (unsigned int i = 0; i < OPTIONS_FILES; i++)
		free(o->rules[i]);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* option_checks: which options go together. */
#include "cli/option_checks.h"

#include <stddef.h>

#include "base/msg.h"
#include "cli/options.h"
#include "rules/base/units.h"

static bool check_groups(const struct options *o, unsigned int groups)
{
	/* "--or" promises an expression on both sides. */
	if (groups == 0)
		return true;
	for (unsigned int g = 0; g <= groups; g++) {
		if (g >= o->expressions || o->expression[g].argc == 0) {
			msg("error: '--or' needs a match expression on both "
			    "sides");
			return false;
		}
	}
	return true;
}

static bool check_command(const struct options *o)
{
	if (o->complete) {
		msg("error: '--complete' comes first: nftrace --complete "
		    "WORDS...");
		return false;
	}
	if (o->command && (o->doctor || o->cleanup || o->read)) {
		msg("error: '--%s' takes no command", o->doctor	   ? "doctor"
						      : o->cleanup ? "cleanup"
								   : "read");
		return false;
	}
	if (o->command && !o->command[0]) {
		msg("error: '--' needs a command behind it, e.g. "
		    "-- ping -c 1 8.8.8.8");
		return false;
	}
	if (o->user && !o->command) {
		msg("error: '--user %s' is for a command: -- COMMAND is "
		    "missing",
		    o->user);
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

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		if (*(const bool *)((const char *)o + pairs[i].a) &&
		    *(const bool *)((const char *)o + pairs[i].b)) {
			msg("error: %s", pairs[i].text);
			return false;
		}
	}
	if (o->only && o->flat) {
		msg("error: '--only' and '--flat' together: --flat prints "
		    "events before a packet's fate is known");
		return false;
	}
	if ((o->doctor || o->cleanup) && (o->all || o->expressions)) {
		msg("error: '--%s' takes no match expression",
		    o->doctor ? "doctor" : "cleanup");
		return false;
	}
	if (o->rules[0] && !o->read) {
		msg("error: '--rules %s' belongs to a log that --read reads",
		    o->rules[0]);
		return false;
	}
	if (o->read && (o->all || o->expressions)) {
		msg("error: '--read' takes no match expression: --only chooses "
		    "among the packets of the file");
		return false;
	}
	if (o->all && o->expressions) {
		msg("error: '--all' and a match expression ('%s') together: "
		    "leave one of them out",
		    o->expression[0].argv[0]);
		return false;
	}
	return true;
}

bool options_check(const struct options *o, unsigned int groups)
{
	return check_groups(o, groups) && check_pairs(o) && check_command(o);
}

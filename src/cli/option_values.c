// SPDX-License-Identifier: GPL-2.0-or-later
/* option_values: the value of an option -> its place in the struct. */
#include "cli/option_values.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "cli/option_rows.h"
#include "cli/options.h"
#include "rules/base/units.h"
#include "rules/legacy/trace_rules.h"

static bool bad_value(const struct option_row *r, const char *value,
		      const char *hint)
{
	msg("error: '%s' is no value for --%s: %s", value, r->name, hint);
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

static bool take_number(const struct option_row *r, void *at,
			const char *value)
{
	char *end;
	uint64_t n;

	if (!parse_number(value, &n, &end) || *end || n < r->min ||
	    n > r->max) {
		char hint[96];

		if (r->letter == 'w')
			return bad_value(r, value, "seconds to wait for the lock "
					 "(packets are written by --pcap FILE)");

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

static bool take_duration(const struct option_row *r, uint64_t *ns,
			  const char *value)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_S }, { "s", NS_PER_S }, { "ms", NS_PER_MS },
		{ "m", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
	};
	/* xt_time counts to 2106; a month is more than a one-shot tool needs. */
	static const uint64_t max_ns = 31 * 86400 * NS_PER_S;
	char *end;
	uint64_t n;

	if (strcmp(value, "raw") == 0) {
		msg("error: '-t raw': -t is a duration here; nftrace always "
		    "works in raw");
		return false;
	}
	if (!parse_number(value, &n, &end))
		return bad_value(r, value, "a duration such as 20, 500ms or 2m");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		if (n > max_ns / units[i].ns)
			return bad_value(r, value, "at most 31 days (744h)");
		*ns = n * units[i].ns;
		return true;
	}
	return bad_value(r, value, "a duration such as 20, 500ms or 2m");
}

static bool take_rate(const struct option_row *r, struct rate *rate,
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
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (*unit && strncmp(units[i], unit, strlen(unit)) == 0) {
			rate->given = true;
			rate->number = (uint32_t)n;
			rate->unit = units[i][0];
			return true;
		}
	}
	return bad_value(r, value, "the unit is one of s, m, h, d");
}

static bool take_chain(const struct option_row *r, unsigned int *chains,
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
static bool take_choice(const struct option_row *r, unsigned int *choice,
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

static bool take_file(const struct option_row *r, char **files, const char *value)
{
	unsigned int n = 0;

	while (files[n])
		n++;
	if (n == OPTIONS_FILES) {
		msg("error: '%s' is one --%s too many: %d at most", value,
		    r->name, OPTIONS_FILES);
		return false;
	}
	files[n] = strdup(value);
	return files[n] != NULL;
}

bool option_take(struct options *o, const struct option_row *r,
		 const char *value)
{
	void *at = (char *)o + r->offset;

	switch (r->kind) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return true;
	case OPTION_NUMBER:
		return take_number(r, at, value);
	case OPTION_DURATION:
		o->time_given = true;
		return take_duration(r, at, value);
	case OPTION_RATE:
		return take_rate(r, at, value);
	case OPTION_CHAIN:
		return take_chain(r, at, value);
	case OPTION_CHOICE:
		return take_choice(r, at, value);
	case OPTION_FILES:
		return take_file(r, at, value);
	case OPTION_TEXT:
		free(*(char **)at);
		*(char **)at = strdup(value);
		return *(char **)at != NULL;
	case OPTION_FILTER:	/* option_parse.c has put it into its expression */
		break;
	}
	return false;
}

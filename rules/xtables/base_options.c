// SPDX-License-Identifier: GPL-2.0-or-later
/* base_options: the options that iptables has without any extension. */
#include "rules/xtables/base_options.h"

#include <string.h>

const char base_letters[] =
	"-:A:C:D:R:I:L::S::M:F::Z::N:X::E:P:Vh::o:p:s:d:j:i:fvw::W::nt:m:xc:g:46";

bool base_option_is_match(int letter)
{
	return strchr("sdpiomf", letter) != NULL;
}

const struct option base_options[] = {
	{ "append",        required_argument, NULL, 'A' },
	{ "delete",        required_argument, NULL, 'D' },
	{ "check",         required_argument, NULL, 'C' },
	{ "insert",        required_argument, NULL, 'I' },
	{ "replace",       required_argument, NULL, 'R' },
	{ "list",          optional_argument, NULL, 'L' },
	{ "list-rules",    optional_argument, NULL, 'S' },
	{ "flush",         optional_argument, NULL, 'F' },
	{ "zero",          optional_argument, NULL, 'Z' },
	{ "new-chain",     required_argument, NULL, 'N' },
	{ "delete-chain",  optional_argument, NULL, 'X' },
	{ "rename-chain",  required_argument, NULL, 'E' },
	{ "policy",        required_argument, NULL, 'P' },
	{ "source",        required_argument, NULL, 's' },
	{ "destination",   required_argument, NULL, 'd' },
	{ "src",           required_argument, NULL, 's' },
	{ "dst",           required_argument, NULL, 'd' },
	{ "protocol",      required_argument, NULL, 'p' },
	{ "in-interface",  required_argument, NULL, 'i' },
	{ "out-interface", required_argument, NULL, 'o' },
	{ "jump",          required_argument, NULL, 'j' },
	{ "table",         required_argument, NULL, 't' },
	{ "match",         required_argument, NULL, 'm' },
	{ "numeric",       no_argument,       NULL, 'n' },
	{ "fragments",     no_argument,       NULL, 'f' },
	{ "verbose",       no_argument,       NULL, 'v' },
	{ "wait",          optional_argument, NULL, 'w' },
	{ "wait-interval", optional_argument, NULL, 'W' },
	{ "exact",         no_argument,       NULL, 'x' },
	{ "version",       no_argument,       NULL, 'V' },
	{ "help",          optional_argument, NULL, 'h' },
	{ "line-numbers",  no_argument,       NULL, '0' },
	{ "modprobe",      required_argument, NULL, 'M' },
	{ "set-counters",  required_argument, NULL, 'c' },
	{ "goto",          required_argument, NULL, 'g' },
	{ "ipv4",          no_argument,       NULL, '4' },
	{ "ipv6",          no_argument,       NULL, '6' },
	{ "filter",        required_argument, NULL, BASE_OPTION_FILTER },
	{ NULL, 0, NULL, 0 },
};

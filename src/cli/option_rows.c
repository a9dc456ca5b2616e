// SPDX-License-Identifier: GPL-2.0-or-later
/* option_rows: the table of nftrace's own options, and --help from it. */
#include "cli/option_rows.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "rules/base/units.h"

#define AT(member) .offset = offsetof(struct options, member)

const struct option_row option_rows[] = {
	{ "time", 't', OPTION_DURATION, AT(time_ns), "DURATION",
	  "stop after this long: 20, 500ms, 2m; 0: until interrupted (30)",
	  0, 0 },
	{ "count", 'c', OPTION_NUMBER, AT(count), "N",
	  "stop after N packets are complete and printed", 1, UINT64_MAX },
	{ "ipv4", '4', OPTION_FLAG, AT(ipv4), NULL, "IPv4 only", 0, 0 },
	{ "ipv6", '6', OPTION_FLAG, AT(ipv6), NULL, "IPv6 only", 0, 0 },
	{ "chain", 0, OPTION_CHAIN, AT(chains), "CHAIN",
	  "only this chain of raw: PREROUTING or OUTPUT", 0, 0 },
	{ "backend", 0, OPTION_CHOICE, AT(backend), "WHICH",
	  "whose rules to trace: auto (all that are there), legacy or nft", 0, 0 },
	{ "replies", 0, OPTION_FLAG, AT(replies), NULL,
	  "also trace what answers the packets that match", 0, 0 },
	{ "all", 0, OPTION_FLAG, AT(all), NULL, "trace everything", 0, 0 },
	{ "rate", 'l', OPTION_RATE, AT(rate), "RATE",
	  "trace at most this many packets: 100/s; 0: all", 0, 0 },
	{ "wait", 'w', OPTION_NUMBER, AT(wait_s), "SECONDS",
	  "wait for the xtables lock and group 0 (5; 0: fail at once)", 0, 86400 },
	{ "no-lock", 0, OPTION_FLAG, AT(no_lock), NULL,
	  "hold the lock only while something is changed", 0, 0 },
	{ "no-drops", 0, OPTION_FLAG, AT(no_drops), NULL,
	  "do not ask the kernel why it drops a packet", 0, 0 },
	{ "no-witness", 0, OPTION_FLAG, AT(no_witness), NULL,
	  "without the nft chains that see packets leave each hook", 0, 0 },
	{ "allow-side-effects", 0, OPTION_FLAG, AT(side_effects), NULL,
	  "allow matches that change state which others use", 0, 0 },
	{ "only", 0, OPTION_TEXT, AT(only), "WORDS",
	  "print only what fits: drop,chain=cali-*,in=eth0,nat", 0, 0 },
	{ "expect", 0, OPTION_TEXT, AT(expect), "FATES",
	  "exit 0 only if packets came and had these: forwarded,sent", 0, 0 },
	{ "quiet", 'q', OPTION_FLAG, AT(quiet), NULL, "one line a packet", 0, 0 },
	{ "verbose", 'v', OPTION_FLAG, AT(verbose), NULL,
	  "everything that is known of each event", 0, 0 },
	{ "flat", 0, OPTION_FLAG, AT(flat), NULL,
	  "events as they come, one line each", 0, 0 },
	{ "json", 0, OPTION_FLAG, AT(json), NULL,
	  "one JSON object a packet (with --flat: an event)", 0, 0 },
	{ "markdown", 0, OPTION_FLAG, AT(markdown), NULL,
	  "blocks and a summary that paste into an issue", 0, 0 },
	{ "pcap", 0, OPTION_TEXT, AT(pcap), "FILE",
	  "also write the packets, journeys as comments, as pcapng", 0, 0 },
	{ "graph", 0, OPTION_TEXT, AT(graph), "FILE",
	  "also write the ways that packets took, for dot; drawn: FILE.svg", 0, 0 },
	{ "report", 0, OPTION_TEXT, AT(report), "FILE",
	  "also write one HTML page: summary, packets, rules, the run", 0, 0 },
	{ "read", 0, OPTION_TEXT, AT(read), "FILE",
	  "no capture: show a pcapng of --pcap, or a log's TRACE lines", 0, 0 },
	{ "netns", 0, OPTION_TEXT, AT(netns), "NAME|PID|PATH",
	  "trace in that network namespace", 0, 0 },
	{ "hold-lock", 0, OPTION_FLAG, AT(hold_lock), NULL,
	  "give the xtables lock to nobody until the end", 0, 0 },
	{ "user", 0, OPTION_TEXT, AT(user), "NAME", "run COMMAND as this user", 0, 0 },
	{ "rules", 0, OPTION_FILES, AT(rules), "FILE",
	  "the iptables-save that belongs to a log of --read", 0, 0 },
	{ "doctor", 0, OPTION_FLAG, AT(doctor), NULL,
	  "check everything, change nothing", 0, 0 },
	{ "cleanup", 0, OPTION_FLAG, AT(cleanup), NULL,
	  "remove what dead runs left behind", 0, 0 },
	{ "dry-run", 0, OPTION_FLAG, AT(dry_run), NULL,
	  "print the rules that would be inserted, change nothing", 0, 0 },
	{ "snaplen", 0, OPTION_NUMBER, AT(snaplen), "BYTES",
	  "bytes of each packet to look at (128)", 64, 65535 },
	{ "buffer", 0, OPTION_NUMBER, AT(buffer_mib), "MIB",
	  "receive buffer (64)", 1, 1024 },
	{ "color", 0, OPTION_CHOICE, AT(color), "WHEN", "auto, always or never",
	  0, 0 },
	{ "numeric", 'n', OPTION_FLAG, AT(numeric), NULL,
	  "accepted: addresses and ports are always numbers", 0, 0 },
	{ "complete", 0, OPTION_FLAG, AT(complete), NULL,
	  "as the first word: list what could follow the others", 0, 0 },
	{ "help", 'h', OPTION_FLAG, AT(help), NULL, "this help", 0, 0 },
	{ "version", 'V', OPTION_FLAG, AT(version), NULL, "the version", 0, 0 },
};

const unsigned int option_row_count = ARRAY_SIZE(option_rows);

_Static_assert(ARRAY_SIZE(option_rows) <= OPTION_ROWS_MAX,
	       "OPTION_ROWS_MAX is too small");

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
	for (unsigned int i = 0; i < option_row_count; i++) {
		const struct option_row *r = &option_rows[i];
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

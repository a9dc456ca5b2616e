/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options: what the command line asks for; option_parse.c fills it. */
#ifndef NFTRACE_OPTIONS_H
#define NFTRACE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	OPTIONS_GROUPS = 64,
	OPTIONS_FILES = 8,
	OPTIONS_SNAPLEN = 128,	/* bytes, without --snaplen */
};

/* The words of one match expression. */
struct expression {
	int argc;
	char **argv;		/* NULL-terminated; owned by struct options */
	bool behind_nat;	/* matches what DNAT has made, where that can be */
	bool optional;		/* of another's making: not for each family */
};

enum backend { BACKEND_AUTO, BACKEND_LEGACY, BACKEND_NFT };

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* A rate in the words of the limit match; 0: no limit. */
struct rate {
	bool given;
	uint32_t number;
	char unit;		/* s, m, h, d */
};

struct options {
	uint64_t time_ns;	/* 0: until interrupted */
	uint64_t count;		/* 0: no limit */
	uint32_t snaplen;
	uint32_t buffer_mib;
	uint32_t wait_s;
	struct rate rate;
	unsigned int chains;	/* enum trace_chain, 0: whatever fits */
	unsigned int backend;	/* enum backend */
	unsigned int color;	/* enum color_when */
	bool ipv4, ipv6;	/* asked for; neither: all that fit */
	bool all, no_lock, no_drops, side_effects, replies;
	bool behind_nat;
	bool no_witness;
	bool explain, no_explain;
	bool quiet, verbose, flat, json, markdown, fold, full, mask;
	bool doctor, cleanup, dry_run, help, version;
	bool complete;		/* in its place it never gets here */
	bool numeric;		/* -n, accepted */
	bool time_given;
	char *only, *expect;
	char *read;
	char *diff;		/* the file that .read is held against */
	char *rules[OPTIONS_FILES + 1];	/* NULL-terminated */
	unsigned int rules_before;	/* of them so many in front of --diff */
	char *graph;
	char *report;
	char *pcap;		/* file names; NULL: not asked for */
	unsigned int expressions;
	struct expression expression[OPTIONS_GROUPS];
	char *netns[OPTIONS_FILES + 1];	/* NULL-terminated */
	bool and_node;		/* this network namespace as well */
	bool wrapped;		/* it goes to a terminal at last; not the user's */
	unsigned int label_columns;	/* "[blue] " in front of a packet there */
	bool framed;		/* one of several runs: report/frame.h; not the user's */
	char *pod, *container;
	bool late_too;		/* some expressions are .behind_nat */
	char *user;
	bool hold_lock;
	char **command;		/* behind --, NULL-terminated, or NULL */
};

#endif

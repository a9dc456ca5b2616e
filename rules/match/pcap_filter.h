/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcap_filter: a filter in tcpdump's words -> the program of a bpf match. */
#ifndef NFTRACE_PCAP_FILTER_H
#define NFTRACE_PCAP_FILTER_H

#include <stdbool.h>

struct family;

/* What the kernel's bpf match takes, and a program of that size in its words. */
enum {
	PCAP_FILTER_STEPS = 64,		/* XT_BPF_MAX_NUM_INSTR */
	PCAP_FILTER_TEXT = PCAP_FILTER_STEPS * 24 + 8,
};

enum pcap_filter_status {
	PCAP_FILTER_OK,
	PCAP_FILTER_BAD,	/* no filter, or none that rules can ask */
	PCAP_FILTER_LARGE,	/* a filter that the kernel has no room for */
	PCAP_FILTER_NOTHING,	/* it lets no packet of this family through */
	PCAP_FILTER_MISSING,	/* there is no libpcap */
};

struct pcap_filter {
	enum pcap_filter_status status;
	bool all;			/* every packet of this family */
	char bytecode[PCAP_FILTER_TEXT];	/* for --bytecode */
	char why[512];			/* not OK: behind the user's words */
};

/**
 * pcap_filter_make - compile @words as tcpdump would, for packets from the IP header on
 *
 * libpcap is loaded here and reads what a user typed, so: in a helper only.
 */
void pcap_filter_make(struct pcap_filter *p, const struct family *f,
		      const char *words);

#endif

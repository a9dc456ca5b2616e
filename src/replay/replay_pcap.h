/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay_pcap: packets with records -> journeys -> the printer. */
#ifndef NFTRACE_REPLAY_PCAP_H
#define NFTRACE_REPLAY_PCAP_H

struct line_reader;
struct replay;

/** replay_pcap - a file of this kind, from its beginning */
void replay_pcap(struct replay *r, struct line_reader *in);

#endif

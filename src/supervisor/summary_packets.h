/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_packets: what became of the packets, of a run or of a file. */
#ifndef NFTRACE_SUMMARY_PACKETS_H
#define NFTRACE_SUMMARY_PACKETS_H

struct options;
struct run_reader;
struct stats;

/** summary_output_name - the file of results that cannot be written, or standard output */
const char *summary_output_name(const struct run_reader *rd);

/** summary_output_error - what is not complete for it; one that is closed is none */
void summary_output_error(const struct run_reader *rd);

/**
 * summary_packets - how many there were by fate, in one line; by rule and reason
 * @behind: of the first line, "" or "; ..."
 */
void summary_packets(const struct stats *st, const struct options *o,
		     const char *behind);

#endif

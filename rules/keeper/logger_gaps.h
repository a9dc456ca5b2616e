/* SPDX-License-Identifier: GPL-2.0-or-later */
/* logger_gaps: protocols without a logger, which modules that the kernel loads would fill. */
#ifndef NFTRACE_LOGGER_GAPS_H
#define NFTRACE_LOGGER_GAPS_H

#include <stdint.h>

/*
 * To ask for the target TRACE, or to insert it, makes the kernel load nf_log_syslog
 * (MODULE_SOFTDEP and trace_tg_check() in net/netfilter/xt_TRACE.c); that registers
 * itself wherever no logger is, for every protocol.
 */
struct logger_gaps {
	uint32_t none;		/* bits: NFPROTO_* whose logger is NONE */
};

/** logger_gaps_note - which protocols have none in this network namespace */
void logger_gaps_note(struct logger_gaps *g);

/**
 * logger_gaps_mend - NONE again where the kernel's own logger has come since
 *
 * Any other logger is somebody's choice.  What cannot be written stays.
 */
void logger_gaps_mend(const struct logger_gaps *g);

#endif

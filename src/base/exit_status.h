/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exit_status: the exit statuses of nftrace, as its manual gives them. */
#ifndef NFTRACE_EXIT_STATUS_H
#define NFTRACE_EXIT_STATUS_H

enum exit_status {
	STATUS_TRACED = 0,	/* at least one packet, host as found */
	STATUS_FAILURE = 1,
	STATUS_USAGE = 2,
	STATUS_NOTHING = 3,	/* nothing was traced */
	STATUS_BUSY = 4,	/* the xtables lock */
	STATUS_INCOMPLETE = 5,	/* events lost, rules changed, part of a packet */
	STATUS_UNEXPECTED = 6,	/* a packet had another fate than --expect says */
};

#endif

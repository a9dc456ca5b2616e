/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_rules: iptables' tables as the reader knows them, from one reading to the next. */
#ifndef NFTRACE_LEGACY_RULES_H
#define NFTRACE_LEGACY_RULES_H

#include <stdbool.h>

#include "protocol/reader_ipc.h"

struct nlmsghdr;
struct reader_state;

/**
 * legacy_rules_new_epoch - from here on the kernel's numbers mean other rules
 * @undone: the run's rules are out, and all events from before are read
 */
void legacy_rules_new_epoch(struct reader_state *s, bool undone);

/** legacy_rules_fence, legacy_rules_renew - the supervisor's words */
void legacy_rules_fence(struct reader_state *s);
void legacy_rules_renew(struct reader_state *s,
			const struct supervisor_message *m,
			const int fd[READER_SNAPSHOTS]);

/** legacy_rules_passed - a fence has been read: capture_fence() */
void legacy_rules_passed(struct reader_state *s, const struct nlmsghdr *nlh);

/** legacy_rules_drained - all that was in the socket has been read */
void legacy_rules_drained(struct reader_state *s);

#endif

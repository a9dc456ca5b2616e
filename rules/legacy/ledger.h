/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger: a table's counters while they are out of the kernel; outlives the process. */
#ifndef NFTRACE_LEDGER_H
#define NFTRACE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/legacy/ledger_page.h"

struct family;
struct ipt_replace;
struct owner;
struct run_dir_strange;
struct xt_counters;

/*
 * The kernel starts a new table's counters at zero and hands out what the old
 * one had counted; between the replacement and IPT_SO_SET_ADD_COUNTERS they
 * are nowhere but in the memory of whoever replaced.  So that memory is a
 * file in /run/nftrace: whichever process is killed in between, its peer or
 * the next run finds there what is missing, and adds it.
 */

/**
 * ledger_open - from now on replacements are noted for this run
 *
 * Once a process, before it forks those who shall share the ledger.  Where no
 * file can be made, memory that only they share does.
 * Return: 0 or -errno.
 */
int ledger_open(const struct owner *owner);

/** ledger_file - its descriptor, for a child that closes all others; -1: there is none */
int ledger_file(void);

/** ledger_date - the run ends later than was thought when it was opened */
void ledger_date(const struct owner *owner);

/** ledger_settle - add what a peer who died had no time to add; 0 or -errno */
int ledger_settle(void);

/** ledger_forget - the run has nothing more to replace; idempotent */
void ledger_forget(void);

/**
 * ledger_mend - ledger_settle() for runs that are dead in all their parts
 * @how: enum sweep, ored
 * @strange: told of each file in a ledger's place that is none, or of another
 * version; it stays
 * Return: the number of tables of which counters were missing, or -errno.
 */
int ledger_mend(unsigned int how, const struct run_dir_strange *strange);

/**
 * ledger_begin - room for a replacement, for the caller to fill
 * @old_entries: of the table that is there; @new_entries, @new_size: at most
 * Return: 0 or -errno; ledger_end() it on success.
 */
int ledger_begin(struct ledger_page *p, const struct family *f,
		 uint32_t old_entries, uint32_t new_entries, size_t new_size);

/**
 * ledger_replace - put the table in force and its counters back
 * Return: 0 or -errno; then nothing was changed.
 */
int ledger_replace(struct ledger_page *p, int sock);

/** ledger_end - give the room back, whatever ledger_replace() said */
void ledger_end(struct ledger_page *p);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_symbols: the supervisor tells the reader in which functions packets were dropped. */
#ifndef NFTRACE_DROP_SYMBOLS_H
#define NFTRACE_DROP_SYMBOLS_H

struct run_reader;

/**
 * drop_symbols_start - begin to look for what the reader has asked, and is not answered
 *
 * A helper reads the kernel's symbols, once for all that is asked by then.
 */
void drop_symbols_start(struct run_reader *rd);

/** drop_symbols_look - if the helper is done: drop_symbols_finish() */
void drop_symbols_look(struct run_reader *rd);

/** drop_symbols_finish - wait for the helper, if there is one, and answer */
void drop_symbols_finish(struct run_reader *rd);

#endif

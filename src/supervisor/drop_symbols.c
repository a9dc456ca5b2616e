// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_symbols: the supervisor tells the reader in which functions packets were dropped. */
#include "supervisor/drop_symbols.h"

#include <string.h>
#include <sys/wait.h>

#include "drop/symbol_ask.h"
#include "protocol/reader_ipc.h"
#include "supervisor/run_state.h"

_Static_assert((int)DROP_PLACES == (int)KALLSYMS_MAX &&
	       (int)DROP_PLACE_TEXT == (int)KALLSYMS_TEXT,
	       "a question and an answer have one size");

/* The reader may have written anything there. */
static uint32_t symbols_asked(const struct drop_places *q)
{
	uint32_t count = atomic_load_explicit(&q->count, memory_order_acquire);

	return count < DROP_PLACES ? count : DROP_PLACES;
}

/* @text: "": nobody knows */
static void answer(struct drop_place_answer *a, const char *text)
{
	snprintf(a->text, sizeof(a->text), "%s", text);
	atomic_store_explicit(&a->answered, 1, memory_order_release);
}

/* @found: NULL: nothing was */
static void answer_all(struct run_reader *rd,
		       const struct kallsyms_answer *found)
{
	struct drop_source *d = &rd->drops;

	for (uint32_t i = 0; d->answered < d->asked; i++)
		answer(&rd->board.post->drop_place[d->answered++],
		       found ? found->text[i] : "");
	reader_answered(&rd->process);
}

void drop_symbols_start(struct run_reader *rd)
{
	const struct drop_places *q = &rd->stats->drop_places;
	struct drop_source *d = &rd->drops;
	struct kallsyms_question k = { .count = 0 };

	if (d->symbols.pid > 0 || symbols_asked(q) <= d->answered)
		return;
	d->asked = symbols_asked(q);
	for (uint32_t i = d->answered; i < d->asked; i++)
		k.address[k.count++] = drop_source_address(d,
			atomic_load_explicit(&q->location[i],
					     memory_order_relaxed));
	if (helper_start(&d->symbols, symbol_ask_job, &k) < 0) {
		d->symbols.pid = -1;
		answer_all(rd, NULL);
	}
}

void drop_symbols_look(struct run_reader *rd)
{
	pid_t pid = rd->drops.symbols.pid;
	siginfo_t si = { 0 };

	if (pid > 0 && waitid(P_PID, (id_t)pid, &si,
			      WEXITED | WNOHANG | WNOWAIT) == 0 &&
	    si.si_pid != 0)
		drop_symbols_finish(rd);
}

void drop_symbols_finish(struct run_reader *rd)
{
	struct drop_source *d = &rd->drops;
	struct helper_result res;
	int err;

	if (d->symbols.pid <= 0)
		return;
	err = helper_finish_data(&d->symbols, &res, NULL);
	d->symbols.pid = -1;
	answer_all(rd, !err && res.len == sizeof(struct kallsyms_answer) ?
		       res.data : NULL);
	helper_release(&res);
	/* What was asked meanwhile. */
	drop_symbols_start(rd);
}

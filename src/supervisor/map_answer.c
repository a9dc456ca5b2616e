// SPDX-License-Identifier: GPL-2.0-or-later
/* map_answer: the supervisor has the elements of a verdict map or set read. */
#include "supervisor/map_answer.h"

#include <string.h>
#include <unistd.h>

#include "protocol/map_question.h"
#include "protocol/reader_ipc.h"
#include "rules/base/helper.h"
#include "rules/nft/elements_read.h"
#include "supervisor/run_state.h"

_Static_assert(sizeof(((struct nft_rule_id *)NULL)->table) == MAP_QUESTION_NAME,
	       "the same names");

void map_answer(struct run_reader *rd)
{
	const struct map_question *q = &rd->stats->map;
	uint32_t ask = atomic_load_explicit(&q->ask, memory_order_acquire);
	struct nft_rule_id id = { .handle = q->handle, .nfproto = q->family };
	struct helper_result res;
	int fd;

	memcpy(id.table, q->table, sizeof(id.table));
	memcpy(id.chain, q->chain, sizeof(id.chain));
	memcpy(id.set, q->set, sizeof(id.set));
	/* The copy is what is answered, whatever the reader does. */
	atomic_signal_fence(memory_order_seq_cst);
	id.table[sizeof(id.table) - 1] = id.chain[sizeof(id.chain) - 1] = '\0';
	id.set[sizeof(id.set) - 1] = '\0';
	if (nft_elements_read(&id, &res, &fd) < 0) {
		reader_elements(&rd->process, ask, -1, 0);
	} else {
		reader_elements(&rd->process, ask, fd, res.len);
		close(fd);
	}
	helper_release(&res);
}

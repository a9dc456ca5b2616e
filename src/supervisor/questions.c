// SPDX-License-Identifier: GPL-2.0-or-later
/* questions: what the reader asks the supervisor, and who answers it. */
#include "supervisor/questions.h"

#include "supervisor/loss_answer.h"
#include "supervisor/nft_refresh.h"
#include "supervisor/run_state.h"

void questions_answer(struct run *r, char word)
{
	switch (word) {
	case READER_LOST:
		losses_answer(&r->stats->losses, r->loss,
			      r->board.post->loss);
		reader_answered(&r->reader);
		break;
	case READER_GENERATION:
		nft_refresh_generation(r);
		break;
	case READER_RULES:
		nft_refresh_start(r);
		break;
	}
}

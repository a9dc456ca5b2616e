// SPDX-License-Identifier: GPL-2.0-or-later
/* questions: what the reader asks the supervisor, and who answers it. */
#include "supervisor/questions.h"

#include "answers/ipset_answer.h"
#include "answers/loss_answer.h"
#include "answers/way_answer.h"
#include "supervisor/changers_say.h"
#include "supervisor/conntrack_look.h"
#include "supervisor/drop_symbols.h"
#include "supervisor/map_answer.h"
#include "supervisor/nft_refresh.h"
#include "supervisor/queue_look.h"
#include "supervisor/run_state.h"

void questions_answer(struct run_reader *rd, const struct owner *owner,
		      char word)
{
	switch (word) {
	case READER_CHANGED:
		if (!rd->changers_said)
			changers_say_first(rd->stats);
		rd->changers_said = true;
		break;
	case READER_CONFIRMS:
		conntrack_look_answer(rd);
		break;
	case READER_LOST:
		losses_answer(&rd->stats->losses, rd->loss,
			      rd->board.post->loss);
		reader_answered(&rd->process);
		break;
	case READER_PLACES:
		drop_symbols_start(rd);
		break;
	case READER_WAY:
		ways_answer(rd->stats->way, rd->way_known, rd->board.post->way);
		reader_answered(&rd->process);
		break;
	case READER_ELEMENTS:
		map_answer(rd);
		break;
	case READER_MEMBER:
		ipset_answer(&rd->stats->ipset, &rd->board.post->ipset);
		reader_answered(&rd->process);
		break;
	case READER_GENERATION:
		nft_refresh_generation(rd);
		break;
	case READER_QUEUES:
		queue_look(rd);
		break;
	case READER_RULES:
		nft_refresh_start(rd, owner);
		break;
	}
}

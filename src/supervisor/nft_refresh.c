// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_refresh: the supervisor tells the reader about nft's rules while they change. */
#include "supervisor/nft_refresh.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "protocol/reader_ipc.h"
#include "rules/nft/batch.h"
#include "rules/nft/dump.h"
#include "rules/nft/make.h"
#include "rules/nft/snapshot.h"
#include "supervisor/run_state.h"

void nft_refresh_generation(struct run_reader *rd)
{
	uint32_t ask = atomic_load_explicit(&rd->stats->nft_ask,
					    memory_order_acquire);
	uint32_t generation;

	/* Without an answer the reader waits, and then marks what it has. */
	if (nft_generation(&generation) < 0)
		return;
	bulletin_post_generation(rd->board.post, ask, generation);
	reader_answered(&rd->process);
}

void nft_refresh_start(struct run_reader *rd, const struct owner *owner)
{
	if (rd->refresh.pid > 0)
		return;
	if (nft_snapshot_start(&rd->refresh, owner) < 0) {
		rd->refresh.pid = -1;
		reader_renew(&rd->process, -1, 0);
	}
}

void nft_refresh_look(struct run_reader *rd)
{
	siginfo_t si = { 0 };

	if (rd->refresh.pid > 0 &&
	    waitid(P_PID, (id_t)rd->refresh.pid, &si,
		   WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid != 0)
		nft_refresh_finish(rd);
}

void nft_refresh_finish(struct run_reader *rd)
{
	const struct nft_snapshot *snap;
	struct helper_result res;
	int fd = -1, err;

	if (rd->refresh.pid <= 0)
		return;
	err = nft_snapshot_finish(&rd->refresh, &res, &snap, &fd);
	rd->refresh.pid = -1;
	if (!err) {
		other_runs_say(&rd->others, snap);
		err = nft_batch_settle();
	}
	reader_renew(&rd->process, err ? -1 : fd, err ? 0 : res.len);
	if (fd >= 0)
		close(fd);
	helper_release(&res);
}

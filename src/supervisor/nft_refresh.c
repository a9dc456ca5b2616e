// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_refresh: the supervisor tells the reader about nft's rules while they change. */
#include "supervisor/nft_refresh.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/membarrier.h>

#include "protocol/reader_ipc.h"
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

/* Closing a packet socket, the kernel waits for all who may still use it. */
static int wait_by_packet_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : close(fd);
}

/*
 * Rules are evaluated between rcu_read_lock() and _unlock(): when this returns,
 * no CPU is still in those of before the ones just read, and all their events
 * are in the reader's socket.  membarrier(2) is synchronize_rcu(), but not with
 * one CPU, where a process may be interrupted in an evaluation, and not with
 * nohz_full; packet_release() in the kernel calls it in any case.
 */
static int wait_for_evaluation(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1 &&
	    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) == 0)
		return 0;
	return wait_by_packet_socket();
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
		err = wait_for_evaluation();
	}
	reader_renew(&rd->process, err ? -1 : fd, err ? 0 : res.len);
	if (fd >= 0)
		close(fd);
	helper_release(&res);
}

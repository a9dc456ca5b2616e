// SPDX-License-Identifier: GPL-2.0-or-later
/* keeper: the supervisor's side: starts the keeper, asks it, hears its answers. */
#include "rules/keeper/keeper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rules/base/process.h"
#include "rules/keeper/keeper_child.h"

enum {
	SLICE_MS = 200,		/* between two looks whether the keeper is stopped */
	STOPS = 5,		/* looks in a row that found it so: it stays so */
	STOP_MS = 10000,	/* for the keeper to wait for the lock, and to undo */
};

int keeper_start(struct keeper *k, struct keeper_plan *plan)
{
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	fflush(NULL);
	k->pid = fork();
	if (k->pid < 0) {
		err = -errno;
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (k->pid == 0) {
		keeper_child_main(plan, pair[1]);
	}
	close(pair[1]);
	k->fd = pair[0];
	return 0;
}

static void prepare(struct keeper_request *req, enum keeper_op op)
{
	memset(req, 0, sizeof(*req));
	req->op = op;
}

static int ask(struct keeper *k, const struct keeper_request *req)
{
	return send(k->fd, req, sizeof(*req), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int ask_plainly(struct keeper *k, enum keeper_op op)
{
	struct keeper_request req;

	prepare(&req, op);
	return ask(k, &req);
}

int keeper_locked(struct keeper *k)
{
	return ask_plainly(k, OP_LOCKED);
}

int keeper_ask_install(struct keeper *k, const struct undo *undo,
		       const uint8_t witness[FAMILY_COUNT])
{
	struct keeper_request req;

	prepare(&req, OP_INSTALL);
	req.undo = *undo;
	memcpy(req.witness, witness, sizeof(req.witness));
	return ask(k, &req);
}

int keeper_armed(struct keeper *k, uint64_t end_ns)
{
	struct keeper_request req;

	prepare(&req, OP_ARMED);
	req.end_ns = end_ns;
	return ask(k, &req);
}

int keeper_put_off(struct keeper *k, uint64_t end_ns)
{
	struct keeper_request req;

	prepare(&req, OP_PUT_OFF);
	req.end_ns = end_ns;
	return ask(k, &req);
}

int keeper_ask_give(struct keeper *k)
{
	return ask_plainly(k, OP_GIVE);
}

int keeper_ask_take(struct keeper *k)
{
	return ask_plainly(k, OP_TAKE);
}

int keeper_ask_put_back(struct keeper *k, enum keeper_thing thing,
			unsigned int family)
{
	struct keeper_request req;

	prepare(&req, OP_PUT_BACK);
	req.thing = (uint8_t)thing;
	req.family = (uint8_t)family;
	return ask(k, &req);
}

int keeper_ask_undo(struct keeper *k)
{
	return ask_plainly(k, OP_UNDO);
}

int keeper_receive(struct keeper *k, struct keeper_message *m, int timeout_ms)
{
	struct pollfd pfd = { .fd = k->fd, .events = POLLIN };
	ssize_t n;

	do
		n = poll(&pfd, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return -ETIMEDOUT;
	n = recv(k->fd, m, sizeof(*m), MSG_DONTWAIT);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return n == sizeof(*m) ? 0 : -EPIPE;
}

int keeper_await(struct keeper *k, enum keeper_event event, int timeout_ms,
		 struct keeper_message *m)
{
	unsigned int stops = 0;
	int err = -ETIMEDOUT;

	/*
	 * A keeper that is stopped, not busy, will not answer.  Of a run that was
	 * frozen as a whole the supervisor may be the first to go on.
	 */
	for (int waited = 0; waited < timeout_ms && err == -ETIMEDOUT &&
	     stops < STOPS; waited += SLICE_MS) {
		err = keeper_receive(k, m, SLICE_MS);
		if (!err && m->event != event)
			err = -ETIMEDOUT;
		stops = process_child_is_stopped(k->pid) ? stops + 1 : 0;
	}
	return err;
}

void keeper_kill(struct keeper *k)
{
	if (k->pid > 0)
		process_kill(k->pid, SIGKILL);
	keeper_stop(k);
}

bool keeper_stop(struct keeper *k)
{
	bool ended = true;

	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
	if (k->pid > 0)
		ended = process_finish(k->pid, STOP_MS, NULL);
	k->pid = -1;
	return ended;
}

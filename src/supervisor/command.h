/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: the COMMAND behind "--": held until the trace is armed, and never ended. */
#ifndef NFTRACE_COMMAND_H
#define NFTRACE_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct options;

enum command_state {
	COMMAND_NONE,		/* there is none */
	COMMAND_HELD,		/* forked, waits for command_go() */
	COMMAND_RUNS,
	COMMAND_STOPPED,	/* Ctrl-Z: it holds the terminal and does nothing */
	COMMAND_ENDED,
};

struct command {
	enum command_state state;
	pid_t pid;
	int go_fd;		/* a byte: go; closed: it never will */
	int tty_fd;		/* of the terminal that the command gets, or -1 */
	int wstatus;		/* COMMAND_ENDED: as wait(2) gives it */
};

/**
 * command_start - fork the command, which waits for command_go()
 * @c: filled; command_close() it in any case
 *
 * To be called before signals are caught, the lock is opened or privileges are
 * given up: the command inherits what nftrace was started with, and nothing else.
 * Return: 0, or the exit status after a report.
 */
int command_start(struct command *c, const struct options *o);

/** command_go - let it run, in the terminal's foreground if nftrace is there */
void command_go(struct command *c);

/** command_watch - look what became of the command; after SIGCHLD */
void command_watch(struct command *c);

/** command_is_parent_of - is @pid the command or a descendant of it? */
bool command_is_parent_of(const struct command *c, pid_t pid);

/** command_close - take the terminal back; a command that runs goes on, one held ends */
void command_close(struct command *c);

/** command_say - how the command ended, or that it goes on, on stderr */
void command_say(const struct command *c);

#endif

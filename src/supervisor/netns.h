/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netns: enters the network namespace of --netns. */
#ifndef NFTRACE_NETNS_H
#define NFTRACE_NETNS_H

/**
 * netns_open - a descriptor of it, by the same words
 * Return: it, or -1 after a report, with the exit status in @status.
 */
int netns_open(const char *word, int *status);

/**
 * netns_enter - this process, and whatever it starts, works there from now on
 * @word: a name (ip netns), a process's pid, or a path (it holds a slash)
 * Return: 0, or the exit status after a report.
 */
int netns_enter(const char *word);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* picture: has graphviz draw a graph, in a child that may do nothing else. */
#ifndef NFTRACE_PICTURE_H
#define NFTRACE_PICTURE_H

/** picture_program - the path of graphviz's dot, static; NULL: it is not here */
const char *picture_program(void);

/**
 * picture_draw - an SVG of a DOT graph
 * @dot: a file, read from its beginning; its offset is moved
 * @to: a file, written over when there is a picture, and else left alone
 *
 * The child has no privileges, a small environment, and half a minute.
 * Return: 0 or -errno; -ETIMEDOUT: it takes too long; -EINTR: so said a
 * signal; -EPROTO: dot has failed.
 */
int picture_draw(int dot, int to);

#endif

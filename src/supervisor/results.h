/* SPDX-License-Identifier: GPL-2.0-or-later */
/* results: which forms of report a run writes, and into which files. */
#ifndef NFTRACE_RESULTS_H
#define NFTRACE_RESULTS_H

#include <stdbool.h>

#include "report/sink.h"

struct options;

/**
 * results_open - the forms that the options ask for; creates their files
 * @sink: SINK_COUNT of them, filled; results_close() them in any case
 * Return: 0, or the exit status after a report.
 */
int results_open(struct sink_plan sink[], const struct options *o);

/** results_close - close the files; stdout stays open */
void results_close(struct sink_plan sink[]);

/**
 * results_spare - a file that is read must not be one that is written
 * @fd: of it, or -1: @path is looked up
 * Return: 0, or the exit status after a report.
 */
int results_spare(const struct sink_plan sink[], int fd, const char *path);

/**
 * results_draw - once all is written: the picture that --graph FILE.svg asks for
 * Return: 0, or the exit status after a report; the graph is in a file even so.
 */
int results_draw(const struct sink_plan sink[]);

/** results_show - what was held back while a command had the terminal, on stdout */
void results_show(struct sink_plan sink[]);

/** results_colored - stdout is a terminal, and nobody has said that he wants no colour */
bool results_colored(void);

/** results_env - host, network namespace, colour: what every report may say */
void results_env(struct report_env *env, const struct options *o);

#endif

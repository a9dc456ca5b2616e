/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inner: a form of report within another, with a state of its own. */
#ifndef NFTRACE_INNER_H
#define NFTRACE_INNER_H

#include <stdint.h>

struct journey;
struct outbuf;
struct report;
struct report_env;

struct inner {
	const struct report *form;	/* NULL: not open */
	void *state;			/* the form's */
};

/** inner_open - 0 or -errno; inner_close() it in any case */
int inner_open(struct inner *in, const struct report *form, struct outbuf *o,
	       const struct report_env *env);
void inner_close(struct inner *in, const struct report_env *env);

/** inner_journey - as the form writes it */
void inner_journey(const struct inner *in, struct outbuf *o,
		   const struct report_env *env, const struct journey *j);

/** inner_forget - the id will be another place's */
void inner_forget(const struct inner *in, const struct report_env *env,
		  uint32_t id);

#endif

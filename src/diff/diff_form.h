/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff_form: what a form of --diff writes, and of what. */
#ifndef NFTRACE_DIFF_FORM_H
#define NFTRACE_DIFF_FORM_H

#include <stdbool.h>
#include <stdint.h>

struct changed_rule;
struct journey;
struct outbuf;
struct report_env;
struct shown;

/* How many there are of what. */
struct diff_counts {
	uint64_t same, differ;		/* pairs */
	uint64_t only[2];		/* packets of one side */
	uint64_t more[2];		/* packets that came and were not kept: of a file more may follow */
	uint64_t rules;			/* changed */
	bool cut;			/* there may be more of these: not all were compared */
};

struct diff_form {
	bool every;		/* each pair is told for itself, and each packet */
	/* @alike: other pairs that part in the same way, which are not told */
	void (*pair)(struct outbuf *o, const struct shown *s, uint64_t alike);
	/* Of packets of one side: the first with their count, then each */
	void (*only)(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int side,
		     uint64_t before, uint64_t all);
	/* A rule of both sides, as it may be shown there */
	void (*rule)(struct outbuf *o, const struct report_env *env,
		     const struct changed_rule *r);
	void (*end)(struct outbuf *o, const struct report_env *env,
		    const struct diff_counts *n);
};

extern const struct diff_form diff_form_text, diff_form_line, diff_form_json;

#endif

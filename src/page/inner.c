// SPDX-License-Identifier: GPL-2.0-or-later
/* inner: a form of report within another, with a state of its own. */
#include "page/inner.h"

#include <stddef.h>

#include "report/report.h"

/* The other's, but for the state. */
static struct report_env env_of(const struct inner *in,
				const struct report_env *env)
{
	struct report_env own = *env;

	own.state = in->state;
	return own;
}

int inner_open(struct inner *in, const struct report *form, struct outbuf *o,
	       const struct report_env *env)
{
	struct report_env own = *env;
	int err;

	in->form = form;
	own.state = NULL;
	err = form->open ? form->open(o, &own) : 0;
	in->state = own.state;
	return err;
}

void inner_close(struct inner *in, const struct report_env *env)
{
	struct report_env own = env_of(in, env);

	if (in->form && in->form->close)
		in->form->close(&own);
	in->form = NULL;
}

void inner_journey(const struct inner *in, struct outbuf *o,
		   const struct report_env *env, const struct journey *j)
{
	const struct report_env own = env_of(in, env);

	in->form->journey(o, &own, j);
}

void inner_forget(const struct inner *in, const struct report_env *env,
		  uint32_t id)
{
	struct report_env own = env_of(in, env);

	if (in->form->forget)
		in->form->forget(&own, id);
}

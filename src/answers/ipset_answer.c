// SPDX-License-Identifier: GPL-2.0-or-later
/* ipset_answer: the supervisor tells whether a packet is in a set of ipset. */
#include "answers/ipset_answer.h"

#include <string.h>

#include "host/ipset.h"
#include "protocol/ipset_question.h"
#include "rules/base/helper.h"

enum { IPSET_MS = 500 };		/* somebody may be filling sets, and the kernel waits */

static int find_element(const void *arg, struct helper_out *out)
{
	struct ipset_answer found;

	ipset_look(arg, &found);
	return helper_append(out, &found, sizeof(found)) < 0;
}

static void ask(const struct ipset_key *k, struct ipset_answer *a)
{
	struct helper_result res;

	if (helper_run(find_element, k, IPSET_MS, &res) < 0)
		return;
	if (res.status == 0 && res.data && res.len == sizeof(*a))
		memcpy(a, res.data, sizeof(*a));
	helper_release(&res);
}

void ipset_answer(const struct ipset_question *q, struct ipset_reply *reply)
{
	uint32_t number = atomic_load_explicit(&q->ask, memory_order_acquire);
	struct ipset_answer found = { .is = IPSET_NOT_KNOWN };
	struct ipset_key k;

	memcpy(&k, &q->key, sizeof(k));
	/* The copy is what is answered, whatever the reader does. */
	atomic_signal_fence(memory_order_seq_cst);
	ask(&k, &found);
	reply->answer = found;
	atomic_store_explicit(&reply->answered, number, memory_order_release);
}

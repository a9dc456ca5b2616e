// SPDX-License-Identifier: GPL-2.0-or-later
/* doctor_kernel: whether the kernel takes a run's own rules, tried where nobody sees it. */
#include "doctor/doctor_kernel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "doctor/kernel_lacks.h"
#include "doctor/kernel_trial.h"
#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/keeper/logger_gaps.h"
#include "rules/legacy/table.h"
#include "rules/match/match.h"
#include "rules/match/match_traits.h"
#include "rules/nft/trigger.h"

/* What the parser has asked the kernel for: TRACE, limit, time and comment. */
static enum severity judge_parsed(char text[DOCTOR_TEXT], const struct family *f,
				  const struct match_result *m)
{
	if (m->status != MATCH_OK) {
		snprintf(text, DOCTOR_TEXT, "%s", m->message);
		return ERROR;
	}
	if (m->traits & MATCH_NO_DEADLINE) {
		snprintf(text, DOCTOR_TEXT, "this kernel has no time match for "
			 "%s: rules carry no deadline", f->command);
		return WARNING;
	}
	snprintf(text, DOCTOR_TEXT, "kernel: TRACE, limit, time and comment for %s",
		 f->command);
	return FINE;
}

static enum severity ask_parser(char text[DOCTOR_TEXT], const struct family *f)
{
	static char word[] = "-p", tcp[] = "tcp";
	char *const words[] = { word, tcp, NULL };
	struct match_request req = {
		.family = f, .argc = 2, .argv = words, .rate = "1/second",
		.burst = 5, .deadline = 1, .comment = "x",
	};
	const struct match_result *m;
	struct helper_result res = { 0 };
	enum severity bad = ERROR;
	struct logger_gaps gaps;
	struct helper h;

	snprintf(text, DOCTOR_TEXT, "the match parser cannot be run");
	logger_gaps_note(&gaps);
	if (match_start(&h, &req) == 0 && match_finish(&h, &res, &m) == 0)
		bad = judge_parsed(text, f, m);
	logger_gaps_mend(&gaps);
	helper_release(&res);
	return bad;
}

bool doctor_kernel_family(const struct family *f)
{
	int sock = table_socket(f);

	if (sock >= 0)
		close(sock);
	return sock != -EAFNOSUPPORT;
}

enum severity doctor_kernel_raw(char text[DOCTOR_TEXT], const struct family *f)
{
	enum severity bad = ask_parser(text, f);
	char lacks[LACKS_TEXT];
	int err;

	if (bad == ERROR)
		return bad;
	err = kernel_trial(f, TRIGGER_LEGACY);
	/* As in a container: the parser's word has to do. */
	if (!err || err == -EPERM)
		return bad;
	if (err == -ENOPROTOOPT) {
		snprintf(text, DOCTOR_TEXT, "kernel: no iptables-legacy for %s (%s); "
			 "what nft has needs none", f->name, f->module);
		return FINE;
	}
	if (!kernel_lacks_raw(lacks, f, err))
		snprintf(lacks, sizeof(lacks), "this kernel refuses TRACE rules in "
			 "raw of %s: %s", f->command, msg_errno_text(err));
	snprintf(text, DOCTOR_TEXT, "%s", lacks);
	return ERROR;
}

enum severity doctor_kernel_nft(char text[DOCTOR_TEXT], const struct family *f)
{
	char lacks[LACKS_TEXT];

	*text = '\0';
	/* Who built the kernel so has no rules there. */
	if (nft_trigger_owns(f) == -EAFNOSUPPORT) {
		snprintf(text, DOCTOR_TEXT, "nft: no tables for %s in this kernel; what "
			 "iptables-legacy has needs none", f->name);
		return FINE;
	}
	if (!kernel_lacks_nft(lacks, f))
		return FINE;
	snprintf(text, DOCTOR_TEXT, "%s: --backend nft cannot trace %s", lacks,
		 f->name);
	return WARNING;
}

enum severity doctor_kernel_witness(char text[DOCTOR_TEXT])
{
	int err = nft_trigger_owns(&family_ipv4);

	if (!err)
		snprintf(text, DOCTOR_TEXT, "witness chains: nf_tables is there");
	else if (err == -EAFNOSUPPORT)
		snprintf(text, DOCTOR_TEXT, "witness chains: none, nft of this kernel "
			 "has no tables for %s", family_ipv4.name);
	else if (err == -EOPNOTSUPP)
		snprintf(text, DOCTOR_TEXT, "witness chains: none, this kernel has no "
			 "nf_tables whose tables have owners (Linux 5.12): that a "
			 "packet left a hook is told by the tables behind it alone");
	else
		snprintf(text, DOCTOR_TEXT, "witness chains: none, nft's rules cannot "
			 "be changed: %s", msg_errno_text(err));
	return err && err != -EAFNOSUPPORT && err != -EOPNOTSUPP ? WARNING : FINE;
}

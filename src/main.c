// SPDX-License-Identifier: GPL-2.0-or-later
/* nftrace: which firewall rule decided what happened to this packet? */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "base/msg_hold.h"
#include "cli/option_help.h"
#include "cli/option_parse.h"
#include "cli/options.h"
#include "doctor/doctor.h"
#include "plan/check.h"
#include "rules/base/helper.h"
#include "supervisor/complete.h"
#include "supervisor/diff_files.h"
#include "supervisor/netns.h"
#include "supervisor/read.h"
#include "supervisor/run.h"
#include "supervisor/several.h"

/* A file opened later must not become somebody's stdout. */
static void keep_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int dispatch(struct options *o)
{
	if (o->help) {
		options_help(stdout);
		return fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
	}
	if (o->version) {
		puts("nftrace " VERSION);
		return fflush(stdout) == 0 ? 0 : STATUS_FAILURE;
	}
	if (o->verbose)
		msg_details();
	if (several_asked(o))
		return several_main(o);
	if (o->netns[0] && !o->read) {
		int status = netns_enter(o->netns[0]);

		if (status)
			return status;
	}
	if (o->doctor)
		return check_doctor(o);
	if (o->cleanup)
		return check_cleanup(o);
	if (o->diff)
		return diff_main(o);
	return o->read ? read_main(o) : run_main(o);
}

static bool is_completion(const char *word)
{
	static const char name[] = "--complete";
	size_t len = sizeof(name) - 1;

	return strncmp(word, name, len) == 0 &&
	       (word[len] == '\0' || word[len] == '=');
}

int main(int argc, char *argv[])
{
	struct options o;
	int status;

	keep_standard_files();
	/* A limit of file sizes (ulimit -f) is an error of who writes: EFBIG. */
	signal(SIGXFSZ, SIG_IGN);
	msg_hold();
	if (getauxval(AT_SECURE)) {
		msg("error: nftrace loads libraries that the environment can "
		    "name (XTABLES_LIBDIR), so it refuses to run setuid or "
		    "with file capabilities: use sudo");
		return STATUS_FAILURE;
	}
	if (argc > 1 && is_completion(argv[1]))
		return complete_main(argc - 1, argv + 1);
	status = options_parse(&o, argc, argv);
	if (!status)
		status = dispatch(&o);
	options_free(&o);
	helper_collect(true);
	msg_hold_end();
	return status;
}

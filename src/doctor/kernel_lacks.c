// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel_lacks: what this kernel has not that a run's own rules need, and why, in words. */
#include "doctor/kernel_lacks.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture/can_log.h"
#include "doctor/kernel_trial.h"
#include "rules/base/family.h"

/* The first line of a file, without its end; false: there is none. */
static bool read_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	bool got;

	if (!f)
		return false;
	got = fgets(line, (int)size, f) != NULL;
	line[got ? strcspn(line, "\n") : 0] = '\0';
	fclose(f);
	return true;
}

/* What keeps a module from being loaded, else what to try. */
static void say_lack(char text[LACKS_TEXT], const char *what, const char *module)
{
	char line[256];

	if (read_line("/proc/sys/kernel/modules_disabled", line, sizeof(line)) &&
	    strcmp(line, "1") == 0)
		snprintf(text, LACKS_TEXT, "this kernel has no %s, and loads no "
			 "module any more (kernel.modules_disabled is 1)", what);
	else if (read_line("/proc/sys/kernel/modprobe", line, sizeof(line)) &&
		 access(line, X_OK) < 0)
		snprintf(text, LACKS_TEXT, "this kernel has no %s, and did not "
			 "load it by itself (kernel.modprobe names no program "
			 "here): try modprobe %s", what, module);
	else
		snprintf(text, LACKS_TEXT, "this kernel has no %s: try modprobe "
			 "%s", what, module);
}

/*
 * TRACE is refused where the kernel has no logger of its own (trace_tg_check() in
 * net/netfilter/xt_TRACE.c).  A line is the protocol, the logger in force, and in
 * brackets all that are there.
 */
static bool has_logger(const struct family *f)
{
	FILE *file = fopen("/proc/net/netfilter/nf_log", "re");
	char line[256];
	bool has = false;
	unsigned int protocol;

	if (!file)
		return true;
	while (fgets(line, sizeof(line), file)) {
		const char *all = strchr(line, '(');

		if (sscanf(line, "%u", &protocol) == 1 && all &&
		    protocol == f->nfproto)
			has = strstr(all, "nf_log_") != NULL;
	}
	fclose(file);
	return has;
}

bool kernel_lacks_raw(char text[LACKS_TEXT], const struct family *f, int err)
{
	char what[128], module[64];

	/* The logger is loaded for a rule with TRACE, if its matches are taken. */
	if (err != -ENOPROTOOPT)
		err = kernel_trial(f, TRIGGER_LEGACY);
	if (!err || err == -EPERM)
		return false;
	if (err == -ENOPROTOOPT) {
		snprintf(what, sizeof(what), "iptables-legacy for %s", f->name);
		say_lack(text, what, f->module);
	} else if (!kernel_trial_has_raw(f)) {
		snprintf(what, sizeof(what), "table raw of %s", f->command);
		snprintf(module, sizeof(module), "%.*s_raw",
			 (int)strlen(f->command) - 1, f->command);
		say_lack(text, what, module);
	} else if (!has_logger(f)) {
		snprintf(what, sizeof(what), "logger of its own for %s, without "
			 "which it refuses TRACE", f->name);
		snprintf(module, sizeof(module), "nf_log_syslog (or nf_log_%s)",
			 f->name);
		say_lack(text, what, module);
	} else {
		return false;
	}
	return true;
}

bool kernel_lacks_nft(char text[LACKS_TEXT], const struct family *f)
{
	int err = kernel_trial(f, TRIGGER_NFT);

	if (err == -EAFNOSUPPORT) {
		snprintf(text, LACKS_TEXT, "nft of this kernel has no tables "
			 "for %s (CONFIG_NF_TABLES_%s)", f->name,
			 f->nfproto == NFPROTO_IPV4 ? "IPV4" : "IPV6");
		return true;
	}
	if (err != -ENOENT && err != -EINVAL && err != -EOPNOTSUPP)
		return false;
	say_lack(text, "part of nft that nftrace's own rules need (nft_limit, "
		 "nft_compat)", "nft_limit");
	return true;
}

bool kernel_lacks_group(char text[LACKS_TEXT])
{
	if (can_log() != -EOPNOTSUPP)
		return false;
	say_lack(text, "nfnetlink_log, by which TRACE rules report (rules of nft need "
		 "none)", "nfnetlink_log");
	return true;
}

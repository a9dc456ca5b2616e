// SPDX-License-Identifier: GPL-2.0-or-later
/* sandbox: takes every privilege from the process that reads strangers' packets. */
#include "sandbox.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cap-ng.h>
#include <seccomp.h>

enum { NOBODY = 65534 };

/* Receiving, writing, memory, time, and the way out. */
static const int allowed[] = {
	SCMP_SYS(recvmmsg), SCMP_SYS(recvmsg), SCMP_SYS(recvfrom),
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwritev2),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(getsockopt),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
	SCMP_SYS(futex), SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(close), SCMP_SYS(fstat),
	SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/*
 * The wider filter: sanitizers and valgrind map, open and ask for much on
 * their own, so only what does harm is refused.
 */
static const int refused[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket),
	SCMP_SYS(setsockopt), SCMP_SYS(ptrace), SCMP_SYS(mount),
	SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(bpf),
	SCMP_SYS(process_vm_writev), SCMP_SYS(connect), SCMP_SYS(sendto),
};

static bool under_tools(void)
{
#ifdef SANITIZE
	return true;
#else
	/* valgrind puts its own objects there (vgpreload_*.so). */
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
#endif
}

static int fill_narrow(scmp_filter_ctx ctx)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed) && !err; i++)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	/* Memory that can be executed is none of the reader's business. */
	if (!err)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC,
					       0));
	if (!err)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect),
				       1, SCMP_A2(SCMP_CMP_MASKED_EQ,
						  PROT_EXEC, 0));
	/* abort(), and nobody else. */
	if (!err)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
				       SCMP_A0(SCMP_CMP_EQ,
					       (scmp_datum_t)getpid()));
	return err;
}

static int fill_wide(scmp_filter_ctx ctx)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused) && !err; i++)
		err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), refused[i],
				       0);
	return err;
}

static scmp_filter_ctx filter;

static int make_filter(void)
{
	bool wide = under_tools();

	filter = seccomp_init(wide ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return -ENOMEM;
	return wide ? fill_wide(filter) : fill_narrow(filter);
}

static int load_filter(void)
{
	int err = seccomp_load(filter);

	seccomp_release(filter);
	filter = NULL;
	return err;
}

static int drop_ids(void)
{
	/* --read as somebody who has nothing to give up. */
	if (geteuid() != 0 && getuid() != 0)
		return 0;
	/* In a user namespace setgroups(2) may be forbidden, and no other id mapped. */
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return -errno;
	if (setresgid(NOBODY, NOBODY, NOBODY) < 0 && errno != EINVAL)
		return -errno;
	if (setresuid(NOBODY, NOBODY, NOBODY) < 0 && errno != EINVAL)
		return -errno;
	return 0;
}

static int drop_capabilities(void)
{
	capng_clear(CAPNG_SELECT_ALL);
	/* The bounding set cannot be dropped any more; no_new_privs covers it. */
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return -EPERM;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ?
		-errno : 0;
}

struct step {
	const char *what;
	int (*step)(void);
};

static int take_steps(const struct step *steps, size_t count, char *what,
		      size_t size)
{
	for (size_t i = 0; i < count; i++) {
		int err = steps[i].step();

		if (err) {
			snprintf(what, size, "%s", steps[i].what);
			return err;
		}
	}
	return 0;
}

static int no_new_privileges(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

int sandbox_give_up(char *what, size_t size)
{
	static const struct step steps[] = {
		{ "setting no_new_privs", no_new_privileges },
		{ "changing the user", drop_ids },
		{ "dropping capabilities", drop_capabilities },
	};

	return take_steps(steps, sizeof(steps) / sizeof(steps[0]), what, size);
}

/* How far it has come. */
static struct {
	bool done;
	int err;
	char what[64];
} prepared;

void sandbox_prepare(void)
{
	static const struct step make = {
		"making the system call filter", make_filter,
	};

	prepared.err = sandbox_give_up(prepared.what, sizeof(prepared.what));
	if (!prepared.err)
		prepared.err = take_steps(&make, 1, prepared.what,
					  sizeof(prepared.what));
	prepared.done = true;
}

int sandbox_enter(char *what, size_t size)
{
	static const struct step load = {
		"loading the system call filter", load_filter,
	};

	if (!prepared.done)
		sandbox_prepare();
	if (prepared.err)
		snprintf(what, size, "%s", prepared.what);
	return prepared.err ? prepared.err : take_steps(&load, 1, what, size);
}

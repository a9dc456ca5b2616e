// SPDX-License-Identifier: GPL-2.0-or-later
/* sandbox: takes every privilege from the process that reads strangers' packets. */
#include "base/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cap-ng.h>
#include <seccomp.h>

#include "rules/base/units.h"

enum { NOBODY = 65534, ARGS = 2 };

/* A call, and what its arguments must be. */
struct call {
	int number;
	unsigned int args;
	struct scmp_arg_cmp arg[ARGS];
};

#define CALL(name) .number = SCMP_SYS(name)

/* Writing, memory that no one can execute, and the way out. */
static const struct call for_all[] = {
	{ CALL(write) },
#ifdef __s390x__
	/* Its arguments lie in memory, which no filter sees. */
	{ CALL(mmap) },
#else
	/* Shared memory would not be counted by RLIMIT_DATA. */
	{ CALL(mmap), 2, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 },
			   { 3, SCMP_CMP_MASKED_EQ, MAP_SHARED, 0 } } },
#endif
#ifdef __NR_mmap2
	/* Where addresses have 32 bits libc maps by this one. */
	{ CALL(mmap2), 2, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 },
			    { 3, SCMP_CMP_MASKED_EQ, MAP_SHARED, 0 } } },
#endif
	{ CALL(munmap) }, { CALL(mremap) }, { CALL(brk) },
	/* abort() */
	{ CALL(rt_sigprocmask) }, { CALL(getpid) }, { CALL(gettid) },
	{ CALL(exit) }, { CALL(exit_group) },
};

/* Of descriptors that are told: sandbox_reads(). */
static const int receiving[] = {
	SCMP_SYS(read), SCMP_SYS(recvmmsg), SCMP_SYS(recvmsg), SCMP_SYS(recvfrom),
#ifdef __NR_recvmmsg_time64
	SCMP_SYS(recvmmsg_time64),
#endif
};

/* Writing without waiting, rules that are sent to it, time. */
static const struct call for_reader[] = {
	{ CALL(pwritev2) }, { CALL(poll) }, { CALL(ppoll) },
	{ CALL(getsockopt), 2, { { 1, SCMP_CMP_EQ, SOL_SOCKET },
				 { 2, SCMP_CMP_EQ, SO_MEMINFO } } },
#ifndef __s390x__
	{ CALL(mmap), 2, { { 2, SCMP_CMP_EQ, PROT_READ },
			   { 3, SCMP_CMP_EQ, MAP_SHARED } } },
#endif
#ifdef __NR_mmap2
	{ CALL(mmap2), 2, { { 2, SCMP_CMP_EQ, PROT_READ },
			    { 3, SCMP_CMP_EQ, MAP_SHARED } } },
#endif
#if defined(__NR_socketcall) || defined(__NR_recv)
	{ CALL(recv) },
#endif
#ifdef __NR_recvmmsg_time64
	{ CALL(ppoll_time64) }, { CALL(clock_gettime64) },
#endif
	/* Where the vDSO has no clock; a poll() that a stop has interrupted. */
	{ CALL(clock_gettime) }, { CALL(restart_syscall) }, { CALL(close) },
};

/* Cutting its result to length, and saying that it is there. */
static const struct call for_helper[] = {
#ifdef __NR_ftruncate64
	{ CALL(ftruncate64) },
#endif
#if defined(__NR_socketcall) || defined(__NR_send)
	/* Without an address, unlike sendto(). */
	{ CALL(send) },
#endif
	{ CALL(ftruncate) }, { CALL(sendto), 1, { { 4, SCMP_CMP_EQ, 0 } } },
};

/*
 * The wider filter: sanitizers and valgrind map, open and ask for much on
 * their own, so only what does harm is refused.
 */
static const struct call refused[] = {
	{ CALL(execve) }, { CALL(execveat) }, { CALL(socket) },
	{ CALL(setsockopt) }, { CALL(ptrace) }, { CALL(mount) },
	{ CALL(setns) }, { CALL(unshare) }, { CALL(bpf) },
	{ CALL(process_vm_writev) }, { CALL(connect) },
	{ CALL(sendto), 1, { { 4, SCMP_CMP_NE, 0 } } },
};

bool sandbox_is_wide(void)
{
#if defined(SANITIZE) || defined(WIDE_FILTER)
	return true;
#else
	return false;
#endif
}

static scmp_filter_ctx filter;

static int add_calls(uint32_t action, const struct call *c, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = seccomp_rule_add_array(filter, action, c[i].number,
					     c[i].args, c[i].arg);
	return err;
}

/* abort(), and nobody else. */
static int add_abort(void)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()),
				SCMP_A2(SCMP_CMP_EQ, SIGABRT));
}

static int make_filter(const struct call *own, size_t count)
{
	bool wide = sandbox_is_wide();
	int err;

	filter = seccomp_init(wide ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return -ENOMEM;
	if (wide)
		return add_calls(SCMP_ACT_ERRNO(EPERM), refused,
				 ARRAY_SIZE(refused));
	err = add_calls(SCMP_ACT_ALLOW, for_all, ARRAY_SIZE(for_all));
	if (!err)
		err = add_calls(SCMP_ACT_ALLOW, own, count);
	return err ? err : add_abort();
}

/* What it may read and receive from. */
static struct {
	int fd[SANDBOX_READS];
	unsigned int count;
} reads;

void sandbox_reads(int fd)
{
	if (fd < 0)
		return;
	if (reads.count < SANDBOX_READS)
		reads.fd[reads.count] = fd;
	reads.count++;
}

/* The kernel looks at 32 bits of a descriptor. */
static int add_reads(void)
{
	int err = reads.count > SANDBOX_READS ? -E2BIG : 0;

	for (unsigned int i = 0; i < reads.count && !err; i++)
		for (size_t c = 0; c < ARRAY_SIZE(receiving) && !err; c++)
			err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, receiving[c], 1,
					       SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX,
						       (scmp_datum_t)reads.fd[i]));
	return err;
}

static int make_readers(void)
{
	int err = make_filter(for_reader, ARRAY_SIZE(for_reader));

	return err || sandbox_is_wide() ? err : add_reads();
}

static int make_helpers(void)
{
	return make_filter(for_helper, ARRAY_SIZE(for_helper));
}

static int load_filter(void)
{
	int err = seccomp_load(filter);

	seccomp_release(filter);
	filter = NULL;
	return err;
}

/* What could not be given up, in words; "": nothing. */
static char kept[128];

static bool has(unsigned int capability)
{
	return capng_have_capability(CAPNG_EFFECTIVE, capability) == 1;
}

/* @uids, @gids: were they to be had? */
static void note_kept(bool uids, bool gids)
{
	char user[32] = "", group[32] = "";
	bool groups = getgroups(0, NULL) > 0;

	if (getuid() != NOBODY)
		snprintf(user, sizeof(user), "user %u", (unsigned int)getuid());
	if (getgid() != NOBODY)
		snprintf(group, sizeof(group), "group %u",
			 (unsigned int)getgid());
	if (!*user && !*group && !groups)
		return;
	snprintf(kept, sizeof(kept), "%s%s%s%s%s (%s)", user,
		 *user && *group ? ", " : "", group,
		 groups && (*user || *group) ? ", " : "",
		 groups ? "its groups" : "",
		 !uids && !gids ? "CAP_SETUID and CAP_SETGID are missing" :
		 !uids ? "CAP_SETUID is missing" :
		 !gids ? "CAP_SETGID is missing" : "no other is mapped here");
}

/* Without the capability, or in a user namespace: then the other fences hold. */
static bool cannot(int result)
{
	return result < 0 && (errno == EPERM || errno == EINVAL);
}

static int drop_ids(void)
{
	bool uids, gids;
	int n;

	if (capng_get_caps_process() != 0)
		return -EPERM;
	/* --read as somebody who has nothing to give up. */
	if (geteuid() != 0 && getuid() != 0 &&
	    capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE)
		return 0;
	uids = has(CAP_SETUID);
	gids = has(CAP_SETGID);
	n = setgroups(0, NULL);
	if (n < 0 && !cannot(n))
		return -errno;
	n = setresgid(NOBODY, NOBODY, NOBODY);
	if (n < 0 && !cannot(n))
		return -errno;
	n = setresuid(NOBODY, NOBODY, NOBODY);
	if (n < 0 && !cannot(n))
		return -errno;
	note_kept(uids, gids);
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

	return take_steps(steps, ARRAY_SIZE(steps), what, size);
}

/* @own: makes the filter */
static int load(int (*own)(void), char *what, size_t size)
{
	const struct step steps[] = {
		{ "making the system call filter", own },
		{ "loading the system call filter", load_filter },
	};
	int err = take_steps(steps, ARRAY_SIZE(steps), what, size);

	if (!err)
		snprintf(what, size, "%s", kept);
	return err;
}

/* A change of the user takes back what its parent's death is to bring. */
static int die_with_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;
}

/* How far it has come. */
static struct {
	bool done;
	int err;
	char what[64];
} prepared;

void sandbox_prepare(void)
{
	prepared.err = sandbox_give_up(prepared.what, sizeof(prepared.what));
	prepared.done = true;
}

int sandbox_enter(char *what, size_t size)
{
	if (!prepared.done)
		sandbox_prepare();
	if (prepared.err)
		snprintf(what, size, "%s", prepared.what);
	return prepared.err ? prepared.err : load(make_readers, what, size);
}

int sandbox_enter_helper(char *what, size_t size)
{
	static const struct step step = {
		"ending with the parent", die_with_parent,
	};
	int err = sandbox_give_up(what, size);

	if (!err)
		err = take_steps(&step, 1, what, size);
	return err ? err : load(make_helpers, what, size);
}

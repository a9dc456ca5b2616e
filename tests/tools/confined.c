// SPDX-License-Identifier: GPL-2.0-or-later
/* confined: runs a command under a system call filter as container runtimes have by default. */
#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* What moby's default profile refuses to who has none of the capabilities it names for them. */
static const int refused[] = {
	SCMP_SYS(acct), SCMP_SYS(add_key), SCMP_SYS(bpf), SCMP_SYS(delete_module),
	SCMP_SYS(fanotify_init), SCMP_SYS(finit_module), SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount), SCMP_SYS(fsopen), SCMP_SYS(fspick), SCMP_SYS(init_module),
	SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(io_uring_setup), SCMP_SYS(kcmp), SCMP_SYS(kexec_load),
	SCMP_SYS(keyctl), SCMP_SYS(mount), SCMP_SYS(move_mount),
	SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at),
	SCMP_SYS(open_tree), SCMP_SYS(perf_event_open), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pivot_root), SCMP_SYS(process_madvise),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(quotactl), SCMP_SYS(reboot), SCMP_SYS(request_key),
	SCMP_SYS(setns), SCMP_SYS(settimeofday), SCMP_SYS(swapon),
	SCMP_SYS(syslog), SCMP_SYS(umount2), SCMP_SYS(unshare),
	SCMP_SYS(userfaultfd),
};

int main(int argc, char *argv[])
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int err = 0;

	if (argc < 2 || !filter)
		return 2;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]) && !err; i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
				       SCMP_SYS(clone3), 0);
	/* As root, without no_new_privs: that would show in what comes of it. */
	if (!err)
		err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
	if (!err)
		err = seccomp_load(filter);
	if (err) {
		fprintf(stderr, "confined: no filter: error %d\n", -err);
		return 2;
	}
	execvp(argv[1], argv + 1);
	perror("confined");
	return 2;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Unit tests for src/pod: ids in cgroups' paths, command lines of starters, folders of /proc. */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "pod/cgroup_id.h"
#include "pod/claims.h"
#include "pod/proc_dir.h"
#include "pod/shim.h"
#include "rules/base/units.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define POD "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/"

static const struct {
	const char *text, *id;
} cgroups[] = {
	/* kubelet with systemd, by each runtime */
	{ "0::" POD "cri-containerd-" A ".scope\n", A },
	{ "0::" POD "crio-" A ".scope\n", A },
	{ "0::" POD "crio-" A ".scope/container\n", A },
	{ "0::" POD "docker-" A ".scope\n", A },
	{ "0::" POD "crio-conmon-" A ".scope\n", "" },
	/* with cgroupfs, of both versions */
	{ "0::/kubepods/burstable/pod1-2/" A "\n", A },
	{ "12:pids:/kubepods/besteffort/pod1-2/" A "\n1:name=systemd:/x\n", A },
	{ "4:memory:/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:" A "\n", A },
	/* docker, podman, nerdctl, ECS */
	{ "0::/system.slice/docker-" A ".scope\n", A },
	{ "9:cpu,cpuacct:/docker/" A "\n0::/\n", A },
	{ "0::/machine.slice/libpod-" A ".scope/container\n", A },
	{ "0::/machine.slice/libpod-conmon-" A ".scope\n", "" },
	{ "0::/libpod_parent/libpod-" A "\n", A },
	{ "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" A ".scope\n", A },
	{ "0::/default/" A "\n", A },
	{ "0::/ecs/task/0123456789abcdef0123456789abcdef-12345\n", "" },
	{ "0::/ecs/0123456789abcdef0123456789abcdef/" A "\n", A },
	/* a container in a container */
	{ "0::/docker/" A "/kubelet/kubepods/pod1/" B "\n", B },
	{ "0::/docker/" A "/init.scope\n", A },
	/* as it is seen from a sibling's cgroup namespace */
	{ "0::/../" A "\n", A },
	/* none */
	{ "", "" }, { "\n", "" }, { "0::", "" }, { "0", "" }, { "0:\n", "" },
	{ "0::/\n", "" }, { "0::/init.scope\n", "" }, { "0::///\n", "" },
	{ "0::/user.slice/user-1000.slice/session-1.scope\n", "" },
	{ "0::/x/deadbeef\n", "" },
	{ "0::/x/" A "0\n", "" },
	{ "0::/x/y" A "\n", "" },
	{ "0::/default/web\n", "" },
};

static void cgroup_paths(void **state)
{
	char id[CGROUP_ID];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cgroups); i++) {
		bool any = cgroup_id(cgroups[i].text, "", id);

		assert_string_equal(id, cgroups[i].id);
		assert_int_equal(any, id[0] != '\0');
	}
	assert_true(cgroup_is_pod(cgroups[0].text));
	assert_false(cgroup_is_pod("0::/docker/" A "\n"));
}

/* Whoever looks from a container has its id in each path. */
static void own_cgroup(void **state)
{
	static const char own[] = "9:memory:/outer/" A "\n0::/\n";
	char id[CGROUP_ID];

	(void)state;
	assert_false(cgroup_id(own, own, id));
	assert_true(cgroup_id("9:memory:/outer/" A "\n0::/libpod-" B "\n", own, id));
	assert_string_equal(id, B);
	assert_true(cgroup_id("9:memory:/outer/" A "/x\n", own, id));
}

/* Each word of @words has a '|' behind it. */
static bool read_words(struct shim *s, const char *words)
{
	char buf[512];
	size_t len = strlen(words);

	strcpy(buf, words);
	for (size_t i = 0; i < len; i++)
		if (buf[i] == '|')
			buf[i] = '\0';
	return shim_words(s, buf, len);
}

static void starters(void **state)
{
	static const struct {
		const char *words, *id, *name;
	} rows[] = {
		{ "/usr/bin/conmon|--api-version|1|-c|" A "|-n|web|-b|/x|", A, "web" },
		{ "conmon|-n|web|--exit-command-arg|-n|x|", "", "web" },
		{ "conmon|--cid|" A "|--name|web|", A, "web" },
		{ "/usr/bin/containerd-shim-runc-v2|-namespace|k8s.io|-id|" A "|", A, "" },
		{ "containerd-shim-runc-v1|-id|web|", "web", "" },
		{ "conmon|-n|", "", "" }, { "conmon|", "", "" },
		{ "bash|-c|conmon|-n|web|", "", "" }, { "|", "", "" },
		{ "", "", "" }, { "conmon|-n|web", "", "" },
	};
	struct shim s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool any = read_words(&s, rows[i].words);

		assert_string_equal(s.id, rows[i].id);
		assert_string_equal(s.name, rows[i].name);
		assert_int_equal(any, s.id[0] || s.name[0]);
	}
}

static void names_of_crio(void **state)
{
	char pod[POD_NAME], space[POD_SPACE];

	(void)state;
	assert_true(shim_pod("k8s_app_web-0_shop_12-34_0", pod, space));
	assert_string_equal(pod, "web-0");
	assert_string_equal(space, "shop");
	assert_false(shim_pod("web", pod, space));
	assert_false(shim_pod("k8s_app_web-0", pod, space));
	assert_false(shim_pod("k8s_app__shop_1_0", pod, space));
}

static void fits(void **state)
{
	/* 70 bytes, of which the 63rd is a "-" */
	static const char name[] = "a23456789-a23456789-a23456789-a23456789-"
		"a23456789-a23456789-a2-456789-";
	struct claims c = { .id = A };
	struct pod_question pod = { .container = false };
	struct pod_question container = { .container = true };

	(void)state;
	strcpy(pod.name, name);
	memcpy(c.hostname, name, 63);
	assert_false(claims_fit(&c, &pod));
	c.hostname[62] = '\0';
	assert_true(claims_fit(&c, &pod));
	strcpy(pod.name, c.hostname);
	assert_true(claims_fit(&c, &pod));

	strcpy(container.name, "012");
	assert_true(claims_fit(&c, &container));
	strcpy(container.name, "01");
	assert_false(claims_fit(&c, &container));
	strcpy(container.name, "web");
	assert_false(claims_fit(&c, &container));
	strcpy(c.shim.name, "web");
	assert_true(claims_fit(&c, &container));
}

/* Whatever becomes of its number, an open folder is of that process. */
static void ended(void **state)
{
	struct proc_dir d, parent;
	pid_t pid = fork();
	char text[64];

	(void)state;
	if (pid == 0) {
		pause();
		_exit(0);
	}
	assert_int_equal(proc_dir_open(&d, pid), 0);
	assert_true(proc_dir_read(&d, "comm", text, sizeof(text)) > 0);
	assert_true(proc_dir_space(&d, "ns/net") > 0);
	assert_int_equal(proc_dir_parent(&d), getpid());
	assert_int_equal(proc_dir_open_parent(&d, &parent), 0);
	assert_int_equal(parent.pid, getpid());
	proc_dir_close(&parent);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(proc_dir_read(&d, "comm", text, sizeof(text)) < 0);
	assert_string_equal(text, "");
	assert_int_equal(proc_dir_space(&d, "ns/net"), 0);
	assert_int_equal(proc_dir_parent(&d), 0);
	assert_true(proc_dir_open_parent(&d, &parent) < 0);
	proc_dir_close(&d);
	assert_true(proc_dir_open(&d, pid) < 0);
}

/* With a hostname of its own; -1: that is not to be had. */
static pid_t process_of(const char *hostname)
{
	int ready[2];
	char word;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUTS) < 0 ||
		    sethostname(hostname, strlen(hostname)) < 0)
			_exit(1);
		(void)!write(ready[1], "", 1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &word, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

static void assert_hostname(struct claims_reader *r, const struct proc_dir *d,
			    const char *hostname)
{
	struct claims c;

	assert_true(claims_read(r, &c, d));
	assert_true(c.own_uts);
	assert_string_equal(c.hostname, hostname);
}

/* What cannot be read of one process is not said of the next, which has a name. */
static void hostnames(void **state)
{
	pid_t pid[2] = { process_of("one"), process_of("other") };
	struct rlimit limit, none;
	struct claims_reader r;
	struct proc_dir d[2];

	(void)state;
	if (pid[0] < 0 || pid[1] < 0)
		skip();
	claims_reader_open(&r);
	for (int i = 0; i < 2; i++)
		assert_int_equal(proc_dir_open(&d[i], pid[i]), 0);
	assert_hostname(&r, &d[0], "one");
	assert_hostname(&r, &d[0], "one");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_hostname(&r, &d[1], "");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_hostname(&r, &d[0], "one");
	assert_hostname(&r, &d[1], "other");
	for (int i = 0; i < 2; i++) {
		proc_dir_close(&d[i]);
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	claims_reader_close(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cgroup_paths),
		cmocka_unit_test(own_cgroup),
		cmocka_unit_test(starters),
		cmocka_unit_test(names_of_crio),
		cmocka_unit_test(fits),
		cmocka_unit_test(ended),
		cmocka_unit_test(hostnames),
	};

	return cmocka_run_group_tests_name("pod", tests, NULL, NULL);
}

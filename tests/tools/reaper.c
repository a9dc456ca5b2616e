// SPDX-License-Identifier: GPL-2.0-or-later
/* reaper: kills nftrace's processes at many instants and holds the host against before. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4/ip_tables.h>

/*
 * usage: reaper WITH_POINTS SHIPPED RULES4 RULES6 SEED SHARE WORKERS SCRATCH
 *
 * Each worker has a network, a /run and with it a lock of its own.  SHARE: all
 * cases, or each: of each point, each time that a run comes there, one, which
 * kills whom SEED says, and an eighth of those at any time.  What is judged is
 * read from the kernel here, by no code of nftrace's.  In the environment:
 *
 *   POINT     only the cases of the point of that name
 *   BACKEND   nft: the run traces by nft tables of its own
 *   PRELOAD   a library for the run that is killed
 */

enum { SUPERVISOR = 1, KEEPER = 2, READER = 4, ALL = 7 };
/* GONE_MS ends what hangs: under sanitizers a run takes a minute where others have the CPUs. */
enum { RANDOM_CASES = 80, LIMIT_MS = 2000, GONE_MS = 600000 };

/* The life of a run, to before-end; who is there then; how often the point is passed. */
static const struct point {
	const char *name;
	int there, times;
} points[] = {
	{ "before-keeper", SUPERVISOR, 1 },
	{ "before-lock", SUPERVISOR | KEEPER, 1 },
	{ "after-lock", SUPERVISOR | KEEPER, 1 },
	{ "before-bind", SUPERVISOR | KEEPER, 1 },
	{ "before-install", SUPERVISOR | KEEPER, 1 },
	{ "reader-start", ALL, 1 },
	{ "keeper-before-record", ALL, 1 },
	{ "logger-half-recorded", ALL, 1 },
	{ "keeper-after-record", ALL, 1 },
	{ "undo-logger-set", ALL, 2 },
	{ "keeper-before-insert", ALL, 1 },
	{ "trace-before-commit", ALL, 2 },
	{ "edit-before-replace", ALL, 2 },
	{ "ledger-before-replace", ALL, 2 },
	{ "ledger-after-replace", ALL, 2 },
	{ "ledger-after-counters", ALL, 2 },
	{ "ledger-after-unmark", ALL, 2 },
	{ "trace-after-commit", ALL, 2 },
	{ "keeper-after-insert", ALL, 1 },
	{ "before-snapshot", ALL, 1 },
	{ "after-snapshot", ALL, 1 },
	{ "before-reader", ALL, 1 },
	{ "before-armed", ALL, 1 },
	{ "armed", ALL, 1 },		/* no point: its message on stderr */
	{ "under load", ALL, 1 },
	{ "before-undo", ALL, 1 },
	{ "keeper-before-undo", ALL, 1 },
	{ "trace-before-removal", ALL, 2 },
	{ "ledger-before-replace", ALL, -4 },	/* 3 and 4: the removal */
	{ "ledger-after-replace", ALL, -4 },
	{ "ledger-after-counters", ALL, -4 },
	{ "ledger-after-unmark", ALL, -4 },
	{ "trace-after-removal", ALL, 2 },
	{ "undo-logger-back", ALL, 2 },
	{ "keeper-after-undo", ALL, 1 },
	{ "before-unlock", ALL, 1 },
	{ "before-drain", SUPERVISOR | READER, 1 },
	{ "before-end", SUPERVISOR, 1 },
};

/* The same where only nft's tables are traced, and by such. */
static const struct point nft_points[] = {
	{ "before-keeper", SUPERVISOR, 1 },
	{ "before-bind", SUPERVISOR | KEEPER, 1 },
	{ "before-install", SUPERVISOR | KEEPER, 1 },
	{ "reader-start", ALL, 1 },
	{ "nft-before-commit", ALL, 2 },
	{ "nft-after-commit", ALL, 2 },
	{ "keeper-after-insert", ALL, 1 },
	{ "before-snapshot", ALL, 1 },
	{ "after-snapshot", ALL, 1 },
	{ "before-reader", ALL, 1 },
	{ "before-armed", ALL, 1 },
	{ "armed", ALL, 1 },
	{ "under load", ALL, 1 },
	{ "before-undo", ALL, 1 },
	{ "keeper-before-undo", ALL, 1 },
	{ "nft-before-removal", ALL, 2 },
	{ "keeper-after-undo", ALL, 1 },
	{ "before-unlock", ALL, 1 },
	{ "before-drain", SUPERVISOR | READER, 1 },
	{ "before-end", SUPERVISOR, 1 },
};

/*
 * Its end, by its time, is ahead: who comes there on a slow machine must find that the time is not over.
 * Behind "under load" a run comes only when it is.
 */
static bool is_ahead_of_end(const struct point *p)
{
	while (strcmp(p->name, "under load") != 0 && strcmp(p->name, "before-end") != 0)
		p++;
	return strcmp(p->name, "under load") == 0;
}

struct test {
	const struct point *point;	/* NULL: after @delay_ms */
	int nth, victims, delay_ms;
	bool load, no_lock;
};

static const char *preload;
static bool by_nft;

enum { MAX_TESTS = 1024 };
static struct test tests[MAX_TESTS];
static int count;

/* ---- what a host looks like */

enum { TABLES = 5, FAMILIES = 2 };
static const char *const table_names[TABLES] = { "raw", "mangle", "nat",
						 "filter", "security" };
static const int domains[FAMILIES] = { AF_INET, AF_INET6 };
static const int levels[FAMILIES] = { SOL_IP, SOL_IPV6 };
static const char *const loggers[FAMILIES] = {
	"/proc/sys/net/netfilter/nf_log/2", "/proc/sys/net/netfilter/nf_log/10",
};
/* struct ipt_entry and ip6t_entry */
static const size_t counters_at[FAMILIES] = { 96, 152 }, next_at[FAMILIES] = {
	90, 142 };

struct host {
	char *table[FAMILIES][TABLES];
	size_t size[FAMILIES][TABLES];
	char logger[FAMILIES][64];
};

static void read_table(int f, int t, struct host *h)
{
	int fd = socket(domains[f], SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	struct ipt_getinfo info = { .size = 0 };
	struct ipt_get_entries *e;
	socklen_t len = sizeof(info);

	free(h->table[f][t]);
	h->table[f][t] = NULL;
	strcpy(info.name, table_names[t]);
	if (getsockopt(fd, levels[f], IPT_SO_GET_INFO, &info, &len) == 0) {
		len = (socklen_t)sizeof(*e) + info.size;
		e = calloc(1, len);
		strcpy(e->name, table_names[t]);
		e->size = info.size;
		if (getsockopt(fd, levels[f], IPT_SO_GET_ENTRIES, e, &len) == 0) {
			h->table[f][t] = malloc(info.size);
			memcpy(h->table[f][t], e->entrytable, info.size);
			h->size[f][t] = info.size;
		}
		free(e);
	}
	close(fd);
}

static void read_word(const char *path, char *word, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, word, size - 1);

	word[n > 0 ? n : 0] = '\0';
	close(fd);
}

static void read_host(struct host *h)
{
	for (int f = 0; f < FAMILIES; f++) {
		for (int t = 0; t < TABLES; t++)
			read_table(f, t, h);
		read_word(loggers[f], h->logger[f], sizeof(h->logger[f]));
	}
}

static uint16_t next_of(int f, const char *entry)
{
	uint16_t next;

	memcpy(&next, entry + next_at[f], sizeof(next));
	return next;
}

/* Less counters, where packets ran meanwhile. */
static void clear_counters(struct host *h)
{
	for (int f = 0; f < FAMILIES; f++)
		for (int t = 0; t < TABLES; t++)
			for (size_t at = 0; h->table[f][t] &&
			     at < h->size[f][t];
			     at += next_of(f, h->table[f][t] + at))
				memset(h->table[f][t] + at + counters_at[f], 0,
				       sizeof(struct xt_counters));
}

/* Return: what is different, NULL: nothing. */
static const char *difference(const struct host *a, const struct host *b)
{
	static char text[160];

	for (int f = 0; f < FAMILIES; f++) {
		if (strcmp(a->logger[f], b->logger[f]) != 0) {
			snprintf(text, sizeof(text), "logger %d: %.40s", f,
				 b->logger[f]);
			return text;
		}
		for (int t = 0; t < TABLES; t++) {
			if (a->size[f][t] == b->size[f][t] && b->table[f][t] &&
			    memcmp(a->table[f][t], b->table[f][t],
				   a->size[f][t]) == 0)
				continue;
			snprintf(text, sizeof(text), "table %s of family %d%s",
				 table_names[t], f, a->size[f][t] ==
				 b->size[f][t] ? ": counters?" : "");
			return text;
		}
	}
	return NULL;
}

/* One of the dump: is it a run's? */
static int look_at_table(const struct nlmsghdr *nlh, void *found)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_TABLE_NAME &&
		    strncmp(mnl_attr_get_str(attr), "nftrace_", 8) == 0)
			*(bool *)found = true;
	return MNL_CB_OK;
}

/* Return: 1: there is one of a run's; 0: none; -1: a change interrupted the dump. */
static int dump_tables(struct mnl_socket *nl)
{
	static char room[1 << 16] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room);
	struct nfgenmsg *nfg;
	bool found = false;
	int more = 1;

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	if (mnl_socket_sendto(nl, room, nlh->nlmsg_len) < 0)
		return -1;
	while (more > 0) {
		ssize_t n = mnl_socket_recvfrom(nl, room, sizeof(room));

		more = n < 0 ? -1 : mnl_cb_run(room, (size_t)n, 0, 0,
					       look_at_table, &found);
	}
	return more < 0 ? -1 : found;
}

/* Asked of the kernel: to start nft for it at each look was a third of all work. */
static bool own_tables(void)
{
	int found = -1;

	while (by_nft && found < 0) {
		struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);

		if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
			perror("# reaper: netlink");
			_exit(2);
		}
		found = dump_tables(nl);
		mnl_socket_close(nl);
	}
	return found > 0;
}

static bool lock_is_free(void)
{
	int fd = open("/run/xtables.lock", O_RDONLY | O_CREAT | O_CLOEXEC,
		      0600);
	bool is_free = flock(fd, LOCK_EX | LOCK_NB) == 0;

	close(fd);
	return is_free;
}

/* ---- a run and its processes */

struct worker {
	int number;
	char point_file[256], err_file[256];
	struct host before, now;
	pid_t supervisor, flood;
};

static const char *pointed, *shipped, *scratch;

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void nap(long us)
{
	struct timespec t = { .tv_sec = us / 1000000,
			      .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

static pid_t spawn(struct worker *w, const char *program, const char *halt_at,
		   const char *const argv[])
{
	pid_t pid = fork();
	int null, err;

	if (pid != 0)
		return pid;
	null = open("/dev/null", O_RDWR);
	err = open(w->err_file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	dup2(null, 0);
	dup2(null, 1);
	dup2(err, 2);
	if (halt_at) {
		setenv("NFTRACE_TESTPOINT", halt_at, 1);
		setenv("NFTRACE_TESTPOINT_FILE", w->point_file, 1);
	}
	if (preload && program == pointed)
		setenv("LD_PRELOAD", preload, 1);
	execv(program, (char *const *)argv);
	_exit(127);
}

static void start_run(struct worker *w, const struct test *t)
{
	const bool stays = !t->point || is_ahead_of_end(t->point);
	const char *const argv[] = {
		"nftrace", "-t", !stays ? "100ms" : t->point ? "20" : "300ms",
		"--rate", "0", "-p", "udp", "--dport", "7",
		by_nft ? "--backend" : t->no_lock ? "--no-lock" : NULL, "nft",
		NULL,
	};
	char halt_at[64], once[300];

	snprintf(once, sizeof(once), "%s.once", w->point_file);
	unlink(once);
	unlink(w->point_file);
	unlink(w->err_file);
	if (t->point)
		snprintf(halt_at, sizeof(halt_at), "%s:%d", t->point->name,
			 t->nth);
	w->supervisor = spawn(w, pointed, t->point ? halt_at : NULL, argv);
}

/* Without pause, but so that somebody else gets to run as well. */
static pid_t start_flood(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(7),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (;;) {
		for (int i = 0; i < 10; i++)
			sendto(fd, "x", 1, 0, (struct sockaddr *)&to,
			       sizeof(to));
		nap(2000);
	}
}

/* The child of that name; 0: none. */
static pid_t child_named(pid_t parent, const char *name)
{
	char path[64], list[1024] = "", comm[64], *p = list, *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent,
		 (int)parent);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, list, sizeof(list) - 1);
	if (fd >= 0)
		close(fd);
	list[n > 0 ? n : 0] = '\0';
	for (pid_t pid; (pid = (pid_t)strtol(p, &end, 10)) > 0; p = end) {
		snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
		read_word(path, comm, sizeof(comm));
		comm[strcspn(comm, "\n")] = '\0';
		if (strcmp(comm, name) == 0)
			return pid;
	}
	return 0;
}

/* Return: who is there; a child that has no name yet is not. */
static int find_processes(const struct worker *w, pid_t pid[3])
{
	int there = 0;

	pid[0] = w->supervisor;
	pid[1] = child_named(w->supervisor, "nftrace-keeper");
	pid[2] = child_named(w->supervisor, "nftrace-reader");
	for (int i = 0; i < 3; i++)
		there |= pid[i] > 0 ? 1 << i : 0;
	return there;
}

/* Return: those of the victims who were there; all who were in @there. */
static int kill_victims(const struct worker *w, int victims, int *there)
{
	pid_t pid[3];
	int killed = 0;

	*there = find_processes(w, pid);
	for (int i = 0; i < 3; i++)
		if (victims & *there & (1 << i) && kill(pid[i], SIGKILL) == 0)
			killed |= 1 << i;
	return killed;
}

static bool file_has(const char *path, const char *text)
{
	char buf[8192] = "";

	if (access(path, F_OK) < 0)
		return false;
	read_word(path, buf, sizeof(buf));
	return strstr(buf, text) != NULL;
}

static bool reached(const struct worker *w, const struct test *t)
{
	pid_t pid[3];

	if (t->load || strcmp(t->point->name, "armed") == 0)
		return file_has(w->err_file, "nftrace: armed");
	return file_has(w->point_file, t->point->name) &&
		find_processes(w, pid) == t->point->there;
}

/* ---- the judgement */

static bool is_restored(struct worker *w, bool load, const char **why)
{
	struct host *before = &w->before;

	read_host(&w->now);
	if (load) {
		clear_counters(&w->now);
		clear_counters(before);
	}
	*why = difference(before, &w->now);
	if (!*why && !lock_is_free())
		*why = "the lock is held";
	if (!*why && own_tables())
		*why = "an nft table is left";
	return !*why;
}

/* As it stands on an idle machine: lib.sh knows when that is. */
static uint64_t limit_ms(void)
{
	const char *times = getenv("PROMISE");

	return LIMIT_MS * (times ? strtoul(times, NULL, 10) : 1);
}

static bool wait_restored(struct worker *w, bool load, const char **why)
{
	uint64_t end = now_ms() + limit_ms();

	while (!is_restored(w, load, why)) {
		if (now_ms() > end)
			return false;
		nap(5000);
	}
	return true;
}

static void stop_flood(struct worker *w)
{
	if (w->flood)
		kill(w->flood, SIGKILL);
	w->flood = 0;
}

/* All children, and theirs: we are their reaper. */
static bool wait_gone(void)
{
	uint64_t end = now_ms() + GONE_MS;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (now_ms() > end)
			return false;
		if (pid == 0)
			nap(5000);
	}
	return errno == ECHILD;
}

/* The rules that nobody is left to remove: do they end by themselves? */
static const char *check_deadlines(void)
{
	const char *why = NULL;
	char line[4096];
	FILE *p = popen("iptables-legacy-save -t raw; exec ip6tables-legacy-save -t raw", "r");

	while (p && fgets(line, sizeof(line), p)) {
		const char *stop = strstr(line, "--datestop ");
		struct tm tm = { 0 };

		if (!strstr(line, "TRACE"))
			continue;
		if (!stop || !strptime(stop + 11, "%Y-%m-%dT%H:%M:%S", &tm))
			why = "a rule without a deadline was left";
		else if (timegm(&tm) > time(NULL) + 20 + 6)
			why = "a rule's deadline is too far away";
	}
	if (p)
		pclose(p);
	return why;
}

/* " expires 19s812ms": no more than 29 s, which is a run's 20 and what is added. */
static bool is_far(const char *expires)
{
	char *unit;
	unsigned long n = strtoul(expires, &unit, 10);

	return unit == expires || (strncmp(unit, "ms", 2) != 0 && (*unit != 's' || n > 29));
}

/* The tables that have no owner: each rule has one, and no set's is far away. */
static const char *check_nft_deadlines(void)
{
	const char *why = NULL;
	bool inside = false;
	char line[4096];
	FILE *p;

	if (!preload && own_tables())
		return "a table whose owner is dead was left";
	p = popen("exec nft list ruleset 2>/dev/null", "r");
	while (p && fgets(line, sizeof(line), p)) {
		const char *expires = strstr(line, " expires ");

		if (strncmp(line, "table ", 6) == 0)
			inside = strstr(line, " nftrace_") != NULL;
		if (inside && strstr(line, "nftrace set 1") &&
		    !strstr(line, "nfproto @deadline "))
			why = "a rule without a deadline was left";
		else if (inside && expires && is_far(expires + strlen(" expires ")))
			why = "a table's deadline is too far away";
	}
	if (p)
		pclose(p);
	return why;
}

static bool is_empty(const char *folder)
{
	return access(folder, F_OK) < 0 || rmdir(folder) == 0;
}

/* Nobody is left to undo it: the next start does, or --cleanup. */
static const char *mend_by_next(struct worker *w, bool load, bool cleanup)
{
	static const char *const clean[] = { "nftrace", "--cleanup", NULL };
	const char *const again[] = {
		"nftrace", "-t", "50ms", "-p", "udp", "--dport", "9",
		by_nft ? "--backend" : NULL, "nft", NULL,
	};
	const char *why = by_nft ? check_nft_deadlines() : check_deadlines();
	int status;
	pid_t pid;

	if (why)
		return why;
	if (!lock_is_free())
		return "dead processes hold the lock";
	pid = spawn(w, shipped, NULL, cleanup ? clean : again);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 3))
		return "the next start failed";
	is_restored(w, load, &why);
	return why;
}

/* @alone: nobody is left who could undo */
static const char *judge(struct worker *w, const struct test *t, bool alone)
{
	const char *why = NULL;

	if (!alone && !wait_restored(w, t->load, &why))
		return why;
	stop_flood(w);
	if (!wait_gone())
		return "its processes do not end";
	if (!is_restored(w, t->load, &why) || !is_empty("/run/nftrace")) {
		if (!alone)
			return why ? why : "/run/nftrace is not empty";
		why = mend_by_next(w, t->load, t->nth % 2);
	}
	if (!why && !is_empty("/run/nftrace"))
		why = "/run/nftrace is not empty in the end";
	return why;
}

static const char *await_instant(struct worker *w, const struct test *t)
{
	uint64_t end = now_ms() + GONE_MS;
	pid_t pid[3];

	while (t->point && !reached(w, t)) {
		if (now_ms() > end)
			return "the instant did not come";
		nap(1000);
	}
	/* Whom the test halts is there; the others may still be on their way. */
	while (t->point && (find_processes(w, pid) & t->victims) != t->victims) {
		if (now_ms() > end)
			return "not all victims were there";
		nap(1000);
	}
	if (t->load)
		w->flood = start_flood();
	nap(!t->point ? t->delay_ms * 1000 : t->load ? 20000 : 0);
	return NULL;
}

static const char *run_test(struct worker *w, const struct test *t)
{
	const char *why;
	int killed, there;

	read_host(&w->before);
	start_run(w, t);
	why = await_instant(w, t);
	killed = kill_victims(w, t->victims, &there);
	unlink(w->point_file);
	if (why)
		return why;
	if (t->point && killed != t->victims)
		return "not all victims were there";
	return judge(w, t, killed & SUPERVISOR &&
		     (killed & KEEPER || !(there & KEEPER)));
}

static const char *names_of(int victims)
{
	static const char *const names[] = {
		"nobody", "supervisor", "keeper", "supervisor+keeper",
		"reader", "supervisor+reader", "keeper+reader", "all three",
	};

	return names[victims];
}

static void tell(const struct worker *w, const struct test *t, const char *why)
{
	printf("# FAILED: %s killed at %s", names_of(t->victims),
	       t->point ? t->point->name : "an instant");
	if (t->point)
		printf(":%d", t->nth);
	else
		printf(", %d ms", t->delay_ms);
	printf("%s: %s\n", t->load ? " under load" : "", why);
	fflush(stdout);
	if (access(w->err_file, F_OK) == 0) {
		char command[400];

		snprintf(command, sizeof(command), "sed 's/^/#   | /' %s",
			 w->err_file);
		(void)!system(command);
	}
}

/* ---- workers */

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	printf("# reaper: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void enter_rooms(const char *rules4, const char *rules6)
{
	char command[1024];

	must(unshare(CLONE_NEWNET | CLONE_NEWNS) == 0, "unshare");
	must(mount("tmpfs", "/run", "tmpfs", 0, NULL) == 0, "mount /run");
	unsetenv("XTABLES_LOCKFILE");
	snprintf(command, sizeof(command),
		 "sysctl -qw net.ipv6.conf.all.accept_dad=0 "
		 "net.ipv6.conf.default.accept_dad=0 && ip link set lo up && "
		 "iptables-legacy-restore -c <%s && "
		 "ip6tables-legacy-restore -c <%s", rules4, rules6);
	must(system(command) == 0, "rules");
	must(!by_nft || system("nft 'table inet host { chain in { type filter "
			       "hook input priority 0; udp dport 7 accept; }; "
			       "}'") == 0, "rules of nft");
	must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "subreaper");
}

/* Return: tests that failed. */
static int work(int number, int workers, const char *rules4,
		const char *rules6)
{
	struct worker w = { .number = number };
	int failed = 0;

	snprintf(w.point_file, sizeof(w.point_file), "%s/point.%d", scratch,
		 number);
	snprintf(w.err_file, sizeof(w.err_file), "%s/err.%d", scratch, number);
	enter_rooms(rules4, rules6);
	for (int i = number; i < count; i += workers) {
		const char *why = run_test(&w, &tests[i]);

		if (why) {
			failed++;
			tell(&w, &tests[i], why);
		}
		stop_flood(&w);
		wait_gone();
		/* What one has broken is not the next one's fault. */
		if (why)
			enter_rooms(rules4, rules6);
	}
	return failed;
}

/* ---- which instants */

static void add(struct test t)
{
	const char *only = getenv("POINT");

	if (only && (!t.point || strcmp(only, t.point->name) != 0))
		return;
	if (count < MAX_TESTS)
		tests[count++] = t;
}

static void add_points(const struct point *list, size_t points_in_it)
{
	for (size_t i = 0; i < points_in_it; i++) {
		const struct point *p = &list[i];
		int last = abs(p->times), first = p->times < 0 ? last - 1 : 1;

		for (int nth = first; nth <= last; nth++)
			for (int v = 1; v <= ALL; v++)
				if ((v & p->there) == v)
					add((struct test){
						.point = p, .nth = nth,
						.victims = v,
						.load = !strcmp(p->name,
							"under load"),
					});
	}
}

/* Of those that are shuffled: the first of each point and time, and a few of those at any time. */
static void keep_one_of_each(void)
{
	int kept = 0, random_ones = 0;

	for (int i = 0; i < count; i++) {
		bool wanted = tests[i].point || ++random_ones <= RANDOM_CASES / 8;

		for (int k = 0; k < kept && wanted && tests[i].point; k++)
			wanted = tests[k].point != tests[i].point || tests[k].nth != tests[i].nth;
		if (wanted)
			tests[kept++] = tests[i];
	}
	count = kept;
}

static void choose(unsigned int seed, const char *share)
{
	srandom(seed);
	if (by_nft)
		add_points(nft_points,
			   sizeof(nft_points) / sizeof(nft_points[0]));
	else
		add_points(points, sizeof(points) / sizeof(points[0]));
	for (int i = 0; i < RANDOM_CASES; i++)
		add((struct test){
			.victims = (int)(1 + random() % ALL),
			.delay_ms = (int)(random() % 450),
			.load = i % 2, .no_lock = i % 4 > 1,
		});
	for (int i = count - 1; i > 0; i--) {
		int k = (int)(random() % (i + 1));
		struct test t = tests[i];

		tests[i] = tests[k];
		tests[k] = t;
	}
	if (strcmp(share, "all") != 0)
		keep_one_of_each();
}

int main(int argc, char *argv[])
{
	int workers, failed = 0, status;

	if (argc != 9) {
		fprintf(stderr,
			"usage: reaper WITH_POINTS SHIPPED RULES4 RULES6 "
			"SEED SHARE WORKERS SCRATCH\n");
		return 2;
	}
	by_nft = getenv("BACKEND") && strcmp(getenv("BACKEND"), "nft") == 0;
	preload = getenv("PRELOAD");
	pointed = argv[1];
	shipped = argv[2];
	scratch = argv[8];
	workers = atoi(argv[7]);
	choose((unsigned int)atoi(argv[5]), argv[6]);
	fflush(NULL);
	for (int i = 0; i < workers; i++) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0) {
			failed = work(i, workers, argv[3], argv[4]);
			fflush(NULL);
			_exit(failed > 200 ? 200 : failed);
		}
	}
	while (wait(&status) > 0)
		failed += WIFEXITED(status) ? WEXITSTATUS(status) : count;
	printf("%d of %d instants: the host as it was\n", count - failed,
	       count);
	return failed != 0;
}

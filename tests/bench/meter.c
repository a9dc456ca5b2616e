// SPDX-License-Identifier: GPL-2.0-or-later
/* meter: how long a command takes to a word it says, to its end, or to give a lock back. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct meter {
	pid_t pid;
	int err;		/* its stderr */
	int out;		/* its stdout; -1: nobody reads it */
	const char *told;	/* a word of its stdout; NULL: it is not looked at */
	const char *word;	/* NULL: its end */
	bool memory;
	long peak_kib;
};

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void rest_us(long us)
{
	nanosleep(&(struct timespec){ us / 1000000, us % 1000000 * 1000 },
		  NULL);
}

/* Proportional set size: what processes share is counted once. */
static long pss_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Pss: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

static long tree_kib(pid_t pid)
{
	long kib = pss_kib(pid);
	char path[64];
	int child;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
		 (int)pid);
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &child) == 1)
		kib += tree_kib(child);
	if (f)
		fclose(f);
	return kib;
}

static void start(struct meter *m, char **argv)
{
	int fd[2], out[2] = { -1, open("/dev/null", O_WRONLY | O_CLOEXEC) };

	if (pipe2(fd, O_CLOEXEC) < 0 || (m->told && pipe2(out, O_CLOEXEC) < 0))
		exit(1);
	m->pid = fork();
	if (m->pid == 0) {
		dup2(fd[1], STDERR_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(fd[1]);
	close(out[1]);
	m->err = fd[0];
	m->out = out[0];
}

/* It is delivered: why the kernel drops a packet takes time of its own to find out. */
static int listen_to(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
		exit(1);
	return fd;
}

/* From a packet to this host's own port 9 until it is told of with the word. */
static double time_to_line(const struct meter *m)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int server = listen_to(&to);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	static char text[65536];
	double begun = now_us();
	size_t at = 0;
	ssize_t n;

	if (sendto(fd, "", 1, 0, (const struct sockaddr *)&to, sizeof(to)) != 1)
		exit(1);
	do {
		n = read(m->out, text + at, sizeof(text) - 1 - at);
		if (n <= 0)
			exit(1);
		at += (size_t)n;
		text[at] = '\0';
	} while (!strstr(text, m->told));
	close(fd);
	close(server);
	return now_us() - begun;
}

/* Until the word is there, or the end of all who might say it. */
static void wait_for_word(struct meter *m)
{
	struct pollfd pfd = { .fd = m->err, .events = POLLIN };
	char text[65536];
	size_t at = 0;

	for (;;) {
		ssize_t n;

		if (m->memory) {
			long kib = tree_kib(m->pid);

			m->peak_kib = kib > m->peak_kib ? kib : m->peak_kib;
			if (poll(&pfd, 1, 0) == 0)
				continue;
		}
		n = read(m->err, text + at, sizeof(text) - 1 - at);
		if (n <= 0)
			return;
		at += (size_t)n;
		text[at] = '\0';
		if (m->word && strstr(text, m->word))
			return;
	}
}

static void swallow(struct meter *m)
{
	char text[4096];

	while (read(m->err, text, sizeof(text)) > 0)
		;
	waitpid(m->pid, NULL, 0);
}

/* From the signal until whoever waits for the lock would have it. */
static double time_to_lock(struct meter *m, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	double begun = now_us();

	kill(m->pid, SIGINT);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0)
		rest_us(200);
	close(fd);
	return now_us() - begun;
}

/* Of the command and all of its that it has waited for. */
static void print_used(void)
{
	struct rusage r;

	getrusage(RUSAGE_CHILDREN, &r);
	printf("%ld %ld\n", (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000 +
	       r.ru_utime.tv_usec + r.ru_stime.tv_usec, r.ru_minflt);
}

int main(int argc, char **argv)
{
	struct meter m = { .word = NULL, .out = -1 };
	const char *lock = NULL;
	bool used = false;
	long rest_ms = 0;
	double begun;
	int opt;

	while ((opt = getopt(argc, argv, "+muw:f:l:s:")) > 0) {
		switch (opt) {
		case 'u': used = true; break;
		case 'm': m.memory = true; break;
		case 'w': m.word = optarg; break;
		case 'f': m.told = optarg; break;
		case 'l': lock = optarg; break;
		case 's': rest_ms = atol(optarg); break;
		default: return 2;
		}
	}
	if (optind == argc) {
		fputs("usage: meter [-m | -u] [-w WORD [-f TOLD | -l LOCK [-s MS]]] COMMAND...\n"
		      "prints microseconds to WORD or the end; -m: the peak in KiB;\n"
		      "-f: microseconds from a packet to 127.0.0.1 port 9, sent at WORD,\n"
		      "until stdout says TOLD;\n"
		      "-u: microseconds of CPU until its end, and page faults;\n"
		      "-l: microseconds from SIGINT, MS after WORD, to a free LOCK\n",
		      stderr);
		return 2;
	}
	begun = now_us();
	start(&m, argv + optind);
	wait_for_word(&m);
	if (used) {
		waitpid(m.pid, NULL, 0);
		print_used();
		return 0;
	}
	if (m.memory) {
		printf("%ld\n", m.peak_kib);
	} else if (m.told) {
		printf("%.0f\n", time_to_line(&m));
	} else if (lock) {
		rest_us(rest_ms * 1000);
		printf("%.0f\n", time_to_lock(&m, lock));
	} else {
		printf("%.0f\n", now_us() - begun);
	}
	kill(m.pid, SIGINT);
	swallow(&m);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* life: does the run of an owner still go on, as far as it can be seen from here? */
#include "rules/base/life.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rules/base/owner.h"
#include "rules/base/process.h"

static uint64_t pidns_of(const char *pid)
{
	char path[300];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/pid", pid);
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

/* As its own namespace numbers it; 0: that is ours, or it is gone. */
static int inner_pid(const char *pid)
{
	char path[300], line[512], *first = NULL, *last = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	/* From the outermost one that shows to the innermost: "NSpid:\t4242\t1". */
	while (!last && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "NSpid:", 6) != 0)
			continue;
		first = strchr(line, '\t');
		last = strrchr(line, '\t');
	}
	fclose(f);
	return last != first ? atoi(last) : 0;
}

/* What shows of a run in all of /proc. */
struct sight {
	bool lives;
	bool peers;	/* of its PID namespace: then all of it shows */
	bool hidden;	/* there are processes of which nothing shows */
};

static void look_at(const char *pid, const struct owner *o, struct sight *s)
{
	int inner = inner_pid(pid);
	uint64_t pidns;

	if (!inner)
		return;
	pidns = pidns_of(pid);
	/* One that ended meanwhile hides nothing. */
	s->hidden |= !pidns && errno != ENOENT && errno != ESRCH;
	if (pidns != o->pidns)
		return;
	s->peers = true;
	s->lives |= inner == o->pid &&
		process_start((pid_t)atoi(pid)) == o->start;
}

static void look_around(const struct owner *o, struct sight *s)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;

	memset(s, 0, sizeof(*s));
	if (!dir) {
		s->hidden = true;
		return;
	}
	while ((d = readdir(dir)))
		if (d->d_name[0] >= '0' && d->d_name[0] <= '9')
			look_at(d->d_name, o, s);
	closedir(dir);
	/* With hidepid others' do not show at all, not even the first. */
	s->hidden |= access("/proc/1", F_OK) < 0;
}

enum life life_of(const struct owner *o, int64_t now)
{
	struct sight s;

	if (o->pidns == process_pidns())
		return process_start(o->pid) == o->start ? LIFE_GOES_ON : LIFE_OVER;
	look_around(o, &s);
	if (s.lives)
		return LIFE_GOES_ON;
	if (s.peers || (process_in_first_pidns() && !s.hidden))
		return LIFE_OVER;
	return now <= o->end + OWNER_GRACE ? LIFE_UNSEEN : LIFE_OVER;
}

enum life life_swept(const struct owner *o, unsigned int how)
{
	enum life life = life_of(o, time(NULL));

	return life == LIFE_UNSEEN && how & SWEEP_ALONE ? LIFE_OVER : life;
}

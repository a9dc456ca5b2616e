// SPDX-License-Identifier: GPL-2.0-or-later
/* logger: which nf_log backend a family's packets are logged to, set and put back. */
#include "logger.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "family.h"
#include "hook.h"
#include "owner.h"
#include "run_dir.h"

int logger_read(const struct family *f, char name[LOGGER_NAME])
{
	int fd = open(f->logger_path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, name, LOGGER_NAME - 1);
	if (n < 0) {
		n = -errno;
		close(fd);
		return (int)n;
	}
	close(fd);
	name[n] = '\0';
	name[strcspn(name, "\n")] = '\0';
	return 0;
}

int logger_write(const struct family *f, const char *name)
{
	int fd = open(f->logger_path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, name, strlen(name)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int write_record(const char *path, const struct owner *owner,
			const char *const old[])
{
	char text[OWNER_TEXT];
	int fd, err = 0;
	FILE *f;

	fd = run_dir_create(path, O_WRONLY);
	if (fd < 0)
		return fd;
	f = fdopen(fd, "w");
	if (!f) {
		err = -errno;
		close(fd);
		return err;
	}
	owner_format(owner, text);
	fprintf(f, "%s\n", text);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (old[i])
			fprintf(f, "%s %s\n", families[i]->name, old[i]);
	if (fclose(f) != 0)
		err = -errno;
	return err;
}

int logger_record(const struct owner *owner, const char *const old[])
{
	char path[PATH_MAX], new_path[PATH_MAX];
	int err;

	run_dir_path(owner, "", path);
	run_dir_path(owner, ".new", new_path);
	err = write_record(new_path, owner, old);
	HOOK("logger-half-recorded");
	if (err == 0 && rename(new_path, path) < 0)
		err = -errno;
	if (err)
		unlink(new_path);
	return err;
}

void logger_forget(const struct owner *owner)
{
	char path[PATH_MAX];

	/* Half written by who was killed. */
	run_dir_path(owner, ".new", path);
	unlink(path);
	run_dir_path(owner, "", path);
	run_dir_unlink(path);
}

static void mend_family(const struct family *f, const char *old, bool dry,
			struct logger_mended *m)
{
	char now[LOGGER_NAME];

	/* Somebody else's later choice is left alone. */
	if (logger_read(f, now) < 0 || strcmp(now, LOGGER_NETLINK) != 0 ||
	    strcmp(now, old) == 0)
		return;
	m->error = dry ? 0 : logger_write(f, old);
	m->restored = !m->error;
	snprintf(m->name, sizeof(m->name), "%s", old);
}

struct mending {
	bool dry;
	struct logger_mended *mended;
};

/* Return: 1 when the record was a dead run's. */
static int mend_record(const char *path, void *arg)
{
	const struct mending *m = arg;
	char line[256], family[16], old[LOGGER_NAME];
	struct owner owner;
	FILE *f = fopen(path, "re");
	int dead = 0;

	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		dead = owner_parse(&owner, line) &&
		       !owner_alive(&owner, time(NULL));
	}
	while (dead && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%15s %63s", family, old) != 2)
			continue;
		for (unsigned int i = 0; i < FAMILY_COUNT; i++)
			if (strcmp(families[i]->name, family) == 0)
				mend_family(families[i], old, m->dry,
					    &m->mended[i]);
	}
	fclose(f);
	if (dead && !m->dry)
		run_dir_unlink(path);
	return dead;
}

/* A run died while it wrote its record, before it changed anything. */
static int drop_unfinished(const char *path, void *arg)
{
	(void)arg;
	run_dir_unlink(path);
	return 0;
}

int logger_mend(bool dry, struct logger_mended mended[])
{
	struct mending m = { .dry = dry, .mended = mended };

	memset(mended, 0, FAMILY_COUNT * sizeof(*mended));
	if (!dry)
		run_dir_each(".new", drop_unfinished, NULL);
	return run_dir_each("", mend_record, &m);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* logger: which nf_log backend a family's packets are logged to, set and put back. */
#include "rules/keeper/logger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/base/family.h"
#include "rules/base/life.h"
#include "rules/base/owner.h"
#include "rules/base/run_dir.h"
#include "rules/base/testpoint.h"

/* More than the owner and a logger for each family need. */
enum { RECORD_MAX = 1024 };

int logger_read_at(const char *path, char name[LOGGER_NAME])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
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

int logger_write_at(const char *path, const char *name)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, name, strlen(name)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int logger_read(const struct family *f, char name[LOGGER_NAME])
{
	return logger_read_at(f->logger_path, name);
}

int logger_write(const struct family *f, const char *name)
{
	return logger_write_at(f->logger_path, name);
}

static int write_record(const char *name, const struct owner *owner,
			const char *const old[])
{
	char text[OWNER_TEXT];
	int fd, err = 0;
	FILE *f;

	fd = run_dir_create(name, O_WRONLY);
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
	char name[RUN_DIR_NAME], new_name[RUN_DIR_NAME];
	int err;

	run_dir_name(owner, "", name);
	run_dir_name(owner, ".new", new_name);
	err = write_record(new_name, owner, old);
	TESTPOINT("logger-half-recorded");
	if (err == 0)
		err = run_dir_rename(new_name, name);
	if (err)
		run_dir_unlink(new_name);
	return err;
}

void logger_forget(const struct owner *owner)
{
	char name[RUN_DIR_NAME];

	/* A record that is half written is of a run that was killed meanwhile. */
	run_dir_name(owner, ".new", name);
	run_dir_unlink(name);
	run_dir_name(owner, "", name);
	run_dir_unlink(name);
}

static int mend_logger(const struct family *f, const char *old, bool dry,
		       struct logger_mended *m)
{
	char now[LOGGER_NAME];

	/* Somebody else's later choice is left alone. */
	if (logger_read(f, now) < 0 || strcmp(now, LOGGER_NETLINK) != 0 ||
	    strcmp(now, old) == 0)
		return 0;
	m->error = dry ? 0 : logger_write(f, old);
	m->restored = !m->error;
	snprintf(m->name, sizeof(m->name), "%s", old);
	return m->error;
}

struct mending {
	unsigned int how;	/* enum sweep */
	struct logger_mended *mended;
	const struct run_dir_strange *strange;
};

/* The text is copied: what is acted on is what was looked at.  0 or -errno. */
static int read_record(const char *name, char text[RECORD_MAX])
{
	int fd = run_dir_open(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = pread(fd, text, RECORD_MAX, 0);
	close(fd);
	if (n <= 0 || n == RECORD_MAX)
		return -EUCLEAN;
	text[n] = '\0';
	return 0;
}

static int mend_line(const char *line, const struct mending *m)
{
	char family[16], old[LOGGER_NAME];

	if (sscanf(line, "%15s %63s", family, old) != 2)
		return 0;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (strcmp(families[i]->name, family) == 0)
			return mend_logger(families[i], old, m->how & SWEEP_DRY,
					   &m->mended[i]);
	return 0;
}

/* Return: 1 when the record was a dead run's. */
static int mend_record(const char *name, void *arg)
{
	const struct mending *m = arg;
	char text[RECORD_MAX], *rest = text;
	struct owner owner;
	bool failed = false;
	int err = read_record(name, text);

	/* The run of the record may have ended meanwhile. */
	if (err == -ENOENT)
		return 0;
	if (!err && !owner_parse(&owner, strsep(&rest, "\n")))
		err = -EUCLEAN;
	if (err) {
		m->strange->tell(m->strange->arg, name, err);
		return 0;
	}
	if (life_swept(&owner, m->how) != LIFE_OVER)
		return 0;
	while (rest)
		failed |= mend_line(strsep(&rest, "\n"), m) != 0;
	/* What could not be put back a later run can, and needs to know. */
	if (!(m->how & SWEEP_DRY) && !failed)
		err = run_dir_unlink(name);
	if (err)
		m->strange->tell(m->strange->arg, name, err);
	return 1;
}

/* A run died while it wrote its record, before it changed anything. */
static int drop_unfinished(const char *name, void *arg)
{
	(void)arg;
	run_dir_unlink(name);
	return 0;
}

int logger_mend(unsigned int how, struct logger_mended mended[],
		const struct run_dir_strange *strange)
{
	struct mending m = {
		.how = how, .mended = mended, .strange = strange,
	};

	memset(mended, 0, FAMILY_COUNT * sizeof(*mended));
	if (!(how & SWEEP_DRY))
		run_dir_each(".new", drop_unfinished, NULL);
	return run_dir_each("", mend_record, &m);
}

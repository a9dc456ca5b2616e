// SPDX-License-Identifier: GPL-2.0-or-later
/* logger: which nf_log backend a family's packets are logged to, set and put back. */
#include "logger.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "family.h"
#include "owner.h"

#define RECORD_DIR "/run/nftrace"

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

/*
 * A number that names this network namespace for ever, unlike its inode,
 * which is used again (SO_NETNS_COOKIE, kernel 5.14).
 */
static uint64_t netns_id(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(uint64_t);
	uint64_t cookie = 0;
	struct stat st;

	if (fd >= 0) {
		if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie,
			       &len) < 0)
			cookie = 0;
		close(fd);
	}
	if (cookie == 0 && stat("/proc/self/ns/net", &st) == 0)
		cookie = st.st_ino;
	return cookie;
}

static void record_path(const struct owner *owner, const char *suffix,
			char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, RECORD_DIR "/%" PRIu64 "-%s%s", netns_id(),
		 owner->nonce, suffix);
}

static int write_record(const char *path, const struct owner *owner,
			const char *const old[])
{
	char text[OWNER_TEXT];
	int fd, err = 0;
	FILE *f;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return -errno;
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

	record_path(owner, "", path);
	record_path(owner, ".new", new_path);
	/* Another run that ends removes the empty folder under our feet. */
	for (int tries = 0; tries < 10; tries++) {
		if (mkdir(RECORD_DIR, 0700) < 0 && errno != EEXIST)
			return -errno;
		err = write_record(new_path, owner, old);
		if (err != -ENOENT)
			break;
	}
	if (err == 0 && rename(new_path, path) < 0)
		err = -errno;
	if (err)
		unlink(new_path);
	return err;
}

void logger_forget(const struct owner *owner)
{
	char path[PATH_MAX];

	record_path(owner, "", path);
	unlink(path);
	/* Fails while other namespaces' records are there, as it should. */
	rmdir(RECORD_DIR);
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

/* Return: 1 when the record was a dead run's. */
static int mend_record(const char *path, bool dry, struct logger_mended mended[])
{
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
				mend_family(families[i], old, dry, &mended[i]);
	}
	fclose(f);
	if (dead && !dry)
		unlink(path);
	return dead;
}

int logger_mend(bool dry, struct logger_mended mended[])
{
	char prefix[32], path[PATH_MAX];
	struct dirent *d;
	int dead = 0;
	DIR *dir;

	memset(mended, 0, FAMILY_COUNT * sizeof(*mended));
	dir = opendir(RECORD_DIR);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	snprintf(prefix, sizeof(prefix), "%" PRIu64 "-", netns_id());
	while ((d = readdir(dir))) {
		if (strncmp(d->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof(path), RECORD_DIR "/%s", d->d_name);
		dead += mend_record(path, dry, mended);
	}
	closedir(dir);
	if (!dry)
		rmdir(RECORD_DIR);
	return dead;
}

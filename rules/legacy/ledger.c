// SPDX-License-Identifier: GPL-2.0-or-later
/* ledger: a table's counters while they are out of the kernel; outlives the process. */
#include "rules/legacy/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <netinet/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/life.h"
#include "rules/base/owner.h"
#include "rules/base/run_dir.h"
#include "rules/base/testpoint.h"
#include "rules/legacy/counters.h"
#include "rules/legacy/table.h"

enum state {
	STATE_IDLE,		/* nothing is missing */
	STATE_REPLACING,	/* the table may be in, its counters may not */
	STATE_MARKED,		/* the counters are in, and the mark with them */
};

/* 1: the head below.  Whatever changes what the file means counts it up. */
enum { VERSION_1 = 1, SIZE_MAX_MIB = 1024 };

static const char magic[8] = "nftledg";

/* At the start of the file; old counters, from[] and the replacement follow. */
struct ledger_head {
	char magic[sizeof(magic)];
	uint32_t version;
	uint32_t layout;	/* sizes, which depend on the machine's words */
	char owner[OWNER_TEXT];
	/*
	 * How far the one who replaces has come; one process at a time: the
	 * keeper, the supervisor once the keeper is gone, a later run once both
	 * are.  Release, behind what it speaks of: whoever finds it after a
	 * kill(2) in between must find that as well.
	 */
	_Atomic uint32_t state;
	uint32_t family;	/* index */
	uint32_t old_entries, new_entries;
	uint64_t replace_at, len;
};

#define LAYOUT ((uint32_t)(sizeof(struct ledger_head) << 16 | \
			   sizeof(struct ipt_replace)))

/* What the kernel overwrites when it replaces. */
#define NOT_REPLACED UINT64_MAX

/* The run's own; inherited by its children. */
static struct {
	int fd;
	char name[RUN_DIR_NAME];	/* "": no file, but memory */
	char owner[OWNER_TEXT];
} ledger = { .fd = -1 };

static uint32_t get_state(const struct ledger_page *p)
{
	return atomic_load_explicit(&p->head->state, memory_order_acquire);
}

static int write_head(void)
{
	struct ledger_head head = {
		.version = VERSION_1, .layout = LAYOUT, .state = STATE_IDLE,
	};

	memcpy(head.magic, magic, sizeof(magic));
	memcpy(head.owner, ledger.owner, sizeof(head.owner));
	errno = ENOSPC;
	return pwrite(ledger.fd, &head, sizeof(head), 0) == sizeof(head) ?
		0 : -errno;
}

int ledger_open(const struct owner *owner)
{
	int err;

	owner_format(owner, ledger.owner);
	run_dir_name(owner, ".counters", ledger.name);
	ledger.fd = run_dir_create(ledger.name, O_RDWR);
	/* For as long as a process of the run has it open, wherever that is. */
	if (ledger.fd >= 0)
		flock(ledger.fd, LOCK_SH);
	if (ledger.fd >= 0 && write_head() == 0)
		return 0;
	ledger_forget();
	ledger.name[0] = '\0';
	ledger.fd = memfd_create("nftrace-counters", MFD_CLOEXEC);
	if (ledger.fd < 0)
		return -errno;
	err = write_head();
	if (err)
		ledger_forget();
	return err;
}

int ledger_file(void)
{
	return ledger.fd;
}

void ledger_date(const struct owner *owner)
{
	owner_format(owner, ledger.owner);
	/* What was there stays, then: others may take the run for dead. */
	if (ledger.fd >= 0 && pwrite(ledger.fd, ledger.owner,
				     sizeof(ledger.owner),
				     offsetof(struct ledger_head, owner)) < 0)
		return;
}

void ledger_forget(void)
{
	if (ledger.fd < 0)
		return;
	if (ledger.name[0])
		run_dir_unlink(ledger.name);
	close(ledger.fd);
	ledger.fd = -1;
}

/* The arrays, wherever the file is mapped. */
static void find_arrays(struct ledger_page *p)
{
	char *base = (char *)p->head;

	p->f = families[p->head->family];
	p->old = (void *)(base + sizeof(*p->head));
	p->from = (void *)(p->old + p->head->old_entries);
	p->replace = (void *)(base + p->head->replace_at);
}

static int map_page(struct ledger_page *p, size_t len)
{
	int fd = ledger.fd;

	/* Without room in /run rather with a risk than not at all. */
	if (fd >= 0 && posix_fallocate(fd, 0, (off_t)len) != 0)
		fd = -1;
	p->head = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd,
		       0);
	p->len = len;
	p->file = -1;
	return p->head == MAP_FAILED ? -errno : 0;
}

int ledger_begin(struct ledger_page *p, const struct family *f,
		 uint32_t old_entries, uint32_t new_entries, size_t new_size)
{
	size_t at = sizeof(*p->head) + old_entries * sizeof(*p->old) +
		    new_entries * sizeof(*p->from);
	int err;

	at = (at + 15) / 16 * 16;
	err = map_page(p, at + sizeof(*p->replace) + new_size);
	if (err)
		return err;
	memset((char *)p->head + offsetof(struct ledger_head, state), 0,
	       p->len - offsetof(struct ledger_head, state));
	p->head->family = family_index(f);
	p->head->old_entries = old_entries;
	p->head->new_entries = new_entries;
	p->head->replace_at = at;
	p->head->len = p->len;
	find_arrays(p);
	for (uint32_t i = 0; i < old_entries; i++)
		p->old[i].pcnt = NOT_REPLACED;
	p->replace->num_counters = old_entries;
	p->replace->counters = p->old;
	return 0;
}

void ledger_end(struct ledger_page *p)
{
	munmap(p->head, p->len);
	p->head = NULL;
}

static void set_state(struct ledger_page *p, enum state state)
{
	const uint32_t word = state;

	atomic_store_explicit(&p->head->state, state, memory_order_release);
	/* Else the next run does it again, and sees the mark. */
	if (p->file >= 0 && pwrite(p->file, &word, sizeof(word),
				   offsetof(struct ledger_head, state)) < 0)
		return;
}

/*
 * The counters go in together with a mark, which then is taken off again: so
 * whoever comes later sees whether they went in.
 */
static void settle_page(struct ledger_page *p, int sock)
{
	p->replace->counters = p->old;
	if (get_state(p) == STATE_REPLACING &&
	    p->old[0].pcnt != NOT_REPLACED) {
		counters_add(p, sock);
		TESTPOINT("ledger-after-counters");
		set_state(p, STATE_MARKED);
	}
	if (get_state(p) == STATE_MARKED)
		counters_unmark(p, sock);
	TESTPOINT("ledger-after-unmark");
	set_state(p, STATE_IDLE);
}

int ledger_replace(struct ledger_page *p, int sock)
{
	int err = 0;

	set_state(p, STATE_REPLACING);
	TESTPOINT("ledger-before-replace");
	if (setsockopt(sock, p->f->level, IPT_SO_SET_REPLACE, p->replace,
		       (socklen_t)(sizeof(*p->replace) +
				   p->replace->size)) < 0)
		err = -errno;
	TESTPOINT("ledger-after-replace");
	if (err)
		set_state(p, STATE_IDLE);
	else
		settle_page(p, sock);
	return err;
}

/* Do the arrays lie within what was read? */
static bool is_page_sound(const struct ledger_page *p)
{
	const struct ledger_head *h = p->head;
	uint64_t arrays = sizeof(*h) + (uint64_t)h->old_entries *
		sizeof(*p->old) + (uint64_t)h->new_entries * sizeof(*p->from);
	const struct ipt_replace *r;
	uint32_t at = 0;

	/* The file keeps the size of the largest replacement. */
	if (h->len > p->len || h->family >= FAMILY_COUNT ||
	    h->old_entries == 0 || h->replace_at % 16 ||
	    arrays > h->replace_at || h->len < sizeof(*h) + sizeof(*r) ||
	    h->replace_at > h->len - sizeof(*r))
		return false;
	r = (const void *)((const char *)h + h->replace_at);
	if (r->size > h->len - h->replace_at - sizeof(*r) ||
	    r->num_entries > h->new_entries || r->num_entries == 0 ||
	    r->num_counters > h->old_entries)
		return false;
	for (uint32_t i = 0; i < r->num_entries; i++) {
		const void *entry = (const char *)r->entries + at;

		if (!entry_valid(families[h->family], entry, r->size - at))
			return false;
		at += entry_next_offset(families[h->family], entry);
	}
	return at == r->size && memchr(r->name, '\0', sizeof(r->name));
}

/*
 * A copy, so that it is what was looked at that is acted on; and a file that is
 * cut meanwhile ends nobody.  Return: 0 and *p, to be ended; or -errno.
 */
static int copy_file(struct ledger_page *p, int fd)
{
	struct stat st;
	size_t got = 0;
	ssize_t n = 1;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((size_t)st.st_size < sizeof(*p->head) ||
	    st.st_size > (off_t)SIZE_MAX_MIB << 20)
		return -EUCLEAN;
	p->file = fd;
	p->len = (size_t)st.st_size;
	p->head = mmap(NULL, p->len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p->head == MAP_FAILED)
		return -errno;
	for (; got < p->len && n > 0; got += n > 0 ? (size_t)n : 0)
		n = pread(fd, (char *)p->head + got, p->len - got, (off_t)got);
	if (got == p->len)
		return 0;
	ledger_end(p);
	return -EUCLEAN;
}

static int put_back(struct ledger_page *p)
{
	int sock = table_socket(p->f);

	if (sock < 0)
		return sock;
	if (get_state(p) == STATE_REPLACING && counters_are_in(p, sock))
		set_state(p, STATE_MARKED);
	settle_page(p, sock);
	close(sock);
	return 0;
}

/* Return: 1 when counters were missing; -EUCLEAN: it is no ledger; or -errno. */
static int settle_file(int fd, bool dry)
{
	struct ledger_head head;
	struct ledger_page p;
	ssize_t n = pread(fd, &head, sizeof(head), 0);
	int missing, err;

	/* Nothing yet, or nothing any more. */
	if (n == 0 || (n == sizeof(head) && head.state == STATE_IDLE))
		return 0;
	err = copy_file(&p, fd);
	if (err)
		return err;
	if (!is_page_sound(&p)) {
		ledger_end(&p);
		return -EUCLEAN;
	}
	find_arrays(&p);
	missing = get_state(&p) != STATE_IDLE && p.old[0].pcnt != NOT_REPLACED;
	if (missing && !dry)
		err = put_back(&p);
	ledger_end(&p);
	return err ? err : missing;
}

int ledger_settle(void)
{
	int err = ledger.fd < 0 ? 0 : settle_file(ledger.fd, false);

	return err < 0 ? err : 0;
}

/* Return: 1: of a dead run; 0: it may live; -EUCLEAN: it is no ledger of ours. */
static int is_dead(int fd, unsigned int how)
{
	struct ledger_head head;
	struct owner owner;
	ssize_t n = pread(fd, &head, sizeof(head), 0);

	if (n == 0)
		return 1;	/* it died before it replaced anything */
	if (n != sizeof(head) || head.version != VERSION_1 ||
	    memcmp(head.magic, magic, sizeof(magic)) != 0 ||
	    head.layout != LAYOUT)
		return -EUCLEAN;
	head.owner[sizeof(head.owner) - 1] = '\0';
	if (!owner_parse(&owner, head.owner))
		return -EUCLEAN;
	/* Whoever has it open may not have come to its group yet. */
	if (how & SWEEP_ALONE && flock(fd, LOCK_EX | LOCK_NB) < 0)
		how &= ~(unsigned int)SWEEP_ALONE;
	return life_swept(&owner, how) == LIFE_OVER;
}

struct mending {
	unsigned int how;	/* enum sweep */
	const struct run_dir_strange *strange;
};

static int mend_one(const char *name, void *arg)
{
	const struct mending *m = arg;
	bool dry = m->how & SWEEP_DRY;
	int fd = run_dir_open(name, dry ? O_RDONLY : O_RDWR);
	int ret = fd < 0 ? fd : is_dead(fd, m->how), err = 0;

	if (ret > 0) {
		ret = settle_file(fd, dry);
		if (!dry && ret >= 0)
			err = run_dir_unlink(name);
	}
	/* Its run may have ended meanwhile, and taken it away. */
	if (ret < 0 && ret != -ENOENT)
		err = ret;
	if (err)
		m->strange->tell(m->strange->arg, name, err);
	if (fd >= 0)
		close(fd);
	return ret > 0;
}

int ledger_mend(unsigned int how, const struct run_dir_strange *strange)
{
	struct mending m = { .how = how, .strange = strange };

	return run_dir_each(".counters", mend_one, &m);
}

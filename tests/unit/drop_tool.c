// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * drop_tool: the drop records of its network namespace, a line each, for scripts.
 *
 * It reads them as the reader does, by the mapping alone.  It
 * says "ready", or why there are none; SIGTERM ends it.
 */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "drop/drop_source.h"
#include "drop/kallsyms.h"
#include "drop/reason.h"
#include "drop/record.h"
#include "drop/ring.h"

enum { LOOK_MS = 5 };

static struct drop_source source;

static void find_symbol(uint64_t address, struct kallsyms_answer *a)
{
	struct kallsyms_question q = { .count = 1, .address = { address } };
	FILE *f = fopen("/proc/kallsyms", "re");

	if (!f)
		exit(1);
	kallsyms_search(f, &q, a);
	fclose(f);
}

/* The few places are known after a few records. */
static const char *symbol(uint64_t location)
{
	enum { PLACES = 256 };
	static struct {
		uint64_t location;
		char text[KALLSYMS_TEXT];
	} known[PLACES];
	static unsigned int count;
	struct kallsyms_answer a;

	for (unsigned int i = 0; i < count; i++)
		if (known[i].location == location)
			return known[i].text;
	if (count == PLACES)
		return "?";
	find_symbol(drop_source_address(&source, location), &a);
	known[count].location = location;
	strcpy(known[count].text, a.text[0]);
	return known[count++].text;
}

static void print(void *arg, const struct drop_record *d)
{
	const char *name = drop_reason_name(drop_source_reasons(&source),
					    d->reason);

	(void)arg;
	printf("%s %s mark=0x%x len=%u in=%u dev=%u proto=%04x ct=%u entry=%u "
	       "when=%llu stamp=%llu location=%llx bytes=%u ",
	       name ? name : "?", symbol(d->location), d->mark, d->length, d->in,
	       d->dev, d->protocol, d->ct, d->ct_entry,
	       (unsigned long long)d->when_ns, (unsigned long long)d->stamp_ns,
	       (unsigned long long)d->location, d->captured);
	for (unsigned int i = 0; i < d->captured; i++)
		printf("%02x", d->bytes[i]);
	putchar('\n');
}

static int read_all(void)
{
	struct drop_ring *ring = drop_source_ring(&source);

	return drop_ring_read(ring, drop_ring_mark(ring), print, NULL);
}

/* With "count" only how many there were is told, at the end. */
static void ignore(void *arg, const struct drop_record *d)
{
	(void)arg;
	(void)d;
}

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static unsigned long long serve(bool count)
{
	struct drop_ring *ring = drop_source_ring(&source);
	unsigned long long n = 0;
	bool over = false;

	/* Once more when it is to end. */
	while (!over) {
		poll(NULL, 0, LOOK_MS);
		over = ended;
		n += count ? drop_ring_read(ring, drop_ring_mark(ring), ignore,
					    NULL)
			   : read_all();
		fflush(stdout);
	}
	return n;
}

int main(int argc, char *argv[])
{
	unsigned long long n;
	char why[256];

	signal(SIGTERM, end);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	drop_source_open(&source);
	drop_source_start(&source);
	drop_source_take(&source);
	drop_source_tell(why, sizeof(why), &source);
	if (!drop_source_ring(&source)) {
		printf("none: %s\n", why);
		return 1;
	}
	printf("ready%s%s\n", *why ? ": " : "", why);
	fflush(stdout);
	n = serve(argc > 1 && strcmp(argv[1], "count") == 0);
	printf("%llu records, %llu lost\n", n,
	       (unsigned long long)drop_ring_lost(drop_source_ring(&source)));
	drop_source_close(&source);
	return 0;
}

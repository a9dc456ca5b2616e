// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutation_pcap_tool: a recording, damaged block by block; --read must tell nothing then
 * that the whole one does not hold.
 *
 * usage: mutation_pcap_tool [-N] RECORDING
 * -N, a number: damages each Nth block only.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outbuf.h"
#include "capture/ifnames.h"
#include "journey/journey.h"
#include "packet/packet_print.h"
#include "place/path_map.h"
#include "place/place.h"
#include "printer/printer.h"
#include "protocol/stats.h"
#include "replay/line_reader.h"
#include "replay/replay_pcap.h"
#include "replay/replay_state.h"
#include "report/report.h"
#include "rules/base/family.h"
#include "rules/view/ruleset.h"

enum { ENHANCED = 6 };	/* pcapng's block of a packet */
enum { PACKETS = 2048, BLOCKS = 4096, FILE_MAX = 8 << 20, KEY = 200, FAULTS = 10 };

struct told {
	char key[KEY];		/* when, which headers, how many events */
	uint8_t fate;
};

struct reading {
	struct told packet[PACKETS];
	unsigned int packets;
	bool doubt;		/* something was refused, or is said to be missing */
};

static struct reading whole, now;
static char file[FILE_MAX], out[FILE_MAX];
static size_t file_len, out_len;
static size_t block[BLOCKS + 1];	/* where each begins, and the last one's end */
static unsigned int blocks, faults, readings, every = 1;
static bool ends;		/* what was removed is the end: nothing can tell of that */
static bool bytes;		/* of packets: what is printed of them may be another */

static struct {
	struct stats stats;
	struct path_map map;
	struct printer printer;
	struct reading *to;
} rig;

static void note_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	struct told *t;
	char headers[128];

	(void)o, (void)env;
	packet_print(headers, sizeof(headers), &j->first, false);
	for (unsigned int b = 0; b < j->branches; b++) {
		if (rig.to->packets == PACKETS)
			abort();
		t = &rig.to->packet[rig.to->packets++];
		snprintf(t->key, sizeof(t->key), "%llu %s %u",
			 (unsigned long long)j->first_ns, headers, j->steps);
		t->fate = j->fate[b].kind;
		rig.to->doubt |= t->fate == FATE_INCOMPLETE;
	}
}

static const struct report noting = { .name = "noting", .journey = note_journey };

static void no_news(void *arg, enum printer_news news)
{
	(void)arg, (void)news;
}

static void open_printer(void)
{
	static struct printer_plan plan;

	plan.stats = &rig.stats;
	plan.sink[SINK_STDOUT] = (struct sink_plan){
		.report = &noting, .fd = open("/dev/null", O_WRONLY), .path = "",
	};
	if (printer_open(&rig.printer, &plan, NULL, no_news, NULL))
		exit(2);
}

/* What is in out[], as the reader reads it. */
static void read_out(struct reading *to)
{
	const struct ruleset rules = { { NULL, NULL }, NULL };
	static const struct snapshot *const none[FAMILY_COUNT];
	struct line_reader in = {
		.fd = -1, .end = true, .size = out_len, .tail = out_len,
	};
	struct replay replay = {
		.fd = -1, .snap = none, .stats = &rig.stats,
		.printer = &rig.printer, .map = &rig.map,
	};

	memset(&rig.stats, 0, sizeof(rig.stats));
	to->packets = 0;
	to->doubt = false;
	rig.to = to;
	path_map_fill(&rig.map, none);
	replay.index = place_index_open(&rules, &rig.map);
	replay.names = ifnames_new();
	rig.printer.names = rig.printer.sink[SINK_STDOUT].env.names = replay.names;
	in.buf = malloc(out_len + 1);
	if (!in.buf || !replay.index || !replay.names)
		abort();
	memcpy(in.buf, out, out_len);
	replay_pcap(&replay, &in);
	printer_finish(&rig.printer);
	free(in.buf);
	place_index_close(replay.index);
	ifnames_close(replay.names);
	to->doubt |= rig.stats.refused.count || rig.stats.input_end ||
		     rig.stats.absent || rig.stats.passed_over || rig.stats.twins;
	readings++;
}

static void complain(const char *what, unsigned int i, const struct told *t)
{
	if (faults++ >= FAULTS)
		return;
	printf("%s, block %u: %s%s%s\n", what, i + 1,
	       t ? fate_word(t->fate) : "nothing is said to be missing",
	       t ? " " : "", t ? t->key : "");
}

static unsigned int count(const struct reading *r, const char *key, int fate)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->packets; i++)
		n += strcmp(r->packet[i].key, key) == 0 &&
		     (fate < 0 || r->packet[i].fate == fate);
	return n;
}

/* No packet more, and no other fate; of one whose bytes were damaged the fate alone. */
static void judge(const char *what, unsigned int i)
{
	for (unsigned int k = 0; k < now.packets; k++) {
		const struct told *t = &now.packet[k];
		unsigned int known = count(&whole, t->key, -1);

		if (t->fate == FATE_INCOMPLETE || (bytes && !known))
			continue;
		if (count(&now, t->key, -1) > known ||
		    count(&now, t->key, t->fate) > count(&whole, t->key, t->fate))
			complain(what, i, t);
	}
	if (now.packets > whole.packets)
		complain("more packets", i, NULL);
	if (now.packets < whole.packets && !now.doubt && !ends)
		complain(what, i, NULL);
}

/* ---- mutations: each makes out[] of the blocks, with block @i other than it was */

static void put(const char *at, size_t len)
{
	if (out_len + len > FILE_MAX)
		abort();
	memcpy(out + out_len, at, len);
	out_len += len;
}

static void put_blocks(unsigned int from, unsigned int to)
{
	if (from < to && to <= blocks)
		put(file + block[from], block[to] - block[from]);
}

static unsigned int at_most(unsigned int i)
{
	return i < blocks ? i : blocks;
}

static void remove_block(unsigned int i, unsigned int how)
{
	put_blocks(0, i);
	put_blocks(at_most(i + 1 + how), blocks);
}

static void double_block(unsigned int i, unsigned int how)
{
	(void)how;
	put_blocks(0, i + 1);
	put_blocks(i, blocks);
}

/* Behind it there is nothing more. */
static void cut_block(unsigned int i, unsigned int how)
{
	size_t len = block[i + 1] - block[i];

	put_blocks(0, i);
	put(file + block[i], len * (how + 1) / 8 & ~(size_t)3);
}

static void swap_blocks(unsigned int i, unsigned int how)
{
	unsigned int k = i + 1 + how;

	if (k >= blocks) {
		put_blocks(0, blocks);
		return;
	}
	put_blocks(0, i);
	put_blocks(k, k + 1);
	put_blocks(i + 1, k);
	put_blocks(i, i + 1);
	put_blocks(k + 1, blocks);
}

/* Bytes of it are others: a digit, a letter, a bit */
static void change_bytes(unsigned int i, unsigned int how)
{
	size_t len = block[i + 1] - block[i], at = 8 + (len - 12) * how / 40;

	put_blocks(0, blocks);
	out[block[i] + at] ^= (char)(how % 3 ? 1 : 4);
}

static const struct mutation {
	const char *name;
	void (*make)(unsigned int i, unsigned int how);
	unsigned int ways;
} mutations[] = {
	{ "removed", remove_block, 3 }, { "doubled", double_block, 1 },
	{ "cut", cut_block, 7 }, { "swapped", swap_blocks, 3 },
	{ "other bytes", change_bytes, 40 },
};

/* In front of it is the file's own head. */
static unsigned int first_packet(void)
{
	unsigned int i = 0;

	while (i < blocks && file[block[i]] != ENHANCED)
		i++;
	return i;
}

static void try_all(void)
{
	for (size_t m = 0; m < sizeof(mutations) / sizeof(mutations[0]); m++) {
		unsigned int before = readings;

		bytes = mutations[m].make == change_bytes;
		for (unsigned int i = first_packet(); i < blocks; i += every)
			for (unsigned int how = 0; how < mutations[m].ways; how++) {
				out_len = 0;
				mutations[m].make(i, how);
				ends = mutations[m].make == remove_block &&
				       i + 1 + how >= blocks;
				read_out(&now);
				judge(mutations[m].name, i);
			}
		printf("# %s: %u readings\n", mutations[m].name, readings - before);
	}
}

static void read_blocks(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint32_t len;

	if (!f) {
		perror(path);
		exit(2);
	}
	file_len = fread(file, 1, sizeof(file), f);
	fclose(f);
	while (block[blocks] + 12 <= file_len && blocks < BLOCKS) {
		memcpy(&len, file + block[blocks] + 4, sizeof(len));
		if (len < 12 || len > file_len - block[blocks])
			break;
		block[blocks + 1] = block[blocks] + len;
		blocks++;
	}
}

int main(int argc, char **argv)
{
	int first = argc > 1 && *argv[1] == '-' ? 2 : 1;

	if (argc <= first)
		return 2;
	if (first == 2)
		every = (unsigned int)strtoul(argv[1] + 1, NULL, 10);
	if (!every)
		return 2;
	read_blocks(argv[first]);
	open_printer();
	put_blocks(0, blocks);
	read_out(&whole);
	if (!whole.packets || whole.doubt) {
		printf("%u packets in %u blocks%s\n", whole.packets, blocks,
		       whole.doubt ? ", not whole" : "");
		return 1;
	}
	try_all();
	printf("# %u blocks, %u packets, %u readings\n", blocks, whole.packets,
	       readings);
	return faults != 0;
}

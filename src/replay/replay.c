// SPDX-License-Identifier: GPL-2.0-or-later
/* replay: --read: a file instead of the kernel's socket, for the reader. */
#include "replay/replay.h"

#include "printer/printer.h"
#include "protocol/stats.h"
#include "replay/line_reader.h"
#include "replay/pcap_file.h"
#include "replay/replay_pcap.h"
#include "replay/replay_state.h"
#include "replay/replay_text.h"

/* A packet's headers are in there once or twice, not at each event. */
static bool asks_more_than_lines(const struct printer *p)
{
	const struct sink *k = &p->sink[SINK_STDOUT];

	return k->report && (k->env.verbose || (k->report != &report_flat &&
						k->report != &report_flat_wrapped));
}

static void read_as_it_is(struct replay *r, struct line_reader *in)
{
	const char *first = line_reader_peek(in, 4);

	switch (first ? pcap_file_type(first, 4) : PCAP_FILE_OTHER) {
	case PCAP_FILE_NG:
		if (r->flat && asks_more_than_lines(r->printer))
			r->stats->input_end = REPLAY_NO_EVENTS;
		else
			replay_pcap(r, in);
		break;
	case PCAP_FILE_OLD:
		r->stats->input_end = REPLAY_OLD_PCAP;
		break;
	case PCAP_FILE_OTHER:
		replay_text(r, in);
		break;
	}
}

void replay_run(struct replay *r)
{
	struct line_reader in;
	int err = line_reader_open(&in, r->fd);

	if (!err) {
		read_as_it_is(r, &in);
		err = in.error;
		stats_set(&r->stats->input_offset, in.offset);
	}
	if (err) {
		r->stats->input_end = REPLAY_ERROR;
		r->stats->input_error = err;
	}
	line_reader_close(&in);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_trace_text: a log -> events -> journeys, without rules and with some. */
#include <stdint.h>
#include <unistd.h>

#include "replay/replay_text.h"
#include "replay/trace_text.h"
#include "replayed.h"
#include "rules/base/family.h"
#include "rules/legacy/save.h"
#include "rules/legacy/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules[] =
	"*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
	"-A PREROUTING -j TRACE\nCOMMIT\n"
	"*mangle\n:PREROUTING ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:m - [0:0]\n"
	"-A PREROUTING -j m\n-A m -j MARK --set-xmark 0x10/0x10\nCOMMIT\n"
	"*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
	"-A PREROUTING -p tcp -j DNAT --to-destination 10.2.0.2\nCOMMIT\n"
	"*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:a - [0:0]\n"
	"-A INPUT -p icmp -j ACCEPT\n-A FORWARD -g a\n-A a -p tcp -j REJECT\n"
	"-A a -j NFQUEUE --queue-num 3\n-A a -j RETURN\nCOMMIT\n";

static const struct snapshot *make(const struct family *f)
{
	size_t size = save_size(rules, sizeof(rules) - 1), used;
	struct snapshot *s = calloc(1, size);
	struct save_notes notes;

	if (!s || save_read(f, rules, sizeof(rules) - 1, s, size, &used,
			    &notes))
		abort();
	return s;
}

/* Which of four ways, a bit each; libFuzzer takes one of them an input, and gets four times as many. */
static unsigned int ways_of(const uint8_t *data, size_t size)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	unsigned int sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += data[i];
	return 1u << sum % 4;
#else
	(void)data, (void)size;
	return 0xf;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The least that --snaplen takes, and all that a line tells. */
	static const uint32_t snaplens[] = { 64, TRACE_TEXT_PACKET };
	static const struct snapshot *none[FAMILY_COUNT], *some[FAMILY_COUNT];
	const unsigned int ways = ways_of(data, size);

	if (!some[0])
		some[0] = make(&family_ipv4);
	for (unsigned int way = 0; way < 4; way++)
		if (ways & 1u << way)
			replayed_run(&(struct replayed_job){
				.bytes = data, .size = size,
				.snap = way & 1 ? some : none,
				.fn = replay_text, .snaplen = snaplens[way / 2],
			});
	return 0;
}

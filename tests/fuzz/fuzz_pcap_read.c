// SPDX-License-Identifier: GPL-2.0-or-later
/* fuzz_pcap_read: a pcapng -> journeys -> every form of report. */
#include <stdint.h>
#include <unistd.h>

#include "replay/replay_pcap.h"
#include "replayed.h"
#include "rules/base/family.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct snapshot *const none[FAMILY_COUNT];
	/* Its journeys bring their bytes along, as many as they have. */
	const uint32_t snaplen = 64;

	replayed_run(&(struct replayed_job){
		.bytes = data, .size = size, .snap = none,
		.fn = replay_pcap, .snaplen = snaplen,
	});
	return 0;
}

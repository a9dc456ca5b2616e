// SPDX-License-Identifier: GPL-2.0-or-later
/* jumbo: the size of packets of IPv6 that their length field cannot say. */
#include "packet/jumbo.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

enum { IPV6_HEADER = 40, PAYLOAD_AT = 4, NEXT_AT = 6, OPTION_AT = IPV6_HEADER + 2,
       VALUE_AT = OPTION_AT + 2 };
enum { PAD1 = 0, JUMBO = 0xc2 };

static const uint8_t LEAST_PAYLOAD[2] = { 0xff, 0xff };
static const uint8_t LEAST_JUMBO[4] = { 0, 1, 0, 0 };

/* An option that is not padding is two bytes and what its length says. */
uint32_t jumbo_find(const uint8_t *bytes, uint32_t len)
{
	uint32_t at = OPTION_AT, end, value;

	if (len < OPTION_AT)
		return 0;
	end = IPV6_HEADER + (bytes[IPV6_HEADER + 1] + 1u) * 8;
	if (end > len)
		end = len;
	while (at + 2 <= end) {
		const uint8_t *o = bytes + at;

		if (o[0] == JUMBO && o[1] == 4 && at + 6 <= end) {
			memcpy(&value, o + 2, sizeof(value));
			return ntohl(value);
		}
		at += o[0] == PAD1 ? 1 : o[1] + 2u;
	}
	return 0;
}

/* As the kernel makes it, and nft_headers_join() in its stead. */
static bool has_option(const uint8_t *bytes, uint32_t len)
{
	return len >= VALUE_AT + sizeof(LEAST_JUMBO) &&
	       bytes[NEXT_AT] == IPPROTO_HOPOPTS && bytes[OPTION_AT] == JUMBO;
}

void jumbo_claim(uint8_t *bytes, uint32_t len)
{
	static const uint8_t untold[4];

	if (has_option(bytes, len) &&
	    memcmp(bytes + VALUE_AT, untold, sizeof(untold)) == 0)
		memcpy(bytes + VALUE_AT, LEAST_JUMBO, sizeof(LEAST_JUMBO));
	else if (len >= IPV6_HEADER)
		memcpy(bytes + PAYLOAD_AT, LEAST_PAYLOAD, sizeof(LEAST_PAYLOAD));
}

void jumbo_disclaim(uint8_t *bytes, uint32_t len)
{
	if (has_option(bytes, len) &&
	    memcmp(bytes + VALUE_AT, LEAST_JUMBO, sizeof(LEAST_JUMBO)) == 0)
		memset(bytes + VALUE_AT, 0, sizeof(LEAST_JUMBO));
	else if (len >= IPV6_HEADER && memcmp(bytes + PAYLOAD_AT, LEAST_PAYLOAD,
					      sizeof(LEAST_PAYLOAD)) == 0)
		memset(bytes + PAYLOAD_AT, 0, sizeof(LEAST_PAYLOAD));
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_bridge: what a bridge has against a packet that it got. */
#include "answers/loss_bridge.h"

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#include "answers/inquiry.h"
#include "host/bridge_port.h"

/* A bridge routes what is for its own address, and what nat sent elsewhere. */
static bool is_bridged(const struct inquiry *i)
{
	struct ifreq ifr;

	return memcmp(i->look.dst.addr, i->q->look.dst.addr,
		      sizeof(i->look.dst.addr)) == 0 &&
	       i->q->dst != CAUSE_DST_TOLD &&
	       !(inquiry_interface(i->look.in, SIOCGIFHWADDR, &ifr) &&
		 memcmp(ifr.ifr_hwaddr.sa_data, i->q->mac,
			sizeof(i->q->mac)) == 0);
}

static bool tell_refusal(struct inquiry *i, const struct bridge_way *w,
			 enum bridge_refusal refusal)
{
	char in[IF_NAMESIZE], out[IF_NAMESIZE];

	if (!if_indextoname(w->in, in) || !if_indextoname(w->out, out))
		return false;
	switch (refusal) {
	case BRIDGE_SENDS:
		return false;
	case BRIDGE_NO_HAIRPIN:
		return inquiry_tell(i, FINDING_LIKELY, "%s is behind the bridge port "
				    "%s by which it came in, and hairpin mode is off "
				    "there", i->dst, in);
	case BRIDGE_IN_STATE:
		return inquiry_tell(i, FINDING_LIKELY, "the bridge port %s by which it "
				    "came in does not forward (state %s)", in,
				    bridge_port_state(w->state));
	case BRIDGE_OUT_STATE:
		return inquiry_tell(i, FINDING_LIKELY, "%s is behind the bridge port "
				    "%s, which does not forward (state %s)", i->dst,
				    out, bridge_port_state(w->state));
	case BRIDGE_ISOLATED:
		return inquiry_tell(i, FINDING_LIKELY, "%s is behind the bridge port "
				    "%s, and that is isolated from %s, by which it "
				    "came in (both are isolated)", i->dst, out, in);
	}
	return false;
}

static bool came_over_bridge(const struct inquiry *i)
{
	static const uint8_t none[sizeof(i->q->from)];

	return i->q->bridge_port || memcmp(i->q->from, none, sizeof(none)) != 0;
}

bool loss_bridge_explains(struct inquiry *i)
{
	bool bridged;
	struct bridge_way w = {
		.six = i->six, .dst = i->look.dst.addr,
		.bridge = i->look.in, .in = i->q->bridge_port,
	};

	if (!came_over_bridge(i))
		return false;
	memcpy(w.from, i->q->from, sizeof(w.from));
	bridged = is_bridged(i);
	if (bridged) {
		memcpy(w.mac, i->q->mac, sizeof(w.mac));
		w.dst = NULL;
	}
	return tell_refusal(i, &w, bridge_port_refuses(&w)) || bridged;
}

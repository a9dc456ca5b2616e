/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_route: what routing and forwarding have against a packet that no rule dropped. */
#ifndef NFTRACE_LOSS_ROUTE_H
#define NFTRACE_LOSS_ROUTE_H

struct inquiry;

/** loss_route_explain - of a packet that was seen last at PREROUTING or OUTPUT */
void loss_route_explain(struct inquiry *i);

/** loss_route_explain_tproxy - why TPROXY's packet did not get to its socket */
void loss_route_explain_tproxy(struct inquiry *i);

#endif

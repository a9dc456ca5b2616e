/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_fate: what became of a packet, and on what that rests, as members of an object. */
#ifndef NFTRACE_JSON_FATE_H
#define NFTRACE_JSON_FATE_H

struct drop_seen;
struct fate;
struct journey;
struct outbuf;
struct report_env;

/** json_put_fate - of branch @b: "fate" and what follows it, no comma in front */
void json_put_fate(struct outbuf *o, const struct report_env *env,
		   const struct journey *j, unsigned int b);

/** json_put_drop - ",\"drop\":" and the kernel's own word; NULL: null */
void json_put_drop(struct outbuf *o, const struct drop_seen *d);

/** json_put_out - ",\"fate_out\":" where it went out, or was to; else nothing */
void json_put_out(struct outbuf *o, const struct report_env *env,
		  const struct fate *f);

#endif

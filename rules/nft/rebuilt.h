/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rebuilt: an entry of xtables under construction, out of what nft's rules tell. */
#ifndef NFTRACE_NFT_REBUILT_H
#define NFTRACE_NFT_REBUILT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct family;

enum { REBUILD_MAX = 32768 };	/* bytes of an entry: its matches are few and small */

/* An entry under construction. */
struct rebuilt {
	_Alignas(8) unsigned char bytes[REBUILD_MAX];
	size_t len;
	size_t protocol_match;	/* where its -m tcp or -m udp is, 0: none yet */
	uint8_t proto;		/* compared for equality, or 0 */
	bool full;		/* no room, or something that has no words */
	const char *jump;	/* for render_entry(): NULL: the target that is there */
};

/**
 * rebuilt_begin - an entry that matches everything and has no target
 * rebuilt_end - it is complete; false: it is not the rule
 */
void rebuilt_begin(struct rebuilt *e, const struct family *f);
bool rebuilt_end(struct rebuilt *e, const struct family *f);

/**
 * rebuilt_match, rebuilt_target - one more, of that name
 * Return: its data, @len zeroed bytes, to be filled; NULL: no room, which is noted.
 */
void *rebuilt_match(struct rebuilt *e, const char *name, uint8_t revision,
		    size_t len);
void *rebuilt_target(struct rebuilt *e, const struct family *f,
		     const char *name, uint8_t revision, size_t len);

/** rebuilt_ports - of -m tcp or -m udp, which is made where its first option stands; host order */
void rebuilt_ports(struct rebuilt *e, bool source, uint16_t from, uint16_t to,
		   bool inverted);

/** rebuilt_flags - --tcp-flags */
void rebuilt_flags(struct rebuilt *e, uint8_t mask, uint8_t flags,
		   bool inverted);

/** rebuilt_mark - -m mark; 4 bytes each, @mask NULL: all bits */
void rebuilt_mark(struct rebuilt *e, const unsigned char *value,
		  const unsigned char *mask, bool inverted);

#endif

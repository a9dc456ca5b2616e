/* SPDX-License-Identifier: GPL-2.0-or-later */
/* types: BTF, read where it lies: the kernel's description of its types. */
#ifndef NFTRACE_DROP_TYPES_H
#define NFTRACE_DROP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf_type;

enum { TYPES_STEP = 64, TYPES_KINDS = 128 };

/* Of each kind, as a kernel that describes them does (Linux 7): bytes behind a type. */
struct types_tail {
	uint8_t once, each;	/* in all, and for each of its members */
	uint16_t flags;
};

/*
 * libbpf would copy all of it, 5.5 MB, and note where each type begins: 8 ms that who
 * arms waits for, against 1.  Where a type begins only those before it tell: they are
 * walked, as far as somebody asks.  The kernel wrote it, and a helper reads it; what
 * does not lie within it is refused all the same.
 */
struct types {
	const unsigned char *type;	/* of number 1 */
	size_t bytes;			/* of all types */
	struct types_tail tail[TYPES_KINDS];
	uint32_t kinds;			/* of which .tail is known: a bit of 1 << kind ... */
	uint32_t kinds_more;		/* ... and from 32 on those below this */
	const char *names;
	size_t names_bytes;
	uint32_t count;			/* of those walked: the last one's number */
	size_t end;			/* where the next one begins, bytes */
	uint32_t *mark;			/* where every TYPES_STEPth begins, bytes */
};

/** A type that is looked for. */
struct type_wanted {
	const char *name;
	uint32_t kind;		/* BTF_KIND_* */
	uint32_t id;		/* filled; 0: there is none */
};

/**
 * types_open - look for some types by kind and name: the first of each
 * @data: BTF of this machine's byte order; it stays the caller's, and must last
 * @w: @count of these; 0: none
 * Return: 0; -EINVAL: it is none, or of a kind that is not known; -ENOMEM.
 * types_close() in any case.
 */
int types_open(struct types *t, const void *data, size_t size,
	       struct type_wanted *w, unsigned int count);

/** types_walk - to the last one: .count is how many there are; false: they are broken */
bool types_walk(struct types *t);

/** types_close - free what was noted; one that failed to open is taken */
void types_close(struct types *t);

/** types_at - NULL: there is no such number */
const struct btf_type *types_at(struct types *t, uint32_t id);

/** types_kind - BTF_KIND_* of a type; 0 of NULL */
uint32_t types_kind(const struct btf_type *type);

/** types_members - how many members, arguments or values follow a type */
uint32_t types_members(const struct btf_type *type);

/** types_name - "": it has none */
const char *types_name(const struct types *t, uint32_t offset);

/** types_resolve - what stands behind typedef and const; NULL: nothing does */
const struct btf_type *types_resolve(struct types *t, uint32_t id);

/** types_size - of a number, pointer, enum, structure or union, in bytes; 0: none has it */
uint32_t types_size(struct types *t, uint32_t id);

#endif

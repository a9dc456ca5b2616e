/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_value: what stands in the words of a record, checked: a file may be anybody's. */
#ifndef NFTRACE_RECORD_VALUE_H
#define NFTRACE_RECORD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct ifnames;

/**
 * record_name - a %XX-escaped name, its bytes as they were
 * @size: of @to, which is terminated
 * Return: false: it has a NUL in it, or is longer than such a name can be.
 */
bool record_name(struct strview t, char *to, size_t size);

/** record_text - the same for what is printed as it stands: escape_text() of it */
bool record_text(struct strview t, char *to, size_t size);

/** record_digits - a number that is kept as its digits; none is one, too */
bool record_digits(struct strview t, char *to, size_t size);

/** record_interface - the index of a name in @names; 0 for none */
bool record_interface(struct ifnames *names, struct strview t, uint32_t *index);

/** record_number - false: none, or not in @least to @most */
bool record_number(struct strview t, uint32_t least, uint32_t most,
		   uint32_t *n);

/** record_handle - a rule of nft's; false: none, or 0 */
bool record_handle(struct strview t, uint64_t *n);

/** record_word - which of @count words it is; false: none of them */
bool record_word(struct strview t, const char *(*word)(unsigned int),
		 unsigned int count, uint8_t *index);

#endif

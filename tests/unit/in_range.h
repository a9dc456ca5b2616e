/* SPDX-License-Identifier: GPL-2.0-or-later */
/* in_range: cmocka 2 has an assert_in_range() of each sign and warns of the old one. */
#ifndef NFTRACE_TESTS_IN_RANGE_H
#define NFTRACE_TESTS_IN_RANGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifndef assert_uint_in_range
#define assert_uint_in_range assert_in_range
#endif

#endif

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-iptc: TRACE rules go in and out as libiptc would do it: the kernel's tables are the same bytes.
. "$(dirname "$0")/lib.sh"

for family in ipv4 ipv6; do
	subtest "$family"
	"$UNIT/iptc_tool" $family >"$SCRATCH/said" 2>&1 || fail "$(grep -v '^\[' "$SCRATCH/said" | head -n 3)"
	assert_grep 'PASSED.* 1 test' "$SCRATCH/said"
done

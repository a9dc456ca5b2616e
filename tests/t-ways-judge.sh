#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-ways-judge: the judge of ways/ finds what is false, and nothing else.
. "$(dirname "$0")/lib.sh"

python3 -B "$TESTS/waylib/test_judge.py" >"$SCRATCH/judged" 2>&1 ||
	fail "it ended: $(tail -n 1 "$SCRATCH/judged")"
cat "$SCRATCH/judged"
assert_no_grep '^not ok' "$SCRATCH/judged"

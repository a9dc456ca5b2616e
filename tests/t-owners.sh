#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-owners: whose each rule of real machines' rulesets is.
. "$(dirname "$0")/lib.sh"

# Rules of one chain and owner, one after the other, are one line: "filter INPUT:1-3<TAB>ufw".
runs() {
	awk -F'\t' '
	function flush() { if (n) print chain ":" first (last > first ? "-" last : "") "\t" owner }
	{ at = match($1, /:[0-9]+$/); c = substr($1, 1, at - 1); k = substr($1, at + 1) + 0 }
	c != chain || $2 != owner || k != last + 1 { flush(); chain = c; owner = $2; first = k; n = 1 }
	{ last = k }
	END { flush() }'
}

# The tables were checked by hand, against what programs call their chains and write into comments.
for rules in "$TESTS"/rulesets/*.save; do
	name=$(basename "$rules")
	subtest "$name"
	"$UNIT/component_tool" "$rules" | runs >"$SCRATCH/owners" || fail "component_tool"
	assert_expected "owners" "$TESTS/owners/${name%.save}.txt" "$SCRATCH/owners"
done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-shared: memory that processes share is ordered by atomics: volatile orders nothing.
. "$(dirname "$0")/lib.sh"

subtest "no volatile in the program"
grep -rnw --include='*.[ch]' volatile "$TREE/src" "$TREE/rules" >"$SCRATCH/found"
[[ ! -s $SCRATCH/found ]] || { fail "$(wc -l <"$SCRATCH/found") places"; show places "$SCRATCH/found"; }
[[ -n $(find "$TREE/src" "$TREE/rules" -name '*.c') ]] || fail "no sources: this shows nothing"

subtest "one writer needs no locked instruction: none in the program"
if [[ -n ${SANITIZE-} || $(uname -m) != x86_64 ]]; then
	skip "other instructions here"
else
	# But for the lock's thread, and for the table of --masked, which two processes write: neither
	# is a matter of speed.
	find "$BUILD/src" "$BUILD/rules" -name '*.o' ! -name lock.o ! -path '*/mask/mask.o' -exec \
		objdump -d --no-show-raw-insn {} + >"$SCRATCH/code"
	grep -q '<reader_on_event>:' "$SCRATCH/code" || fail "no code: this shows nothing"
	awk '/^[0-9a-f]+ <.*>:$/ { name = $2 } /\tlock |\tmfence|\txchg .*\(/ { print name, $0 }' \
		"$SCRATCH/code" >"$SCRATCH/locked"
	[[ ! -s $SCRATCH/locked ]] || { fail "$(wc -l <"$SCRATCH/locked") of them"; show code "$SCRATCH/locked"; }
fi

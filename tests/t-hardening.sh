#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-hardening: what the linker made of the program.
. "$(dirname "$0")/lib.sh"

program=$TREE/nftrace
[[ -z ${SANITIZE-} ]] || skip_all "the program that is installed is an ordinary build"
[[ -x $program ]] || skip_all "no ./nftrace: make"
LC_ALL=C readelf -lhrdW "$program" >"$SCRATCH/elf" || skip_all "no readelf"

subtest "no copy of a library's variable: its size is of the library at hand"
grep -E ' R_[A-Z0-9_]+_COPY ' "$SCRATCH/elf" >"$SCRATCH/copies"
assert_equal "copies" "" "$(awk '{ print $5 }' "$SCRATCH/copies" | paste -sd ' ')"
assert_grep ' R_[A-Z0-9_]+(GLOB_DAT|_GOT) .* xtables_chain_protos' "$SCRATCH/elf"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-hardening: what the linker made of the program.
. "$(dirname "$0")/lib.sh"

program=$TREE/nftrace
[[ -z ${SANITIZE-} ]] || skip_all "the program that is installed is an ordinary build"
[[ -x $program ]] || skip_all "no ./nftrace: make"
[[ ${HARDEN-yes} = yes ]] || skip_all "built with HARDEN=$HARDEN"
readelf -lhrdW --dyn-syms "$program" >"$SCRATCH/elf" || skip_all "no readelf"

subtest "no copy of a library's variable: its size is of the library at hand"
grep -E ' R_[A-Z0-9_]+_COPY ' "$SCRATCH/elf" >"$SCRATCH/copies"
assert_equal "copies" "" "$(awk '{ print $5 }' "$SCRATCH/copies" | paste -sd ' ')"
assert_grep ' R_[A-Z0-9_]+(GLOB_DAT|_GOT) .* xtables_chain_protos' "$SCRATCH/elf"

subtest "position-independent, and nothing is bound late"
assert_grep '^ +Type: +DYN' "$SCRATCH/elf"
assert_grep '^ +INTERP ' "$SCRATCH/elf"
assert_grep '^ +GNU_RELRO ' "$SCRATCH/elf"
assert_grep '\(FLAGS_1\).* NOW' "$SCRATCH/elf"

subtest "no memory is both written and run"
assert_grep '^ +GNU_STACK .* RW +0x' "$SCRATCH/elf"
assert_no_grep ' RWE ' "$SCRATCH/elf"

subtest "no library from a path of the build's"
assert_no_grep '\((RPATH|RUNPATH)\)' "$SCRATCH/elf"

# flags VARIABLE [MAKE'S ARGUMENTS]: what the makefile makes of it
flags() {
	local variable=$1
	shift
	printf 'include GNUmakefile\nprint-it: ; @echo $(%s)\n' "$variable" |
		make -C "$TREE" --no-print-directory -s -f - "$@" print-it
}

subtest "overflows are looked for"
assert_grep ' __stack_chk_fail@' "$SCRATCH/elf"
usual=$(flags CFLAGS)
if [[ $usual = *-D_FORTIFY_SOURCE=* ]]; then
	assert_grep ' __[a-z]+_chk@' "$SCRATCH/elf"
else
	skip "built with $usual"
fi

# compiles VARIABLE=VALUE...: two files, or those of $compiled, and no warning
compiles() {
	local file objects=()
	for file in ${compiled:-src/base/msg.c src/base/escape.c}; do
		objects+=("$SCRATCH/build/${file%.c}.o")
	done
	make -C "$TREE" --no-print-directory -s CI=1 BUILD="$SCRATCH/build" "$@" "${objects[@]}" \
		>"$SCRATCH/make" 2>&1 || { fail "make $*"; show make "$SCRATCH/make"; }
	# What the compiler takes is the same each time.
	rm -rf "$SCRATCH/build"/{src,rules}
}

subtest "with the usual flags there is no warning"
compiles CFLAGS="-O2 -Wall -Wextra"

subtest "a distribution's own _FORTIFY_SOURCE stays"
for where in CFLAGS="-O2 -D_FORTIFY_SOURCE=1" CPPFLAGS=-D_FORTIFY_SOURCE=1 \
	CFLAGS="-O2 -Wp,-D_FORTIFY_SOURCE=1"; do
	assert_no_grep '_FORTIFY_SOURCE=[23]' <(flags CFLAGS "$where")
	compiles "$where"
done

subtest "none without optimization"
for optimization in -O0 -g "-O2 -O0"; do
	assert_no_grep '_FORTIFY_SOURCE' <(flags CFLAGS CFLAGS="$optimization")
	compiles CFLAGS="$optimization"
done

# As its 0.8.5 declares them.
subtest "a later libcap-ng wants its results looked at"
compiled=$(cd "$TREE" && grep -lE '#include <cap-ng' src/*/*.c rules/*/*.c)
cat >"$SCRATCH/later.h" <<-'X'
	#include <cap-ng.h>
	__attribute__((warn_unused_result)) int capng_get_caps_process(void);
	__attribute__((warn_unused_result)) int capng_apply(capng_select_t set);
	__attribute__((warn_unused_result)) int capng_lock(void);
	__attribute__((warn_unused_result)) int capng_change_id(int uid, int gid, capng_flags_t flag);
X
compiles CPPFLAGS="-include $SCRATCH/later.h"
compiled=

subtest "the user's flags come last"
assert_grep '-fstack-protector-strong.* -fno-stack-protector' \
	<(flags CFLAGS CFLAGS="-O2 -fno-stack-protector")
assert_grep '-z,now.* -Wl,-z,lazy' <(flags LDFLAGS LDFLAGS=-Wl,-z,lazy)
assert_no_grep '(^| )-pie' <(flags LDFLAGS LDFLAGS=-no-pie)

subtest "HARDEN=no and SANITIZE=1 go without"
for how in HARDEN=no SANITIZE=1; do
	flags 'CFLAGS) $(LDFLAGS' "$how" >"$SCRATCH/flags"
	assert_grep ' -Wextra ' "$SCRATCH/flags"
	assert_no_grep 'FORTIFY|stack-protector' "$SCRATCH/flags"
	assert_no_grep 'relro' "$SCRATCH/flags"
done

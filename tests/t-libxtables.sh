#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-libxtables: a libxtables of another version than this one, and one that ends the process.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

[[ -z ${SANITIZE-} ]] || skip_all "a sanitizer's runtime has to be preloaded first"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
save_rules lo "$SCRATCH/before"
real=$NFTRACE

# with LIBRARY [VARIABLE=VALUE]: the program with that library in front
with() {
	# The loader only warns of one that is missing, and all goes as without.
	[[ -r $BUILD/tests/preload/$1.so ]] || fail "no $1.so: make check-programs"
	printf '#!/bin/bash\nexport LD_PRELOAD=%q %s\nexec %q "$@"\n' \
		"$BUILD/tests/preload/$1.so" "${2-}" "$real" >"$SCRATCH/program"
	chmod +x "$SCRATCH/program"
	NFTRACE=$SCRATCH/program
}

# less_the_run FILE: owner and deadline differ from run to run
less_the_run() {
	sed -E 's/nftrace:[^" ]+/nftrace:OWNER/; s/--datestop [^ ]+/--datestop END/' "$1"
}

# Several extensions, one twice, one with options of its own kind in each family.
while read -r line; do
	subtest "an option table that the library frees: $line"
	eval "words=(--dry-run $line)"
	NFTRACE=$real
	run_nftrace lo "${words[@]}"
	assert_status 0
	less_the_run "$OUT" >"$SCRATCH/expected"
	with frees_options
	run_nftrace lo "${words[@]}"
	assert_status 0
	assert_same "what is printed" "$SCRATCH/expected" <(less_the_run "$OUT")
done <<'EOT'
-p udp
-p udp --dport 9 -m comment --comment -x
-p tcp --dport 80 -m multiport --sports 1,2 -m comment --comment a -m comment --comment b
-4 -p icmp --icmp-type 8 -m ttl --ttl-gt 3 --or -p udp -m length --length 100:200
EOT

subtest "completion with such a library"
in_ns lo "$NFTRACE" --complete nftrace -p udp >"$SCRATCH/words" 2>"$SCRATCH/err" || fail "status $?"
assert_text "--dport" "$SCRATCH/words"

# The sentence, and nobody's words are to blame.
assert_died() { # DOING HOW
	assert_status 1
	assert_text "error: ${1}a library ended the process ($2): free(): invalid pointer" "$ERR"
	assert_no_grep 'second line' "$ERR"
	assert_restored lo "$SCRATCH/before"
}

subtest "a library that aborts while words are parsed"
with dies DIES=abort
run_nftrace lo -t 1 -p udp --dport 9
assert_died "" Aborted

subtest "a library that exits while words are parsed"
with dies DIES=exit
run_nftrace lo -t 1 -p udp --dport 9
assert_died "" "status 1"

subtest "a library that aborts while words are told apart"
with dies DIES=abort
run_nftrace lo -t 1 -p udp -m comment --comment -x
assert_died "reading the command line: " Aborted

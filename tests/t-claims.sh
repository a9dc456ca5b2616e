#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-claims: CLAIMS.rst has each section and option of the manual and the README, and what it names is there.
. "$(dirname "$0")/lib.sh"

claims=$TESTS/CLAIMS.rst manual=$TREE/man/nftrace.8 readme=$TREE/README.rst

# rows: "SECTION|CLAIM|WHAT SHOWS IT" of each, of the manual's part or the README's
rows() {
	awk '/^~+$/ { section = before; next } { before = $0 }
		/^    / { i = index($0, " | "); sub(/^ +/, "")
			claim = $0; sub(/ +\|.*/, "", claim); shows = $0; sub(/^[^|]*\| /, "", shows)
			print section "|" claim "|" (i ? shows : "") }' "$1"
}
# Every subtest, "NAME LINE"; every file that is a test or another's record.
grep -E '^[[:space:]]*(subtest|scenario) ' "$TESTS"/t-*.sh | sed "s|^$TESTS/\(t-[a-z0-9-]*\)\.sh:[[:space:]]*|\1 |" >"$SCRATCH/subtests"
(cd "$TREE" && ls tests/t-*.sh tests/unit/*.c tests/*.rst tests/bench/*.rst) | sed 's|^tests/||' >"$SCRATCH/files"
# without_witness FILE: claims of which no test, no unit test, and no hand with a date is there
without_witness() {
	rows "$1" | awk -F '|' '
		FILENAME ~ /subtests$/ { name = $0; sub(/ .*/, "", name); words[name] = words[name] "\n" $0; next }
		FILENAME ~ /files$/ { is_file[$0] = 1; next }
		{ shows = $0; sub(/^[^|]*\|[^|]*\|/, "", shows)
			n = split(shows, part, / *; */)
			one = ""
			for (i = 1; i <= n + 1; i++) {
				if (i <= n && one != "" && part[i] !~ /^(t-[a-z0-9-]+(:|\.sh)|unit\/|hand[: ])/) { one = one "; " part[i]; continue }
				if ((i > 1 || n == 0) && !is_there(one)) print $1 ": " $2 (one == "" ? "" : ": " one)
				one = part[i]
			} }
		function is_there(one, name, said) {
			if (one ~ /^hand 20[0-9][0-9]-[01][0-9]-[0-3][0-9]: *[^ ]/) return 1
			if (sub(/^hand: tests\//, "", one)) return one in is_file
			if (one ~ /^unit\//) return (one ".c") in is_file
			if (one ~ /^t-[a-z0-9-]+\.sh$/) return one in is_file
			name = one; sub(/:.*/, "", name); said = one
			return sub(/^[^:]*: +/, "", said) && said != "" && index(words[name], said)
		}' "$SCRATCH/subtests" "$SCRATCH/files" -
}
# titles FILE: those of both texts that have no section
titles() { grep -B 1 '^~~~' "$1" | grep -v '^~\|^--'; }
missing_sections() {
	{
		sed -nE 's/^\.S[hs] (\\&)?//p' "$manual"
		grep -B 1 -E '^[-=]{4,}$' "$readme" | grep -E '^[A-Za-z]'
	} | awk -v claims="$1" '
		function add(t) { sub(/^ +/, "", t); has[tolower(t)] = 1 }
		BEGIN { while ((getline line < claims) > 0) {
			if (line ~ /^~+$/) { add(before); n = split(before, part, ","); for (i = 1; i <= n; i++) add(part[i]); t = before; if (sub(/^OPTIONS: /, "", t)) { add(t); add("OPTIONS") } }
			# Where one is only a part its name begins a line.
			if (line ~ /^    /) { t = line; sub(/ *[:|].*/, "", t); add(t) }
			before = line } }
		!(tolower($0) in has)'
}
missing_options() {
	"$NFTRACE" --help | sed -nE 's/^  (-.,|   ) --([a-z0-9-]+)( .*|$)/\2/p' | sort -u >"$SCRATCH/options"
	rows "$1" | grep '^OPTIONS' | grep -oE '[|, ]--[a-z0-9-]+' | sed 's/^.--//' | sort -u | comm -23 "$SCRATCH/options" -
}

subtest "each claim names what shows it, and that is there"
number=$(rows "$claims" | wc -l)
((number > 250)) || fail "only $number claims were found"
assert_equal "claims without it" "" "$(without_witness "$claims")"

subtest "each section of both texts has its claims"
assert_equal "sections that are missing" "" "$(missing_sections "$claims")"

subtest "each option has one"
assert_equal "options that are missing" "" "$(missing_options "$claims")"

subtest "the checks find what is wrong"
without() { sed "$1" "$claims" >"$SCRATCH/claims"; }
without 's/| t-ends: time$/| t-ends: no such words/'
[[ $(without_witness "$SCRATCH/claims") = *"no such words"* ]] || fail "words of no subtest"
without 's/| t-ends: time$/| t-nowhere: time/'
[[ $(without_witness "$SCRATCH/claims") = *t-nowhere* ]] || fail "no such test"
without 's/| t-ends: time$/| hand: it works/'
[[ $(without_witness "$SCRATCH/claims") = *"it works"* ]] || fail "by hand, without a date"
without '/--behind-nat/d'
assert_equal "options" "behind-nat" "$(missing_options "$SCRATCH/claims")"
without '/^Witness chains$/,/^ENVIRONMENT$/d; /witness chains  /d'
assert_equal "sections" "ENVIRONMENT
Witness chains" "$(missing_sections "$SCRATCH/claims" | sort)"

subtest "limits that the manual names are refused with their number"
ns_new lo
in_ns lo iptables-legacy -t raw -S >/dev/null
refused() { # NUMBER ARGS...
	run_nftrace lo "${@:2}"
	assert_status 2
	assert_grep "^nftrace: error: .*\b$1\b" "$ERR"
}
many() { printf -- "$1%.0s" $(seq "$2"); }
# shellcheck disable=SC2046 # words
refused 8 $(many '--netns 1 ' 9) -p udp
# shellcheck disable=SC2046
refused 8 --read /dev/null $(many '--rules /dev/null ' 9)
# shellcheck disable=SC2046
refused 64 --dry-run $(many '-p udp --or ' 64) -p tcp
run_nftrace lo --dry-run -d 10.9.0.1,10.9.0.2 -p udp --chain OUTPUT
assert_equal "rules with a limit of their own" 2 "$(grep -c -- '-m limit ' "$OUT")"

subtest "every file says under which licence it is"
cd "$TREE" || fail "no tree"
grep -L 'SPDX-License-Identifier: GPL-2.0-or-later' GNUmakefile README.rst man/nftrace.8 src/*.rst \
	src/*/*.* rules/*/*.* tests/*.sh tests/unit/*.c tests/*.rst >"$SCRATCH/without"
assert_equal "files without it" "" "$(cat "$SCRATCH/without")"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-claims: CLAIMS.rst has a row for each sentence of the manual and the README, and what it names is there.
. "$(dirname "$0")/lib.sh"

claims=$TESTS/CLAIMS.rst manual=$TREE/man/nftrace.8 readme=$TREE/README.rst

command -v mandoc >/dev/null || skip_all "no mandoc"

# rows FILE: "SECTION<tab>SENTENCE<tab>WHAT SHOWS IT" of each
rows() {
	awk '/^~+$/ { section = before; next } { before = $0 }
		/^    / { sub(/^ +/, ""); i = index($0, " |"); sentence = substr($0, 1, i - 1); sub(/ +$/, "", sentence)
			print section "\t" sentence "\t" substr($0, i + 3) }' "$1"
}
# Every subtest, "NAME LINE"; every file that is a test or another's record.
grep -E '^[[:space:]]*(subtest|scenario) ' "$TESTS"/t-*.sh | sed "s|^$TESTS/\(t-[a-z0-9-]*\)\.sh:[[:space:]]*|\1 |" >"$SCRATCH/subtests"
(cd "$TREE" && ls tests/t-*.sh tests/unit/*.c tests/*.rst tests/bench/*.rst) | sed 's|^tests/||' >"$SCRATCH/files"
# without_witness FILE: rows of which no test, no unit test, and no hand with a date is there
without_witness() {
	rows "$1" | awk -F '\t' '
		FILENAME ~ /subtests$/ { name = $0; sub(/ .*/, "", name); words[name] = words[name] "\n" $0; next }
		FILENAME ~ /files$/ { is_file[$0] = 1; next }
		{ above = section; section = $1
			# Nothing is claimed; as the row above, which has to be of the same section.
			if ($3 == "-" || ($3 == "=" && section == above)) next
			n = split($3, part, / *; */)
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
# uncovered MANUAL README CLAIMS: sentences without a row, rows without their sentence
uncovered() {
	mandoc -T html -O fragment "$1" >"$SCRATCH/html" 2>/dev/null
	python3 "$TESTS/claims.py" compare "$SCRATCH/html" "$2" "$3"
}

subtest "each sentence of both texts has a row, and each row its sentence"
assert_equal "sentences or rows alone" "" "$(uncovered "$manual" "$readme" "$claims")"

subtest "each row names what shows it, and that is there"
number=$(rows "$claims" | wc -l)
((number > 700)) || fail "only $number rows were found"
assert_equal "rows without it" "" "$(without_witness "$claims")"

subtest "the checks find what is wrong"
without() { sed "$1" "$claims" >"$SCRATCH/claims"; }
without 's/| t-lock: busy$/| t-lock: no such words/'
[[ $(without_witness "$SCRATCH/claims") = *"no such words"* ]] || fail "words of no subtest"
without 's/| t-lock: busy$/| t-nowhere: busy/'
[[ $(without_witness "$SCRATCH/claims") = *t-nowhere* ]] || fail "no such test"
without 's/| t-lock: busy$/| hand: it works/'
[[ $(without_witness "$SCRATCH/claims") = *"it works"* ]] || fail "by hand, without a date"
without 's/| t-lock: busy$/|/'
[[ $(without_witness "$SCRATCH/claims") = *"EXIT STATUS: 4: "* ]] || fail "nothing shows it"
without 's/^\(    An error of nftrace is told .*\) | .*/\1 | =/'
[[ $(without_witness "$SCRATCH/claims") = *"An error of nftrace"*": =" ]] || fail "as the row above, and there is none"
without '/--behind-nat: /d'
assert_equal "a row that is missing" "OPTIONS: What to trace: no row:     --behind-nat: Match where DNAT is done |" \
	"$(uncovered "$manual" "$readme" "$SCRATCH/claims" | sed 's/ *$//')"
# An item of a list, a sentence in a paragraph, one that begins otherwise, and the README's.
sed 's/^Trace everything\.$/&\nIt also makes coffee for whoever waits./; s/^An interrupt is a normal end\.$/A normal end is any interrupt./' \
	"$manual" >"$SCRATCH/manual.8"
sed 's/^There is$/&/; s/^- Identical packets at the same/- It never errs about packets.\n&/' "$readme" >"$SCRATCH/readme.rst"
assert_equal "what is new" "EXIT STATUS: no row:     A normal end is any interrupt. |
EXIT STATUS: no sentence begins so: An interrupt is a normal end.
OPTIONS: What to trace: no row:     It also makes coffee for whoever waits. |
README: What it cannot do: no row:     It never errs about packets. |" \
	"$(uncovered "$SCRATCH/manual.8" "$SCRATCH/readme.rst" "$claims" | sed 's/ *$//' | sort)"

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

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-manual: the manual, --help and the README agree with the program and with each other.
. "$(dirname "$0")/lib.sh"

manual=$TREE/man/nftrace.8
"$NFTRACE" --help >"$SCRATCH/help" || fail "--help ends with $?"

subtest "mandoc finds nothing, and no line of text is broken or too wide"
if command -v mandoc >/dev/null; then
	# Whether other programs' manuals are here is no fault of this one.
	assert_equal "mandoc -T lint" "" "$(mandoc -T lint -W all "$manual" 2>/dev/null | grep -v 'referenced manual not found')"
	# As a terminal of 80 columns shows it, by either of the two that Debian has; tables and samples as well.
	mandoc -T ascii -O width=80 "$manual" 2>/dev/null | col -bx >"$SCRATCH/text"
	(($(wc -l <"$SCRATCH/text") > 1000)) || fail "mandoc prints $(wc -l <"$SCRATCH/text") lines"
	assert_equal "lines above 80 columns" "" "$(grep -nE '^.{81}' "$SCRATCH/text")"
	if command -v groff >/dev/null && groff -mdoc -T ascii -P -c -r LL=78n "$manual" >"$SCRATCH/raw" 2>"$SCRATCH/said"; then
		col -bx <"$SCRATCH/raw" >"$SCRATCH/text"
		# groff 1.22 indents by 5, 1.23 by 7.
		indent=$(sed -n '/^NAME/{n; s/[^ ].*//p; q}' "$SCRATCH/text")
		assert_equal "lines above 80 columns, by groff's widest" "" \
			"$(grep -nE "^.{$((80 - 7 + ${#indent} + 1))}" "$SCRATCH/text")"
	fi
else
	skip "no mandoc"
fi

subtest "the manual has all its sections"
for section in "Sh NAME" "Sh SYNOPSIS" "Sh DESCRIPTION" "Ss Examples" "Sh OPTIONS" "Sh OUTPUT" "Sh SIGNALS" \
	"Sh SIDE EFFECTS" "Sh LIMITS" "Sh PRIVILEGES" "Sh ENVIRONMENT" "Sh FILES" "Sh EXIT STATUS" \
	"Sh DIAGNOSTICS" "Sh SEE ALSO" "Sh BUGS"; do
	grep -qx ".$section" "$manual" || fail "no section $section"
done

# Options as "letter name argument", from either.
of_help() {
	sed -nE 's/^  (-(.),|   ) --([a-z-]+)( ([A-Z|/]+))?( .*)?$/\2 --\3 \5/p' "$1" |
		tr A-Z a-z | sed 's/^ *//; s/ *$//' | sort
}
of_manual() {
	sed -n '/^\.Sh OPTIONS/,/^\.Sh OUTPUT/p' "$1" |
		sed -nE 's/^\.It (Fl (.) , )?Fl Fl ([a-z-]+)( Ar (.*))?$/\2 --\3 \5/p' |
		tr A-Z a-z | sed 's/^ *//; s/ *$//' | sort
}
subtest "the manual's options are --help's, and the other way round"
of_help "$SCRATCH/help" | sed 's/^v --/V --/' >"$SCRATCH/from-help"
of_manual "$manual" | sed 's/^v --/V --/' >"$SCRATCH/from-manual"
(($(wc -l <"$SCRATCH/from-help") > 20)) || fail "--help was not understood"
assert_same "the list of options" "$SCRATCH/from-help" "$SCRATCH/from-manual"

subtest "--help begins with examples, has every option under a heading, and fits 80 columns"
assert_equal "lines that are too long" "" "$(grep -nE '^.{81}' "$SCRATCH/help")"
assert_equal "what comes first" "Usage: Examples: What to trace: How long: What to show: Files: Safety: The rest:" \
	"$(grep -oE '^[A-Z][A-Za-z ]*:' "$SCRATCH/help" | paste -sd ' ')"
assert_equal "options before the first heading" "" "$(sed '/^What to trace:/q' "$SCRATCH/help" | grep '^  -')"
assert_equal "options" "$(sed -nE 's/^	\{ "([a-z0-9-]+)", .*/\1/p' "$TREE/src/cli/option_rows.c" | sort | paste -sd ' ')" \
	"$(sed -nE 's/^  (-.,|   ) --([a-z0-9-]+)( .*|$)/\2/p' "$SCRATCH/help" | grep -vx or | sort | paste -sd ' ')"
SUDO_USER=somebody-with-a-long-name "$NFTRACE" --help | grep -nE '^.{81}' && fail "too long behind sudo"

subtest "every option of --help is one, and every row is in --help"
sed -nE 's/.*--([a-z0-9-]+).*/\1/p' "$SCRATCH/from-help" | while read -r name; do
	timeout $((10 * PATIENCE)) "$NFTRACE" "--$name" --version </dev/null 2>&1
	echo
done >"$SCRATCH/answers"
assert_no_grep "no option that is known" "$SCRATCH/answers"

subtest "exit statuses"
sed -n '/^\.Sh EXIT STATUS/,/^\.El/s/^\.It \([0-9]\)$/\1/p' "$manual" >"$SCRATCH/from-manual"
sed -nE 's/^\tSTATUS_[A-Z]+ = ([0-9]),.*/\1/p' "$TREE/src/base/exit_status.h" >"$SCRATCH/from-program"
assert_same "the list of statuses" "$SCRATCH/from-program" "$SCRATCH/from-manual"

subtest "the diagnostics are the program's words"
# Its texts, a line each: what is put together of several, and without what is filled in.
cat "$TREE"/src/*/*.c "$TREE"/rules/*/*.c | tr '\n' ' ' |
	sed -E 's/"[[:space:]]*(PRI[a-zA-Z0-9]+[[:space:]]*)?"//g' | grep -oE '"([^"\\]|\\.)*"' |
	sed -E 's/%[-#0-9.*]*(ll|l|z|h)*[a-zA-Z]?/%/g' >"$SCRATCH/said"
sed -n '/^\.Sh DIAGNOSTICS/,/^\.El/s/^\.It Li //p' "$manual" >"$SCRATCH/diagnostics"
(($(wc -l <"$SCRATCH/diagnostics") > 10)) || fail "no diagnostics were found"
# Numbers, N and ... stand for what is filled in, as does a plural's letter.
sed -E 's/\b[0-9]+(\/s)?\b|\bN\b|\.\.\.|[,;:] | for /\n/g' "$SCRATCH/diagnostics" | sed -E 's/^ +//; s/ +$//' | grep -E '.{9}' | while IFS= read -r words; do
	grep -qE -- "$(sed -E 's/[][().*]/\\&/g; s/s( |$)/(s|%)\1/g; s/ies( |$)/(ies|%)\1/g' <<<"$words")" "$SCRATCH/said" || echo "$words"
done >"$SCRATCH/unsaid"
assert_equal "what it does not say" "" "$(cat "$SCRATCH/unsaid")"

# The names of extensions' options, and nftrace's own.
subtest "no name of nftrace's hides an extension's option"
folder=$(pkg-config --variable=xtlibdir xtables)
for family in 4 6; do
	"$UNIT/names_tool" $family "${folder:-/usr/lib/xtables}" || fail "names_tool ends with $?"
done >"$SCRATCH/of-both"
sort -u "$SCRATCH/of-both" >"$SCRATCH/extensions"
names=$(cut -d ' ' -f 1 "$SCRATCH/extensions" | sort -u | wc -l)
note "$names names of $(cut -d ' ' -f 2 "$SCRATCH/extensions" | sort -u | wc -l) extensions"
((names >= 300)) || fail "only $names names were found"
sed -nE 's/.*--([a-z0-9-]+).*/\1/p' "$SCRATCH/from-help" | sort -u >"$SCRATCH/own"
assert_equal "names of both" "" "$(join "$SCRATCH/own" "$SCRATCH/extensions")"

subtest "the README fits 80 columns as it is"
assert_equal "lines above 80 columns" "" "$(grep -nE '^.{81}' "$TREE/README.rst")"

subtest "the README names what is there"
for file in $(grep -oE '``(src|rules|tests|man)/[A-Za-z0-9_./-]+``' "$TREE/README.rst" | tr -d '`'); do
	[[ -e $TREE/$file ]] || fail "there is no $file"
done
for target in $(grep -oE '(``|&& )make [a-z]+' "$TREE/README.rst" |
	awk '{ print $NF }' | sort -u); do
	make -C "$TREE" -n "$target" >/dev/null 2>&1 || fail "there is no make $target"
done

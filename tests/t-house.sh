#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-house: who includes whom: no circles, only lower rooms; x.h declares what x.c exports.
. "$(dirname "$0")/lib.sh"

# files ROOT: every .c and .h of the program
files() { (cd "$1" && find src rules -name '*.[ch]' | LC_ALL=C sort); }

# includes ROOT: "FILE INCLUDED" by path; "FILE ?NAME" for what is nowhere
includes() {
	(cd "$1" && awk '
		FNR == NR { known[$1]; next }
		/^#include "/ {
			split($0, part, "\"")
			n = split("src/||", place, "|")
			found = "?" part[2]
			for (i = n; i > 0; i--)
				if (place[i] part[2] in known)
					found = place[i] part[2]
			print FILENAME, found
		}' <(files .) $(files .))
}

# A .c and its .h are one.  circles: of includes on stdin, the modules of each
circles() {
	sed 's/\.[ch]\b//g' | awk '$1 != $2' | tsort 2>&1 >"$SCRATCH/order" |
		sed -n 's/^tsort: \(-: input contains \)*//p'
}

# strangers TABLE: of includes on stdin those that the table does not allow, and files that it has no room for
strangers() {
	sed 's/\.[ch]\b//g' | awk '
		function name(path) { sub(/.*\//, "", path); return path }
		function room(path,   part) {
			if (split(path, part, "/") > 2)
				return part[1] "/" part[2]
			return path in lies ? lies[path] : "none"
		}
		FNR == NR && $1 == "files" {
			sub(/:$/, "", $2)
			top = $2
			sub(/\/.*/, "", top)
			for (i = 3; i <= NF; i++)
				lies[top "/" $i] = $2
		}
		FNR == NR && $1 == "may" {
			sub(/:$/, "", $2)
			for (i = 3; i <= NF; i++)
				may[$2, $i]
		}
		FNR == NR { next }
		{
			from = room($1)
			to = room($2)
			one = name($2)
			if (from == "none" || to == "none")
				print $1, "includes", $2 ": no room"
			else if (from != to && !((from, to) in may) &&
				 !((from, to ":" one) in may))
				print $1, "(" from ") includes", $2, "(" to ")"
		}' "$1" -
}

# mutual TABLE: rooms that may include one another, over whatever others
mutual() {
	awk '$1 == "may" {
			sub(/:$/, "", $2)
			for (i = 3; i <= NF; i++) {
				sub(/:.*/, "", $i)
				print $2, $i
			}
		}' "$1" | tsort 2>&1 >"$SCRATCH/order" | sed -n 's/^tsort: \(-: input contains \)*//p'
}

# exports ROOT OBJECTS: "FILE FUNCTION" of what each .c gives to others; nm takes ten times as long
exports() {
	files "$1" | sed -n 's/c$/o/p' | (cd "$2" && xargs readelf -sW 2>&1) | awk '
		/^readelf:/ { print "nothing", $0 }
		/^File: / { file = $2; sub(/\.o$/, "", file) }
		$4 == "FUNC" && $5 == "GLOBAL" && $7 != "UND" && $8 !~ /^_/ && $8 != "main" { print file, $8 }'
}

# undeclared ROOT: of those on stdin that the header of that name does not have
undeclared() {
	(cd "$1" && awk '
		FILENAME == "-" {
			if (!(($1, $2) in has))
				print $1 ".c exports", $2
			next
		}
		FNR == 1 {
			inside = 0
			module = FILENAME
			sub(/\.h$/, "", module)
		}
		{
			text = $0
			gsub(/\/\*([^*]|\*[^\/])*\*\//, " ", text)
			if (inside && sub(/.*\*\//, "", text))
				inside = 0
			else if (inside)
				next
			if (sub(/\/\*.*/, "", text))
				inside = 1
			n = split(text, word, /[^A-Za-z0-9_]+/)
			for (i = 1; i <= n; i++)
				has[module, word[i]]
		}' $(files . | grep '\.h$') -)
}

# untold ROOT: of those on stdin that no paragraph with a comment declares
untold() {
	(cd "$1" && awk '
		FILENAME == "-" {
			n = split($0, word, /[ \n]/)
			for (i = 1; i < n; i += 2)
				if (!((word[i], word[i + 1]) in told))
					print word[i] ".h does not say what is", word[i + 1]
			next
		}
		/\/\*/ {
			module = FILENAME
			sub(/\.h$/, "", module)
			n = split($0, word, /[^A-Za-z0-9_]+/)
			for (i = 1; i <= n; i++)
				told[module, word[i]]
		}' RS= $(files . | grep '\.h$') -)
}

# named ROOT TEXT...: files of the house that a text speaks of and that are not there, each with the text
named() {
	local text name
	grep -HoE '``((src|rules)/)?[a-z]+/[a-z_]+\.[ch]``' "${@:2}" >"$SCRATCH/names"
	while IFS=: read -r text name; do
		name=${name//'`'/}
		[[ -e $1/$name || -e $1/src/$name ]] || echo "${text#"$1/"}: $name"
	done <"$SCRATCH/names"
}

table=$TESTS/house.txt

subtest "every include names a file"
includes "$TREE" >"$SCRATCH/includes"
(($(wc -l <"$SCRATCH/includes") >= 800)) || fail "$(wc -l <"$SCRATCH/includes") were found"
assert_equal "of nothing" "" "$(awk '$2 ~ /^\?/' "$SCRATCH/includes")"

subtest "no two modules include one another"
assert_equal "circles" "" "$(circles <"$SCRATCH/includes")"

subtest "rooms include lower rooms only"
assert_equal "rooms that may include one another" "" "$(mutual "$table")"
assert_equal "includes that house.txt does not allow" "" "$(strangers "$table" <"$SCRATCH/includes")"

subtest "what x.c exports is declared in x.h"
exports "$TREE" "$BUILD" >"$SCRATCH/exports"
(($(wc -l <"$SCRATCH/exports") >= 500)) || fail "$(wc -l <"$SCRATCH/exports") were found"
assert_equal "declared elsewhere" "" "$(undeclared "$TREE" <"$SCRATCH/exports")"

subtest "and x.h says what it does, and whose is what it gives"
assert_equal "without a word" "" "$(untold "$TREE" <"$SCRATCH/exports")"

subtest "test points are in .c files, where the build looks for them"
assert_equal "headers that hand them on" "" \
	"$(awk '$2 == "rules/base/testpoint.h" && $1 ~ /\.h$/' "$SCRATCH/includes")"
assert_equal "headers that differ with them" rules/base/testpoint.h \
	"$(cd "$TREE" && grep -l TEST_POINTS $(files . | grep '\.h$'))"

subtest "each room can be compiled as one file, as make does"
make -s -C "$TREE" --no-print-directory BUILD="$BUILD" SANITIZE= CI=1 rooms >"$SCRATCH/make" 2>&1 ||
	{ fail "make rooms ends with $?"; show make "$SCRATCH/make"; }
assert_equal "files that were read" "$(files "$TREE" | grep -c '/.*/.*\.c$')" \
	"$(cat "$BUILD"/fast/{src,rules}/*.c | grep -c '^#include "')"

subtest "unit tests ask for a range by its sign, as cmocka 2 wants it"
assert_equal "of no sign" "" \
	"$(grep -nE '(^|[^_a-z])(assert|expect)_(not_)?in_(range|set)\(' "$TREE"/tests/unit/*.c)"

subtest "each room has its README, and texts speak of files that are there"
for room in $(sed -n 's/^may \([a-z]*\/[a-z]*\):.*/\1/p' "$table" | sort -u); do
	[[ -s $TREE/$room/README.rst ]] || fail "$room has no README.rst"
done
[[ $(grep -c '``[a-z]*/[a-z_]*\.[ch]``' "$TREE/src/ARCHITECTURE.rst") -ge 20 ]] ||
	fail "ARCHITECTURE.rst speaks of hardly a file: this shows nothing"
assert_equal "files that are not there" "" \
	"$(named "$TREE" "$TREE"/src/*.rst "$TREE"/src/*/*.rst "$TREE"/rules/*/README.rst)"

# faulty FILE...: what docutils finds in texts
faulty() {
	python3 - "$@" 2>&1 <<-'END'
		import sys
		from docutils.core import publish_doctree
		for file in sys.argv[1:]:
		    with open(file, encoding='utf-8') as text:
		        publish_doctree(text.read(), source_path=file, settings_overrides={'report_level': 2})
	END
}
subtest "every text is reStructuredText, without a fault"
if python3 -c 'import docutils' 2>/dev/null; then
	printf '%s\n' 'A table:' '' '=== ===' '``a`` b' '=== ===' >"$SCRATCH/text.rst"
	[[ $(faulty "$SCRATCH/text.rst") = *text.rst:*"Malformed table"* ]] || fail "a table that is none is not found"
	assert_equal "faults" "" \
		"$(faulty "$TREE"/README.rst "$TREE"/{src,rules,tests}/*.rst "$TREE"/{src,rules,tests}/*/*.rst)"
else
	skip "no docutils"
fi

# A house with one fault of each kind, and files without a room.
fault=$SCRATCH/fault
mkdir -p "$fault"/src/low "$fault"/src/high "$fault"/rules
echo '#include "high/top.h"' >"$fault/src/low/ground.c"
echo '#include "low/ground.h"' >"$fault/src/high/top.h"
printf '/* int elsewhere(void); */\nint here(void);\n\nint quiet(void);\n' >"$fault/src/low/ground.h"
echo '#include "nowhere.h"' >"$fault/rules/flat.c"
echo 'int flat;' >"$fault/rules/flat.h"
echo '#include "rules/flat.h"' >"$fault/rules/lost.c"
printf '%s\n' 'may src/high: src/low' 'may src/low: src/high:other' 'files rules/x: flat' \
	>"$fault/table"

subtest "the checks find what is wrong"
assert_equal "an include of nothing" "rules/flat.c ?nowhere.h" \
	"$(includes "$fault" | grep -F '?')"
rm "$fault/rules/flat.c"
assert_equal "a circle" "a loop: src/high/top src/low/ground" "$(includes "$fault" | circles | paste -sd ' ')"
assert_equal "rooms in a circle" "a loop: src/high src/low" "$(mutual "$fault/table" | paste -sd ' ')"
assert_equal "what the table does not allow" "rules/lost includes rules/flat: no room
src/low/ground (src/low) includes src/high/top (src/high)" "$(includes "$fault" | strangers "$fault/table")"
assert_equal "an export of another header's" "src/low/ground.c exports elsewhere" \
	"$(printf 'src/low/ground %s\n' here elsewhere | undeclared "$fault")"
assert_equal "an export without a word" "src/low/ground.h does not say what is quiet" \
	"$(printf 'src/low/ground %s\n' here quiet | untold "$fault")"
echo '``low/ground.h``, ``rules/gone.c``' >"$fault/text"
assert_equal "a text about a file that is gone" "text: rules/gone.c" "$(named "$fault" "$fault/text")"

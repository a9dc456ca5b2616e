#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-every-form: files that are kept here, those made to break --read among them, in every form: no finding of valgrind's or a sanitizer's.
# TIMEOUT: 1800
# SOAK: each file by itself, in each form with --masked and without; takes ten minutes, less with
# PART=I/N: of these files each Nth one, from the Ith on.
. "$(dirname "$0")/lib.sh"
. "$TESTS/each.sh"

ns_new lo	# nothing of it is used
corpus=$TESTS/fuzz/corpus

# All of a kind behind each other: a reader takes them as one.
cat "$TESTS"/data/*.pcapng "$corpus"/pcap_read/* >"$SCRATCH/all.pcapng"
cat "$TESTS"/read/*.log "$corpus"/trace_text/* >"$SCRATCH/all.log"
cat "$TESTS"/read/*.txt >"$SCRATCH/all.txt"
whole=("$SCRATCH"/all.pcapng "$SCRATCH"/all.log "$SCRATCH"/all.txt)
single=("$TESTS"/data/*.pcapng "$TESTS"/read/*.log "$TESTS"/read/*.txt "$corpus"/pcap_read/* "$corpus"/trace_text/*)

FORMS=("" --full --fold -q -v --explain --flat "--flat -v" --json "--json --flat" --markdown
	"--markdown --full" "--color always --fold" "--color always --full" "--snaplen 64 --json")

# files N: the words for what run N prints besides, in three files
files() { files=(--pcap "$SCRATCH/out.$1.pcapng" --graph "$SCRATCH/out.$1.dot" --report "$SCRATCH/out.$1.html"); }

# has_form FILE FORM: a recording has a packet's headers once
has_form() {
	local magic
	[[ $2 = *--flat* && "$2 " = *@(-v|--json)\ * ]] || return 0
	IFS= read -rN 4 magic <"$1"
	[[ $magic != $'\n\r\r\n' ]]
}

# rules_of FILE: in rules, the words that name its rules
rules_of() {
	rules=
	case $1 in
	*.txt) [[ ! -e ${1%.txt}.rules ]] || rules="--rules ${1%.txt}.rules" ;;
	*.log | */trace_text/*) rules="--rules $TESTS/read/router.save" ;;
	esac
}

# in_form FILE FORM: each at once into three files besides, when assert_clean runs what was noted
forms=()
in_form() {
	local words files rules
	has_form "$1" "$2" || return 0
	rules_of "$1"
	read -ra words <<<"$2 $rules"
	files $((TO_RUN + 1))
	to_run "$NFTRACE" --read "$1" "${words[@]}" "${files[@]}"
	forms+=("$2 of ${1##*/}")
}

# judge WHAT [N]: of the run behind which STATUS, OUT and ERR are, and of its files N
text=() colour=() json=()
judge() {
	[[ $STATUS = [035] || $1 = --diff* && $STATUS = 1 ]] || fail "exit status $STATUS: $1"
	assert_no_grep 'AddressSanitizer|runtime error|reader (ended|is)' "$ERR"
	text+=("$ERR")
	case $1 in
	*always*) colour+=("$OUT") ;;
	*) [[ ! -s $OUT ]] || text+=("$OUT") ;;
	esac
	[[ $1 != *--json* ]] || json+=("$OUT")
	[[ $1 = --diff* ]] || text+=("$SCRATCH/out.$2.html")
}
# assert_clean: of all that were judged nobody found anything, and nothing drives a terminal
assert_clean() {
	assert_harmless "${text[@]}"
	((${#colour[@]} == 0)) || ! grep -naHP '[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]' "${colour[@]}" >"$SCRATCH/bad" ||
		fail "a control character: $(head -n 1 "$SCRATCH/bad" | cat -v)"
	((${#json[@]} == 0)) || jq . "${json[@]}" >/dev/null || fail "no JSON, among ${json[*]}"
	text=() colour=() json=()
	rm -f "$SCRATCH"/out.*
}

# assert_all_clean: runs what was noted
assert_all_clean() {
	local i
	((${#forms[@]})) || return 0
	run_each lo
	for i in "${!forms[@]}"; do
		ran "$i"
		judge "${forms[i]}" "$i"
	done
	forms=()
	assert_clean
}

for file in "${whole[@]}"; do
	subtest "${file##*/} in every form"
	masked=
	for form in "${FORMS[@]}"; do
		in_form "$file" "$form$masked"
		[[ $masked ]] && masked='' || masked=' --masked'
	done
	assert_all_clean
	assert_grep '[1-9][0-9]* packets traced' "$ERR"
done

subtest "--diff in every form"
for form in "" -q --json; do
	for masked in "" --masked; do
		# shellcheck disable=SC2086 # words
		to_run "$NFTRACE" --diff "$SCRATCH/all.pcapng" "$TESTS/data/earlier-legacy.pcapng" $form $masked
		forms+=("--diff $form $masked")
	done
done
assert_all_clean

# looked_at COMMAND...: STATUS; what valgrind has to say is in $SCRATCH/found
looked_at() {
	rm -f "$SCRATCH"/vg.*
	OUT=$SCRATCH/out ERR=$SCRATCH/err
	valgrind -q --vgdb=no --trace-children=yes --read-inline-info=no --suppressions="$TESTS/valgrind.supp" \
		--log-file="$SCRATCH/vg.%p" "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	[[ -e $(echo "$SCRATCH"/vg.* | cut -d' ' -f1) ]] || fail "valgrind wrote nothing"
	# Lines with dashes are its own: system calls that it does not know.
	grep -hv '^--' "$SCRATCH"/vg.* >"$SCRATCH/found" || return 0
	fail "valgrind has findings: $*"
	show valgrind "$SCRATCH/found" 40
}
[[ -z ${SANITIZE-} ]] && command -v valgrind >/dev/null || { skip "no valgrind, or not with sanitizers"; exit; }

for kind in pcap_read ${SOAK:+trace_text}; do
	subtest "valgrind: what fuzzing began with ($kind), in every form"
	looked_at "$BUILD/tests/fuzz/fuzz_$kind" "$corpus/$kind"
	assert_status 0
done

[[ ${SOAK-} ]] || exit 0

# in_part: is it the turn of PART's?
files_met=0
in_part() {
	local part=${PART:-1/1}
	((++files_met % ${part#*/} == ${part%/*} % ${part#*/}))
}

for file in "${single[@]}"; do
	in_part || continue
	subtest "${file##*/} of ${file%/*} in every form"
	for form in "${FORMS[@]}"; do
		in_form "$file" "$form"
		in_form "$file" "$form --masked"
	done
	assert_all_clean
done

NFTRACE=$BUILD/wide/nftrace
for file in "${whole[@]}" "$corpus"/pcap_read/*-*; do
	in_part || continue
	subtest "valgrind: ${file##*/} in every form"
	for form in "${FORMS[@]}"; do
		has_form "$file" "$form" || continue
		rules_of "$file"
		for masked in "" --masked; do
			read -ra words <<<"$form $rules $masked"
			files 0
			looked_at "$NFTRACE" --read "$file" "${words[@]}" "${files[@]}"
			judge "$form $masked of ${file##*/}" 0
			assert_clean
		done
	done
done

subtest "valgrind: --diff in every form"
for form in "" -q --json; do
	# shellcheck disable=SC2086 # words
	looked_at "$NFTRACE" --diff "$SCRATCH/all.pcapng" "$TESTS/data/earlier-legacy.pcapng" $form --masked
	judge "--diff $form"
	assert_clean
done

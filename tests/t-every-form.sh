#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-every-form: files that are kept here, those made to break --read among them, in every form: no finding of valgrind's or a sanitizer's.
# TIMEOUT: 1800
# SOAK: each file by itself, in each form with --masked and without; takes ten minutes, less with
# PART=I/N: of these files each Nth one, from the Ith on.
. "$(dirname "$0")/lib.sh"

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
files=(--pcap "$SCRATCH/out.pcapng" --graph "$SCRATCH/out.dot" --report "$SCRATCH/out.html")

# has_form FILE FORM: a recording has a packet's headers once
has_form() {
	[[ $2 != *--flat* || "$2 " != *@(-v|--json)\ * || $(head -c 4 "$1" | xxd -p) != 0a0d0d0a ]]
}

# rules_of FILE: the words that name its rules
rules_of() {
	case $1 in
	*.txt) [[ ! -e ${1%.txt}.rules ]] || echo "--rules ${1%.txt}.rules" ;;
	*.log | */trace_text/*) echo "--rules $TESTS/read/router.save" ;;
	esac
}

# assert_clean WHAT: nobody found anything, and nothing drives a terminal
assert_clean() {
	[[ $STATUS = [035] || $1 = --diff* && $STATUS = 1 ]] || fail "exit status $STATUS: $1"
	assert_no_grep 'AddressSanitizer|runtime error|reader (ended|is)' "$ERR"
	assert_harmless "$ERR"
	case $1 in
	*always*) ! tr -d '\033' <"$OUT" | grep -qaP '[\x00-\x08\x0b-\x1f\x7f]' || fail "a control character: $1" ;;
	*) [[ ! -s $OUT ]] || assert_harmless "$OUT" ;;
	esac
	[[ $1 != *--json* ]] || jq . "$OUT" >/dev/null || fail "no JSON: $1"
}

# in_form FILE FORM: each at once into three files besides
in_form() {
	local words
	has_form "$1" "$2" || return 0
	read -ra words <<<"$2 $(rules_of "$1")"
	run_nftrace lo --read "$1" "${words[@]}" "${files[@]}"
	assert_clean "$2 of ${1##*/}"
	assert_harmless "$SCRATCH/out.html"
}

for file in "${whole[@]}"; do
	subtest "${file##*/} in every form"
	masked=
	for form in "${FORMS[@]}"; do
		in_form "$file" "$form$masked"
		[[ $masked ]] && masked='' || masked=' --masked'
	done
	assert_grep '[1-9][0-9]* packets traced' "$ERR"
done

subtest "--diff in every form"
for form in "" -q --json; do
	for masked in "" --masked; do
		# shellcheck disable=SC2086 # words
		run_nftrace lo --diff "$SCRATCH/all.pcapng" "$TESTS/data/earlier-legacy.pcapng" $form $masked
		assert_clean "--diff $form $masked"
	done
done

# looked_at COMMAND...: STATUS; what valgrind has to say is in $SCRATCH/found
looked_at() {
	rm -f "$SCRATCH"/vg.*
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
done

NFTRACE=$BUILD/wide/nftrace
for file in "${whole[@]}" "$corpus"/pcap_read/*-*; do
	in_part || continue
	subtest "valgrind: ${file##*/} in every form"
	for form in "${FORMS[@]}"; do
		has_form "$file" "$form" || continue
		read -ra words <<<"$form $(rules_of "$file")"
		looked_at "$NFTRACE" --read "$file" "${words[@]}" "${files[@]}"
		assert_clean "$form of ${file##*/}"
		looked_at "$NFTRACE" --read "$file" "${words[@]}" --masked "${files[@]}"
		assert_clean "$form --masked of ${file##*/}"
	done
done

subtest "valgrind: --diff in every form"
for form in "" -q --json; do
	# shellcheck disable=SC2086 # words
	looked_at "$NFTRACE" --diff "$SCRATCH/all.pcapng" "$TESTS/data/earlier-legacy.pcapng" $form --masked
	assert_clean "--diff $form"
done

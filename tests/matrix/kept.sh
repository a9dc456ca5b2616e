# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kept.sh: what tests said stays: the next run begins with what was not come to, or failed
#
# Set before it is included: folder, with a file "name" that says which system this is;
# program: the nftrace of it. A test is named as tests/run names it: t-NAME, NAME_test, fuzz_NAME.

# key_of TEST: what its result is of
key_of() {
	cat "$folder/name" "$program" tests/{lib,lab}.sh tests/{,unit/,fuzz/}"$1".{sh,c} 2>/dev/null | sha1sum
}

# Of what it was when the run began: meanwhile the tree may be another.
is_kept() { [[ $(head -n 1 "$folder/kept/$1" 2>/dev/null) = "$(<"$folder/keys/$1")" ]]; }

# keep <LOG: what tests/run said of each test that came to its end
keep() {
	local said
	mkdir -p "$folder/kept" "$folder/said" && rm -f "$folder"/said/* || return
	# Behind a test's lines there are others, unless it was just being written.
	tr -d '\r' | awk -v dir="$folder/said" '
		/^      \| / { text = text $0 "\n"; next }
		name != "" { printf "%s", text >dir "/" name; close(dir "/" name); name = "" }
		/^(ok|FAIL|skip) +[^ ]+ +[0-9]+ +[0-9.]+ s / { name = $2; text = $0 "\n" }'
	for said in "$folder"/said/*; do
		[[ -e $said ]] || continue
		cat "$folder/keys/${said##*/}" "$said" >"$folder/kept/${said##*/}"
	done
}

# what_is_left TEST...: those that are not known yet, or failed
what_is_left() {
	local name
	rm -rf "$folder/keys" && mkdir -p "$folder/keys" || return
	for name; do
		key_of "$name" >"$folder/keys/$name"
		! is_kept "$name" || grep -q '^FAIL' "$folder/kept/$name" || continue
		echo "$name"
	done
}

# sum_up WHY TEST...: what each test said, and its sum; what was not come to is skipped, that
# is WHY
sum_up() {
	local why=$1 name
	shift
	for name; do
		! is_kept "$name" || tail -n +2 "$folder/kept/$name"
	done | awk -v why="$why" -v wanted="$*" '
		/^ +\| (ok |\[       OK \])/ { ok++ }
		/^ +\| (not ok |\[  FAILED  \] [^ ]+$)/ { bad++; silent = 0 }
		/^ +\| (skip |\[  SKIPPED \] [^ ]+$)/ && !($0 in seen) { skipped++; seen[$0] }
		/^(ok|FAIL|skip) +[^ ]+ +[0-9]/ {
			end_silent(); done[$2]; silent = $1 == "FAIL"; split("", seen)
		}
		{ print }
		function end_silent() {
			if (silent) { print "      | not ok it did not come to its end"; bad++ }
			silent = 0
		}
		END {
			end_silent()
			n = split(wanted, test, " ")
			for (i = 1; i <= n; i++)
				if (!(test[i] in done)) {
					printf "skip  %s 0 0.0 s 0.0 s CPU\n      | skip all of it: %s\n",
						test[i], why
					skipped++; left++
				}
			printf "%d passed, %d failed, %d skipped\n", ok, bad, skipped
			exit left > 0
		}'
}

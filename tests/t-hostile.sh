#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-hostile: a reader that was taken over decides nothing but what it prints itself.
# TIMEOUT: 360
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
server lo echo udp 10.9.0.1 7

# Somebody who knows nothing of our lock.
rudely() { XTABLES_LOCKFILE=$SCRATCH/another.lock in_ns lo "$@"; }

# hostile ACTION...: the reader does it
hostile() {
	"$TOOLS/hostile" "$reader" "$@" >"$SCRATCH/hostile" 2>&1 ||
		fail "hostile $*: $(<"$SCRATCH/hostile")"
}

begin() {
	start_nftrace lo -t 60 -p udp --dport 7 "$@"
	into reader reading_child
	[[ -n $reader ]] || fail "no reader"
	talk lo udp 10.9.0.1 7
}

"$TOOLS/hostile" 0 stop >/dev/null 2>&1
[[ $? != 77 ]] || skip_all "only for x86-64"

for bytes in zeros ones minimum random; do
	subtest "all that it shares is $bytes: what others change is noticed"
	begin
	hostile $bytes
	rudely iptables-legacy -t filter -A OUTPUT -s 10.7.7.7 -j DROP
	assert_within 10 "the change is noticed" has_line 'table filter of iptables was changed' "$ERR"
	hostile $bytes
	stop_nftrace INT
	# Incomplete, or, if it says so, its output failed.
	[[ $STATUS = [15] ]] || fail "exit status $STATUS"
	assert_grep '; tables changed by others; ' "$ERR"
	rudely iptables-legacy -t filter -D OUTPUT -s 10.7.7.7 -j DROP
	assert_restored_but_counters lo "$before"

	subtest "all that it shares is $bytes: what nobody changed is as before"
	begin
	hostile $bytes words
	talk lo udp 10.9.0.1 7
	hostile $bytes
	ANY_TRACES=1 stop_nftrace INT
	[[ $STATUS = [0135] ]] || fail "exit status $STATUS"
	assert_grep '; all removed$' "$ERR"
	assert_restored_but_counters lo "$before"

	subtest "all that it shares is $bytes when it ends"
	begin
	hostile $bytes exit
	end_nftrace
	assert_status 1
	assert_grep 'the reader (ended too soon|needs more memory)' "$ERR"
	assert_grep '; all removed$' "$ERR"
	assert_no_grep 'Unknown error|Success|AddressSanitizer|runtime error' "$ERR"
	LC_ALL=C assert_no_grep $'[\x01-\x08\x0b-\x1f\x7f]' "$ERR"
	assert_restored_but_counters lo "$before"
done

subtest "packets that it does not tell of are missed by the books"
begin
assert_within 10 "the packet is told" has_line '^=> ' "$OUT"
hostile zeros
ANY_TRACES=1 stop_nftrace INT
assert_status 5
assert_grep 'warning: the packets told account for 2 matches fewer than the TRACE rules counted \(2\)' "$ERR"
assert_restored_but_counters lo "$before"

subtest "it gives up NFLOG group 0: said at once"
begin
hostile deaf
assert_within 10 "it is said" has_line 'warning: the reader has NFLOG group 0 no more: events' "$ERR"
stop_nftrace INT
assert_status 5
assert_grep 'warning: NFLOG group 0 was lost during the trace' "$ERR"
assert_restored_but_counters lo "$before"

subtest "what it is told, rules and drop records it cannot write, nor make writable"
begin
# Each kind of shared memory that ARCHITECTURE names; drop records where the kernel has them.
hostile view
assert_grep '^mapped r--s /memfd:nftrace-bulletin' "$SCRATCH/hostile"
assert_grep '^mapped r--s /memfd:nftrace-result' "$SCRATCH/hostile"
if grep -q 'anon_inode:bpf-map' "/proc/$reader/maps"; then
	assert_grep '^mapped r--s anon_inode:bpf-map' "$SCRATCH/hostile"
fi
grep '^mapped' "$SCRATCH/hostile" >"$SCRATCH/mapped"
assert_equal "refused writes" "$(wc -l <"$SCRATCH/mapped")" \
	"$(grep -Ec '^write E(IO|FAULT)$' "$SCRATCH/hostile")"
assert_equal "refused changes" "$(wc -l <"$SCRATCH/mapped")" \
	"$(grep -Ec '^mprotect E(ACCES|PERM)$' "$SCRATCH/hostile")"
# Besides these it shares what it may write, and nothing is both.
assert_equal "other mappings" "" \
	"$(awk '$2 ~ /s$/ && $2 !~ /^(r--s|rw-s)$/' "/proc/$reader/maps")"
ls -l "/proc/$reader/fd" >"$SCRATCH/fds"
assert_no_grep 'memfd' "$SCRATCH/fds"

subtest "messages of every kind end nothing"
hostile words long words
talk lo udp 10.9.0.1 7
stop_nftrace INT
assert_status 0
assert_grep '2 packets traced' "$ERR"
assert_grep '; all removed$' "$ERR"
assert_restored_but_counters lo "$before"

subtest "a text behind each of them is nobody's"
begin
hostile texts
talk lo udp 10.9.0.1 7
stop_nftrace INT
assert_status 0
assert_grep '2 packets traced' "$ERR"
assert_grep '; all removed$' "$ERR"
assert_harmless "$ERR"
assert_restored_but_counters lo "$before"

subtest "what it writes into all that it has open changes no rule, and ends nothing"
begin
hostile spill
talk lo udp 10.9.0.1 7
ANY_TRACES=1 stop_nftrace INT
[[ $STATUS = [05] ]] || fail "exit status $STATUS"
assert_grep '; all removed$' "$ERR"
# With a sanitizer, which reports there, it has standard error open as well.
[[ -n ${SANITIZE-} ]] || assert_harmless "$ERR"
assert_restored_but_counters lo "$before"

for last in count closed; do
	subtest "the word that ends a run ($last) ends it as it should"
	begin
	hostile $last
	ANY_TRACES=1 end_nftrace 20
	assert_status 0
	assert_grep '; all removed$' "$ERR"
	assert_restored_but_counters lo "$before"
done

for bytes in zeros ones random; do
	subtest "--masked: the numbers of its names are $bytes as well"
	begin --masked
	hostile $bytes
	rudely iptables-legacy -t filter -A OUTPUT -s 10.7.7.7 -j DROP
	assert_within 10 "the change is noticed" has_line 'table filter of iptables was changed' "$ERR"
	ANY_TRACES=1 stop_nftrace INT
	[[ $STATUS = [15] ]] || fail "exit status $STATUS"
	assert_grep '; tables changed by others; ' "$ERR"
	assert_harmless "$ERR"
	rudely iptables-legacy -t filter -D OUTPUT -s 10.7.7.7 -j DROP
	assert_restored_but_counters lo "$before"
done

for last in close empty; do
	subtest "its line ends ($last) and it lives on: ended, and said"
	begin
	hostile $last stop
	end_nftrace 20
	assert_status 1
	assert_grep 'the reader .*ending it' "$ERR"
	assert_grep '; all removed$' "$ERR"
	assert_restored_but_counters lo "$before"
done

subtest "the same, and an interrupt ends the run"
begin
hostile close stop
assert_within 10 "the host is as before" is_restored lo "$before"
kill -INT "$NFTRACE_PID"
end_nftrace 20
assert_status 1
assert_restored_but_counters lo "$before"

subtest "it is stopped at the end: ended, and said"
begin
hostile ones stop
kill -INT "$NFTRACE_PID"
end_nftrace 20
assert_status 1
assert_grep 'the reader is stopped: ending it' "$ERR"
assert_grep '; all removed$' "$ERR"
assert_restored_but_counters lo "$before"

# begin_read: a file that does not end
begin_read() {
	launch_nftrace lo --read "$SCRATCH/fifo"
	assert_within 10 "the reader reads" reader_reads
}
reader_reads() {
	into reader child_named nftrace-reader
	[[ -n $reader ]] && grep -q '^Seccomp:.*[12]$' "/proc/$reader/status" &&
		grep -q '^0 ' "/proc/$reader/syscall"
}
mkfifo "$SCRATCH/fifo"
exec {input}<>"$SCRATCH/fifo"

for last in close empty; do
	subtest "--read: its line ends ($last) and it lives on: ended, and said"
	begin_read
	hostile $last stop
	end_nftrace 20
	assert_status 1
	assert_grep 'the reader .*ending it' "$ERR"
done

subtest "--read: it ends with anything in what it shares"
for bytes in ones minimum random; do
	begin_read
	hostile $bytes exit
	end_nftrace 20
	assert_no_grep 'Unknown error|Success|AddressSanitizer|runtime error' "$ERR"
	((STATUS < 6)) || fail "$bytes: exit status $STATUS"
done

subtest "--diff: it ends with anything in what it shares"
for bytes in ones random; do
	launch_nftrace lo --diff "$SCRATCH/fifo" "$TESTS/read/dmesg.log"
	assert_within 10 "the reader reads" reader_reads
	hostile $bytes exit
	end_nftrace 20
	assert_no_grep 'Unknown error|Success|AddressSanitizer|runtime error' "$ERR"
	((STATUS < 6)) || fail "$bytes: exit status $STATUS"
done

# ---- several network namespaces: who merges reads what each reader writes

ns_new other
name() { basename "$(ns_path "$1")"; }
both_armed() {
	local armed
	into armed grep -c '^nftrace: \[.*\] armed' "$ERR"
	[[ $armed = 2 ]]
}
for last in "ones spill" "spill exit"; do
	subtest "--netns twice: one of the readers ($last): both hosts are as before"
	launch_nftrace lo --netns "$(name lo)" --netns "$(name other)" -t 60 -p udp --dport 7
	assert_within 20 "two runs are armed" both_armed
	reader=
	for run in $(pgrep -P "$NFTRACE_PID"); do
		[[ /proc/$run/ns/net -ef $(ns_path lo) ]] && reader=$(pgrep -P "$run" -x nftrace-reader)
	done
	[[ -n $reader ]] || fail "no reader"
	# shellcheck disable=SC2086 # one or two words
	hostile $last
	talk lo udp 10.9.0.1 7
	[[ $last = *exit ]] || kill -INT "$NFTRACE_PID"
	ANY_TRACES=1 end_nftrace 20
	((STATUS < 6)) || fail "exit status $STATUS"
	assert_no_grep 'AddressSanitizer|runtime error' "$ERR"
	assert_equal "runs that removed all" 2 "$(grep -c '; all removed' "$ERR")"
	assert_restored_but_counters lo "$before"
	assert_equal "rules left" "" "$(in_ns other nft list ruleset | grep -i nftrace)"
done

# ---- a helper that reads a stranger's --rules, and was taken over by them

for what in heap chains rules counts ones short; do
	subtest "a helper hands over what is none ($what): refused, and nobody walks it"
	if [[ -n ${SANITIZE-} ]]; then
		skip "a sanitizer has an mmap() of its own"
		continue
	fi
	SCRIBBLES=$what LD_PRELOAD=$BUILD/tests/preload/scribbles.so \
		run_nftrace lo --read "$TESTS/read/dmesg.log" --rules "$TESTS/read/router.save" 2>/dev/null
	assert_status 1
	assert_grep '^nftrace: error: making sense of the rules: ' "$ERR"
	assert_no_grep 'signal|AddressSanitizer|runtime error' "$ERR"
done

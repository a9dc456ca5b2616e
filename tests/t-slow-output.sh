#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-slow-output: who reads too slowly loses output, is told so, and slows nothing else down.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"

mkfifo "$SCRATCH/fifo"
OUT=$SCRATCH/fifo

# trace_unread PACKETS ARGS...: they come while nobody reads stdout, which is read at the end.
# Their output is to be more than the pipe's 64 KiB and the reader's own 4 MiB.
trace_unread() {
	packets=$1
	shift
	sleep 100 <"$SCRATCH/fifo" &
	local idle=$! cat sent
	later $idle
	start_nftrace lo -4 -t 60 --no-drops --rate 0 -p udp --dport 9 "$@"
	# The socket never holds more than 1,000 of them: what is lost is lost by who waits for stdout.
	for ((sent = 0; sent < packets; sent += 1000)); do
		in_ns lo "$TOOLS/flood" 10.9.0.1 9 1000 32 >/dev/null
		assert_read
	done
	kill -INT "$NFTRACE_PID"
	assert_within 10 "the host is as before, and that is said" \
		has_line 'waiting for whoever reads' "$ERR"
	lock_is_free || fail "the lock is held while stdout is slow"
	: >"$SCRATCH/read" # what the last one read would be taken for this one's
	cat "$SCRATCH/fifo" >"$SCRATCH/read" &
	cat=$!
	# There must be one reader at any time.
	assert_within 5 "another one reads" test -s "$SCRATCH/read"
	kill $idle
	end_nftrace 20
	wait $cat
	left_out=$(sed -n 's/^nftrace: warning: \([0-9]*\) records* left out.*/\1/p' "$ERR")
}

subtest "a pipe that nobody reads: everything is received, some left out"
trace_unread 9000
assert_status 5
assert_text "nftrace: $packets packets traced: $packets DELIVERED" "$ERR"
assert_grep '^nftrace: [0-9]+ events, 0 lost;' "$ERR"
[[ ${left_out:-0} -gt 0 ]] || fail "nothing was left out: the test is too small"

subtest "what is printed is whole, and what is not is counted"
blocks=$(grep -c '^#[0-9]' "$SCRATCH/read")
assert_equal "blocks printed and left out" "$packets" "$((blocks + left_out))"
assert_equal "fates" "$blocks" "$(grep -c '^=> DELIVERED' "$SCRATCH/read")"
assert_equal "the last number" "$blocks" "$(sed -n 's/^#\([0-9]*\) .*/\1/p' "$SCRATCH/read" | tail -n 1)"

subtest "--flat leaves lines out, no parts of lines"
trace_unread 15000 --flat
assert_status 5
events=$(sed -n 's/^nftrace: \([0-9]*\) events, 0 lost;.*/\1/p' "$ERR")
assert_equal "lines printed and left out" "${events:-none}" "$(($(wc -l <"$SCRATCH/read") + left_out))"
assert_equal "lines of another form" 0 "$(grep -Evc '^TRACE: [a-z]+:[^:]+:[a-z]+:[0-9]+(  ".*")?$' "$SCRATCH/read")"

subtest "a pipe with a name takes as much at once as one without"
printf ':PREROUTING ACCEPT\nCOMMIT\n' | sed '1i *raw' >"$SCRATCH/rules"
for ((i = 1; i <= 2000; i++)); do
	echo "TRACE: raw:PREROUTING:policy:1 IN=lo OUT= SRC=10.9.0.1 DST=10.9.0.1" \
		"LEN=28 TOS=0x00 PREC=0x00 TTL=64 ID=$i PROTO=UDP SPT=7 DPT=9 LEN=8"
done >"$SCRATCH/log"
# largest_write TO...: of the lines that the run printed
largest_write() {
	strace -ff -qq -P "$1" -e trace=write,pwritev2 -o "$SCRATCH/calls" "$NFTRACE" --read "$SCRATCH/log" \
		--rules "$SCRATCH/rules" >"$1" 2>"$ERR"
	sed -n 's/.*write.* = \([0-9]*\)$/\1/p' "$SCRATCH"/calls.* | sort -n | tail -n 1
}
cat "$SCRATCH/fifo" >"$SCRATCH/read" &
reader=$!
largest=$(largest_write "$SCRATCH/fifo")
wait $reader
assert_equal "packets printed" 2000 "$(grep -c '^#' "$SCRATCH/read")"
((${largest:-0} > 16384)) || fail "at most ${largest:-nothing} bytes at once"

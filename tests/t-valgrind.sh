#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-valgrind: no leak and no bad access in whole runs, in any of the processes.
# TIMEOUT: 180
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

[[ -z ${SANITIZE-} ]] || skip_all "not together with sanitizers"
command -v valgrind >/dev/null || skip_all "no valgrind"
# Valgrind needs what a reader is refused.
NFTRACE=$BUILD/wide/nftrace

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
save_rules lo "$SCRATCH/before"
server lo echo udp 10.9.0.1 7 udp fd00:9::1 7

# wrapped ARGS...: as start_nftrace, under valgrind; a log a process
wrapped() {
	rm -f "$SCRATCH"/vg.*
	: >"$ERR"
	nsenter --net="$(ns_path lo)" -- env --default-signal valgrind -q --vgdb=no --trace-children=yes --trace-children-skip="*-save" \
		--read-inline-info=no \
		--suppressions="$TESTS/valgrind.supp" --leak-check=full --show-leak-kinds=definite,indirect \
		--log-file="$SCRATCH/vg.%p" "$NFTRACE" "$@" >"$OUT" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
}

# assert_silent PROCESSES: valgrind looked at so many at least, and found nothing. What
# libxtables' own error paths leave in a helper that ends at once is no leak of a run.
assert_silent() {
	local logs=("$SCRATCH"/vg.*)
	[[ -e ${logs[0]} ]] && ((${#logs[@]} >= $1)) ||
		{ fail "valgrind wrote ${#logs[@]} logs instead of $1"; return; }
	# Lines with dashes are valgrind's own: system calls that it does not know.
	grep -hv '^--' "$SCRATCH"/vg.* >"$SCRATCH/found"
	[[ ! -s $SCRATCH/found ]] && return 0
	fail "valgrind: $(grep -c 'definitely lost\|Invalid\|uninitialised' "$SCRATCH/found") findings"
	show valgrind "$SCRATCH/found" 80
}

files=(--pcap "$SCRATCH/run.pcapng" --graph "$SCRATCH/run.dot" --report "$SCRATCH/run.html")

subtest "a run that traces, into every kind of file as well"
wrapped -t 60 -c 2 -v "${files[@]}" -p udp --dport 7
wait_armed 60
talk lo udp 10.9.0.1 7 wait 20000
talk lo udp fd00:9::1 7 wait 20000
end_nftrace 30
assert_status 0
assert_silent 5
assert_restored_but_counters lo "$SCRATCH/before"

subtest "a run that is interrupted"
wrapped -t 60 -p udp --dport 9
wait_armed 60
kill -INT "$NFTRACE_PID"
end_nftrace 30
assert_status 3
assert_silent 5

subtest "a log's packet that is longer than --snaplen, in every form"
for form in -v --json; do
	wrapped --read "$TESTS/read/icmp-quotes-options.log" --snaplen 64 $form \
		--pcap "$SCRATCH/read.pcapng" --graph "$SCRATCH/read.dot"
	end_nftrace 30
	assert_status 0
	assert_silent 2
done

subtest "--dry-run"
wrapped --dry-run -p udp --dport 9 -m comment --comment x
end_nftrace 60
assert_status 0
assert_silent 3

subtest "a bad word"
wrapped -p udp --dportt 9
end_nftrace 60
assert_status 2
assert_silent 4

subtest "--read, with rules, as Markdown, masked"
wrapped --markdown --masked --read "$TESTS/read/dmesg.log" --rules "$TESTS/read/router.save"
end_nftrace 60
assert_status 0
assert_silent 4

subtest "a run by an nft table"
ns_del lo
lab_loopback
server lo echo udp 10.9.0.1 7
in_ns lo iptables-nft -A OUTPUT -p udp --dport 7 -j ACCEPT
in_ns lo nft add table inet fw
in_ns lo nft add chain inet fw in '{ type filter hook input priority 0; }'
in_ns lo nft add rule inet fw in udp dport '{ 7, 9 }' counter accept
wrapped -4 -t 60 -c 1 --replies --json --masked "${files[@]}" -p udp --dport 7 -m multiport --dports 7,9
wait_armed 60
talk lo udp 10.9.0.1 7 wait 20000
end_nftrace 30
assert_status 0
assert_silent 5

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-lacks: a kernel that lacks a part of netfilter: --doctor and the run say the same true sentence.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

[[ -z ${SANITIZE-} ]] || skip_all "a sanitizer's runtime has to be preloaded first"
lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
save_rules lo "$SCRATCH/before"
ns_new bare
udp=(-4 -t 1 -p udp --dport 9)

# Some kernels have nf_tables, and no tables for IPv4 (User Mode Linux).
no_tables=
in_ns bare nft 'add table ip t; delete table ip t' 2>/dev/null || no_tables="nft of this kernel has no tables for ipv4"

# lacking PART ARGS...: the run's words are good, so 1, and nothing of it is left
lacking() {
	LACKS=$1 LD_PRELOAD=$BUILD/tests/preload/lacks.so run_nftrace lo "${@:2}"
}
refused() { # PART SENTENCE ARGS...
	lacking "$1" "${@:3}"
	assert_status 1
	assert_text "nftrace: error: $2" "$ERR"
	assert_equal "sentences" 1 "$(grep -c 'error:' "$ERR")"
	assert_restored lo "$SCRATCH/before"
}
# doctor PART STATUS LINE: and nobody says that it is there
doctor() {
	lacking "$1" --doctor
	assert_status "$2"
	assert_text "nftrace: $3" "$ERR"
	assert_restored lo "$SCRATCH/before"
}

subtest "nothing is lacking"
lacking none --doctor
assert_status 0
assert_text "ok: kernel: TRACE, limit, time and comment for ip6tables" "$ERR"

for match in limit comment; do
	subtest "no match $match, which only nftrace asked for"
	says="this kernel has no match '$match' for iptables, and nftrace's own rules need it: try modprobe xt_$match"
	refused $match "$says" "${udp[@]}"
	doctor $match 1 "error: $says"
	assert_no_grep 'ok: kernel: ' "$ERR"
done

subtest "no nfnetlink_log"
says="this kernel has no nfnetlink_log, by which TRACE rules report (rules of nft need none): try modprobe nfnetlink_log"
refused nfnetlink_log "$says" "${udp[@]}"
doctor nfnetlink_log 1 "error: $says"
assert_no_grep 'NFLOG group 0 is free' "$ERR"
LACKS=nfnetlink_log LD_PRELOAD=$BUILD/tests/preload/lacks.so run_nftrace bare "${udp[@]}"
assert_status "$([[ $no_tables ]] && echo 1 || echo 3)"

subtest "no logger of the kernel's own"
says="this kernel has no logger of its own for ipv4, without which it refuses TRACE: try modprobe nf_log_syslog (or nf_log_ipv4)"
refused nf_log_syslog "$says" "${udp[@]}"
doctor nf_log_syslog 1 "error: $says"

subtest "no IPv6 at all: nothing of it is lacking"
LACKS=ipv6 LD_PRELOAD=$BUILD/tests/preload/lacks.so run_nftrace bare --doctor
assert_text "nftrace: ok: kernel: no ipv6" "$ERR"
assert_no_grep 'kernel has no .*(ipv6|ip6tables)' "$ERR"

subtest "no nft_limit"
if [[ $no_tables ]]; then
	skip "$no_tables"
else
	says="this kernel has no part of nft that nftrace's own rules need (nft_limit, nft_compat): try modprobe nft_limit"
	refused nft_limit "$says" --backend nft "${udp[@]}"
	doctor nft_limit 5 "warning: $says: --backend nft cannot trace ipv4"
fi

subtest "no nft_compat: asked for with a match alone"
says="this kernel has no nft_compat, by which nft takes iptables' match 'udp': try modprobe nft_compat, or --backend legacy"
refused nft_compat "$says" --backend nft "${udp[@]}"

subtest "nft without tables for a family: what needs them"
says="nft of this kernel has no tables for ipv4 (CONFIG_NF_TABLES_IPV4)"
refused nft_ipv4 "$says" --backend nft "${udp[@]}"
refused nft_ipv4 "$says" --replies --backend nft "${udp[@]}"

subtest "nft without tables for a family: --doctor"
doctor nft_ipv4 0 "ok: nft: no tables for ipv4 in this kernel; what iptables-legacy has needs none"
assert_text "nftrace: ok: witness chains: none, nft of this kernel has no tables for ipv4" "$ERR"
doctor nft_ipv6 0 "ok: nft: no tables for ipv6 in this kernel; what iptables-legacy has needs none"

subtest "nft without tables for a family: what iptables-legacy has is traced"
lacking nft_ipv4 "${udp[@]}"
assert_status 3
assert_no_grep 'error|warning|has no' "$ERR"
lacking nft_ipv4 --replies "${udp[@]}"
assert_status 3
assert_no_grep 'error|has no' "$ERR"

subtest "nft without tables for a family: a host without rules is as without nft"
ns_new empty
LACKS=nft_ipv4 LD_PRELOAD=$BUILD/tests/preload/lacks.so run_nftrace empty "${udp[@]:1}"
assert_status 1
assert_text "nftrace: error: no firewall rules in this network namespace" "$ERR"
LACKS=nft_ipv4 LD_PRELOAD=$BUILD/tests/preload/lacks.so run_nftrace empty "${udp[@]}"
assert_status 3
assert_text "nftrace: note: this creates the raw table of iptables" "$ERR"

subtest "nft without tables for a family: a bridge has some all the same"
if in_ns lo nft 'table bridge n { chain f { type filter hook forward priority 0; }; }' 2>/dev/null; then
	lacking nft_ipv4 "${udp[@]}"
	assert_status 3
	assert_text "nftrace: note: nft of this kernel has no tables for ipv4: what its rules do with a packet is not shown" "$ERR"
	assert_text "nftrace: note: nft's bridge n:f sees what is bridged" "$ERR"
	in_ns lo nft delete table bridge n
	assert_restored lo "$SCRATCH/before"
else
	skip "no family bridge in this kernel"
fi

subtest "words that the kernel refuses are the user's all the same"
lacking loggers "${udp[@]}" -m rpfilter --chain OUTPUT
assert_status 2
assert_no_grep 'this kernel has no' "$ERR"

subtest "modules that cannot be loaded: why"
refused "nfnetlink_log modprobe" "this kernel has no nfnetlink_log, by which TRACE rules report (rules of nft need none), and did not load it by itself (kernel.modprobe names no program here): try modprobe nfnetlink_log" "${udp[@]}"
refused "nfnetlink_log modules" "this kernel has no nfnetlink_log, by which TRACE rules report (rules of nft need none), and loads no module any more (kernel.modules_disabled is 1)" "${udp[@]}"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-capabilities: what works with which capabilities, and what is said, is what the manual's
# table tells; and each further one buys what the manual says.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

setpriv --reuid 99 --regid 99 --clear-groups true 2>/dev/null || skip_all "no other uid here"
lab_loopback legacy
load legacy "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
lab_loopback nft
in_ns nft nft 'table ip t { chain in { type filter hook input priority 0; udp dport 9 drop; }; }' || fail nft
for ns in legacy nft; do
	server $ns echo-$ns udp 10.9.0.1 7
	save_rules $ns "$SCRATCH/before-$ns"
done
cp "$NFTRACE" /run/program
chmod 755 "$SCRATCH"

# with CAPABILITY...: in BOUND, the words that leave these alone to a command of root's
with() {
	local caps
	bounding "$@"
	BOUND=(setpriv --clear-groups --bounding-set="$caps" --inh-caps=-all)
}
bounding() {
	caps=-all
	[[ $# = 0 ]] || printf -v caps ',+%s' "${@,,}"
	caps=-all${caps#-all}
}
as_user() {
	local caps
	bounding "${@:2}"
	BOUND=(setpriv --reuid "$1" --regid "$1" --clear-groups --bounding-set="$caps" --inh-caps="$caps"
		--ambient-caps="$caps")
}
# Of the OCI runtimes; what NET_ADMIN comes to.
docker=(CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP
	NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE)

# row_bound NAME: the words for a row of the table
row_bound() {
	local words both=()
	read -ra words <<<"${1//[,:+]/ }"
	[[ $1 != *+* ]] || both=(NET_ADMIN NET_RAW)
	case $1 in
	nothing) with ;;
	docker*) with "${docker[@]}" "${words[@]:1}" && BOUND=("$TOOLS/confined" "${BOUND[@]}") ;;
	user\ namespace) BOUND=(unshare --user --map-root-user --net bash -c "$own_net") ;;
	uid*) as_user "${words[1]}" "${both[@]}" "${words[@]:2}" ;;
	*) with "${both[@]}" "${words[@]}" ;;
	esac
}
# A network of the user namespace's own, of the same kind.
own_net='ip link set lo up && ip addr add 10.9.0.1/32 dev lo && if [[ $KIND = legacy ]]
then iptables-legacy -A INPUT -p udp --dport 9 -j DROP
else nft "table ip t { chain in { type filter hook input priority 0; udp dport 9 drop; }; }"
fi || exit 99
exec 9< <(exec "$TALK" serve udp 10.9.0.1 7) && read -r _ <&9; exec "$0" "$@" 9<&-'

# bound KIND ARGS...: nftrace with BOUND, where rules are of this kind
bound() {
	local kind=$1
	shift
	KIND=$kind TALK=$TOOLS/talk "$TOOLS/enter" -d -t $((20 * PATIENCE)) "/run/netns/nft$$-$kind" \
		"${BOUND[@]}" /run/program "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}
sends=(-- "$TOOLS/talk" udp 10.9.0.1 7)
# is_so KIND WORD SAID: a packet is traced as WORD says
is_so() {
	bound "$1" -t 20 -c 1 -p udp --dport 7 "${sends[@]}"
	case $2 in
	refused)
		assert_status 1
		assert_text "$3" "$ERR"
		[[ ! -s $OUT ]] || fail "a packet is traced"
		;;
	likely | certain)
		assert_status 0
		assert_grep '^=> DELIVERED' "$OUT"
		if [[ $2 = likely ]]; then
			assert_text 'DELIVERED, FORWARDED and SENT are only likely' "$ERR"
		else
			assert_no_grep 'only likely' "$ERR"
		fi
		;;
	*) fail "'$2' in the table" ;;
	esac
	assert_restored_but_counters "$1" "$SCRATCH/before-$1"
}

with NET_ADMIN NET_RAW BPF PERFMON
bound legacy --doctor
drops=
! grep -q 'ok: the kernel tells why it drops' "$ERR" || drops=1

rows=0
while IFS= read -r line; do
	[[ $line =~ ^(.*[^ ])\ +(refused|likely|certain)\ +(refused|likely|certain)\ +([0-9])\ +(.*)$ ]] || continue
	read -r name <<<"${BASH_REMATCH[1]}"
	legacy=${BASH_REMATCH[2]} nft=${BASH_REMATCH[3]} status=${BASH_REMATCH[4]} said=${BASH_REMATCH[5]}
	rows=$((rows + 1))
	subtest "$name"
	row_bound "$name"
	if [[ $legacy = certain && -z $drops ]]; then
		skip "this kernel does not tell what it drops"
		continue
	fi
	bound legacy --doctor
	assert_status "$status"
	assert_text "$said" "$ERR"
	is_so legacy "$legacy" "$said"
	is_so nft "$nft" "$said"
done < <(sed -n '/^capabilities  *legacy /,/^\.Ed/p' "$TREE/man/nftrace.8")
subtest "the table has rows"
((rows >= 10)) || fail "$rows rows"

# ---- what each further one buys: without it, and with it

# buys CAPABILITY KIND REGEX ARGS...: with it a run or --doctor says REGEX, without it not
buys() {
	with NET_ADMIN NET_RAW
	bound "$2" "${@:4}"
	assert_no_grep "$3" "$ERR"
	# shellcheck disable=SC2086 # words
	with NET_ADMIN NET_RAW $1
	bound "$2" "${@:4}"
	assert_grep "$3" "$ERR"
}
mapfile -t named < <(sed -n '/^Each further capability buys/,/^\.El/s/^\.It //p' "$TREE/man/nftrace.8")
subtest "each that is named is looked at"
assert_equal "what the manual names" \
	"SETUID, SETGID|BPF, PERFMON|SYSLOG|SYS_ADMIN|SYS_PTRACE|DAC_OVERRIDE" "$(IFS='|'; echo "${named[*]}")"

subtest "SETUID, SETGID: another user for the reader, and --user"
buys "SETUID SETGID" legacy 'the reader gives up every privilege' --doctor
buys "SETUID SETGID" legacy '1 packet traced' -t 20 -c 1 -p udp --dport 7 --user nobody "${sends[@]}"

subtest "BPF, PERFMON: what the kernel drops; SYS_ADMIN as well"
if [[ $drops ]]; then
	buys "BPF PERFMON" legacy 'ok: the kernel tells why it drops' --doctor
	buys SYS_ADMIN legacy 'ok: the kernel tells why it drops' --doctor
else
	skip "this kernel does not tell what it drops"
fi

subtest "SYS_ADMIN: --netns"
buys SYS_ADMIN legacy '0 packets traced' --netns "$(ns_path nft)" -t 100ms -p udp --dport 7

subtest "SYS_PTRACE: the names of processes"
start_nftrace legacy -t 30 -p udp --dport 9
cp "$ERR" "$SCRATCH/first.err"
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
buys SYS_PTRACE legacy "NFLOG group 0 is taken by pid [0-9]+ \(nftrace-reader of pid $NFTRACE_PID" --doctor
OUT=$SCRATCH/out ERR=$SCRATCH/err
stop_nftrace INT

subtest "a reader that is another user is ended without CAP_KILL, if it must be"
with NET_ADMIN NET_RAW SETUID SETGID
printf '#!/bin/sh\nexec %s /run/program "$@"\n' "${BOUND[*]}" >"$SCRATCH/bound"
chmod 755 "$SCRATCH/bound"
NFTRACE=$SCRATCH/bound start_nftrace legacy -t 30 -p udp --dport 9
reader=$(reading_child)
kill -STOP "$reader"
kill -INT "$NFTRACE_PID"
end_nftrace 30
assert_grep 'warning: the reader is stopped: ending it' "$ERR"
assert_no_grep 'cannot be ended' "$ERR"
is_gone "$reader" || fail "it is still there"
assert_restored_but_counters legacy "$SCRATCH/before-legacy"

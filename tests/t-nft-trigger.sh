#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-trigger: where only nft has rules, a table of nftrace's own traces, and is gone with the run, whatever ends it.
# TIMEOUT: 240
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

OLD=$BUILD/tests/preload/old_nft.so

lab_loopback
server lo echo udp 10.9.0.1 7
server lo echo6 udp fd00:9::1 7
load_nft() {
	in_ns lo nft -f - <<-'X'
		table inet fw {
			chain in {
				type filter hook input priority filter; policy accept;
				udp dport 7 accept
			}
			chain out {
				type filter hook output priority filter; policy accept;
				udp dport 9 drop
			}
		}
	X
	in_ns lo iptables-nft -A OUTPUT -p udp --dport 7 -j ACCEPT
}
load_nft
before=$SCRATCH/before
# state FILE: the loggers, and nft's rules without the counters of iptables-nft's; iptables-legacy has none
state() {
	in_ns lo cat /proc/sys/net/netfilter/nf_log/{2,10} >"$1"
	in_ns lo nft list ruleset 2>/dev/null >"$SCRATCH/listing"
	sed -E 's/packets [0-9]+ bytes [0-9]+/packets/' "$SCRATCH/listing" >>"$1"
}
state "$before"
# look: what is there of runs: own, how many tables; own_list, their lines; counted[FAMILY CHAIN], what
# matched in their chains of that name
declare -A counted=()
look() {
	local line lines family= chain=
	in_ns lo nft list ruleset 2>/dev/null >"$SCRATCH/listing"
	mapfile -t lines <"$SCRATCH/listing"
	own=0 own_list=() counted=()
	for line in "${lines[@]}"; do
		[[ ! $line =~ ^table\ ([a-z0-9]+)\ nftrace_ ]] || { family=${BASH_REMATCH[1]}; ((++own)); }
		[[ -n $family ]] || continue
		own_list+=("$line")
		if [[ $line =~ ^[[:space:]]*chain\ ([^ ]+) ]]; then
			chain=${BASH_REMATCH[1]}
		elif [[ $line =~ counter\ packets\ ([0-9]+) ]]; then
			((counted[$family $chain] += BASH_REMATCH[1]))
		fi
		[[ $line != "}" ]] || family=
	done
}
# own_has GLOB: how many of the lines of own tables have that, in has
own_has() {
	local line
	has=0
	for line in "${own_list[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $line != *$1* ]] || ((++has))
	done
	((has > 0))
}
# assert_counted FAMILY CHAIN N: as look has seen it
assert_counted() { assert_equal "what $1 $2 counts" "$3" "${counted[$1 $2]-0}"; }
# assert_own N
assert_own() {
	look
	((own == $1)) || fail "$own tables instead of $1"
}
no_table() {
	local tables
	into tables in_ns lo nft list tables 2>/dev/null
	[[ $tables != *nftrace_* ]]
}
assert_no_legacy() {
	local tables
	into tables in_ns lo cat /proc/net/ip_tables_names /proc/net/ip6_tables_names
	[[ -z $tables ]] || fail "tables of iptables-legacy came into being: $tables"
}
assert_no_legacy
as_before() {
	state "$SCRATCH/now"
	assert_same "the host's state" "$before" "$SCRATCH/now"
	assert_no_legacy
	rm -f "$SCRATCH/now"
}
# all_pids: of the run's processes, in pids
all_pids() {
	local keeper reader
	into keeper child_named nftrace-keeper
	into reader child_named nftrace-reader
	pids=("$NFTRACE_PID" "$keeper" "$reader")
}
# traces_in_raw: how many TRACE rules iptables-legacy has there, in traces
traces_in_raw() {
	local saved
	into saved in_ns lo iptables-legacy-save -t raw
	traces=${saved//-j TRACE/$'\1'} traces=${traces//[^$'\1']/} traces=${#traces}
}
subtest "only nft: no lock, no group, no logger, no table of iptables-legacy"
exec {held}>"$XTABLES_LOCKFILE"
flock $held
background lo group tcpdump -i nflog:0 -w /dev/null
tcpdump=$BG_PID
# In a user namespace tcpdump cannot become another user, and ends.
wait_for 10 has_line 'listening on' "$SCRATCH/group.err" ||
	[[ $(</proc/self/uid_map) != *4294967295* ]] || fail "group 0 is not taken"
# tcpdump registers the logger for itself.
in_ns lo sysctl -qw net.netfilter.nf_log.2=nf_log_ipv4 net.netfilter.nf_log.10=nf_log_ipv6
start_nftrace lo -v -t 60 -w 0 -p udp --dport 7
assert_own 2
own_has 'flags owner' || fail "the tables are nobody's"
talk lo udp 10.9.0.1 7 count 3
talk lo udp fd00:9::1 7 count 2
look
for chain in output prerouting; do
	assert_counted ip $chain 3
	assert_counted ip6 $chain 2
done
assert_no_legacy
assert_no_grep 'acquire the lock' "$ERR"
assert_grep 'nft: 3 rules in 2 tables, 1 of iptables-nft$' "$ERR"
stop_nftrace INT
kill $tcpdump 2>/dev/null
exec {held}>&-
assert_grep '4 rules inserted, 4 removed' "$ERR"
assert_grep 'counted 10 packets' "$ERR"
as_before

subtest "a foreign flush of all rules does not stop it"
start_nftrace lo -t 60 -p udp --dport 7
in_ns lo nft flush ruleset
assert_own 2
table=
for line in "${own_list[@]}"; do [[ ! $line =~ ^table\ ip\ ([^ ]+) ]] || table=${BASH_REMATCH[1]}; done
in_ns lo nft delete table ip "$table" 2>/dev/null && fail "somebody else may delete it"
talk lo udp 10.9.0.1 7
look
assert_counted ip output 1
assert_within 5 "a packet while there is no rule" has_line '^  \(no rule met\)' "$OUT"
load_nft
talk lo udp 10.9.0.1 7
assert_within 5 "rules that are back" has_line '^TRACE: nft inet fw:in:rule:handle [0-9]+  "udp dport 7 accept"' "$OUT"
stop_nftrace TERM
as_before

subtest "kill -9 of all leaves nothing"
start_nftrace lo -t 60 --replies -p udp --dport 7
all_pids
kill -STOP "${pids[@]}"
assert_own 2
kill -KILL "${pids[@]}"
wait "$NFTRACE_PID" 2>/dev/null
assert_within 5 "no table" no_table
as_before

for who in supervisor keeper reader; do
	subtest "kill -9 of the $who"
	start_nftrace lo -t 60 -p udp --dport 7
	pid=$NFTRACE_PID
	[[ $who = supervisor ]] || into pid child_named nftrace-$who
	kill -KILL "$pid"
	assert_within 10 "no table" no_table
	[[ $who = supervisor ]] || end_nftrace 10
	wait "$NFTRACE_PID" 2>/dev/null
	as_before
done

subtest "a stopped supervisor: the keeper ends it in time"
start_nftrace lo -t 1 -p udp --dport 7
kill -STOP "$NFTRACE_PID"
assert_within 10 "no table" no_table
kill -CONT "$NFTRACE_PID"
end_nftrace 10
as_before

# LD_PRELOAD reaches the keeper, which puts the table in.
old() { local saved=$NFTRACE; NFTRACE=$SCRATCH/old; "$@"; local r=$?; NFTRACE=$saved; return $r; }
printf '#!/bin/bash\nexport LD_PRELOAD=%q\nexec %q "$@"\n' "$OLD" "$NFTRACE" >"$SCRATCH/old"
chmod +x "$SCRATCH/old"
if [[ -n ${SANITIZE-} ]]; then
	subtest "a kernel without owners"
	skip "the sanitizers' runtime has to come first in a process"
else
	subtest "a kernel without owners: the keeper removes the table"
	old start_nftrace lo -v -t 60 -p udp --dport 7
	assert_own 2
	! own_has 'flags owner' || fail "it has an owner"
	! own_has left_ || fail "chains whose silence others can bring about"
	talk lo udp 10.9.0.1 7
	stop_nftrace INT
	assert_grep '4 rules inserted, 4 removed' "$ERR"
	as_before

	subtest "a kernel without owners: kill -9 of the keeper"
	old start_nftrace lo -t 60 -p udp --dport 7
	into pid child_named nftrace-keeper
	kill -KILL "$pid"
	end_nftrace 10
	as_before

	subtest "a kernel without owners: kill -9 of all, then --cleanup"
	old start_nftrace lo -t 60 -p udp --dport 7
	all_pids
	kill -STOP "${pids[@]}"
	kill -KILL "${pids[@]}"
	wait "$NFTRACE_PID" 2>/dev/null
	assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
	assert_own 2
	run_nftrace lo --doctor
	assert_grep 'dead run .* in an nft table .*--cleanup' "$ERR"
	assert_own 2
	run_nftrace lo --cleanup
	assert_grep 'dead run .* in an nft table .* removed' "$ERR"
	as_before

	subtest "a kernel without ip_tables: the matches that nft_compat has"
	printf '#!/bin/bash\nexport LD_PRELOAD=%q\nexec %q "$@"\n' \
		"$BUILD/tests/preload/no_ip_tables.so" "$NFTRACE" >"$SCRATCH/no-ip-tables"
	chmod +x "$SCRATCH/no-ip-tables"
	saved=$NFTRACE NFTRACE=$SCRATCH/no-ip-tables
	start_nftrace lo -4 -t 60 -p udp -m multiport --dports 7,9 -m conntrack --ctstate NEW,ESTABLISHED \
		-m addrtype --dst-type LOCAL -m comment --comment "x y"
	talk lo udp 10.9.0.1 7
	look
	assert_counted ip output_late 1
	own_has 'ct state' || own_has 'xt match' || note "${own_list[@]}"
	stop_nftrace INT
	as_before
	run_nftrace lo -4 -t 1 -m nosuchmatch
	assert_status 2
	NFTRACE=$saved

	subtest "a kernel without owners: a living run's table is left alone"
	old start_nftrace lo -t 60 -p udp --dport 7
	run_nftrace lo --cleanup
	assert_own 2
	stop_nftrace INT
	as_before
fi

subtest "what needs conntrack is asked behind it"
start_nftrace lo -4 -t 60 -p udp --dport 7 -m conntrack --ctstate NEW
assert_grep "'--ctstate NEW' needs conntrack: packets are traced from behind it" "$ERR"
talk lo udp 10.9.0.1 7 from 4000 count 3
look
assert_counted ip output_late 1
stop_nftrace INT
as_before

subtest "chains that see a packet before the trace begins are named"
in_ns lo nft -f - <<-'X'
	table ip early {
		chain first { type filter hook output priority -302; policy accept; }
		chain second { type filter hook output priority -301; policy accept; }
		chain input { type filter hook input priority -350; policy accept; }
	}
X
start_nftrace lo -4 -t 60 -p udp --dport 7
stop_nftrace INT
assert_grep 'note: nft ip early:first \(priority -302\) runs before the trace begins: what it does is not shown$' "$ERR"
assert_no_grep 'early:(second|input)' "$ERR"
in_ns lo nft delete table ip early
as_before

subtest "a match that cannot be used in one chain, in any"
start_nftrace lo -4 -t 60 -m owner --uid-owner 0 -p udp
look
own_has 'nftrace set 1'
((has == 1)) || fail "$has rules instead of one"
stop_nftrace INT
as_before
run_nftrace lo -4 -t 1 -m realm --realm 1
[[ $STATUS = 2 ]] || [[ $STATUS = 3 ]] || fail "status $STATUS"
as_before

subtest "--dry-run: in words, and nothing changes"
run_nftrace lo --dry-run --replies -p udp --dport 7 -l 20/s
assert_status 0
assert_text 'nft: ip prerouting priority -301: -p udp -m udp --dport 7 meta nfproto @deadline limit rate 20/second burst 50 packets counter meta nftrace set 1' "$OUT"
assert_text 'nft: ip6 output priority -301: -p udp -m udp --dport 7 meta nfproto @deadline limit' "$OUT"
assert_text 'nft: ip output_late priority -199: replies to these meta nfproto @deadline limit' "$OUT"
as_before

subtest "no expression: others' trace rules of nft, or an error"
run_nftrace lo -t 1
assert_status 2
in_ns lo nft add rule inet fw in udp dport 7 meta nftrace set 1
start_nftrace lo -t 60
assert_grep 'nft has a trace rule that is not ours: inet fw in: udp dport 7 meta nftrace set 1$' "$ERR"
stop_nftrace INT
in_ns lo nft flush ruleset
load_nft
as_before

subtest "a rule that traces and comes meanwhile: what only it traces is left out"
start_nftrace lo -4 -t 60 -p udp --dport 9
in_ns lo nft insert rule inet fw in udp dport 7 meta nftrace set 1
talk lo udp 10.9.0.1 7
stop_nftrace INT
[[ ! -s $OUT ]] || fail "it is shown"
assert_status 3
assert_grep 'note: 1 packet that only rules of others traced was left out' "$ERR"
in_ns lo nft flush ruleset
load_nft
as_before

subtest "two runs at a time"
start_nftrace lo -4 -t 60 -p udp --dport 7
first=$NFTRACE_PID
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
start_nftrace lo -v -4 -t 60 -p udp --dport 9
assert_grep "a run that may be alive \\(pid $first\\) in an nft table for iptables: left alone$" "$ERR"
assert_grep "another run of nftrace \\(pid $first\\) traces here as well: what only it traces is left out" "$ERR"
assert_own 2
talk lo udp 10.9.0.1 7
stop_nftrace INT
assert_grep '2 rules inserted, 2 removed' "$ERR"
[[ ! -s $OUT ]] || fail "the second shows the first one's packets"
assert_grep "note: [12] packets? of another trace \\(nftrace pid $first\\) (was|were) left out" "$ERR"
assert_own 1
assert_counted ip output 1
kill -INT "$first"
assert_within 10 "no table" no_table
wait "$first" 2>/dev/null
OUT=$SCRATCH/out ERR=$SCRATCH/err
as_before

# No more than the buffer holds of what a reader under sanitizers is behind with.
subtest "packets are counted for as long as they are traced"
rate=${SANITIZE:+500}
background lo flood "$TOOLS/flood" 10.9.0.1 8 0 100 "${rate:-5000}" 100000
flood=$BG_PID
for n in 1 2 3; do
	# Of a packet nobody listens for the kernel may tell more later: that is no other packet.
	start_nftrace lo -v -4 -t 60 --rate 0 --buffer 512 --chain OUTPUT -p udp --dport 8 -q
	wait_for 20 test -s "$OUT" || fail "no packet"
	# Something always waits to be read: nobody waits until nothing does.
	kill -INT "$NFTRACE_PID"
	end_nftrace
	assert_grep '^nftrace: [0-9]+ events, 0 lost' "$ERR"
	assert_no_grep "than the TRACE rules" "$ERR"
	into lines grep -cE '^[A-Z]+ +#[0-9]+ +[0-9:.]+ ' "$OUT"
	into said sed -n 's/.*TRACE rules counted \([0-9]*\) packets*$/\1/p' "$ERR"
	assert_equal "packets counted, time $n" "$lines" "$said"
done
kill "$flood"
as_before

subtest "--doctor"
run_nftrace lo --doctor
assert_grep 'nft: 2 tables, 3 rules' "$ERR"
assert_no_grep 'nothing to trace' "$ERR"
as_before

subtest "-6 where only IPv4 has tables: still no table of iptables-legacy"
in_ns lo nft delete table inet fw
start_nftrace lo -6 -t 60 -p udp --dport 7
look
own_has 'table ip6 nftrace_' || fail "no table for IPv6"
assert_no_legacy
stop_nftrace INT

# From here on both have rules.
in_ns lo nft flush ruleset
load_nft
in_ns lo iptables-legacy -A OUTPUT -p udp --dport 7 -j ACCEPT

# entered: as look has seen it, base chains of the run's table, but those at the ends of the hooks; how many, in chains
entered() {
	own_has hook
	chains=$has
	own_has 'hook*priority 2147483646;'
	((chains -= has))
}

subtest "both: TRACE rules in raw, and a table that packets enter at the ends of hooks alone"
start_nftrace lo -v -4 -t 60 -p udp --dport 7
assert_within 20 "the rules are read" has_line 'both active' "$ERR"
assert_grep 'legacy: 1 rule in 2 tables; nft: 3 rules in 2 tables, 1 of iptables-nft: both active' "$ERR"
lock_is_held || fail "the lock is not held"
traces_in_raw
((traces == 2)) || fail "$traces TRACE rules instead of 2"
assert_own 1
entered
((chains == 0)) || fail "packets enter the table"
own_has 'meta nftrace set 1' || fail "nothing turns nft's trace on"
stop_nftrace INT
assert_grep '2 rules inserted, 2 removed' "$ERR"
no_table || fail "the table is still there"
traces_in_raw
((traces == 0)) || fail "TRACE rules are left"

subtest "both: nft's chain at raw's priority may run before it"
in_ns lo iptables-nft -t raw -A OUTPUT -p udp --dport 9999 -j ACCEPT
start_nftrace lo -4 -t 60 -p udp --dport 7
stop_nftrace INT
assert_grep 'note: nft ip raw:OUTPUT \(priority -300\) may run before the trace begins: what it does is not shown then$' "$ERR"
in_ns lo nft delete table ip raw

subtest "--backend nft beside iptables-legacy: no rule in raw, no lock"
in_ns lo iptables-legacy-save >"$SCRATCH/save"
sed -E '/^#/d; s/\[.*//' "$SCRATCH/save" >"$SCRATCH/legacy"
exec {held}>"$XTABLES_LOCKFILE"
flock $held
start_nftrace lo -4 -t 60 -w 0 --backend nft -p udp --dport 7
look
entered
((chains == 2)) || fail "$chains chains instead of 2"
traces_in_raw
((traces == 0)) || fail "TRACE rules"
talk lo udp 10.9.0.1 7
stop_nftrace INT
exec {held}>&-
no_table || fail "the table is still there"
in_ns lo iptables-legacy-save >"$SCRATCH/save"
sed -E '/^#/d; s/\[.*//' "$SCRATCH/save" >"$SCRATCH/now"
assert_same "iptables-legacy's rules" "$SCRATCH/legacy" "$SCRATCH/now"

assert_grep '^TRACE: filter:OUTPUT:rule:1  "-A OUTPUT -p udp -m udp --dport 7 -j ACCEPT"$' "$OUT"
assert_grep '^TRACE: nft inet fw:in:rule:handle [0-9]+  "udp dport 7 accept"$' "$OUT"

subtest "--backend nft, from behind conntrack: a journey without raw is whole"
into tables in_ns lo cat /proc/net/ip_tables_names
[[ $tables = *raw* ]] || fail "no raw here: this shows nothing"
start_nftrace lo -4 -t 60 --backend nft -p udp --dport 9 -m conntrack --ctstate NEW
talk lo udp 10.9.0.1 9 wait 1
assert_within 5 "a fate" has_line '^=> ' "$OUT"
stop_nftrace INT
assert_grep '^=> DROP by nft inet fw:out:rule:handle [0-9]+  "udp dport 9 drop"$' "$OUT"
assert_no_grep '^TRACE: raw' "$OUT"

subtest "--backend legacy: nothing of nft"
start_nftrace lo -4 -t 60 --backend legacy --no-witness -p udp --dport 7
no_table || fail "a table of nft's"
assert_no_grep 'nft:' "$ERR"
stop_nftrace INT
run_nftrace lo --backend iptables -p udp
assert_status 2
assert_grep 'auto, legacy or nft' "$ERR"

subtest "--replies in raw: the expression turned round, and a warning"
run_nftrace lo -4 --dry-run --backend legacy --replies -s 10.9.0.1 -p udp --sport 7
assert_grep "replies are looked for by '-d 10.9.0.1 -p udp --dport 7'" "$ERR"
assert_grep 'PREROUTING -d 10.9.0.1/32 -p udp -m udp --dport 7 ' "$OUT"
assert_grep 'PREROUTING -s 10.9.0.1/32 -p udp -m udp --sport 7 ' "$OUT"
run_nftrace lo -4 --dry-run --backend legacy --replies -p udp
assert_status 2
assert_grep 'names no address or port' "$ERR"

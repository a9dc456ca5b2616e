#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-texts: every rule's text is iptables-nft-save's, or what nft prints; never one of a rule that is not there.
. "$(dirname "$0")/lib.sh"

SNAP=$UNIT/nft_snapshot_tool

# load_lenient NS COMMAND FILE: all of it but what is refused
load_lenient() {
	local lines refusal at left=40 line='.*line:? ([0-9]+)'
	mapfile -t lines <"$3"
	while printf '%s\n' "${lines[@]}" >"$SCRATCH/loading" &&
		! in_ns "$1" "$2-nft-restore" <"$SCRATCH/loading" 2>"$SCRATCH/refusal"; do
		IFS= read -rd '' refusal <"$SCRATCH/refusal"
		[[ $refusal =~ $line ]] && ((left-- > 0)) || { fail "$2-nft-restore ${3##*/}"; return 1; }
		at=$((BASH_REMATCH[1] - 1))
		note "left out: ${lines[at]}: ${refusal//$'\n'/ }"
		lines[at]='#'
	done
}

# Of texts "TABLE -A CHAIN ..." and "TABLE -P CHAIN ..." those of one chain stand together, whatever the
# order of chains: put() them.
by_chain='
function put(table, text, chain,   key, i) {
	key = table " " chain
	if (!(key in last)) {
		for (i = ++keys; i > 1 && order[i - 1] > key; i--) order[i] = order[i - 1]
		order[i] = key
	}
	line[key, ++last[key]] = table " " text
}
function say(   i, n) { for (i = 1; i <= keys; i++) for (n = 1; n <= last[order[i]]; n++) print line[order[i], n] }
# What is behind so many words, with one blank between each two of these.
function behind(words,   rest) {
	rest = $0
	while (words-- > 0) sub(/^[^ ]* /, "", rest)
	return rest
}
'
# saved NS COMMAND: "TABLE LINE", chain by chain, policies first
saved() {
	in_ns "$1" "$2-nft-save" 2>/dev/null >"$SCRATCH/save"
	awk "$by_chain"'
		/^\*/ { table = substr($1, 2) }
		/^:[^ ]+ (ACCEPT|DROP) / { put(table, "-P " substr($1, 2) " " $2, substr($1, 2)) }
		/^-/ { put(table, $0, $2) }
		END { say() }' "$SCRATCH/save"
}

# ours FORMS: the same out of nft_snapshot_tool's lines in $SCRATCH/snap
ours() {
	awk -v forms="$1" "$by_chain"'
		$1 != "table" && index(forms, $5) { put($2, behind(6), $8) }
		END { say() }' "$SCRATCH/snap"
}

# lines_like GLOB FILE: how many, in lines; PATTERN as [[ ]] has it
lines_like() {
	local line all
	mapfile -t all <"$2"
	lines=0
	for line in "${all[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $line != $1 ]] || ((++lines))
	done
}

# beside_native NS COMMAND: a rule of nft's own in each table, so that iptables-nft-save leaves all of
# them out; the rules that are not in the same words then, as diff has them, in $SCRATCH/differ
beside_native() {
	local family=ip table tables
	[[ $2 = iptables ]] || family=ip6
	into tables in_ns "$1" nft list tables "$family" 2>/dev/null
	for table in ${tables//table $family/}; do
		echo "add chain $family $table native; add rule $family $table native ct state invalid meta skuid 4 counter drop"
	done >"$SCRATCH/native.nft"
	in_ns "$1" nft -f "$SCRATCH/native.nft" 2>/dev/null || fail "nft add rule"
	grep ' -A ' "$SCRATCH/saved" >"$SCRATCH/rules"
	saved "$1" "$2" >"$SCRATCH/left"
	grep ' -A ' "$SCRATCH/left" && fail "iptables-nft-save prints it all the same"
	in_ns "$1" "$SNAP" >"$SCRATCH/snap" || fail "nft_snapshot_tool"
	lines_like 'table* flags 1 *' "$SCRATCH/snap"
	((lines == 0)) || fail "a table that is taken for iptables-nft's"
	awk "$by_chain"'$5 == "n" && $7 == "-A" { put($2, behind(6), $8) } END { say() }' "$SCRATCH/snap" >"$SCRATCH/native"
	diff "$SCRATCH/rules" "$SCRATCH/native" >"$SCRATCH/differ"
}

for file in "$TESTS"/rulesets/*.save; do
	name=${file##*/}
	[[ $name != *exotic-extensions* ]] || continue
	subtest "$name by iptables-nft: the text of iptables-nft-save"
	command=iptables
	[[ $name != ip6-* ]] || command=ip6tables
	ns_new t
	[[ ! -e ${file%.save}.ipsets ]] || in_ns t ipset restore <"${file%.save}.ipsets"
	load_lenient t $command "$file"
	saved t $command >"$SCRATCH/saved"
	in_ns t "$SNAP" >"$SCRATCH/snap" || fail "nft_snapshot_tool"
	ours ipn- >"$SCRATCH/ours"
	lines_like '* -A *' "$SCRATCH/saved"
	n=$lines
	lines_like '-A*' "$SCRATCH/loading"
	((n == lines)) || fail "not all of it is loaded"
	# Without root some users that rules name are none.
	[[ $(</proc/self/uid_map) != *4294967295* ]] || cmp -s "$file" "$SCRATCH/loading" || fail "some of it is refused"
	assert_same "the text" "$SCRATCH/saved" "$SCRATCH/ours"
	! grep -E '^(\S+ ){4}[n-] ' "$SCRATCH/snap" || fail "not in iptables' words"
	lines_like 'table*' "$SCRATCH/snap"
	n=$lines
	lines_like 'table*flags 1 *' "$SCRATCH/snap"
	((n == lines)) || fail "a table that is not taken for iptables-nft's"
	beside_native t $command || { fail "not the same beside a rule of nft's own"; show differ "$SCRATCH/differ"; }
	ns_del t
done

# every_extension COMMAND PREFIX RULES: of the file with every extension, so many rules at least.
# Left out is what iptables-nft itself cannot load: -j QUEUE (it asks nf_tables for a target of
# that name, and there is none), and an address inverted with a mask of 0 bits (nf_tables compares
# no 0 bytes).
every_extension() {
	ns_new t
	# The sets of both files; what a file names without them is refused.
	for six in "" ip6-; do
		in_ns t ipset restore <"$TESTS/rulesets/${six}exotic-extensions.ipsets"
	done
	load_lenient t "$1" "$TESTS/rulesets/${2}exotic-extensions.save"
	saved t "$1" >"$SCRATCH/saved"
	in_ns t "$SNAP" >"$SCRATCH/snap"
	lines_like '* -A *' "$SCRATCH/saved"
	note "$lines rules"
	((lines >= $3)) || fail "only $lines rules are loaded"
	ours ip >"$SCRATCH/ours"
	diff "$SCRATCH/saved" "$SCRATCH/ours" >"$SCRATCH/differ"
	! grep '^>' "$SCRATCH/differ" || fail "texts that iptables-nft-save does not print"
	# What is not in the save's words is in nft's: none is without, none is another.
	grep -E '^(\S+ ){4}n ' "$SCRATCH/snap" >"$SCRATCH/native"
	lines_like '*' "$SCRATCH/native"
	n=$lines
	note "$n of them in nft's words"
	((n <= 3)) || { fail "$n rules are not taken for iptables-nft's"; show native "$SCRATCH/native"; }
	lines_like '<* -A *' "$SCRATCH/differ"
	assert_equal "rules in other words" "$n" "$lines"
	! grep -E '^(\S+ ){4}- ' "$SCRATCH/snap" || fail "a rule without text"
	beside_native t "$1"
	! grep '^>' "$SCRATCH/differ" || fail "beside a rule of nft's own, texts that iptables-nft-save does not print"
	lines_like '<*' "$SCRATCH/differ"
	assert_equal "rules in other words beside one of nft's own" "$n" "$lines"
	ns_del t
}

subtest "a hundred extensions by iptables-nft"
every_extension iptables "" 74

subtest "every extension by ip6tables-nft"
every_extension ip6tables ip6- 47

# ruleset NS: "FAMILY TABLE CHAIN HANDLE TEXT" of each rule that `nft -a -s list ruleset` prints
ruleset() {
	in_ns "$1" nft -a -s list ruleset 2>/dev/null | awk '
		/^table / { family = $2; table = $3; next }
		/^\tchain / { chain = $2; text = ""; next }
		chain == "" { next }
		/^\t}$/ && text == "" { chain = ""; next }
		/^\t\ttype .* hook / && text == "" { sub(/^\t+/, ""); print family, table, chain, 0, $0; next }
		/^\t\tcomment "[^"]*"$/ { next }
		{
			if (text == "") { sub(/^\t+/, ""); text = $0 } else text = text "\n" $0
			if (match(text, / # handle [0-9]+$/)) {
				print family, table, chain, substr(text, RSTART + 10), substr(text, 1, RSTART - 1)
				text = ""
			}
		}'
}

subtest "a ruleset of nft's own: the text of nft -a -s list ruleset"
ns_new t
in_ns t nft -f "$TESTS/nft/native.nft" || fail "nft -f"
# Comments with what looks like the end of a rule, of a line, of a chain.
in_ns t nft -f - <<-'X' || fail "nft -f, comments"
	add rule inet fw other counter comment "a
	b {
		}"
	add rule inet fw other tcp dport 7 accept
X
ruleset t >"$SCRATCH/nft"
in_ns t "$SNAP" >"$SCRATCH/snap"
grep -v '^table ' "$SCRATCH/snap" | grep -v '__chain' | sed -E 's/^((\S+ ){4})[npi-] \S+ /\1/' >"$SCRATCH/ours"
(($(grep -cE '^(inet|ip|ip6) ' "$SCRATCH/nft") >= 30)) || fail "not all of it is loaded"
assert_same "the text" "$SCRATCH/nft" "$SCRATCH/ours"
! grep -E '^(\S+ ){4}- ' "$SCRATCH/snap" || fail "a rule without text"

in_ns t nft -f - <<-'X' || fail "nft -f, a comment"
	add rule inet fw other tcp dport 9 accept comment "a # handle 10
	b"
X
in_ns t "$SNAP" | grep -A1 'tcp dport 9 ' | sed 's/.* tcp dport 9/tcp dport 9/' >"$SCRATCH/ours"
printf 'tcp dport 9 accept comment "a # handle 10\nb"\n' >"$SCRATCH/want"
assert_same "a comment with what looks like a handle" "$SCRATCH/want" "$SCRATCH/ours"

subtest "rules of a chain without a name"
grep __chain "$SCRATCH/snap" | cut -d' ' -f7- >"$SCRATCH/inner"
printf '%s\n' "tcp dport 80 counter accept" "ip daddr 4.4.4.4 drop" "udp dport 53 drop" >"$SCRATCH/want"
assert_same "the text" "$SCRATCH/want" "$SCRATCH/inner"

# does PATTERN FLAGS: what the rule is said to do
does() {
	local line got=
	for line in "${snapped[@]}"; do
		[[ $line != *"$1"* ]] || { read -r _ _ _ _ _ got _ <<<"$line"; break; }
	done
	[[ $got = "$2" ]] || fail "'$1' does $got, not $2"
}
subtest "what rules do"
mapfile -t snapped <"$SCRATCH/snap"
does 'reject with icmpv6' 80
does 'meta mark set 0x00000005' 1
does 'masquerade random' 802
does 'dnat to tcp dport map' 804
does 'ip ttl set 5 ip dscp set cs1' 18
does 'hoplimit set 9' 8
does 'meta nftrace set 1' 200
does 'log prefix "x: " group 0' 4000
does 'ct state vmap' 2000
ns_del t

# What a rule counts moves with each packet: a text that told it would be another one each time.
subtest "texts tell nothing that packets move"
ns_new t
in_ns t ip link set lo up
in_ns t nft -f - <<'X' || fail "nft -f"
table ip moves {
	set seen { type ipv4_addr; flags dynamic; timeout 1h; }
	chain out {
		type filter hook output priority 0; policy accept;
		counter
		quota 1 mbytes
		limit rate 5/second burst 9 packets counter
		ct count over 20 counter drop
		update @seen { ip daddr counter }
		udp dport 1-9 jump { counter; udp dport 7 counter accept; }
	}
}
X
in_ns t iptables-nft -A OUTPUT -p udp -m udp --dport 7 -m quota --quota 100000
# Of an nft that has it.
in_ns t nft add rule ip moves out last 2>/dev/null || note "no 'last' here"
in_ns t "$SNAP" >"$SCRATCH/still" || fail "nft_snapshot_tool"
in_ns t bash -c 'for i in {1..9}; do echo "something to be counted" >/dev/udp/127.0.0.1/7; done'
in_ns t nft list ruleset 2>/dev/null | grep -q 'counter packets 9 ' || fail "nothing was counted"
in_ns t "$SNAP" >"$SCRATCH/moved" || fail "nft_snapshot_tool"
assert_same "the texts" "$SCRATCH/still" "$SCRATCH/moved"
((n = $(grep -c ' counter' "$SCRATCH/moved")))
((n >= 6)) || fail "only $n rules that count"
assert_no_grep 'packets [0-9]+ bytes| used ' "$SCRATCH/moved"
ns_del t

subtest "a line of iptables-nft-save that is not the rule is never shown"
ns_new t
misprints=0
cat >"$SCRATCH/around" <<'X'
*filter
-A FORWARD -s 10.0.0.1 -j ACCEPT
-A FORWARD -p tcp --dport 80 -m comment --comment "x y" -j DROP
COMMIT
X
# RULE|TEXT...: as one nft or another prints it
while IFS='|' read -r rule texts; do
	in_ns t nft flush ruleset
	in_ns t iptables-nft-restore <"$SCRATCH/around" || fail "iptables-nft-restore"
	in_ns t nft add rule ip filter FORWARD index 0 "$rule" || fail "nft add rule $rule"
	in_ns t iptables-nft-save 2>/dev/null >"$SCRATCH/save"
	saved=()
	while IFS= read -r line; do [[ $line != -A* ]] || saved+=("$line"); done <"$SCRATCH/save"
	in_ns t "$SNAP" >"$SCRATCH/snap"
	ours=() is_iptables=1
	while IFS= read -r line; do
		if [[ $line =~ ^ip\ filter\ FORWARD\ [1-9][^\ ]*\ ([ni])\ [^\ ]+\ (.*) ]]; then
			ours+=("${BASH_REMATCH[1]} ${BASH_REMATCH[2]}")
		fi
		[[ $line != "table ip filter flags 0"* ]] || is_iptables=
	done <"$SCRATCH/snap"
	got=${ours[1]-}
	[[ "|$rule|$texts|" = *"|${got#n }|"* ]] || fail "'$rule' is shown as '$got'"
	into listed in_ns t nft -s list chain ip filter FORWARD 2>/dev/null
	[[ $'\n'${listed//$'\t'/}$'\n' = *$'\n'"${got#n }"$'\n'* ]] ||
		fail "'$rule' is shown as '$got', which nft does not say"
	((${#ours[@]} == 3)) || fail "'$rule': not three texts"
	[[ -z $is_iptables ]] || fail "'$rule': the table is taken for iptables-nft's"
	# It prints something for it, or leaves the whole table out.
	if ((${#saved[@]})); then
		note "misprinted: $rule: ${saved[1]-}"
		((misprints++))
		((${#saved[@]} < 3)) || [[ ${saved[0]} = "${ours[0]#i }" && ${saved[2]} = "${ours[2]#i }" ]] ||
			fail "'$rule': the others' words: ${ours[0]}, ${ours[2]}"
	fi
done <<'X'
ip saddr { 10.0.0.2, 10.0.0.3 } drop
ip saddr { 10.0.0.2, 10.0.0.3 } counter drop
ip saddr 10.0.0.4 ip saddr 10.0.0.5 counter drop
tcp dport > 1024 counter drop
ip dscp cs1 counter drop
meta skuid 0 counter drop
ip saddr 10.0.0.6 drop
counter ip saddr 10.0.0.7 drop
ip saddr 10.0.0.9 log group 5 counter drop
limit rate over 5/second counter drop|limit rate over 5/second burst 5 packets counter drop
ip frag-off & 0x4000 != 0 counter drop|ip frag-off & 16384 != 0 counter drop|ip frag-off & 0x4000 != 0x0 counter drop
fib daddr type local counter accept
ct state established counter accept
ip saddr 10.1.0.0-10.1.0.9 counter drop
meta mark set 5 counter|meta mark set 0x00000005 counter
udp length 20 counter drop
X
in_ns t nft flush ruleset
in_ns t iptables-nft -A FORWARD -j ACCEPT
in_ns t nft add rule ip filter FORWARD 'ip saddr 10.0.0.8 counter drop comment "kept"'
in_ns t "$SNAP" | grep -Eq '^ip filter FORWARD \S+ (i|n) \S+ .*10.0.0.8.*comment.*kept' || fail "a comment got lost"
note "$misprints misprints by iptables-nft-save"
((misprints >= 3)) || fail "iptables-nft-save misprints only $misprints: is this the case in question?"

# Of a form that is not read as iptables': the mark is asked for twice.
subtest "an extension of xtables in a rule that nft lists: its options, whichever others stand before it"
in_ns t nft flush ruleset
in_ns t iptables-nft -A FORWARD -p udp -m mark --mark 1 -m mark --mark 2 -m comment --comment "xt match u32" -m u32 --u32 "0x0=0x1" -m string --string "a b" --algo bm -m u32 --u32 "0x4=0x2" -j ACCEPT
in_ns t iptables-nft -A FORWARD -m mark --mark 1 -m mark --mark 2 -p tcp -j SYNPROXY --mss 1400
in_ns t nft list chain ip filter FORWARD 2>/dev/null >"$SCRATCH/nft"
in_ns t "$SNAP" >"$SCRATCH/snap"
case $(grep -c 'xt match "\?u32"\? .*xt match "\?u32' "$SCRATCH/nft") in
1)
	assert_grep '^ip filter FORWARD [0-9]+ n \S+ (meta l4proto|ip protocol) udp .*-m u32 --u32 "0x0=0x1" .*-m u32 --u32 "0x4=0x2" .*accept' "$SCRATCH/snap"
	assert_no_grep ' xt (match|target) "?(u32|SYNPROXY)' "$SCRATCH/snap"
	;;
*) skip "this nft has words for it" ;;
esac

subtest "without iptables-nft-save nft's text is shown"
in_ns t iptables-nft -A FORWARD -s 10.0.0.1 -j ACCEPT
mkdir -p "$SCRATCH/empty"
in_ns t unshare -m bash -c 'for d in /usr/sbin /sbin; do mount --bind "$0" $d; done; PATH=/nowhere "$1"' \
	"$SCRATCH/empty" "$SNAP" >"$SCRATCH/snap" || fail "nft_snapshot_tool"
grep -q ' n .*ip saddr 10.0.0.1 counter' "$SCRATCH/snap" || fail "no text of nft's"
! grep ' i ' "$SCRATCH/snap" || fail "iptables' words"
ns_del t

# A program of that name in PATH, which notes that it ran, and with which environment.
mkdir -p "$SCRATCH/planted"
for program in iptables-nft-save ip6tables-nft-save; do
	printf '#!/bin/sh\ntr "\\0" "\\n" </proc/$$/environ >%q\n' "$SCRATCH/planted/ran" \
		>"$SCRATCH/planted/$program"
	chmod +x "$SCRATCH/planted/$program"
done

subtest "iptables-nft-save is taken from where it belongs, whatever PATH says"
ns_new t
in_ns t iptables-nft -A FORWARD -s 10.0.0.1 -j ACCEPT
PATH=$SCRATCH/planted:$PATH in_ns t "$SNAP" >"$SCRATCH/snap" || fail "nft_snapshot_tool"
grep -q ' i .*-A FORWARD -s 10.0.0.1/32 -j ACCEPT$' "$SCRATCH/snap" || fail "no words of iptables"
[[ ! -e $SCRATCH/planted/ran ]] || fail "another program of that name was started"

subtest "where it is only in PATH it is found, and gets no more of the environment than it needs"
in_ns t unshare -m bash -c 'for d in /usr/sbin /sbin; do mount --bind "$0" $d; done
	PATH=$2:$PATH SECRET=x LC_ALL=de_DE XTABLES_LIBDIR=/usr/lib/xt "$1"' \
	"$SCRATCH/empty" "$SNAP" "$SCRATCH/planted" >"$SCRATCH/snap" || fail "nft_snapshot_tool"
assert_equal "environment" "LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin XTABLES_LIBDIR=/usr/lib/xt" \
	"$(sort "$SCRATCH/planted/ran" | paste -sd ' ')"
ns_del t

subtest "when nft itself cannot print its rules, they have no text rather than a wrong one"
ns_new t
in_ns t nft -f "$TESTS/nft/native.nft"
in_ns t iptables-nft -A FORWARD -s 10.0.0.1 -j ACCEPT
if [[ -n ${SANITIZE-} ]]; then
	skip "the sanitizers' runtime has to come first in a process"
else
	printf '#!/bin/bash\nexport LD_PRELOAD=%q\nexec %q "$@"\n' \
		"$BUILD/tests/preload/no_texts.so" "$NFTRACE" >"$SCRATCH/no-texts"
	chmod +x "$SCRATCH/no-texts"
	in_ns t env LD_PRELOAD="$BUILD/tests/preload/no_texts.so" "$SNAP" >"$SCRATCH/snap" || fail "nft_snapshot_tool"
	(($(grep -cE '^inet fw input [1-9][0-9]* - ' "$SCRATCH/snap") >= 15)) || fail "where are the rules?"
	! grep -E '^(\S+ ){4}n ' "$SCRATCH/snap" || fail "a text out of nowhere"
	grep -q ' i 0 -A FORWARD -s 10.0.0.1/32 -j ACCEPT$' "$SCRATCH/snap" || fail "no words of iptables"
	saved=$NFTRACE NFTRACE=$SCRATCH/no-texts
	run_nftrace t -4 -t 200ms -p udp
	NFTRACE=$saved
	assert_grep "texts of nft's rules cannot be had: out of words" "$ERR"
fi
ns_del t

subtest "one generation while others change rules all the time"
ns_new t
in_ns t iptables-nft-restore <"$TESTS/rulesets/docker-2025.save"
# What is between two changes is longer where one reading takes so long that none fits in there.
pause=50
set_pause() { printf '%d.%03d\n' $((pause / 1000)) $((pause % 1000)) >"$SCRATCH/pause.new" && mv "$SCRATCH/pause.new" "$SCRATCH/pause"; }
set_pause
background t changes bash -c 'n=0; while :; do nft -f - <<X
add table ip churn
add chain ip churn a
flush chain ip churn a
add rule ip churn a tcp dport $((1000 + n++ % 9)) counter accept
X
sleep "$(<"$0")"; done' "$SCRATCH/pause"
changes=$BG_PID
got=0
for ((n = 0; got < 12 && n < 36; n++)); do
	if ! in_ns t "$SNAP" >"$SCRATCH/snap" 2>"$SCRATCH/snap.err"; then
		grep -q 'error 11:' "$SCRATCH/snap.err" || fail "$(cat "$SCRATCH/snap.err")"
		((pause = pause < 8000 ? 2 * pause : pause))
		set_pause
		continue
	fi
	((got++))
	! grep -E '^(\S+ ){4}- ' "$SCRATCH/snap" || fail "a rule without text"
	lines_like 'ip churn a *' "$SCRATCH/snap"
	((lines <= 1)) || fail "rules of two generations"
done
kill "$changes"
note "$got of $n, $pause ms between two changes"
((got >= 6)) || fail "only $got of $n snapshots"

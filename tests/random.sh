# SPDX-License-Identifier: GPL-2.0-or-later
# random.sh: rulesets by chance, whose rules spell a packet's serial, for whatever backend.
# shellcheck shell=bash
# To be sourced after lib.sh. The same seed makes the same ruleset.
#
# A serial (tools/serial.h) has eight bits here. Chains that spell have a rule for each value of
# its two digits, with the comment s0=DIGIT or s1=DIGIT; what drops or rejects has d=DIGIT and
# stands behind a spelling. So whatever else a ruleset does, each event that says something
# says of which packet it is.

# chance N: one of 0 ... N - 1, in REPLY
chance() {
	((_seed = (_seed * 1103515245 + 12345) & 0x7fffffff))
	REPLY=$(((_seed >> 8) % $1))
}
# one_of WORD...: in REPLY
one_of() { chance $#; REPLY=${*:REPLY + 1:1}; }
# likely PERCENT
likely() { chance 100; ((REPLY < $1)); }

MAGIC='196=0x6e667472'
DIGITS=({0..9} a b c d e f)

# ---- iptables, of either kind: tables in the form of iptables-restore

x_spell() { # CHAIN
	local d
	for d in "${DIGITS[@]}"; do
		echo "-A $1 -m u32 --u32 \"$MAGIC&&200&0xf=0x$d\" -m comment --comment s0=$d"
		echo "-A $1 -m u32 --u32 \"$MAGIC&&200>>4&0xf=0x$d\" -m comment --comment s1=$d"
	done
}

# x_drop CHAIN TARGET: of one digit in sixteen
x_drop() {
	chance 16
	_dropped+=" $REPLY"
	printf -- '-A %s -m u32 --u32 "%s&&200&0xf=%d" -m comment --comment d=%x -j %s\n' \
		"$1" "$MAGIC" "$REPLY" "$REPLY" "$2"
}

# x_body TABLE CHAIN: what its rules do
x_body() {
	local spelled=
	if likely 70 || [[ -n $_must_spell && $2 = @(PREROUTING|OUTPUT) ]]; then
		one_of "-j spell" "-j round" "-j round"
		echo "-A $2 $REPLY"
		spelled=1
	fi
	! likely 30 || echo "-A $2 -p udp -j MARK --set-mark 7"
	! likely 30 || echo "-A $2 -p icmp -j none"
	# It may run before legacy's raw: what it drops is not traced yet.
	[[ -n $spelled && $backend-$1 != xnft-raw ]] || return 0
	! likely 25 || x_drop "$2" DROP
	[[ $1 != filter ]] || ! likely 20 || x_drop "$2" REJECT
	! likely 20 || echo "-A $2 -j ACCEPT"
}

x_nat() { # FAMILY
	local to=10.2.0.2:9 chain
	[[ $1 = 4 ]] || to='[fd00:2::2]:9'
	for chain in PREROUTING OUTPUT; do
		one_of "" "-A $chain -p udp -m udp --dport 20 -j DNAT --to-destination $to" \
			"-A $chain -p udp -m udp --dport 20 -j REDIRECT --to-ports 9" \
			"-A $chain -p udp -m udp --dport 20 -j ACCEPT"
		[[ -z $REPLY ]] || echo "$REPLY"
	done
	one_of "" "" "-A INPUT -p udp -m udp --dport 9" "-A INPUT -j ACCEPT"
	[[ -z $REPLY ]] || echo "$REPLY"
	one_of "" "-A POSTROUTING -o eth1 -j MASQUERADE" \
		"-A POSTROUTING -o eth1 -p udp -j MASQUERADE --to-ports 20000-30000" \
		"-A POSTROUTING -p udp -j ACCEPT"
	[[ -z $REPLY ]] || echo "$REPLY"
}

declare -A X_CHAINS=([raw]="PREROUTING OUTPUT" [filter]="INPUT FORWARD OUTPUT"
	[security]="INPUT FORWARD OUTPUT" [mangle]="PREROUTING INPUT FORWARD OUTPUT POSTROUTING")

# x_tables FAMILY TABLE...
x_tables() {
	local family=$1 table chain
	shift
	for table; do
		echo "*$table"
		if [[ $table = nat ]]; then
			x_nat "$family"
		else
			printf ':%s -\n' spell round none
			x_spell spell
			echo "-A round -j none"
			one_of -j -g
			echo "-A round $REPLY spell"
			echo "-A none -p 255"
			for chain in ${X_CHAINS[$table]}; do
				! likely 65 && [[ -z $_must_spell || $table != mangle ]] ||
					x_body "$table" "$chain"
			done
		fi
		echo COMMIT
	done
}

# ---- nft's own: family inet

PRIORITIES=(-299 -250 -201 -200 -160 -150 -149 -120 -101 -100 -99 -50 -1 0 1 10 49 50 51 99 100
	101 150 200 300 400)

# n_spell: chains "spell" and those it needs
n_spell() {
	local d how
	one_of rules vmap goto
	how=$REPLY
	if [[ $how = rules ]]; then
		echo "chain spell {"
		echo "@nh,1568,32 != 0x6e667472 return"
		for d in "${DIGITS[@]}"; do
			echo "@nh,1628,4 0x$d counter comment \"s0=$d\""
			echo "@nh,1624,4 0x$d comment \"s1=$d\""
		done
		echo "}"
		return
	fi
	for d in "${DIGITS[@]}"; do
		echo "chain low_$d { counter comment \"s0=$d\"; }"
		echo "chain high_$d { counter comment \"s1=$d\"; return; }"
	done
	[[ $how = goto ]] || how=jump
	printf 'chain digits {\n@nh,1628,4 vmap { '
	printf '0x%x : jump low_%x, ' {0..15}{,} | sed 's/, $//' | awk '{ print }'
	printf ' }\n@nh,1624,4 vmap { '
	for d in "${DIGITS[@]}"; do printf '0x%s : %s high_%s, ' $d $how $d; done
	printf '}\n}\nchain spell {\n@nh,1568,32 0x6e667472 %s digits\n}\n' $how
}

n_drop() { # VERDICT
	chance 16
	_dropped+=" $REPLY"
	printf '@nh,1568,32 0x6e667472 @nh,1628,4 0x%x counter %s comment "d=%x"\n' \
		"$REPLY" "$1" "$REPLY"
}

# n_filter HOOK PRIORITY NUMBER
n_filter() {
	local type=filter spelled= end=
	[[ $1 != output ]] || ! likely 20 || type=route
	echo "chain f$3 {"
	echo "type $type hook $1 priority $2; policy accept;"
	if likely 70 || [[ -n $_must_spell && $1 = @(prerouting|output) ]]; then
		one_of "jump spell" "jump spell" "meta l4proto { udp, tcp, icmp, icmpv6 } jump spell"
		echo "$REPLY"
		spelled=1
	fi
	! likely 30 || echo "meta l4proto udp meta mark set 7"
	! likely 20 || echo "ct state new counter"
	! likely 20 || echo "udp dport vmap { 9 : continue, 20 : jump none }"
	if [[ -n $spelled ]]; then
		! likely 25 || n_drop drop
		[[ $1 = @(input|forward|output) ]] && likely 15 && n_drop reject
		one_of "" "" accept "goto none" "udp dport 9 accept" "udp sport vmap { 4001 : accept }"
		end=$REPLY
	fi
	[[ -z $end ]] || echo "$end"
	echo "}"
}

# n_nat HOOK NUMBER
n_nat() {
	local priority=-100 rule
	case $1 in
	prerouting | output)
		one_of "" "meta nfproto ipv4 udp dport 20 dnat ip to 10.2.0.2:9" \
			"udp dport 20 redirect to :9" "udp dport 20 accept" \
			"meta nfproto ipv6 udp dport 20 dnat ip6 to [fd00:2::2]:9"
		;;
	input)
		priority=100
		one_of "" "udp dport 9 counter"
		;;
	postrouting)
		priority=100
		one_of "" 'oifname "eth1" masquerade' 'oifname "eth1" meta l4proto udp masquerade' \
			'meta nfproto ipv4 oifname "eth1" snat ip to 10.2.0.1'
		;;
	esac
	rule=$REPLY
	chance 3
	printf 'chain n%s { type nat hook %s priority %d; policy accept; %s; }\n' "$2" "$1" \
		$((priority + REPLY - 1)) "$rule"
}

# n_tables: one or two
n_tables() {
	local hook i n=0 tables
	chance 2
	tables=$((REPLY + 1))
	for ((i = 1; i <= tables; i++)); do
		echo "table inet t$i {"
		echo "chain none { counter; }"
		n_spell
		for hook in prerouting input forward output postrouting; do
			while likely 40 || [[ -n $_must_spell$_first && $i = 1 &&
				$hook = @(prerouting|output) && $_done != *$hook* ]]; do
				_done+=" $hook"
				one_of "${PRIORITIES[@]}"
				n_filter $hook "$REPLY" $((++n))
			done
			[[ $hook = forward ]] || ! likely 30 || n_nat $hook $((++n))
		done
		echo "}"
	done
}

# random_ruleset SEED FOLDER: files legacy4, legacy6, xnft4, xnft6, native; not all of them
random_ruleset() {
	local _seed=$1 dir=$2 backend tables table _must_spell= _first= _done=
	_dropped=
	rm -f "$dir"/{legacy,xnft}[46] "$dir/native"
	chance 1000
	one_of native native xnft legacy "native legacy" "native xnft" "xnft legacy" \
		"native xnft legacy"
	BACKENDS=$REPLY
	SPELLED=
	! likely 60 || SPELLED=1
	for backend in $BACKENDS; do
		# The first that is there spells at each packet's first hook.
		_must_spell=$SPELLED
		[[ $backend = "${BACKENDS%% *}" ]] || _must_spell=
		if [[ $backend = native ]]; then
			n_tables >"$dir/native"
			continue
		fi
		tables=
		for table in raw mangle nat filter security; do
			if likely 50 || [[ -n $_must_spell && $table = mangle ]]; then
				tables+=" $table"
			fi
		done
		[[ -n $tables ]] || tables=filter
		x_tables 4 $tables >"$dir/${backend}4"
		x_tables 6 $tables >"$dir/${backend}6"
	done
}

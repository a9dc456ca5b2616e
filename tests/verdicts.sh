# SPDX-License-Identifier: GPL-2.0-or-later
# verdicts.sh: what decides a packet's fate, a scenario a folder; for t-verdicts and t-nft-verdicts.
# shellcheck shell=bash
# To be sourced after lib.sh, lab.sh and scenario.sh.
#
# verdicts/BACKEND/NAME/ holds, of the network a - r - b:
#
#   rules.WHO     r's rules, as WHO reads them: legacy (iptables-legacy-restore), nft (nft -f),
#                 iptables-nft; rules6.legacy for IPv6. With the line "# new network" they are
#                 the first that r has: there are no other tables.
#   rules.nft.if-known   a line a table, each of which this kernel may refuse
#   packets       what is traced and sent, by the words of scenario.sh and lib.sh
#   expected      what must be printed; UPDATE=1 writes those that are there anew. Rules are
#                 spelled there as nft 1.0.6 does; verdicts/nft.spelled has later nft's words
#   needs         what skips the scenario where it cannot be shown
#   checks        assertions on what the run said besides
#
# In packets, "undo COMMAND" is run when the scenario is over.

copy_kallsyms

# clean_network: r with no rule and no table; usual_network: with all that iptables has
clean_network() {
	if [[ -n $_network ]]; then
		kill "${_pids[@]}" 2>/dev/null
		ns_del a r b
		_namespaces=()
	fi
	scenario_router
	_network=clean
}
usual_network() {
	local table
	[[ $_network = usual ]] || clean_network
	_network=usual
	[[ $BACKEND = legacy ]] || return 0
	for table in raw mangle nat filter; do
		in_ns r iptables-legacy -t $table -S >/dev/null
	done
}

_undo=()
undo() {
	local command
	printf -v command '%q ' "$@"
	_undo+=("$command")
}

# load_rules: of the folder $SCENARIO; what was there is gone
load_rules() {
	local line rules=$SCENARIO/rules.nft text=
	if [[ $BACKEND = nft && -e $rules && ! -e $SCENARIO/rules.iptables-nft ]]; then
		# Together with what was there: nft takes longer to start than all that it does.
		IFS= read -rd '' text <"$rules"
		rules=$SCRATCH/rules.nft
		printf 'flush ruleset; %s' "$text" >"$rules"
	elif [[ $BACKEND = nft ]]; then
		in_ns r nft flush ruleset
	fi
	if [[ -e $SCENARIO/rules.legacy ]]; then
		rules <"$SCENARIO/rules.legacy" || fail "iptables-restore"
	fi
	if [[ -e $SCENARIO/rules6.legacy ]]; then
		in_ns r ip6tables-legacy-restore <"$SCENARIO/rules6.legacy" || fail "ip6tables-restore"
	fi
	if [[ -e $SCENARIO/rules.iptables-nft ]]; then
		in_ns r iptables-nft-restore <"$SCENARIO/rules.iptables-nft" || fail "iptables-nft-restore"
	fi
	if [[ -e $SCENARIO/rules.nft ]]; then
		in_ns r nft -f "$rules" || fail "nft -f"
		[[ $BACKEND = nft ]] || undo in_ns r nft flush ruleset
	fi
	[[ -e $SCENARIO/rules.nft.if-known ]] || return 0
	while IFS= read -r line; do
		in_ns r nft "$line" 2>/dev/null || note "not here: $line"
	done <"$SCENARIO/rules.nft.if-known"
}

# Connections of the scenario before are none of this one's.
forget_connections() { in_ns r conntrack -F >/dev/null 2>&1; }

# calls_returns: does this kernel call a rule that returns "return", as it calls a chain's end?
# 5.10 and 6.1 do. Asked of nft's own monitor, once.
calls_returns() {
	if [[ -z ${_returns-} ]]; then
		in_ns r nft 'table ip probe { chain inner { udp dport 9 return; }
			chain out { type filter hook output priority 0; udp dport 9 meta nftrace set 1; jump inner; }; }'
		background r monitor nft monitor trace
		assert_within 5 "nft's monitor hears of it" monitor_hears
		kill $BG_PID
		in_ns r nft delete table ip probe
		_returns=yes
		! grep -q 'probe inner rule .*verdict return' "$SCRATCH/monitor" || _returns=no
	fi
	[[ $_returns = yes ]]
}
monitor_hears() {
	in_ns r bash -c 'echo x >/dev/udp/10.1.0.2/9'
	grep -q 'probe inner ' "$SCRATCH/monitor"
}

# in_kernels_words FILE: what is expected, as this kernel calls it
in_kernels_words() {
	cp "$1" "$SCRATCH/expected"
	_same "$1" "$SCRATCH/got" || ! calls_returns || sed -i -E \
		'/^(TRACE:|=>) .* return"/s/(nft [^"]*):rule:handle /\1:return:handle /' "$SCRATCH/expected"
}

# as_spelled FILE: with the words of the nft that is here, where it lists the rules in the
# right column of nft.spelled rather than the left one
as_spelled() {
	[[ $BACKEND = nft ]] || { cat "$1"; return; }
	in_ns r nft -s list ruleset 2>/dev/null | awk -F '\t' '
		FILENAME == "-" { rules = rules $0 "\n"; next }
		FILENAME ~ /nft\.spelled$/ {
			if (index(rules, $2) && !index(rules, $1))
				to[$1] = $2
			next
		}
		{
			for (from in to)
				while (i = index($0, from))
					$0 = substr($0, 1, i - 1) to[from] substr($0, i + length(from))
			print
		}' - "$TESTS/verdicts/nft.spelled" "$1"
}

# judge_verdict: what was printed and said; nothing of ours is left
judge_verdict() {
	local theirs _own
	end_nftrace 15
	normalise "$OUT" >"$SCRATCH/got"
	if [[ -n ${UPDATE-} || $BACKEND = legacy ]]; then
		[[ ! -e $SCENARIO/expected ]] || assert_expected "the trace" "$SCENARIO/expected" "$SCRATCH/got"
	elif [[ -e $SCENARIO/expected ]] && ! _same "$SCENARIO/expected" "$SCRATCH/got"; then
		as_spelled "$SCENARIO/expected" >"$SCRATCH/spelled"
		in_kernels_words "$SCRATCH/spelled"
		assert_same "the trace" "$SCRATCH/expected" "$SCRATCH/got"
	fi
	if [[ $BACKEND = legacy ]]; then
		into theirs grep -c -- '-j TRACE' "$SCENARIO/rules.legacy"
		_own_rules r
		assert_equal "TRACE rules left" "$theirs" "$_own"
	else
		in_ns r nft list tables >"$SCRATCH/tables"
		assert_no_grep nftrace_ "$SCRATCH/tables"
	fi
	[[ ! -e $SCENARIO/checks ]] || . "$SCENARIO/checks"
	[[ -e $SCENARIO/expected || -e $SCENARIO/checks ]] || fail "nothing says what is expected"
}

# verdict FOLDER [new]: new: in a network of its own
verdict() {
	local command
	SCENARIO=$1
	subtest "${1##*/}"
	if [[ ${2-} = new ]]; then
		clean_network
	else
		usual_network
		forget_connections
	fi
	[[ ! -e $SCENARIO/needs ]] || . "$SCENARIO/needs"
	[[ -n $_name ]] || return 0
	load_rules
	. "$SCENARIO/packets"
	judge_verdict
	no_listener
	for command in "${_undo[@]}"; do eval "$command" >/dev/null 2>&1; done
	_undo=()
}

# verdicts BACKEND: all, those with a network of their own first
verdicts() {
	local folder new usual
	BACKEND=$1 _network=
	mapfile -t new < <(grep -lr '^# new network$' "$TESTS/verdicts/$1" | xargs -n 1 dirname | sort)
	mapfile -t usual < <(find "$TESTS/verdicts/$1" -mindepth 1 -maxdepth 1 -type d | sort |
		grep -vxF -f <(printf '%s\n' "${new[@]}" none))
	for folder in "${new[@]}"; do verdict "$folder" new; done
	for folder in "${usual[@]}"; do verdict "$folder"; done
}

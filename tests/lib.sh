# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh: what every end-to-end test uses; to be sourced first.
# shellcheck shell=bash
set -u

# The packages' programs before those that somebody has put in front of them: a python3 of
# pyenv's takes eight times as long to start.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH

# Of the two programs that speak jq's language this one starts in a tenth of the time. What the
# manual types is done by jq itself, and by scripts that `unset -f jq`, as this one sorts keys.
! command -v gojq >/dev/null || jq() { spawn gojq "$@"; }

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ -n ${NFT_SANDBOX-} ]] || exec "$TESTS/sandbox" bash "$0" "$@"

TREE=${TESTS%/*}
BUILD=${BUILD:-$TREE/build}
[[ $BUILD = /* ]] || BUILD=$TREE/$BUILD
NFTRACE=${NFTRACE:-$BUILD/nftrace}
export LTO=no # who calls make finds ./nftrace as it was linked with the tests' programs
WITH_POINTS=${WITH_POINTS:-$BUILD/testpoints/nftrace}
SLOWER=${SLOWER:-1}
# What is waited for comes, so to wait long costs nothing: no number in a test is a bound of time.
export PATIENCE=$((6 * SLOWER))
# But for what nftrace promises: with SOAK, where the machine is idle, that holds as it stands.
PROMISE=${SOAK:+$SLOWER}
export PROMISE=${PROMISE:-$PATIENCE}
TOOLS=$BUILD/tests/tools
UNIT=$BUILD/tests/unit

# spawn [-b] [-d] [-o NAME] [-t SECONDS] [-n NETNS-FILE] COMMAND...: runs it, as the shell would. A
# builtin does (bash/spawn.c), which does not copy the shell for it: of 12 ms that a small command
# takes where others have the CPUs these are 7. -b: in the background, its pid in SPAWNED; `wait` knows nothing of it.
enable -f "${SPAWN:-$BUILD/tests/bash/spawn.so}" spawn 2>/dev/null || spawn() {
	local options=() netns=/proc/self/ns/net stays=
	while [[ $1 = -* ]]; do
		case $1 in
		-b) stays=1 ;;
		-d) options+=(-d) ;;
		-n) netns=$2; shift ;;
		-o | -t) options+=("$1" "$2"); shift ;;
		esac
		shift
	done
	set -- "$TOOLS/enter" "${options[@]}" "$netns" "$@"
	[[ -n $stays ]] || { "$@"; return; }
	"$@" &
	SPAWNED=$!
	assert_within 10 "$5 is in its namespace" _entered_or_gone $SPAWNED "$netns"
}
# What scripts start most.
awk() { spawn awk "$@"; }
cmp() { spawn cmp "$@"; }
cp() { spawn cp "$@"; }
diff() { spawn diff "$@"; }
grep() { spawn grep "$@"; }
mkdir() { spawn mkdir "$@"; }
rm() { spawn rm "$@"; }
sed() { spawn sed "$@"; }

# SCRATCH is removed by whoever made it.
if [[ -z ${SCRATCH-} ]]; then
	SCRATCH=$(mktemp -d)
	own_scratch=1
fi
export SCRATCH XTABLES_LOCKFILE=$SCRATCH/xtables.lock
export LC_ALL=C TZ=UTC TERM=dumb
PAUSE_FIFO=$SCRATCH/.pause LOST_WORD=$SCRATCH/.lost
mkfifo "$PAUSE_FIFO"
OUT=$SCRATCH/out ERR=$SCRATCH/err	# of the nftrace started last
NFTRACE_PID=
STATUS=

# into VARIABLE COMMAND...: what it prints, less the line breaks at its end, as $() has it; but that is a
# subshell, a copy of this one, and takes as long as any command. What it sets stays, and it may fail.
into() {
	local _name_of=$1 _status _said= _file=$SCRATCH/.into$BASHPID.${#FUNCNAME[@]}
	shift
	"$@" >"$_file"
	_status=$?
	IFS= read -rd '' _said <"$_file"
	while [[ $_said = *$'\n' ]]; do _said=${_said%$'\n'}; done
	printf -v "$_name_of" %s "$_said"
	return $_status
}

# ---- subtests: "ok NAME", "not ok NAME: why", "skip NAME: why" on stdout

_name=
_why=
_failures=0

# subtest NAME: begins one; ends the one before
subtest() {
	_finish
	_name=$*
	_why=
}

_finish() {
	[[ -n $_name ]] || return 0
	if [[ -z $_why ]]; then
		echo "ok $_name"
	else
		echo "not ok $_name: $_why"
		_failures=1
	fi
	_name=
}

# _in_script WORDS: a subshell (a pipeline's loop, $(), &) can tell the script nothing:
# what a subtest becomes would be lost with it. So the script ends, and says why.
_in_script() {
	((BASHPID != $$)) || return 0
	echo "in a subshell, where nobody hears it: $*" >"$LOST_WORD"
	kill -TERM $$
	exit 1
}

# fail WHY: the subtest under way has failed; it goes on. Returns 1.
fail() {
	_in_script "fail $*"
	[[ -n $_name ]] || _name=${0##*/}
	[[ -n $_why ]] || _why=$*
	note "FAILED: $*"
	return 1
}

# skip WHY: ends the subtest under way as not done
skip() {
	_in_script "skip $*"
	echo "skip $_name: $*"
	_name=
}

# skip_all WHY: nothing in this script can be done here
skip_all() {
	_name=${0##*/}
	skip "$@"
	exit 0
}

# note TEXT / show TITLE FILE: only read when something failed
note() { printf '# %s\n' "$*"; }
show() {
	note "$1:"
	[[ ! -e $2 ]] || sed 's/^/#   | /' "$2" | head -n "${3:-60}"
}

# in_part: for what a long test does in many steps: is the next one to be done? With PART=2/8 that is
# the second of each eight, so that eight runs, one after the other, do all.
_steps=0
in_part() {
	[[ -n ${PART-} ]] || return 0
	[[ $PART =~ ^([1-9][0-9]*)/([1-9][0-9]*)$ ]] && ((BASH_REMATCH[1] <= BASH_REMATCH[2])) ||
		{ fail "PART=$PART: a part is as 2/8"; exit 1; }
	((_steps++ % BASH_REMATCH[2] + 1 == BASH_REMATCH[1]))
}

# ---- clean-up, whatever happens

_pids=()
_namespaces=()

# later PID: end it when the script ends
later() { _pids+=("$1"); }

_cleanup() {
	local status=$?
	trap '' EXIT INT TERM HUP
	# Also an unset variable ends a script like this: no result to go by.
	if [[ -s $LOST_WORD ]]; then
		_name=${_name:-${0##*/}} _why=$(<"$LOST_WORD") status=1
	fi
	((status == 0)) || _why=${_why:-"the script ended here, status $status"}
	_finish
	((status)) || status=$_failures
	exec 2>/dev/null # the shell would tell of each process killed
	((${#_pids[@]} == 0)) || kill -KILL "${_pids[@]}"
	((${#_namespaces[@]} == 0)) || ns_del "${_namespaces[@]#nft$$-}"
	[[ -z ${own_scratch-} ]] || rm -rf "$SCRATCH"
	exit "$status"
}
trap _cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# ---- waiting: always for a condition

# wait_for SECONDS COMMAND...: run it until it succeeds; 1 after that time.
# Who calls it looks at that, or calls assert_within. Nothing is started to wait, and the pauses
# are longer than three times what asking takes: on a loaded machine a command takes long, and
# twenty scripts that ask without pause are the load.
# Six times as long, SLOWER times that, and longer while more than that wants to run on each CPU.
wait_for() {
	local _us _begun=${EPOCHREALTIME/./} _asked _now _pause=5000 _rest _load
	_microseconds "$1"
	_asked=$_begun
	shift
	until "$@" >/dev/null 2>&1; do
		_now=${EPOCHREALTIME/./}
		((_now < _begun + _us * PATIENCE)) ||
			{ _load && ((_now < _begun + _us * SLOWER * _load)); } || return 1
		_rest=$((_pause > 3 * (_now - _asked) ? _pause : 3 * (_now - _asked)))
		((_rest < 200000)) || _rest=200000
		printf -v _rest '0.%06d' $_rest
		read -rt $_rest <>"$PAUSE_FIFO"
		((_pause >= 40000)) || ((_pause *= 2))
		_asked=${EPOCHREALTIME/./}
	done
}

# _load: in _load, how many there are to run for each CPU, 1 to 20, on average of a minute
_load() {
	local cpus=(/sys/devices/system/cpu/cpu[0-9]*)
	read -r _load </proc/loadavg
	_load=$((${_load%%.*} / ${#cpus[@]}))
	((_load = _load < 1 ? 1 : _load > 20 ? 20 : _load))
}

# _microseconds SECONDS: in _us; with or without a fraction
_microseconds() {
	local fraction=
	[[ $1 != *.* ]] || fraction=${1#*.}
	fraction+=000000
	_us=$((10#0${1%%.*} * 1000000 + 10#${fraction:0:6}))
}

# _state PID: of a process, in _state: R, S, T, Z ...; 1 when there is none
_state() {
	[[ -n $1 ]] && { read -r _state; } 2>/dev/null <"/proc/$1/stat" || return 1
	_state=${_state##*) }
	_state=${_state%% *}
}

# is_gone PID / is_stopped PID, for wait_for; a zombie is gone
is_gone() {
	local _state
	! _state "$1" || [[ $_state = [ZX] ]]
}
is_stopped() {
	local _state
	_state "$1" && [[ $_state = T ]]
}
# has_line REGEX FILE, which may not be there yet
has_line() {
	[[ -e $2 ]] || return 1
	_shows "$1" "$2" && return 0
	! _lacks "$1" "$2" && grep -Eq -- "$1" "$2"
}
# says_ready FILE: what of the tools has begun says so in a line
says_ready() {
	local said=
	read -rd '' said <"$1"
	[[ $'\n'$said$'\n' = *$'\nready\n'* ]]
}

# ---- network namespaces

ns_path() { echo "/run/netns/nft$$-$1"; }

# ns_new NAME...: empty ones with lo up
ns_new() {
	local ns lines words=()
	printf -v lines "netns add nft$$-%s\n" "$@"
	spawn ip -batch - <<<"$lines" || { fail "no network namespace"; exit 1; }
	for ns; do
		_namespaces+=("nft$$-$ns")
		# Neighbour discovery's chatter would move counters of its own accord; how TCP scales
		# its window is taken from the machine's memory.
		words+=("/run/netns/nft$$-$ns" "net.ipv4.tcp_rmem=4096 131072 33554432"
			net.ipv6.conf.{all,default}.accept_dad=0
			net.ipv6.conf.default.router_solicitations=0 up:lo)
	done
	spawn "$TOOLS/prepare" "${words[@]}"
}

# ns_del NAME...: end them now
ns_del() {
	local lines
	printf -v lines "netns del nft$$-%s\n" "$@"
	spawn ip -force -batch - <<<"$lines"
}

# prepare NS WORD...: settings of it and of its interfaces, as tools/prepare.c has them
prepare() { spawn "$TOOLS/prepare" "/run/netns/nft$$-$1" "${@:2}"; }

# in_ns NAME COMMAND...
in_ns() {
	spawn -n "/run/netns/nft$$-$1" "${@:2}"
}

# ns_ip NAME ARGS...: ip(8) in it
ns_ip() {
	spawn ip -n "nft$$-$1" "${@:2}"
}

# background NS NAME COMMAND...: in the background, output in $SCRATCH/NAME and NAME.err, which are
# new: a wait for its words must not find those of another of that name. PID in BG_PID, which is in
# the namespace when this returns.
background() {
	local ns=$1 name=$2
	shift 2
	spawn -b -d -o "$SCRATCH/$name" -n "/run/netns/nft$$-$ns" "$@" </dev/null
	BG_PID=$SPAWNED
	later $BG_PID
}
_entered_or_gone() { [[ /proc/$1/ns/net -ef $2 ]] || is_gone "$1"; }

# ---- the program

# start_nftrace NS ARGS...: in the background; returns when it is armed
start_nftrace() {
	launch_nftrace "$@"
	wait_armed
}

# What a run is given of time, from ten seconds on, is for all that shall happen meanwhile.
_slower() {
	local i
	_args=("$@")
	for ((i = 0; i < $# - 1; i++)); do
		[[ ${_args[i]} != -t || ! ${_args[i + 1]} =~ ^[1-9][0-9]+$ ]] || ((_args[i + 1] *= PATIENCE))
	done
}

launch_nftrace() {
	local ns=$1 _args
	shift
	_slower "$@"
	set -- "${_args[@]}"
	: >"$ERR"
	"$TOOLS/enter" -d "/run/netns/nft$$-$ns" "$NFTRACE" "$@" \
		>"$OUT" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
}

_armed() {
	local text=
	read -rd '' text <"$ERR"
	[[ $'\n'$text = *$'\n''nftrace: armed'* ]]
}
_armed_or_gone() { _armed || is_gone "$NFTRACE_PID"; }

wait_armed() {
	wait_for "${1:-20}" _armed_or_gone && _armed && return 0
	fail "nftrace did not get armed"
	show "its stderr" "$ERR"
	return 1
}

# end_nftrace [SECONDS]: wait until it is gone by itself; STATUS
end_nftrace() {
	STATUS=
	if ! wait_for "${1:-10}" is_gone "$NFTRACE_PID"; then
		fail "nftrace did not end within ${1:-10} s"
		show "its stderr" "$ERR"
		kill -KILL "$NFTRACE_PID" 2>/dev/null
	fi
	wait "$NFTRACE_PID" 2>/dev/null
	STATUS=$?
	_books
}

# _books: no packet is told as two. Over loopback, and where several rules match, they count
# one more than once; of a flood some may pass while the rules go, and their counters with them.
# Others' trace rules are said at the start; ANY_TRACES=1: one comes later. What the rules
# counted is printed with -v, and whenever it is not what was told.
_books() {
	local line said told= counted= others= traced='^nftrace: ([0-9]+) packets? traced'
	local by_rules=' 0 lost; the TRACE rules counted ([0-9]+) packets?$'
	[[ -z ${ANY_TRACES-} ]] || return 0
	mapfile -t said <"$ERR"
	[[ ${said[*]} = *'TRACE rules counted'* || ${said[*]} = *'rule that is not ours'* ]] || return 0
	for line in "${said[@]}"; do
		if [[ $line = *'warning: '*' than the TRACE rules counted'* ]]; then
			fail "account for ${line#*account for }"
			show "its stderr" "$ERR"
		fi
		[[ $line != *'rule that is not ours'* || $line = *'what only it traces'* ]] || others=1
		[[ ! $line =~ $traced ]] || told=${BASH_REMATCH[1]}
		[[ ! $line =~ $by_rules ]] || counted=${BASH_REMATCH[1]}
	done
	[[ -z $others && -n $told && -n $counted ]] || return 0
	((told <= counted + told / 1000)) && return 0
	fail "$told packets told, $counted counted"
	show "its stderr" "$ERR"
}

# _has_read: nothing of netfilter's waits in a socket of the run's network
_has_read() {
	local protocol waits
	is_gone "$NFTRACE_PID" && return
	while read -r _ protocol _ _ waits _; do
		[[ $protocol != 12 || $waits = 0 ]] || return 1
	done <"/proc/$NFTRACE_PID/net/netlink"
}

# assert_read: between what is sent and what else is sent: the socket has room for that again, however
# slow the machine is
assert_read() { assert_within 60 "what came is read" _has_read; }

# stop_nftrace SIGNAL: and wait. Of what it has not read before, which rule of raw it met may be in
# doubt, as the run's own are just going; who is stopped, or flooded, is not waited for long.
stop_nftrace() {
	wait_for 0.3 _has_read || note "it is told to end while something waits to be read"
	kill "-$1" "$NFTRACE_PID"
	end_nftrace
}

# run_nftrace NS ARGS...: in the foreground; STATUS, output in OUT and ERR
run_nftrace() {
	local ns=$1 _args _load
	shift
	_slower "$@"
	set -- "${_args[@]}"
	_load
	spawn -d -t "$((${LIMIT:-20} * SLOWER * (_load > 6 ? _load : 6)))" -n "/run/netns/nft$$-$ns" \
		"$NFTRACE" "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	_books
}

# copy_kallsyms: from here on this script's runs look for the functions that drop packets in a copy.
# The kernel writes its hundred thousand lines anew for each reader, at 70 ms of CPU. Where it has
# no modules the runner has made one for all. Nobody else can mount a /proc below one with this.
copy_kallsyms() {
	if [[ -z ${KALLSYMS-} ]]; then
		KALLSYMS=$SCRATCH/kallsyms
		cat /proc/kallsyms >"$KALLSYMS" || return
	fi
	mount --bind "$KALLSYMS" /proc/kallsyms
}
# borrow_kallsyms: the same where there is the runner's: modules may yet be loaded elsewhere
borrow_kallsyms() { [[ -z ${KALLSYMS-} ]] || copy_kallsyms; }

# child_named COMM: pid of nftrace's child of that name, found once it is there
child_named() {
	local pid children= comm
	read -ra children <"/proc/$NFTRACE_PID/task/$NFTRACE_PID/children"
	for pid in "${children[@]}"; do
		read -r comm <"/proc/$pid/comm" && [[ $comm = "$1" ]] && { echo "$pid"; return; }
	done
} 2>/dev/null

# reading_child: the reader's pid, once it has locked itself in: behind "armed", when it has the rules
reading_child() {
	local pid
	pid=$(child_named nftrace-reader)
	[[ -n $pid ]] && wait_for 20 has_line '^Seccomp:[[:space:]]*[12]$' "/proc/$pid/status"
	echo "$pid"
}

# Drop records take privileges of the machine's own, which nobody has in a user namespace.
records_can_be() { [[ $(</proc/self/uid_map) = *4294967295* && -r /sys/kernel/btf/vmlinux ]]; }
# need_records: no such test without them
need_records() { records_can_be || skip_all "no drop records: not root of this machine, or a kernel without BTF"; }

# ---- what it printed

# normalise FILE: blocks in the order of their times, less what no two runs have in common.
normalise() {
	local unheard= said= likely=$'only likely: [^\n]*\\(--doctor says why\\)\n'
	IFS= read -rd '' said <"$ERR"
	[[ ! $said =~ $likely ]] || unheard='; likely: no drop records'
	# Blocks by time, with their lines as they are; mawk has no \b and no function that sorts.
	awk -v unheard="$unheard" '
		function plain(line,   head, rest) {
			sub(/^#[0-9]+ [0-9:.]+ /, "# ", line)
			line = numbers(line, "seq", "[0-9:]+")
			line = numbers(line, "ack", "[0-9]+")
			line = numbers(line, "win", "[0-9]+")
			sub(/TS val [0-9]+ ecr [0-9]+/, "TS val N ecr N", line)
			sub(/__chain[0-9]+/, "__chainN", line)
			sub(/: pid [0-9]+ \(/, ": pid N (", line)
			if (unheard != "" && length(line) >= length(unheard) &&
			    substr(line, length(line) - length(unheard) + 1) == unheard)
				line = substr(line, 1, length(line) - length(unheard))
			return line
		}
		# WORD NUMBER: the first of a line
		function numbers(line, word, number) {
			if (match(line, "(^|[^0-9A-Za-z_])" word " " number)) {
				at = RSTART + index(substr(line, RSTART, RLENGTH), word " ") - 1
				line = substr(line, 1, at - 1) word " N" substr(line, RSTART + RLENGTH)
			}
			return line
		}
		/^#[0-9]+ / {
			for (i = ++n; i > 1 && key[order[i - 1]] > $2 ""; i--) order[i] = order[i - 1]
			order[i] = n
			key[n] = $2 ""
		}
		{ text[n + 0] = text[n + 0] plain($0) "\n" }
		END { for (i = 0; i <= n; i++) printf "%s", text[i ? order[i] : 0] }' "$1"
}

# ---- the state of a namespace

# save_rules NS FILE: all that a run may change, in a form to compare. Only
# tables that are there are read: iptables-save -t NAME makes others.
save_rules() {
	local of4 of6
	into of4 in_ns "$1" cat /proc/sys/net/netfilter/nf_log/{2,10}
	of6=${of4#*$'\n'} of4=${of4%%$'\n'*}
	{
		echo "# iptables"
		in_ns "$1" iptables-legacy-save -c
		echo "# ip6tables"
		in_ns "$1" ip6tables-legacy-save -c
		printf "# nf_log\n%s\n%s\n# nft\n" "$of4" "$of6"
		in_ns "$1" nft list ruleset
	} >"$SCRATCH/.saved" 2>/dev/null
	grep -Ev '^# (Generated|Completed|Warning)' "$SCRATCH/.saved" >"$2"
	[[ $2 = /dev/* ]] || in_ns "$1" "$TOOLS/state" >"$2.state" 2>/dev/null
}

# _is_state NS FILE WORD: by the kernel's bytes it is as when save_rules wrote FILE; that is found
# out in a tenth of the time. WORD: 0, or 1 without counters.
_is_state() {
	local was is
	[[ -s $2.state && ! $2 -nt $2.state ]] || return 1
	read -ra was <"$2.state"
	into is in_ns "$1" "$TOOLS/state" 2>/dev/null || return 1
	read -ra is <<<"$is"
	[[ ${was[$3]} = "${is[$3]}" ]]
}

# without_counters FILE: the same text less counters; for comparing when packets ran
without_counters() {
	sed -E 's/^\[[0-9:]+\] //; s/ \[[0-9:]+\]$//
		s/counter packets [0-9]+ bytes [0-9]+/counter/' "$1"
}

# own_rules NS: number of nftrace's rules in it. In _own, by _own_rules.
_own_rules() {
	local family text
	_own=0
	for family in ip ip6; do
		into text in_ns "$1" $family"tables-legacy-save" 2>/dev/null
		while [[ $text = *'-j TRACE'* ]]; do
			((++_own))
			text=${text#*'-j TRACE'}
			[[ $text = *$'\n'* ]] || break
			text=${text#*$'\n'}
		done
	done
}
own_rules() {
	local _own
	_own_rules "$1"
	echo "$_own"
}
is_clean() {
	local _own
	_own_rules "$1"
	((_own == 0))
}
# Who opens the lock file of a run would be given the lock: hence by what the kernel tells.
lock_is_held() {
	local locks= inode
	read -rd '' locks </proc/locks
	[[ $locks = *FLOCK* && -e $XTABLES_LOCKFILE ]] && into inode stat -c %i "$XTABLES_LOCKFILE" &&
		[[ $'\n'$locks =~ $'\n'[0-9]+:\ FLOCK\ [^$'\n']*:"$inode " ]]
}
lock_is_free() { ! lock_is_held; }

# hold_lock: another process has it, until let_go_of_lock; of two pids the
# second is the one that the kernel knows, or the first: either names it
hold_lock() {
	flock "$XTABLES_LOCKFILE" tail -f /dev/null &
	HOLDERS=($!)
	disown $!
	later $!
	assert_within 5 "the lock's holder starts" lock_is_held
	HOLDERS+=("$(pgrep -P "${HOLDERS[0]}")")
	later "${HOLDERS[1]}"
}
let_go_of_lock() {
	kill -KILL "${HOLDERS[@]}"
	assert_within 5 "the lock's holder is gone" eval 'is_gone "${HOLDERS[0]}" && is_gone "${HOLDERS[1]}"'
}
# without_lock NS COMMAND...: by somebody who knows nothing of a run's lock. Where the run has changed
# the table between his reading and his writing the kernel refuses him, and he tries again.
without_lock() {
	XTABLES_LOCKFILE=$SCRATCH/another.lock assert_within 10 "${*:2}" in_ns "$@"
}
loggers() { in_ns "$1" cat /proc/sys/net/netfilter/nf_log/{2,10} | paste -sd ' '; }

# ---- assertions: each says what differs

# _same FILE FILE: what differs is in .difference. Short texts need no diff to be alike.
_same() {
	local one two
	[[ -f $1 && -f $2 ]] && _text one "$1" && _text two "$2" && [[ $one = "$two" ]] && return 0
	diff -u "$1" "$2" >"$SCRATCH/.difference" 2>&1
}
# _text VARIABLE FILE: the whole file; 1 when it is long, or what a shell cannot hold: a NUL is in it
_text() { ! IFS= read -rd '' -n 100000 "$1" <"$2"; }

# assert_same WHAT EXPECTED-FILE FILE
assert_same() {
	_same "$2" "$3" && return 0
	fail "$1 differs from what was expected"
	sed 's/^/#   | /' "$SCRATCH/.difference" | head -n 80
	return 1
}

# assert_expected WHAT EXPECTED-FILE FILE: the same for a file of the tree, which UPDATE=1 writes anew
assert_expected() {
	[[ -z ${UPDATE-} ]] || cp "$3" "$2"
	assert_same "$@"
}

# assert_equal WHAT EXPECTED GOT
assert_equal() {
	[[ $2 = "$3" ]] || fail "$1: expected '$2', got '$3'"
}

# assert_status EXPECTED: of the run that ended last
assert_status() {
	[[ $STATUS = "$1" ]] && return 0
	fail "exit status $STATUS instead of $1"
	show "its stderr" "$ERR"
	return 1
}

# _shows PATTERN FILE: a line of a few like it; grep, which is another process, need not look then
_shows() {
	local line lines
	mapfile -tn 40 lines <"$2"
	for line in "${lines[@]}"; do
		# Not "!": a pattern that bash refuses shows nothing.
		if [[ $line =~ $1 ]]; then return 0; fi
	done
	return 1
}
# _lacks PATTERN FILE: a few lines, and none like it
_lacks() {
	local line lines
	mapfile -tn 41 lines <"$2" && ((${#lines[@]} <= 40)) || return 1
	for line in "${lines[@]}"; do
		[[ $line =~ $1 ]]
		(($? == 1)) || return 1 # a pattern that bash refuses lacks nothing
	done
}
# _has OPTION PATTERN FILE: what a run says while it goes on is waited for: its processes do a
# thing first, and say it then
_has() {
	grep -q "$1" -- "$2" "$3" && return 0
	[[ $3 = "$OUT" || $3 = "$ERR" ]] && ! is_gone "$NFTRACE_PID" || return 1
	wait_for 10 _has_or_gone "$@" || return 1
	grep -q "$1" -- "$2" "$3"
}
_has_or_gone() { grep -q "$1" -- "$2" "$3" || is_gone "$NFTRACE_PID"; }

# assert_grep REGEX FILE / assert_no_grep REGEX FILE
assert_grep() {
	_shows "$1" "$2" 2>/dev/null || _has -E "$1" "$2" && return 0
	fail "no line like '$1' in ${2##*/}"
	show "${2##*/}" "$2"
	return 1
}
assert_no_grep() {
	! _lacks "$1" "$2" 2>/dev/null || return 0
	grep -Eq -- "$1" "$2" || return 0
	fail "a line like '$1' in ${2##*/}: $(grep -Em1 -- "$1" "$2")"
}

# _contains TEXT FILE
_contains() {
	local text=
	IFS= read -rd '' text <"$2"
	[[ $text = *"$1"* ]]
}
# assert_text TEXT FILE: as it stands
assert_text() {
	_contains "$1" "$2" || _has -F "$1" "$2" && return 0
	fail "'$1' is not in ${2##*/}"
	show "${2##*/}" "$2"
	return 1
}

# assert_harmless FILE...: lines of text, nothing else
assert_harmless() {
	local file
	(($#)) || return 0
	for file; do [[ -s $file ]] || fail "${file##*/} is empty"; done
	! grep -naHP '[\x00-\x08\x0b-\x1f\x7f]' "$@" >"$SCRATCH/bad" ||
		fail "a control character: $(head -n 1 "$SCRATCH/bad" | cat -v)"
	! grep -naHP '\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$@" >"$SCRATCH/bad" ||
		fail "C1 or direction: $(head -n 1 "$SCRATCH/bad" | cat -v)"
	iconv -f UTF-8 -t UTF-8 "$@" >/dev/null || fail "not UTF-8, among ${*##*/}"
}

# against_schema OBJECT FILE: what in lines of JSON is not of the manual's schema
against_schema() {
	[[ -e $SCRATCH/schema.json ]] ||
		awk -f "$TESTS/schema.awk" "$TREE/man/nftrace.8" >"$SCRATCH/schema.json"
	python3 -S "$TESTS/schema.py" "$SCRATCH/schema.json" "$1" "$2" 2>&1
}
assert_schema() {
	assert_equal "what is not of the schema" "" "$(against_schema "$1" "$2" | head -n 5)"
}

# assert_reads_back NS PCAP ARGS...: --read prints what the run that just ended did;
# that is in $SCRATCH/live, what was read in $OUT
assert_reads_back() {
	local ns=$1 pcap=$2
	shift 2
	cp "$OUT" "$SCRATCH/live"
	run_nftrace "$ns" "$@" --read "$pcap"
	assert_same "what was read" "$SCRATCH/live" "$OUT"
}

# assert_within SECONDS WHAT COMMAND...
assert_within() {
	local seconds=$1 what=$2
	shift 2
	wait_for "$seconds" "$@" || fail "not within $seconds s: $what"
}

# assert_in_time SECONDS WHAT COMMAND...: assert_within, of what is promised for that time
assert_in_time() { PATIENCE=$PROMISE assert_within "$@"; }

# assert_promised SECONDS BEGUN: no more have passed since then, which EPOCHREALTIME told
assert_promised() {
	local us=$((${EPOCHREALTIME/./} - ${2/./}))
	((us <= $1 * PROMISE * 1000000)) || fail "after $((us / 1000)) ms, and $1 s are promised (times $PROMISE)"
}

# assert_restored NS BEFORE-FILE: rules, counters, loggers and lock are as before
assert_restored() {
	if ! _is_state "$1" "$2" 0; then
		save_rules "$1" "$SCRATCH/after"
		assert_same "the host's state" "$2" "$SCRATCH/after"
	fi
	lock_is_free || fail "the lock is still held"
}

# assert_restored_but_counters: when traced packets have run
assert_restored_but_counters() {
	if ! _is_state "$1" "$2" 1; then
		save_rules "$1" "$SCRATCH/after"
		assert_same "the host's state" <(without_counters "$2") \
			<(without_counters "$SCRATCH/after")
	fi
	lock_is_free || fail "the lock is still held"
}

# is_restored NS BEFORE-FILE: the same as a condition for wait_for
is_restored() {
	_is_state "$1" "$2" 1 || {
		save_rules "$1" "$SCRATCH/now"
		cmp -s <(without_counters "$2") <(without_counters "$SCRATCH/now")
	} && lock_is_free
}

# empty_all NS ip|ip6 [RULES]: legacy's tables that are there, without a rule and a chain of their own; and
# then RULES, as iptables-restore reads them, in one go
declare -A _chains=([raw]="PREROUTING OUTPUT" [mangle]="PREROUTING INPUT FORWARD OUTPUT POSTROUTING"
	[nat]="PREROUTING INPUT OUTPUT POSTROUTING" [filter]="INPUT FORWARD OUTPUT"
	[security]="INPUT FORWARD OUTPUT")
empty_all() {
	local table tables chain lines=
	into tables in_ns "$1" cat "/proc/net/$2_tables_names" 2>/dev/null
	for table in $tables; do
		lines+="*$table"$'\n'
		for chain in ${_chains[$table]}; do lines+=":$chain ACCEPT"$'\n'; done
		lines+=COMMIT$'\n'
	done
	[[ -z $lines${3-} ]] || in_ns "$1" "$2tables-legacy-restore" <<<"$lines${3-}"
}

# load NS FILE4 FILE6: rules and counters
load() {
	in_ns "$1" iptables-legacy-restore -c <"$2" || fail "iptables-restore $2"
	in_ns "$1" ip6tables-legacy-restore -c <"$3" || fail "ip6tables-restore $3"
}

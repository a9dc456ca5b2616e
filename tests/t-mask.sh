#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-mask: --masked: no form of output holds an address or a name of the host, and what was the same stays the same.
# TIMEOUT: 180
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

PACKETS=14
. "$TESTS/rulesets.sh"

# Names that --masked leaves, by its own lists.
grep -oE '"[A-Za-z0-9_.-]+"' "$TREE/src/mask/mask_name.c" "$TREE/src/mask/mask_words.c" | cut -d: -f2 | tr -d '"' |
	sort -u >"$SCRATCH/plain"

# names FILE: of chains, sets, interfaces, and what stands in comments and prefixes of an iptables-save
names() {
	sed -nE 's/^:([^ ]+) .*/\1/p' "$1"
	grep -oE -- ' (-[io]|--match-set|--(in|out)-interface|--name|--physdev-in|--physdev-out) [^ ]+' "$1" | awk '{ print $2 }' | sed 's/+$//'
	grep -oE -- '--(comment|log-prefix) ("([^"\\]|\\.)*"|[^ ]+)' "$1" | sed -E 's/^--[a-z-]+ //; s/^"//; s/"$//'
}
# addresses_in FILE: whatever its rules and ours speak of
addresses_in() {
	grep -oE '([0-9]{1,3}\.){3}[0-9]{1,3}(/[0-9]+)?' "$1" | grep -vE '^(0|127|255|24[0-9]|25[0-9])\.|^224\.0\.0\.|/[0-7]$' | sed 's/\/.*//'
	grep -oiE '\b[23f][0-9a-f]{0,3}(:[0-9a-f]{0,4}){2,7}' "$1" | grep -viE '^ff0|^f[cde][0-9a-f]*::$|^(f[cd]|20*)00::?$'
}
# secrets NS FILE: what strangers must not see, one a line
secrets() {
	{
		for ns in a r b; do
			ns_ip $ns -o addr show | grep -v ' lo ' | awk '{ print $4 }' | sed 's/\/.*//'
			ns_ip $ns -o link show | grep -v ' lo:' | sed -nE 's/.*ether ([0-9a-f:]*).*/\1/p'
		done
		ns_ip "$1" -o link show | awk -F '[ :@]+' '{ print $2 }'
		addresses_in "$2"
		names "$2"
		uname -n
	} | awk 'length > 2' | sort -u | grep -vxF -f "$SCRATCH/plain" | grep -vxE 'lo|fe80::'
}
# hexes FILE: its addresses as their bytes
hexes() {
	python3 -c '
import ipaddress, sys
for line in open(sys.argv[1]):
    try:
        print(ipaddress.ip_address(line.strip()).packed.hex())
    except ValueError:
        if line.count(":") == 5 and len(line) == 18:
            print(line.strip().replace(":", ""))
' "$1"
}

# assert_masked WHAT FILE: no secret is in it, in words or in bytes
assert_masked() {
	local found
	found=$(grep -awoF -f "$SCRATCH/secrets" "$2" | sort -u | head -n 5 | paste -sd ' ')
	assert_equal "words in $1" "" "$found"
	found=$({ tr 'A-F' 'a-f' <"$2" | grep -aoF -f "$SCRATCH/hexes"; xxd -p "$2" | tr -d '\n' | grep -oF -f "$SCRATCH/hexes"; } |
		sort -u | head -n 5 | paste -sd ' ')
	assert_equal "bytes in $1" "" "$found"
}

# masked_forms FILE.pcapng: every form of what is in there; each tells of all that it holds
masked_forms() {
	local form
	for form in "" -q -v --flat --json --markdown; do
		run_nftrace r --read "$1" --masked $form
		cat "$OUT" "$ERR" >"$SCRATCH/shown"
		assert_masked "${form:-the blocks}" "$SCRATCH/shown"
		[[ -s $OUT ]] || fail "nothing is shown by $form"
	done
	run_nftrace r --read "$1" --masked --pcap "$SCRATCH/masked.pcapng" --graph "$SCRATCH/masked.dot" --report "$SCRATCH/masked.html"
	for form in pcapng dot html; do
		assert_masked "$form" "$SCRATCH/masked.$form"
	done
}

for file in calico-composite ip6-kube-k3s; do
	subtest "$file"
	file=$TESTS/rulesets/$file.save
	router "$file"
	load_rules "$file" || fail "loading $file"
	secrets r "$file" >"$SCRATCH/secrets"
	hexes "$SCRATCH/secrets" >"$SCRATCH/hexes"
	start_nftrace r "-$FAMILY" --all --rate 0 -t 100 --masked -v --pcap "$SCRATCH/live.pcapng"
	send "$file"
	stop_nftrace INT
	cat "$OUT" "$ERR" >"$SCRATCH/shown"
	assert_masked "the run" "$SCRATCH/shown"
	assert_masked "its recording" "$SCRATCH/live.pcapng"
	packets=$(grep -c '^#' "$OUT")
	((packets > 10)) || fail "only $packets packets"

	# The same again as it is, for what a file tells.
	start_nftrace r "-$FAMILY" --all --rate 0 -t 100 -q --pcap "$SCRATCH/plain.pcapng"
	send "$file"
	stop_nftrace INT
	grep -qawF -f "$SCRATCH/secrets" "$SCRATCH/plain.pcapng" || fail "nothing there to be masked"
	masked_forms "$SCRATCH/plain.pcapng"
	note "$packets packets, $(wc -l <"$SCRATCH/secrets") secrets"

	# Rules are told as they were: the same options, the same places.
	"$NFTRACE" --read "$SCRATCH/plain.pcapng" --json 2>/dev/null | jq -c '[.fate, [.events[] | .kind, .number]]' >"$SCRATCH/story"
	"$NFTRACE" --read "$SCRATCH/plain.pcapng" --json --masked 2>/dev/null | jq -c '[.fate, [.events[] | .kind, .number]]' >"$SCRATCH/masked"
	assert_same "the stories" "$SCRATCH/story" "$SCRATCH/masked"
	for ns in a r b; do ns_del $ns; done
done

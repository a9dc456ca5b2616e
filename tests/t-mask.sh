#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-mask: --masked: no form of output holds an address or a name of the host, and what was the same stays the same.
# TIMEOUT: 180
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/each.sh"

PACKETS=14
. "$TESTS/rulesets.sh"
borrow_kallsyms

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
			ns_ip $ns -o addr show
			ns_ip $ns -o link show
		done | awk '/ lo:? / { next } $3 ~ /^inet/ { sub(/\/.*/, "", $4); print $4 }
			match($0, /ether [0-9a-f:]*/) { print substr($0, RSTART + 6, RLENGTH - 6) }'
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

# assert_masked FILE...: no secret is in any of them, in words or in bytes
assert_masked() {
	python3 -S -c '
import sys
for name in sys.argv[1:]:
    with open(name, "rb") as file, open(name + ".hex", "w") as text:
        text.write(file.read().hex())
' "$@" || fail "no bytes"
	assert_equal "words" "" "$(grep -awoHF -f "$SCRATCH/secrets" "$@" | head -n 5)"
	assert_equal "bytes" "" "$({ grep -aoiHF -f "$SCRATCH/hexes" "$@"; grep -oHF -f "$SCRATCH/hexes" "${@/%/.hex}"; } | head -n 5)"
}

# options FILE: of each rule, in order
options() { sed -E 's/--?comment ("([^"\\]|\\.)*"|[^ ]+)//g; s/--log-prefix ("[^"]*"|[^ ]+)//g' "$1" | awk '{ o = ""; for (i = 1; i <= NF; i++) if ($i ~ /^--?[a-z]/) o = o " " $i; print o }'; }

# masked_forms FILE.pcapng: every form of what is in there; each tells of all that it holds
masked_forms() {
	local i form forms=("" -q -v --flat --json --markdown --fold) shown=()
	for form in "${forms[@]}"; do
		# shellcheck disable=SC2086 # a word or none
		to_run "$NFTRACE" --read "$1" --masked $form
	done
	to_run "$NFTRACE" --read "$1" --masked --pcap "$SCRATCH/masked.pcapng" --graph "$SCRATCH/masked.dot" --report "$SCRATCH/masked.html"
	run_each r
	for i in "${!forms[@]}"; do
		ran "$i"
		shown+=("$OUT" "$ERR")
		[[ -s $OUT ]] || fail "nothing is shown by ${forms[i]}"
	done
	assert_masked "${shown[@]}" "$SCRATCH"/masked.{pcapng,dot,html}
	OUT=$SCRATCH/out ERR=$SCRATCH/err
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
	assert_masked "$OUT" "$ERR" "$SCRATCH/live.pcapng"
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
	ns_del a r b
done

# Of more rules than packets can meet here.
subtest "every rule of every ruleset: no name is left, and every option is"
cat "$TESTS"/rulesets/*.save "$TESTS"/nft/*.save >"$SCRATCH/all"
grep '^-A' "$SCRATCH/all" >"$SCRATCH/rules"
{ addresses_in "$SCRATCH/all"; names "$SCRATCH/all"; } | awk 'length > 2' | sort -u | grep -vxF -f "$SCRATCH/plain" |
	grep -vxE 'lo|fe80::|ffff::' >"$SCRATCH/secrets"
hexes "$SCRATCH/secrets" >"$SCRATCH/hexes"
"$UNIT/mask_tool" rule <"$SCRATCH/rules" >"$SCRATCH/masked"
assert_masked "$SCRATCH/masked"
assert_same "options" <(options "$SCRATCH/rules") <(options "$SCRATCH/masked")
note "$(wc -l <"$SCRATCH/rules") rules, $(wc -l <"$SCRATCH/secrets") secrets"

subtest "rules of nft"
cat >"$SCRATCH/rules" <<'EOF'
iifname "secret0" ip saddr 10.77.1.2 tcp dport { 22, 80-90 } ct state established,related counter accept comment "secret words"
iifname { "secret0", "lo" } oifname != "secret*" jump secret-chain
ip saddr @secret_set ip daddr != { 10.77.0.0/16, 10.77.3.1-10.77.3.9 } meta mark & 0x0000ff00 == 0x00001000 goto secret_chain
ip daddr . tcp dport vmap { 10.77.1.2 . 80 : jump secret1, 10.77.1.2 . 443 : goto secret2 }
dnat to 10.77.1.2:8080 comment "secret"
ip6 saddr fd77::1:2/64 log prefix "secret: " level warn reject with icmpv6 port-unreachable
@nh,96,32 0xa4d0102 drop
ether saddr aa:bb:cc:77:88:99 meta skuid "secret" ct helper set "secret" limit rate 5/minute burst 10 packets drop
ip saddr map @secret-map dnat ip to 10.77.1.2
EOF
"$UNIT/mask_tool" rule <"$SCRATCH/rules" >"$SCRATCH/masked"
assert_no_grep 'secret|10\.77|fd77|a4d0102|77:88' "$SCRATCH/masked"
for words in 'iifname "if-[0-9]+" ip saddr 240[.0-9]* tcp dport \{ 22, 80-90 \} ct state established,related counter accept comment "comment-[0-9]+"' \
	'iifname \{ "if-[0-9]+", "lo" \} oifname != "if-[0-9]+\*" jump chain-[0-9]+$' 'meta mark & 0x0000ff00 == 0x00001000 goto chain-' \
	'vmap \{ 240[.0-9]* \. 80 : jump chain-[0-9]+, ' 'dnat to 240[.0-9]*:8080 ' 'log prefix "comment-[0-9]+" level warn reject with icmpv6 port-unreachable' \
	'limit rate 5/minute burst 10 packets drop$'; do
	assert_grep "$words" "$SCRATCH/masked"
done

subtest "options behind which addresses hide in numbers"
cat >"$SCRATCH/rules" <<'EOF'
-A INPUT -m u32 --u32 "12=0x0a4d0102" -j DROP
-A INPUT -m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0" -j DROP
-A INPUT -m string --string secret --algo bm -j DROP
-A INPUT -m string --hex-string "|0a4d0102|" --algo kmp -j DROP
-A INPUT -m comment --comment --secret -j DROP
-A INPUT -m recent --name secret --mask 255.255.255.0 --rsource -j DROP
-A INPUT -m unheard --of secret -j SECRET
EOF
"$UNIT/mask_tool" rule <"$SCRATCH/rules" >"$SCRATCH/masked"
assert_no_grep '(secret|SECRET)|a4d0102|4,48' "$SCRATCH/masked"
assert_equal "what they do" "DROP DROP DROP DROP DROP DROP chain-" \
	"$(sed 's/.* -j //; s/-[0-9]*$/-/' "$SCRATCH/masked" | paste -sd ' ')"

subtest "sentences: the program's own words stay, and no other"
"$UNIT/mask_tool" text >"$SCRATCH/masked" <<'EOF'
2 lost, likely because rp_filter=1 of secret0: the route back to 10.77.1.2 is not through it
the xtables lock is held by felix-secret (pid 4242), which waits for 10.77.1.2:443 and [fd77::1]:80
ip rule 102 fwmark 0x7 lookup secret: default via 10.77.1.1 (asked now)
EOF
assert_no_grep 'secret|10\.77|fd77' "$SCRATCH/masked"
assert_grep '^2 lost, likely because rp_filter=1 of name-[0-9]+: the route back to 240[.0-9]* is not through it$' "$SCRATCH/masked"
assert_grep ' is held by name-[0-9]+ \(pid 4242\), which waits for 240[.0-9]*:443 and \[2001:db8:[0-9:]*\]:80$' "$SCRATCH/masked"
assert_grep '^ip rule 102 fwmark 0x7 lookup name-[0-9]+: default via 240[.0-9]* \(asked now\)$' "$SCRATCH/masked"

subtest "what the kernel and Wireshark take for a packet is one: checksums, and no payload"
ns_del a r b 2>/dev/null
lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 tcp 10.2.0.2 8 udp fd00:2::2 7
in_ns r iptables-legacy -A FORWARD -p udp --dport 1005 -j REJECT
in_ns r ip6tables-legacy -A FORWARD -p udp --dport 1005 -j REJECT
start_nftrace r -t 30 --rate 0 --all --masked --snaplen 200 --pcap "$SCRATCH/masked.pcapng"
talk a udp 10.2.0.2 7 || fail "echo"
talk a udp fd00:2::2 7 || fail "echo"
talk a tcp 10.2.0.2 8 || fail "echo"
talk a udp 10.2.0.2 1005 wait 100 2>/dev/null
talk a udp fd00:2::2 1005 wait 100 2>/dev/null
talk a udp 192.0.2.77 9 wait 50 2>/dev/null
stop_nftrace INT
show fields "$SCRATCH/fields"
assert_grep '=> LOST .* there is no route to 198\.19\.' "$OUT"
assert_no_grep 'name-' "$OUT"
assert_grep "^nftrace: armed: [0-9]+ rules inserted, capturing for $((30 * PATIENCE)) s" "$ERR"
assert_equal "words that are no names" "" "$(grep -v 'Trying to acquire' "$ERR" | grep name-)"
tshark -r "$SCRATCH/masked.pcapng" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields \
	-e _ws.col.Protocol -e ip.checksum.status -e tcp.checksum.status -e udp.checksum.status -e icmp.checksum.status -e icmpv6.checksum.status \
	-e data.len >"$SCRATCH/fields" 2>/dev/null
(($(wc -l <"$SCRATCH/fields") > 12)) || fail "only $(wc -l <"$SCRATCH/fields") packets"
assert_equal "wrong checksums" "" "$(awk -F '\t' '$2 ~ /^0|,0/ || $3 ~ /0/ || $4 ~ /^0/ || $5 ~ /^0/ || $6 ~ /^0/' "$SCRATCH/fields")"
assert_equal "headers of IPv4 that were looked at" 1 "$(awk -F '\t' '$2 ~ /1/ { n++ } END { print (n > 6) }' "$SCRATCH/fields")"
assert_equal "segments without data that were looked at" 1 "$(awk -F '\t' '$3 ~ /1/ { n++ } END { print (n > 2) }' "$SCRATCH/fields")"
assert_equal "bytes of payload" "" "$(awk -F '\t' '$7 != ""' "$SCRATCH/fields")"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-rules N: an inet table of N rules in as many chains as those of rules.sh, as nft writes them,
# for nft -f.
awk -v n="${1:?number of rules}" 'BEGIN {
	chains = int(n / 10)
	print "table inet services {"
	for (c = 0; c < chains; c++) printf "chain svc-%08X {}\n", c
	print "chain forward { type filter hook forward priority 0;"
	for (c = 0; c < chains; c++) {
		printf "ip daddr 10.%d.%d.%d tcp dport %d counter jump svc-%08X comment \"ns/service-%d cluster IP\"\n",
			64 + int(c / 65536) % 64, int(c / 256) % 256, c % 256, 1024 + c % 60000, c, c
		rules++
	}
	print "}"
	print "chain output { type filter hook output priority 0; udp dport 9 counter accept comment \"the last chain\"; }"
	rules++
	for (c = 0; c < chains; c++) {
		printf "chain svc-%08X {\n", c
		for (k = 0; k < 9 && rules < n; k++) {
			if (k % 3 == 0)
				printf "ip saddr 10.%d.%d.%d meta mark and 0xffff0000 == 0x%x counter return\n",
					k, int(c / 256) % 256, c % 256, k * 65536
			else if (k % 3 == 1)
				printf "tcp dport { 80, 443, %d } ct state new counter accept\n", 1024 + c % 60000
			else
				printf "counter meta mark set 0x10000 comment \"cali:%016X\"\n", c * 16 + k
			rules++
		}
		print "}"
	}
	print "}"
}'

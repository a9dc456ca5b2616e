#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rules N: raw, and a filter table of N rules as kube-proxy and Calico write them, for
# iptables-restore. What leaves goes through the table's last chain: its events cost most.
awk -v n="${1:?number of rules}" 'BEGIN {
	chains = int(n / 10)
	print "*raw\n:PREROUTING ACCEPT\n:OUTPUT ACCEPT\nCOMMIT"
	print "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:zz-last -"
	for (c = 0; c < chains; c++) printf ":KUBE-SVC-%08X - [0:0]\n", c
	print "-A OUTPUT -j zz-last"
	print "-A zz-last -p udp -m comment --comment \"the last chain\" -j ACCEPT"
	rules = 2
	for (c = 0; c < chains; c++) {
		printf "-A FORWARD -d 10.%d.%d.%d/32 -p tcp -m comment --comment \"ns/service-%d cluster IP\" -m tcp --dport %d -j KUBE-SVC-%08X\n",
			64 + int(c / 65536) % 64, int(c / 256) % 256, c % 256, c, 1024 + c % 60000, c
		rules++
	}
	for (c = 0; c < chains; c++) {
		for (k = 0; k < 9 && rules < n; k++) {
			if (k % 3 == 0)
				printf "-A KUBE-SVC-%08X -s 10.%d.%d.%d/32 -m comment --comment \"ns/service-%d\" -m mark --mark 0x%x/0xffff0000 -j RETURN\n",
					c, k, int(c / 256) % 256, c % 256, c, k * 65536
			else if (k % 3 == 1)
				printf "-A KUBE-SVC-%08X -p tcp -m multiport --dports 80,443,%d -m conntrack --ctstate NEW -j ACCEPT\n",
					c, 1024 + c % 60000
			else
				printf "-A KUBE-SVC-%08X -m comment --comment \"cali:%016X\" -j MARK --set-xmark 0x10000/0x10000\n",
					c, c * 16 + k
			rules++
		}
	}
	print "COMMIT"
}'

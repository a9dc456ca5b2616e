// SPDX-License-Identifier: GPL-2.0-or-later
/* mroute: forwards what one host sends to one IPv4 group, until it is ended. */
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/mroute.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int set(int fd, int option, const void *value, socklen_t len)
{
	if (setsockopt(fd, IPPROTO_IP, option, value, len) == 0)
		return 0;
	perror("mroute");
	return -1;
}

/* argv: SOURCE GROUP IN OUT... */
int main(int argc, char **argv)
{
	struct mfcctl route = { .mfcc_parent = 0 };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_IGMP), on = 1, i;

	if (argc < 5 || argc - 3 > MAXVIFS ||
	    inet_pton(AF_INET, argv[1], &route.mfcc_origin) != 1 ||
	    inet_pton(AF_INET, argv[2], &route.mfcc_mcastgrp) != 1) {
		fputs("usage: mroute SOURCE GROUP IN OUT...\n", stderr);
		return 2;
	}
	if (set(fd, MRT_INIT, &on, sizeof(on)) != 0)
		return 1;
	for (i = 0; i < argc - 3; i++) {
		struct vifctl vif = {
			.vifc_vifi = (vifi_t)i, .vifc_threshold = 1,
			.vifc_flags = VIFF_USE_IFINDEX,
			.vifc_lcl_ifindex = (int)if_nametoindex(argv[i + 3]),
		};

		if (set(fd, MRT_ADD_VIF, &vif, sizeof(vif)) != 0)
			return 1;
		route.mfcc_ttls[i] = i > 0;
	}
	if (set(fd, MRT_ADD_MFC, &route, sizeof(route)) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	pause();
	close(fd);
	return 0;
}

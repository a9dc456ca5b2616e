/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listener: who waits for packets in user space: on a queue, on a port. */
#ifndef NFTRACE_LISTENER_H
#define NFTRACE_LISTENER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum listener_state {
	LISTENER_UNKNOWN,
	LISTENER_THERE,
	LISTENER_NONE,
	LISTENER_NOT_TRANSPARENT,	/* somebody does, without IP_TRANSPARENT */
};

/**
 * listener_of_queue - does anybody listen on queue @number of nfnetlink_queue?
 * @portid: of his socket, LISTENER_THERE; portid_process() has the process
 */
enum listener_state listener_of_queue(uint32_t number, uint32_t *portid);

/**
 * listener_on_port - has a transparent socket of this host the port, for TPROXY to find?
 * @six: the packet is of IPv6; one of IPv4 finds sockets of both
 * @proto: IPPROTO_TCP: one that listens; IPPROTO_UDP: any
 */
enum listener_state listener_on_port(bool six, uint8_t proto, uint32_t port);

/* To which packets of its port a socket listens. */
struct listener_place {
	char address[INET6_ADDRSTRLEN];	/* of this host */
	char peer[INET6_ADDRSTRLEN];	/* "": anybody */
	uint32_t device;		/* 0: any */
	bool others;			/* not the only one: others listen to others */
};

/**
 * listener_elsewhere - who has the port, though not for all that comes to it
 * @proto: IPPROTO_TCP: one that listens; IPPROTO_UDP, IPPROTO_UDPLITE: any
 * @at: the first of them
 * Return: false: nobody has it, somebody has it for all, or it cannot be asked.
 */
bool listener_elsewhere(bool six, uint8_t proto, uint16_t port,
			struct listener_place *at);

#endif

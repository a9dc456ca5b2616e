/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dns: a DNS message's bytes -> ", DNS 4660+ A? example.com." */
#ifndef NFTRACE_DNS_H
#define NFTRACE_DNS_H

#include <stddef.h>
#include <stdint.h>

/**
 * dns_print - the question, or the answers, of a message
 * @len: bytes captured; @whole: bytes there were
 *
 * What lies beyond the captured bytes shows as " [|domain]".  Nothing is
 * printed for bytes that are no DNS message.
 * Return: bytes written without the NUL.
 */
size_t dns_print(char *buf, size_t size, const uint8_t *msg, size_t len,
		 size_t whole);

#endif

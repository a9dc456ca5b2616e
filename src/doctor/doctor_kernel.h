/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_kernel: whether the kernel takes a run's own rules, tried where nobody sees it. */
#ifndef NFTRACE_DOCTOR_KERNEL_H
#define NFTRACE_DOCTOR_KERNEL_H

#include <stdbool.h>

struct family;

/* How bad it is; in --doctor's words "ok", "warning", "error". */
enum severity { FINE, WARNING, ERROR };

enum { DOCTOR_TEXT = 1024 };

/** doctor_kernel_family - does the kernel have the family at all (ipv6.disable=1)? */
bool doctor_kernel_family(const struct family *f);

/** doctor_kernel_raw - TRACE and what goes with it in raw; @text: a sentence */
enum severity doctor_kernel_raw(char text[DOCTOR_TEXT], const struct family *f);

/** doctor_kernel_nft - a table of nft's as the run makes it; "": nothing is to be said */
enum severity doctor_kernel_nft(char text[DOCTOR_TEXT], const struct family *f);

/** doctor_kernel_witness - can chains of the run's own see what leaves a hook? */
enum severity doctor_kernel_witness(char text[DOCTOR_TEXT]);

#endif

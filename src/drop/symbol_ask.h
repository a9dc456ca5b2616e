/* SPDX-License-Identifier: GPL-2.0-or-later */
/* symbol_ask: the kernel's own word for which of its functions an address lies in. */
#ifndef NFTRACE_DROP_SYMBOL_ASK_H
#define NFTRACE_DROP_SYMBOL_ASK_H

#include <stdbool.h>

#include "drop/kallsyms.h"

struct helper_out;

/**
 * symbol_ask - the same as kallsyms_search(), without reading all that the kernel has
 *
 * A small program has the kernel print each address as a backtrace would ("%pB",
 * bpf_snprintf(), Linux 5.13), which takes it some microseconds; to read
 * /proc/kallsyms takes a tenth of a second.
 *
 * Return: false: this kernel does not do that, or not for who asks.
 */
bool symbol_ask(const struct kallsyms_question *q, struct kallsyms_answer *a);

/**
 * symbol_ask_job - a job for helper_start(): symbol_ask(), or else /proc/kallsyms is read
 * @arg: struct kallsyms_question; it leaves a struct kallsyms_answer
 */
int symbol_ask_job(const void *arg, struct helper_out *out);

/** symbol_ask_read - "ip_rcv_core.isra.0+0x10/0x3c0 [module]" -> "ip_rcv_core+0x10"; "": no function */
void symbol_ask_read(char text[KALLSYMS_TEXT], const char *printed);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* denied: why the caller may not load a BPF program. */
#ifndef NFTRACE_DROP_DENIED_H
#define NFTRACE_DROP_DENIED_H

#include <stdbool.h>

/** drop_denied_why - what the calling process lacks; "": nothing that can be seen */
const char *drop_denied_why(void);

/** drop_denied_reading - nobody may read the kernel's memory (lockdown) */
bool drop_denied_reading(void);

#endif

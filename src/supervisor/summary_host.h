/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_host: is the host as it was found?  What was removed, put back, given. */
#ifndef NFTRACE_SUMMARY_HOST_H
#define NFTRACE_SUMMARY_HOST_H

#include <stdbool.h>

struct run;

/** summary_host_is_clean - all is removed, and nobody else has changed anything */
bool summary_host_is_clean(const struct run *r);

/** summary_host - who changed what, who waited; of a clean host details alone */
void summary_host(const struct run *r);

#endif

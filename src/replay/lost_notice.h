/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lost_notice: what loggers say of messages that they have not written. */
#ifndef NFTRACE_LOST_NOTICE_H
#define NFTRACE_LOST_NOTICE_H

#include <stdint.h>

#include "rules/base/strview.h"

/** lost_notice - how many are missing here, at least; 0: the line does not say so */
uint32_t lost_notice(struct strview line);

#endif

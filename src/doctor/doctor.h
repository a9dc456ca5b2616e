/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: --doctor, every check in turn, nothing changed. */
#ifndef NFTRACE_DOCTOR_H
#define NFTRACE_DOCTOR_H

struct options;

/** check_doctor - --doctor; the exit status: 0, 5 with warnings, 1 with errors */
int check_doctor(const struct options *o);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setting: sysctls of the network namespace that the process is in. */
#ifndef NFTRACE_SETTING_H
#define NFTRACE_SETTING_H

#include <stdbool.h>

/** setting_number - the number in a file; -1: there is none */
long setting_number(const char *path);

/** setting_of - net.ipv4.conf.IFACE.NAME, or of ipv6; -1: there is none */
long setting_of(bool six, const char *iface, const char *name);

/** setting_either - is it on for the interface, or for all of them? */
bool setting_either(bool six, const char *iface, const char *name);

#endif

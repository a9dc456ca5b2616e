#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-ways-legacy: ways to die or to go on, judged by who received it; rules of iptables-legacy.
# TIMEOUT: 600
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/ways.sh"

ways legacy

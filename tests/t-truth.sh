#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-truth: every event in the right journey, every journey one packet, every fate right.
#
# Packets carry a serial number where nftrace cannot see it (tools/serial.h), and are alike
# otherwise. The rules spell the number in every table by which of them are hit; a capture at
# the interfaces sees it. tools/truth.c joins the three.
# TIMEOUT: 1200
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"
. "$TESTS/truths.sh"

truth_by legacy
truth_router
truth_nat
truth_bridge
few_marked

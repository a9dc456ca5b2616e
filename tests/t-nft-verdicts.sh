#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-verdicts: what decides a fate in nft's rules, a scenario each, through a router without legacy tables.
#
# The scenarios are in verdicts/nft/. UPDATE=1 tests/run nft-verdicts writes what is expected of
# them anew: read the difference.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/scenario.sh"
. "$TESTS/verdicts.sh"

verdicts nft

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-verdicts: every verdict and target that decides a fate, a scenario each, through a router.
#
# The scenarios are in verdicts/legacy/. UPDATE=1 tests/run verdicts writes what is expected of
# them anew: read the difference.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/scenario.sh"
. "$TESTS/verdicts.sh"

verdicts legacy

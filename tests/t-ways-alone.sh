#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-ways-alone: ways to die or to go on where one table stands alone: the last events say little.
# TIMEOUT: 600
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/ways.sh"

ways legacy alone-filter alone-nat alone-mangle
[[ -z ${SOAK-} ]] || ways legacy alone-raw
[[ -z ${SOAK-} ]] || ways nft alone-filter alone-nat alone-mangle alone-raw

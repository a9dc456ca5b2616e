#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-truth: t-truth's packets and judge with the rules in nft, and in both backends at once.
# TIMEOUT: 900
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"
. "$TESTS/truths.sh"

SHARE=5
for backend in nft both; do
	truth_by $backend
	truth_router
	truth_nat
	truth_bridge
done
few_marked

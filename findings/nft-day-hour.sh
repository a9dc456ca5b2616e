#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-day-hour: in one rule "meta hour" is of nft's time zone, and "meta day" of UTC.
#
# Versions: nftables 1.1.3-1 (Debian 13, amd64); kernel 6.18, its own time zone UTC.
#
# nft turns an hour into UTC by its TZ when it loads a rule, and back when it lists it; the
# kernel compares seconds of UTC's day.  A day of the week is left as it was typed, and the kernel compares
# that of its own zone.  So 14 hours east of UTC "meta day Tuesday meta hour 03:00-04:00"
# does not match on Tuesday at half past three, when it is still Monday in UTC; it matches a day later.
# Listed with that TZ the rule reads as it was typed.
. "$(dirname "$0")/debs.sh"

install_trixie
# Of the zones 14 hours east and 12 west one has another day than UTC.
in_trixie bash -c '
	ip link set lo up
	[[ $(TZ=EAST-14 date +%F) = "$(date -u +%F)" ]] && zone=WEST+12 || zone=EAST-14
	export TZ=$zone
	until
		hour=$(date "+%F %H") here=$(date +%A) utc=$(date -u +%A)
		nft flush ruleset
		nft -f - <<-END
			table ip t {
				chain c {
					type filter hook output priority filter
					meta hour "$(date +%H:00)"-"$(date +%H:59)" counter comment "hour"
					meta day $here meta hour "$(date +%H:00)"-"$(date +%H:59)" counter comment "day of this zone"
					meta day $utc meta hour "$(date +%H:00)"-"$(date +%H:59)" counter comment "day of UTC"
				}
			}
		END
		{ echo x >/dev/udp/127.0.0.1/9; } 2>/dev/null
		nft list ruleset >"$1/list"
		[[ $hour = "$(date "+%F %H")" ]]
	do :; done
	[[ $here = "$utc" ]] || echo "another day than UTC"
	for comment in hour "day of this zone" "day of UTC"; do
		grep -o "packets [0-9]* .*comment \"$comment\"" "$1/list" | sed "s/bytes [0-9]* //"
	done
	sed -n "s/.*meta day \"$here\" meta hour \"$(date +%H):00\"-\"$(date +%H):59\".*zone.*/listed as typed/p" "$1/list"' \
	in_trixie "$TMP" >"$TMP/told" 2>&1

seen "what matches" 'another day than UTC
packets 2 comment "hour"
packets 0 comment "day of this zone"
packets 2 comment "day of UTC"
listed as typed' "$(<"$TMP/told")"
exit $differs

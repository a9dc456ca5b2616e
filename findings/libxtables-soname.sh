#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libxtables-soname: two libxtables.so.12 have a variable of another size under one name.
#
# Versions: libxtables12 1.8.9-2 (Debian 12) and 1.8.11-2 (Debian 13), amd64.  Both
# are libxtables.so.12.
#
# xtables_chain_protos grew from 224 to 256 bytes.  iptables 1.8.9 names it and has a
# copy relocation (R_X86_64_COPY) for it, so its copy has the size of the library of
# its build; of the newer one the dynamic linker would copy the part that fits, and
# the entry that ends the array is not in that part.  A program that is to run with
# both must reach the variable where the library has it (-fPIC).
. "$(dirname "$0")/debs.sh"

install_bookworm
unpack "$TMP/trixie" <<-'END'
	4de5aa59faef5e98d6ba9f5f521a915be5641f224f597862f8d29e8319e8db16 i/iptables/libxtables12_1.8.11-2_amd64.deb
END

# of ROOT: the name by which programs ask for it, and the symbol's size
of() {
	local so=$1/usr/lib/x86_64-linux-gnu/libxtables.so.12
	readelf -dW "$so" | sed -n 's/.*soname: \[\(.*\)\]/\1/p'
	readelf --dyn-syms -W "$so" | awk '$8 == "xtables_chain_protos" { print $3 }'
}
seen "1.8.9's name and size" "libxtables.so.12 224" "$(of "$TMP/bookworm" | paste -sd ' ')"
seen "1.8.11's name and size" "libxtables.so.12 256" "$(of "$TMP/trixie" | paste -sd ' ')"

copies=$(readelf -rW "$TMP/bookworm/usr/sbin/xtables-legacy-multi" |
	awk '$3 == "R_X86_64_COPY" && $5 ~ /^xtables_chain_protos/ { print $3, "xtables_chain_protos" }')
seen "what iptables 1.8.9 has of it" "R_X86_64_COPY xtables_chain_protos" "$copies"
exit $differs

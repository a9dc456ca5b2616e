# SPDX-License-Identifier: GPL-2.0-or-later
# debs.sh: for the scripts here: Debian packages by their digests, unpacked in a folder of their own.
# shellcheck shell=bash
set -u
# The first archive that this machine's apt knows.
MIRROR=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)}
MIRROR=${MIRROR%/}
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
differs=0

# unpack ROOT < "SHA256 FILE" lines: packages of $MIRROR/pool/main into that folder
unpack() {
	local sum file deb
	mkdir -p "$1"
	while read -r sum file; do
		deb=$TMP/${file##*/}
		[[ -e $deb ]] || /usr/lib/apt/apt-helper -qq download-file \
			"$MIRROR/pool/main/$file" "$deb" "SHA256:$sum" 2>"$TMP/why" ||
			{ cat "$TMP/why" >&2; echo "$file cannot be had" >&2; exit 2; }
		dpkg-deb -x "$deb" "$1" || exit 2
	done
}

# in_root ROOT COMMAND...: its programs and libraries, in a network without anybody else
in_root() {
	local lib=$1/usr/lib/x86_64-linux-gnu
	unshare --net --mount env PATH="$1/usr/sbin:$PATH" LC_ALL=C XTABLES_LOCKFILE="$TMP/lock" \
		LD_LIBRARY_PATH="$lib:$1/lib/x86_64-linux-gnu" XTABLES_LIBDIR="$lib/xtables" "${@:2}"
}

# seen WHAT EXPECTED ACTUAL
seen() {
	if [[ $3 = "$2" ]]; then
		echo "as before: $1"
	else
		printf 'CHANGED: %s\n  before: %s\n  now:    %s\n' "$1" "$2" "$3"
		differs=1
	fi
}

[[ $EUID -eq 0 && $(dpkg --print-architecture) = amd64 ]] ||
	{ echo "only as root, on Debian for amd64" >&2; exit 2; }

# What iptables-nft and nft of Debian 12 are made of.
bookworm_nft='
2928d3ca6ca8a3dc3f423f6752822b1f3614a5ba609ff7806bcba4449ffe90e1 i/iptables/iptables_1.8.9-2_amd64.deb
f2c48b367f9ec13f9aa577e7ccf81b371ce5d5fe22dddf9d7aa99f1e0bb7cfc4 i/iptables/libip4tc2_1.8.9-2_amd64.deb
be88db3dfa2fe3345ea343207f7c75345602686121e579023d021c348b9b4f4d i/iptables/libip6tc2_1.8.9-2_amd64.deb
cb841d66950a43af4a398625313d2f3da9065299c9738538de6c2c3495857040 i/iptables/libxtables12_1.8.9-2_amd64.deb
4581f42e3373cb72f9ea4e88163b17873afca614a6c6f54637e95aa75983ea7c libm/libmnl/libmnl0_1.0.4-3_amd64.deb
65f1539238f60fcc85d115acd640474f45c77bfddcf402eb7d75965a783c2bc8 libn/libnetfilter-conntrack/libnetfilter-conntrack3_1.0.9-3_amd64.deb
ae5cbba417ea48f34c1f72c27e8146a81f20614c1296bca2cd7234c8215fddcc libn/libnfnetlink/libnfnetlink0_1.0.2-2_amd64.deb
9e619e1470a1915264e906020f3bfc046fd8458043b1342686d997b5078213af libn/libnftnl/libnftnl11_1.2.4-2_amd64.deb
966ff20ce58c17163a771c02ddbca264291408f94c512bd85dd18da0ebdbe88c n/nftables/nftables_1.0.6-2+deb12u2_amd64.deb
3a8223f9bfba99d97bf25296ac83de307ab036e1df63e5965f88809266851947 n/nftables/libnftables1_1.0.6-2+deb12u2_amd64.deb
1cf14abf2716d3279db12d0657a5737cf70074a1e71d3bdf73206625e3c89ce6 libe/libedit/libedit2_3.1-20221030-2_amd64.deb
3fc9742f9f1a37bcb9931df6074b4d1483419ef832ad5349f47323e75fc27864 j/jansson/libjansson4_2.14-2_amd64.deb
187aedef2ed763f425c1e523753b9719677633c7eede660401739e9c893482bd g/gmp/libgmp10_6.2.1+dfsg1-1.1_amd64.deb
072d908f38f51090ca28ca5afa3b46b2957dc61fe35094c0b851426859a49a51 n/ncurses/libtinfo6_6.4-4_amd64.deb
bb31cc8b40f962a85b2cec970f7f79cc704a1ae4bad24257a822055404b2c60b libb/libbsd/libbsd0_0.11.7-2_amd64.deb
03539fd30c509e27101d13a56e52eda9062bdf1aefe337c07ab56def25a13eab libm/libmd/libmd0_1.0.4-2_amd64.deb
'
install_bookworm() { unpack "$TMP/bookworm" < <(sed "/^$/d" <<<"$bookworm_nft"); }

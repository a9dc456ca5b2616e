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

# The same of Debian 13, with the C library that they need.
trixie_nft='
95ba166bb68a76ca1513196dd59d91e3c33b2096884c6de80406f302b18a030e i/iptables/iptables_1.8.11-2_amd64.deb
762e4d9c7f86b3fdaefee2baf61ce40073d46d7602651433f2cb7a5eabfb47b4 i/iptables/libip4tc2_1.8.11-2_amd64.deb
d5ecaad5595dc88d08f317997beb53a4906c45ea79ee14ec89103f72573e3f99 i/iptables/libip6tc2_1.8.11-2_amd64.deb
4de5aa59faef5e98d6ba9f5f521a915be5641f224f597862f8d29e8319e8db16 i/iptables/libxtables12_1.8.11-2_amd64.deb
4ec9c1096e0b954e3bdb03a62314ee7f49999045d3d55be3e4ded520ffc9baf5 libm/libmnl/libmnl0_1.0.5-3_amd64.deb
ffbac5d06fbe432d5171f2eb5b2504968377f27be133f72c81e71250a9957506 libn/libnetfilter-conntrack/libnetfilter-conntrack3_1.1.0-1_amd64.deb
5e4c3c40a04ffdb4139e4bef1136585e151a8eb8c71efa6c7250b636b3c0d1b1 libn/libnfnetlink/libnfnetlink0_1.0.2-3_amd64.deb
1b3eae46bfb9c6ab44e404797fb45278045f926d73974a84097ad47a3e27d983 libn/libnftnl/libnftnl11_1.2.9-1_amd64.deb
2ddfa61baaf3a76e2c499db9e521ba6affb226f85af0b6fef739f346ac5f0c39 n/nftables/nftables_1.1.3-1_amd64.deb
c7cbee3dce8452ae5c3c4269f6f52e96b896d36a46ea3c490e0e11e8ff359896 n/nftables/libnftables1_1.1.3-1_amd64.deb
b002ea172b9c1e34a67bc497c523c67bb74c3f0a4e98113cb083990a1f1d3bfe libe/libedit/libedit2_3.1-20250104-1_amd64.deb
60707a62fe6c1228c3389b12a13ca4efd76defc5532473e547a29e99cf7d2a6e j/jansson/libjansson4_2.14-2+b3_amd64.deb
d0d0265eb01770f17afd0f7c8c0622f80479dcfbbe13653a0debeec61464e622 g/gmp/libgmp10_6.3.0+dfsg-3_amd64.deb
8b9f6a7983e9418564e48a627518de4c03917b56efe68d7f3e93bd8fffa1cc10 n/ncurses/libtinfo6_6.5+20250216-2_amd64.deb
e5a85986fa6bec3307ab1bc860736b478b331882bc45e17675a7bdf88eecb43a libb/libbsd/libbsd0_0.12.2-2_amd64.deb
7244ec3839b61fac0c1884fe08aaa040f26e8f1f35f1f5d3482eacefd30d1b44 libm/libmd/libmd0_1.1.0-2+b1_amd64.deb
b59b0625cd1a791375d40dab23a4d5d3d0641e3d0a773501becdc3725b7f99cf g/glibc/libc6_2.41-12+deb13u5_amd64.deb
'
# install_trixie [MORE]: with more packages; and in $TMP/trixie/run a program by each name that
# runs by that C library
install_trixie() {
	local root=$TMP/trixie name path
	unpack "$root" < <(sed "/^$/d" <<<"$trixie_nft${1-}")
	mkdir "$root/run"
	for path in "$root"/usr/{sbin,bin}/*; do
		name=${path##*/}
		cat >"$root/run/$name" <<-END
			#!/bin/sh
			unset LD_LIBRARY_PATH
			exec "$root/usr/lib64/ld-linux-x86-64.so.2" --argv0 "$name" \\
				--library-path "$root/usr/lib/x86_64-linux-gnu" "$path" "\$@"
		END
		chmod +x "$root/run/$name"
	done
}
# in_trixie COMMAND...: in a network without anybody else, the programs of Debian 13 first
in_trixie() {
	unshare --net --mount env PATH="$TMP/trixie/run:$PATH" LC_ALL=C XTABLES_LOCKFILE="$TMP/lock" \
		XTABLES_LIBDIR="$TMP/trixie/usr/lib/x86_64-linux-gnu/xtables" "$@"
}

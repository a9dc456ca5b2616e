# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# machine.sh: for kernel and uml: the disks of a machine, its kernel's packages, its results
#
# Set before it is included: target, as k6.1 or u6.1. One image does for all machines:
# nothing that a machine writes is kept. The programs are this system's: its Debian is in
# the image, and what was built here is copied in.
PATH=$PATH:/usr/sbin:/sbin
. "$(dirname "$0")/lib.sh"

# What is tried where nobody names TESTS: what differs with the kernel. What takes least is first:
# of a machine that is stopped most is known then.
tests=(trace late lacks reasons logger-none bypass twins doctor texts nft-replies json read pcap
	nft-verdicts words verdicts nft-words nft-backends)

declare -A suites=([5.10]="bullseye bullseye-security" [6.1]="bookworm bookworm-security"
	[6.12]="trixie trixie-security" [7.2]=sid)
version=${target#?}
folder=$CACHE/$target image=$CACHE/image program=build/nftrace
. "$(dirname "$0")/kept.sh"
[[ -n ${suites[$version]-} ]] || die "$target: the kernels are ${target%"$version"}$(echo "${!suites[@]}" | sed "s/ /, ${target%"$version"}/g")"
[[ $(dpkg --print-architecture) = amd64 ]] || die "$target: these machines are amd64's only"

# disk FILE FOLDER SPARE: a file system of that folder, with SPARE MB left
disk() {
	local size
	size=$(($(du -sm "$2" | cut -f 1) * 5 / 4 + $3))
	rm -f "$1" && mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$2" "$1" "${size}M" >/dev/null ||
		{ rm -f "$1"; return 1; }
}

# ---- the image: made once; kmod loads modules there, as it does on a host

make_image() {
	local suite
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	# shellcheck disable=SC2046 # a list of packages
	make_root "$suite" "$image" &&
		add_packages "$image" $(variable TEST_PACKAGES) kmod busybox-static ipvsadm || return
	[[ $image/disk -nt $image/packages ]] && return
	echo "  IMAGE   $image/disk"
	mkdir -p "$image/root/usr/lib/modules" "$image/root/nftrace" &&
		rm -rf "$image"/root/var/lib/apt/lists/* "$image"/root/usr/share/{doc,locale}/* &&
		disk "$image/disk" "$image/root" 400
}

# ---- packages of the version's suites

# apt_of COMMAND...: apt with the lists of the version's suites, none of the machine's own
apt_of() {
	"$@" -qq -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o "Dir::State::Lists=$folder/lists" -o Dir::State::Status=/dev/null \
		-o "Dir::Cache=$folder" -o Acquire::Check-Valid-Until=false \
		-o Acquire::Languages=none -o APT::Sandbox::User=root
}

list_sources() {
	local suite security
	security=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian-Security' | head -n 1)
	for suite in ${suites[$version]}; do
		case $suite in
		*-security) [[ -z $security ]] || echo "deb $security $suite main" ;;
		*) echo "deb $(mirror_of "$suite") $suite main" ;;
		esac
	done
}

# is_recent: what the archive had within a day is new enough
is_recent() { [[ -e $folder/name && -n $(find "$folder/updated" -mtime -1 2>/dev/null) ]]; }

update_lists() {
	mkdir -p "$folder/lists/partial" "$folder/archives/partial" || return
	list_sources >"$folder/sources.list"
	apt_of apt-get update && touch "$folder/updated"
}

# unpack_packages PACKAGE...: into $folder/unpacked, modules indexed and on a disk
unpack_packages() {
	local deb modules
	rm -rf "$folder"/{name,debs,unpacked} && mkdir -p "$folder/debs" "$folder/unpacked" &&
		(cd "$folder/debs" && apt_of apt-get download "$@") || return
	for deb in "$folder"/debs/*.deb; do
		dpkg-deb -x "$deb" "$folder/unpacked" || return
	done
	for dir in lib lib64; do
		[[ -d $folder/unpacked/$dir ]] || ln -s "usr/$dir" "$folder/unpacked/$dir"
	done
	modules=$folder/unpacked/lib/modules
	[[ -d $modules ]] || ln -sr "$folder/unpacked/usr/lib/uml/modules" "$modules" || return
	depmod -b "$folder/unpacked" "$(ls "$modules")" &&
		disk "$folder/modules" "$(readlink -f "$modules")" 16
}

# make_initrd MODULE...: busybox, and the modules that it takes to see the disks
make_initrd() {
	local dir=$folder/initrd module file release
	release=$(ls "$folder/unpacked/lib/modules")
	rm -rf "$dir" && mkdir -p "$dir"/{bin,dev,proc,sys,modules,root} &&
		cp "$image/root/bin/busybox" "$dir/bin/" && cp tests/matrix/init "$dir/init" || return
	for module; do
		modprobe -d "$folder/unpacked" -S "$release" --show-depends "$module" |
			sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++' >"$folder/order" || return
	while read -r file; do
		module=$(basename "$file" | sed 's/\.xz$//')
		case $file in
		*.xz) xz -dc "$file" ;;
		*) cat "$file" ;;
		esac >"$dir/modules/$module" && echo "$module"
	done <"$folder/order" >"$dir/order"
	(cd "$dir" && find . | cpio -o -H newc 2>/dev/null) | gzip -1 >"$folder/initrd.gz"
}

# ---- the tree

copy_built() {
	local tree=$folder/tree
	rm -rf "$tree" && mkdir -p "$tree" || return
	{
		git ls-files -z --cached --others --exclude-standard
		printf 'build/%s\0' nftrace testpoints wide tests
	} | tar -c --null --files-from - --exclude='*.[oad]' --exclude='*_test' --exclude='build/tests/fuzz' --ignore-failed-read 2>/dev/null |
		tar -x -C "$tree" && disk "$tree.disk" "$tree" 300
}

# ---- the tests

# try: runs in the machine (boot TEST..., the includer's) what is not known yet, and writes it down
try() {
	local -a wanted left=()
	local name status why=
	make --no-print-directory -j "$(nproc)" ${CC:+CC="$CC"} script-programs >"$folder/build" 2>&1 || {
		tail -n 5 "$folder/build" >&2
		die "$target: the tree does not build"
	}
	read -ra wanted <<<"${TESTS:-${tests[*]}}"
	wanted=("${wanted[@]/#/t-}")
	mapfile -t left < <(what_is_left "${wanted[@]}")
	echo "  TESTS   $(<"$folder/name"): ${#left[@]} of ${#wanted[@]} to be run ($folder/tests)"
	if ((${#left[@]} > 0)); then
		copy_built || die "$target: the tree cannot be copied"
		rm -f "$folder/console" "$folder/out"
		boot "${left[@]}"
		status=$?
		why="the machine ended, status $status"
		((status != 124)) || why="the machine was stopped after ${LIMIT:-$limit} s"
		keep <"$folder/out"
		grep -m 1 '^kernel ' "$folder/out" | tr -d '\r' >"$folder/version"
	fi
	sum_up "$why" "${wanted[@]}" >"$folder/tests" && grep -Eq '^[0-9]+ passed, 0 failed' "$folder/tests"
	status=$?
	grep -E '^FAIL |^[0-9]+ passed' "$folder/tests" || tail -n 20 "$folder/console" >&2
	[[ -z ${TESTS-} ]] || exit $status
	tests/matrix/record "$target" "kernel=$(sed 's/^kernel \([0-9.]*\).*/\1/' "$folder/version")" \
		"iptables=$(version "$image" iptables)" "nftables=$(version "$image" nftables)" \
		"libnftnl=$(version "$image" libnftnl11)" "gcc=$(gcc -dumpfullversion)" \
		"glibc=$(version "$image" libc6)" <"$folder/tests"
	exit $status
}

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh: roots of other Debians: made by debootstrap, filled by apt, entered by pivot_root

die() {
	echo "matrix: $*" >&2
	exit 1
}

# mirror_of SUITE: where this machine's apt gets Debian from; $MIRROR for any other kind
mirror_of() {
	[[ -z ${MIRROR-} ]] || { echo "$MIRROR"; return; }
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' |
		head -n 1 | grep . || die "apt has no mirror of Debian here: set MIRROR"
}

# enter [-n] ROOT COMMAND...: in a mount and PID namespace, with -n in a network of its own
# and with a /run and /tmp that end with it. A chroot does not do: it is refused user
# namespaces, and its / is no mount point.
enter() {
	local -a spaces=(--mount --propagation private --pid --fork --kill-child)
	local own=
	if [[ $1 = -n ]]; then
		spaces+=(--net) own=yes
		shift
	fi
	OWN=$own unshare "${spaces[@]}" bash -c '
		mount --bind "$1" "$1" && cd "$1" && mkdir -p .old || exit 125
		mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev || exit 125
		[[ -z $OWN ]] || { mount -t tmpfs tmpfs tmp && mount -t tmpfs tmpfs run; } || exit 125
		pivot_root . .old && umount -l .old && cd / || exit 125
		"${@:2}"
		exit $?' enter "$@"
}

# in_root [-n] ROOT COMMAND...: with the environment of a fresh login there
in_root() {
	local -a own=()
	[[ $1 != -n ]] || { own=(-n); shift; }
	enter "${own[@]}" "$1" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
		LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "${@:2}"
}

# make_root SUITE FOLDER: a minbase root; it is made once
make_root() {
	[[ ! -e $2/complete ]] || return 0
	echo "  ROOT    $1 ($2.log)"
	command -v debootstrap >/dev/null || tests/deps debootstrap || return
	rm -rf "${2:?}" && mkdir -p "$2/root" || return
	debootstrap --variant=minbase "$1" "$2/root" "$(mirror_of "$1")" >"$2.log" 2>&1 || {
		tail -n 5 "$2.log" >&2
		return 1
	}
	# How this machine reaches the mirror; a clock that is wrong is no reason here.
	cp -L /etc/resolv.conf "$2/root/etc/resolv.conf"
	apt-config shell proxy Acquire::http::Proxy | sed -n "s/^proxy='\(.*\)'/Acquire::http::Proxy \"\1\";/p" \
		>"$2/root/etc/apt/apt.conf.d/90matrix"
	cat >>"$2/root/etc/apt/apt.conf.d/90matrix" <<-'EOT'
		Acquire::Check-Valid-Until "false";
		APT::Install-Recommends "false";
		APT::Sandbox::User "root";
		DPkg::Lock::Timeout "600";
	EOT
	echo force-unsafe-io >"$2/root/etc/dpkg/dpkg.cfg.d/90matrix"
	touch "$2/complete"
}

# add_packages FOLDER PACKAGE...: what of them that Debian has; says what it has not
add_packages() {
	local folder=$1 lacking
	shift
	[[ $(cat "$folder/packages" 2>/dev/null) != "$*" ]] || return 0
	echo "  APT     $folder ($folder.log)"
	in_root "$folder/root" apt-get -qq update >>"$folder.log" 2>&1 || return
	lacking=$(comm -23 <(printf '%s\n' "$@" | sort -u) \
		<(in_root "$folder/root" apt-cache pkgnames | sort -u) | paste -sd ' ')
	[[ -z $lacking ]] || echo "  it has no package $lacking"
	# shellcheck disable=SC2046 # a list of package names
	in_root "$folder/root" apt-get -qq install -y --no-install-recommends \
		$(printf '%s\n' "$@" | grep -vxF -f <(tr ' ' '\n' <<<"$lacking" | grep .)) >>"$folder.log" 2>&1 || {
		tail -n 5 "$folder.log" >&2
		return 1
	}
	in_root "$folder/root" apt-get clean
	echo "$*" >"$folder/packages"
}

# copy_tree FOLDER: the tree's files, committed or not yet, into /nftrace of the root;
# what was built there stays
copy_tree() {
	local new=$1/root/nftrace.new old=$1/root/nftrace
	rm -rf "$new" && mkdir -p "$new" &&
		git ls-files -z --cached --others --exclude-standard |
		tar -c --null --files-from - --ignore-failed-read 2>/dev/null | tar -x -C "$new" || return
	for built in build nftrace; do
		[[ ! -e $old/$built ]] || mv "$old/$built" "$new/" || return
	done
	rm -rf "$old" && mv "$new" "$old"
}

# variable NAME: a variable of the makefile
variable() {
	make -s --no-print-directory -f - print <<-EOT
		include GNUmakefile
		print: ; @echo \$($1)
	EOT
}

# version FOLDER PACKAGE-PATTERN...: the version, without Debian's own part
version() {
	in_root "$1/root" dpkg-query -W -f '${db:Status-Abbrev} ${Version}\n' "${@:2}" 2>/dev/null |
		awk '$1 == "ii" { sub(/^[0-9]+:/, "", $2); sub(/[-+][^-]*$/, "", $2); print $2; exit }'
}

# fresh ROOT COMMAND...: in it, with what the command writes gone with the command; the
# package and this folder are in its /root
fresh() {
	unshare --mount --propagation private bash -c '
		. tests/matrix/lib.sh
		mkdir -p "$CACHE/over" && mount -t tmpfs tmpfs "$CACHE/over" &&
		mkdir "$CACHE"/over/{upper,work,root} &&
		mount -t overlay -o "lowerdir=$1,upperdir=$CACHE/over/upper,workdir=$CACHE/over/work" \
			overlay "$CACHE/over/root" &&
		cp "$CACHE"/nftrace_*.deb tests/matrix/* "$CACHE/over/root/root/" || exit 125
		in_root "$CACHE/over/root" "${@:2}"' fresh "$@"
}

# make_deb: the package, of what is in the tree, built on Debian 12: later ones take it
make_deb() {
	local build=$CACHE/deb-build
	# shellcheck disable=SC2046 # a list of package names
	make_root bookworm "$build" &&
		add_packages "$build" $(variable PACKAGES) binutils lintian || die "bookworm: no root"
	copy_tree "$build" || die "bookworm: the tree cannot be copied"
	echo "  BUILD   deb on bookworm ($build.build)"
	rm -f "$CACHE"/nftrace_*.deb
	# git is not there, so it is told here who built it.
	in_root -n "$build/root" env "DEBFULLNAME=$(git log -1 --format=%an)" \
		"DEBEMAIL=$(git log -1 --format=%ae)" \
		make -C /nftrace --no-print-directory -j "$(nproc)" CI=1 deb >"$build.build" 2>&1 &&
		cp "$build"/root/nftrace/nftrace_*.deb "$CACHE/" ||
		die "deb: it cannot be built ($build.build)"
}

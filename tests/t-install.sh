#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-install: make install and uninstall are complete, make dist holds all that a build needs, one version.
. "$(dirname "$0")/lib.sh"

cd "$TREE" || exit 1
version=$(sed -n 's/^VERSION *:= *//p' GNUmakefile)
root=$SCRATCH/root
# As it is: with objects that are there, and no sanitizers.
quiet_make() { make --no-print-directory "$@" >"$SCRATCH/make" 2>&1 || { fail "make $1"; show make "$SCRATCH/make"; }; }

subtest "install: program, manual, completion, documents"
if [[ -n ${SANITIZE-} ]]; then
	skip "the program that is installed is an ordinary build"
else
	mkdir "$SCRATCH/tree"
	tar -c --exclude=./.git --exclude=./build/tests --exclude=./build/hooks --exclude=./build-san . |
		tar -x -C "$SCRATCH/tree"
	quiet_make install -C "$SCRATCH/tree" DESTDIR="$root" PREFIX=/usr
	(cd "$root" && find . -type f | sort) >"$SCRATCH/installed"
	cat >"$SCRATCH/expected" <<-EOT
		.$(make -s print-wireshark PREFIX=/usr)/nftrace.lua
		./usr/sbin/nftrace
		./usr/share/bash-completion/completions/nftrace
		./usr/share/doc/nftrace/README.rst
		./usr/share/doc/nftrace/man/fold.svg
		./usr/share/doc/nftrace/man/graph.svg
		./usr/share/doc/nftrace/man/page.png
		./usr/share/fish/vendor_completions.d/nftrace.fish
		./usr/share/man/man8/nftrace.8
		./usr/share/zsh/site-functions/_nftrace
	EOT
	assert_same "the files" "$SCRATCH/expected" "$SCRATCH/installed"
	assert_equal "the version" "nftrace $version" "$("$root/usr/sbin/nftrace" --version)"
	# The tests' own build has this word, the shipped one has not.
	grep -qa NFTRACE_TESTPOINT "$WITH_POINTS" || fail "the word for test points is another one now"
	grep -qa NFTRACE_TESTPOINT "$root/usr/sbin/nftrace" && fail "the program has test points"
	# What README.rst shows is where it looks for it.
	sed -n 's/^\.\. image:: *//p' README.rst | while read -r picture; do
		[[ -s $root/usr/share/doc/nftrace/$picture ]] || echo "$picture"
	done >"$SCRATCH/lost"
	assert_equal "pictures that are missing" "" "$(cat "$SCRATCH/lost")"
fi

subtest "libraries that are too old, or missing, are named before anything is compiled"
mkdir "$SCRATCH/old"
for library in libcap-ng=0.7.9 libnetfilter_log=1.0.1; do
	printf 'Name: x\nDescription: x\nVersion: %s\n' "${library#*=}" >"$SCRATCH/old/${library%=*}.pc"
done
PKG_CONFIG_PATH=$SCRATCH/old make --no-print-directory nftrace BUILD="$SCRATCH/none" >"$SCRATCH/make" 2>&1 &&
	fail "it builds"
assert_grep '^nftrace needs newer libraries than this system has: libnetfilter_log is 1\.0\.1, 1\.0\.2 is needed, libcap-ng is 0\.7\.9, 0\.8 is needed$' "$SCRATCH/make"
PKG_CONFIG_LIBDIR=$SCRATCH/none make --no-print-directory nftrace BUILD="$SCRATCH/none" >"$SCRATCH/make" 2>&1 &&
	fail "it builds without libraries"
assert_grep '^nftrace needs libraries that are missing here; on Debian: apt-get install gcc ' "$SCRATCH/make"
assert_no_grep '^  (CC|LD) ' "$SCRATCH/make"

subtest "deb: the same files, what they need, and a package that can be installed here"
if [[ -d $root ]] && command -v dpkg-deb >/dev/null; then
	quiet_make deb -C "$SCRATCH/tree"
	deb=$(echo "$SCRATCH/tree/nftrace_$version"_*.deb)
	dpkg-deb -x "$deb" "$SCRATCH/unpacked" || fail "it cannot be unpacked"
	assert_same "the files" <(sed 's/nftrace\.8$/&.gz/' "$SCRATCH/expected" |
		cat - <(printf './usr/share/doc/nftrace/%s\n' changelog.gz copyright) | LC_ALL=C sort) \
		<(cd "$SCRATCH/unpacked" && find . -type f | LC_ALL=C sort)
	assert_equal "the version" "nftrace $version" "$("$SCRATCH/unpacked/usr/sbin/nftrace" --version)"
	assert_equal "owners" "root/root" "$(dpkg-deb -c "$deb" | awk '{ print $2 }' | sort -u)"
	# With the suffix that a Debian may give it.  What is loaded by name when it is
	# needed is no condition.
	for field in Depends:{libxtables12,libmnl0,libc6} Recommends:{libnftables1,libpcap0.8}; do
		dpkg-deb -f "$deb" "${field%:*}" | tr ',' '\n' >"$SCRATCH/needs"
		assert_grep "^ ?${field#*:}(t64)? \\(>= [0-9]" "$SCRATCH/needs"
	done
	assert_grep '^ iptables$' "$SCRATCH/needs"
	dpkg-deb -f "$deb" Depends >"$SCRATCH/needs"
	assert_no_grep 'libnftables|libbpf|libpcap|iptables' "$SCRATCH/needs"
	dpkg --dry-run --install "$deb" >"$SCRATCH/dpkg" 2>&1 || { fail "dpkg refuses it"; show dpkg "$SCRATCH/dpkg"; }
else
	skip "no dpkg-deb, or nothing was installed"
fi

subtest "uninstall takes all of it away"
if [[ -d $root ]]; then
	quiet_make uninstall -C "$SCRATCH/tree" DESTDIR="$root" PREFIX=/usr
	assert_equal "files left" "" "$(find "$root" -type f)"
else
	skip "nothing was installed"
fi

subtest "one place for the version"
git grep -nF "$version" -- GNUmakefile src rules man README.rst 2>/dev/null | grep -v '^GNUmakefile:.*VERSION *:=' |
	grep -E "nftrace.{0,3}$version" >"$SCRATCH/places"
assert_equal "other places" "" "$(cat "$SCRATCH/places")"

subtest "dist: what is committed, no more and no less"
if git rev-parse --git-dir >/dev/null 2>&1; then
	git clone -q "$TREE" "$SCRATCH/dist" || fail "git clone"
	quiet_make dist -C "$SCRATCH/dist"
	tar -tzf "$SCRATCH/dist/nftrace-$version.tar.gz" | grep -v '/$' | sed "s,^nftrace-$version/,," |
		sort >"$SCRATCH/packed"
	git ls-tree -r --name-only HEAD | sort >"$SCRATCH/committed"
	assert_same "the files" "$SCRATCH/committed" "$SCRATCH/packed"
	if [[ -n ${SOAK-} ]]; then
		tar -xzf "$SCRATCH/dist/nftrace-$version.tar.gz" -C "$SCRATCH"
		quiet_make -C "$SCRATCH/nftrace-$version" CI=1
		assert_equal "what it builds" "nftrace $version" "$("$SCRATCH/nftrace-$version/nftrace" --version)"
	fi
else
	skip "this is no clone"
fi

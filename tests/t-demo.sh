#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-demo: the demo works as root, and without root where users may make namespaces.
. "$(dirname "$0")/lib.sh"

subtest "as root"
"$TESTS/demo.sh" >"$SCRATCH/demo" 2>&1
assert_equal "exit status" 0 $?
assert_text "the same (" "$SCRATCH/demo"
[[ -z $_why ]] || show "demo" "$SCRATCH/demo" 200

subtest "the README shows what it prints"
# Lines that the sample leaves out, comments, and what is another each time.
strip() { sed -E 's/ -m comment --comment ("[^"]*"|[^ ]+)//g; s/^(#[0-9]+) .*(IN=[^.]*\.[0-9.]+)\.[0-9]+ > ([0-9.]+).*/\1 \2 > \3/'; }
sed -n '/^    #[0-9]* .* IN=/,/^    => /{ /^    \.\.\.$/d; s/^    //p }' "$TREE/README.rst" | strip >"$SCRATCH/sample"
(($(wc -l <"$SCRATCH/sample") > 10)) || fail "no sample"
awk '/^#[0-9]+ .*\.25: Flags \[S\]/ { on = 1 } on; /^=>/ { on = 0 }' "$SCRATCH/demo" | strip >"$SCRATCH/block"
assert_equal "what the demo does not print" "" "$(diff "$SCRATCH/block" "$SCRATCH/sample" | grep '^>')"

subtest "without root"
# A copy that another user may read; not below /run, which the demo covers.
tree=$(mktemp -d "$SCRATCH/tree.XXXXXX")
chmod a+x "$SCRATCH" "$(dirname "$SCRATCH")" "$(dirname "$(dirname "$SCRATCH")")"
mkdir -p "$tree"/build/tests/tools && chmod 755 "$tree" "$tree"/build "$tree"/build/tests
cp -r "$TESTS" "$tree"/tests
cp "$NFTRACE" "$tree"/build/
cp "$TOOLS"/{talk,dns} "$tree"/build/tests/tools/
chmod -R a+rX "$tree"
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if ! "${nobody[@]}" unshare --user --map-root-user --net true 2>/dev/null; then
	skip "users may not make namespaces here"
else
	"${nobody[@]}" env -u NFT_SANDBOX -u SCRATCH -u XTABLES_LOCKFILE -u NFTRACE \
		BUILD="$tree"/build TMPDIR=/tmp "$tree"/tests/demo.sh >"$SCRATCH/demo" 2>&1
	assert_equal "exit status" 0 $?
	assert_text "the same (" "$SCRATCH/demo"
	[[ -z $_why ]] || show "demo" "$SCRATCH/demo" 200
fi
rm -rf "$tree"

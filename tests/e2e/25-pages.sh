#!/bin/sh
# SPDX-License-Identifier: MIT
# HTML reports in a real Chromium (tests/golden/pages.mjs): the lab's, small and large clusters, a fleet. Needs Chromium, node,
# pdfinfo and two packages of npm, which are fetched once into the build folder (playwright-core 1.52 is of those that take Debian
# 12's node 18; newer ones want 20); where one is missing, this is skipped and
# says so; with CI set that is a failure.
. "${srcdir:-.}/tests/e2e/tap.sh"
modules=$PWD/tests/golden/npm
skip() {
	[ -z "${CI:-}" ] || { echo "not ok 1 - $1"; exit 1; }
	echo "1..0 # SKIP the pages: $1"
	exit 77
}
for tool in node npm pdfinfo; do command -v "$tool" > /dev/null || skip "no $tool here"; done
[ -x /usr/bin/chromium ] || skip "no Chromium here"
if [ ! -d "$modules/node_modules/axe-core" ] || [ ! -d "$modules/node_modules/playwright-core" ]; then
	mkdir -p "$modules"
	echo '{"private": true}' > "$modules/package.json"
	(cd "$modules" && npm install --no-audit --no-fund --ignore-scripts axe-core@4 playwright-core@1.52 > npm.log 2>&1) ||
		skip "npm cannot fetch axe-core and playwright-core (see $modules/npm.log)"
fi
# shellcheck disable=SC2119
start_lab
# shellcheck disable=SC2046
run --connect-timeout 2 --handshake-timeout 4 --retries 0 $("$src/fixtures/lab/lab" audit "$tmp/lab") -f html -o "$tmp/lab.html"
for nodes in 16 200; do
	mkdir "$tmp/$nodes"
	tests/golden/write "$tmp/$nodes" "$nodes"
	tests/golden/write "$tmp/$nodes" 2 "$nodes"
done
mkdir "$tmp/golden" "$tmp/many"
tests/golden/write "$tmp/golden"
tests/golden/write "$tmp/many" 500 20
"$src/fixtures/lab/lab" stop "$tmp/lab"
rm -rf "$tmp/lab"
cp "$tmp/16/large.html" "$tmp/accepted-16.html"
cp "$tmp/16/member.html" "$tmp/refused-16.html"
cp "$tmp/200/large.html" "$tmp/accepted-200.html"
cp "$tmp/200/member.html" "$tmp/refused-200.html"
cp "$tmp/many/fleet.html" "$tmp/fleet-500.html"
node "$src/tests/golden/pages.mjs" "$modules" "$tmp/lab.html,sheets=8,matrix=1080" "$tmp/accepted-16.html,sheets=8,matrix=1080" \
	"$tmp/refused-16.html,sheets=8,matrix=1080" "$tmp/accepted-200.html,sheets=40,matrix=1080" \
	"$tmp/refused-200.html,sheets=40,matrix=1080" "$tmp/golden/cluster.html,sheets=8" "$tmp/golden/healthy.html" \
	"$tmp/golden/order.html" "$tmp/golden/incomplete.html" "$tmp/golden/bare.html" "$tmp/golden/error.html" \
	"$tmp/golden/fleet.html" "$tmp/fleet-500.html,kib=3072"

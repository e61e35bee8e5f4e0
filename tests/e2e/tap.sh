# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# tap: what every end-to-end test begins with: ". tap.sh". Sets program, src, tmp; takes tmp and the lab away at the end.
set -u
src=$(cd "${srcdir:-.}" && pwd)
program=${MRA_PREFLIGHT:-$PWD/mra-preflight}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/mra-e2e.XXXXXX")
chmod 755 "$tmp" # as root, the lab's servers become another user
tests=0 bad=0

at_exit() {
	status=$?
	trap '' INT TERM HUP
	if [ -d "$tmp/lab/run" ]; then
		"$src/fixtures/lab/lab" stop "$tmp/lab"
		[ "$bad" = 0 ] && [ "$status" = 0 ] || tail -n 20 "$tmp"/lab/log/*.log
	fi
	rm -rf "$tmp"
	[ "$status" != 0 ] || [ "$bad" = 0 ] || exit 1
}
trap at_exit EXIT
trap 'exit 130' INT TERM HUP

pass() { tests=$((tests + 1)); echo "ok $tests - $*"; }
fail() { tests=$((tests + 1)) bad=$((bad + 1)); echo "not ok $tests - $*"; }
say() { sed 's/^/# /'; }
holds() { # holds NAME COMMAND...: a test that a command succeeds; shows what it said when it does not
	name=$1
	shift
	if "$@" > "$tmp/said" 2>&1; then pass "$name"; else fail "$name"; say < "$tmp/said"; fi
}
is() { # is NAME WANTED GOT
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1"; printf 'wanted %s\ngot    %s\n' "$2" "$3" | say; fi
}
# run ARGUMENT...: the program; afterwards $status, $tmp/out, $tmp/err
run() {
	status=0
	"$program" "$@" > "$tmp/out" 2> "$tmp/err" < /dev/null || status=$?
}
start_lab() { # start_lab [--tomcat]
	"$src/fixtures/lab/lab" start "$@" "$tmp/lab" > "$tmp/lab.out" 2>&1 || { say < "$tmp/lab.out"; echo "Bail out! no lab"; exit 99; }
	# shellcheck disable=SC1091
	. "$tmp/lab/lab.env"
}
need() { # need TOOL...: a test that cannot run must not look like one that passed
	for tool in "$@"; do
		command -v "$tool" > /dev/null || { echo "not ok - this test needs $tool"; exit 99; }
	done
}
finish() { echo "1..$tests"; exit "$([ "$bad" = 0 ]; echo $?)"; }

#!/bin/sh
# SPDX-License-Identifier: MIT
# The portable program (./bootstrap portable; MRA_PORTABLE names another): static, small, the same answers as ours, and at work
# in a root that holds nothing but itself. With SYSTEMS, folders of bare systems (debootstrap), in these too.
. "${srcdir:-.}/tests/e2e/tap.sh"
portable=${MRA_PORTABLE:-$(echo "$src"/build-portable/mra-preflight-*-linux-"$(uname -m)")}
[ -x "$portable" ] || { echo "1..0 # SKIP ./bootstrap portable has not been run"; exit 77; }
need readelf jq python3

dynamic=$(readelf -W -d "$portable") segments=$(readelf -W -l "$portable")
is "wants no library" "" "$(echo "$dynamic" | grep NEEDED)"
is "wants no loader" "" "$(echo "$segments" | grep INTERP)"
is "no symbol of a GLIBC" "" "$(readelf -W --dyn-syms "$portable" | grep GLIBC)"
holds "position independent" sh -c 'readelf -h "$1" | grep -q "Type: *DYN"' sh "$portable"
holds "what is relocated is read-only" sh -c 'readelf -W -l "$1" | grep -q GNU_RELRO' sh "$portable"
holds "at most 4 MB" test "$(stat -c %s "$portable")" -le 4000000

# ld.so and what it loads are most of what a start costs: pages that are touched, which no other work on the machine changes.
pages() { python3 -c 'import os, sys
null = os.open("/dev/null", os.O_WRONLY)
pid = os.posix_spawn(sys.argv[1], [sys.argv[1], "--version"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
print(os.wait4(pid, 0)[2].ru_minflt)' "$1"; }
holds "a start touches a third of the pages of ours at most ($(pages "$portable"), $(pages "$program"))" \
	test $(($(pages "$portable") * 3)) -le "$(pages "$program")"

"$portable" help man > "$tmp/manual"
for heading in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS'; do holds "help man: $heading" grep -qx "$heading" "$tmp/manual"; done
is "help man: every option of --help" "" "$("$portable" --help | grep -o -- '--[a-z][a-z0-9-]*' | sort -u | while read -r option; do
	grep -q -- "$option" "$tmp/manual" || echo "$option"; done)"
"$portable" version --licences > "$tmp/licences"
for name in mra-preflight gmp nettle gnutls28 c-ares curl expat jansson libidn2 libseccomp libarchive zlib bzip2 xz-utils libzstd musl; do
	holds "version --licences: $name" grep -q "^=== $name \|^Copyright.*$name" "$tmp/licences"
done

# The lab, by our program and by the portable one in a bare root: nobody, no device, nothing to write, no resolv.conf.
start_lab
# shellcheck disable=SC2046 # the lab's arguments hold no blanks
set -- --connect-timeout 4 --handshake-timeout 8 -f json $("$src/fixtures/lab/lab" audit "$tmp/lab")
facts() { # what must be equal: all but times, and the order in which things happened
	jq -S 'del(.started, .took_ms, .tool, .isolation, .policy.at) | del(.. | .took_ms?) | del(.observations[] | .detail, .reached, .stopped_early, .tries)' "$1" # a silent server's queue says how far one comes, and what was shown first ends the others
}
run "$@"
facts "$tmp/out" > "$tmp/ours"
in_root() { # in_root FOLDER ARGUMENT...: the portable program in it, which is read-only, as nobody
	root=$1
	shift
	mkdir -p "$root/lab"
	cp "$portable" "$root/mra-preflight"
	cp "$tmp"/lab/etc/* "$tmp"/lab/pki/*.pem "$root/lab/" 2> /dev/null || :
	unshare $mapped --mount sh -c 'mount --bind "$1" "$1" && mount --bind "$2" "$1/lab" && mount -o remount,bind,ro "$1" && root=$1 && shift 2 &&
		exec chroot $become "$root" /mra-preflight "$@"' sh "$root" "$tmp/lab" "$@"
}
if [ "$(id -u)" = 0 ]; then mapped='' become='--userspec=65534:65534'; else mapped='--map-root-user' become=''; fi
export become
in_lab() { for word in "$@"; do echo "$word" | sed "s|^$tmp/lab|/lab|"; done; }
chmod -R a+rX "$tmp/lab/etc" "$tmp/lab/pki"
chmod a+rx "$tmp/lab"
if ! unshare $mapped --mount true 2> /dev/null; then
	echo "ok $((tests + 1)) # SKIP no mount namespace for us here"
	tests=$((tests + 1))
else
	mkdir "$tmp/empty"
	for root in "$tmp/empty" ${SYSTEMS:-}; do
		status=0
		rm -f "$root/etc/resolv.conf"
		# shellcheck disable=SC2046
		in_root "$root" $(in_lab "$@") > "$tmp/theirs.json" 2> "$tmp/err" || status=$?
		is "${root##*/}: the exit status" 1 "$status"
		facts "$tmp/theirs.json" > "$tmp/theirs"
		holds "${root##*/}: the same report" diff -u "$tmp/ours" "$tmp/theirs"
		is "${root##*/}: nothing on standard error" "" "$(cat "$tmp/err")"
	done
	# Names without NSS: c-ares reads the root's own hosts, and there is no resolv.conf.
	mkdir -p "$tmp/empty/etc"
	echo "$LAB_NETWORK.11 in-hosts-alone.lab.example" > "$tmp/empty/etc/hosts"
	in_root "$tmp/empty" -f json -t /lab/pki/expressway-ca.pem --no-discovery --node in-hosts-alone.lab.example -p 8443 > "$tmp/hosts.json" 2> "$tmp/err"
	is "a name from /etc/hosts" "$LAB_NETWORK.11 presented" "$(jq -r '.observations[] | select(.advertised) | "\(.ip) \(.outcome)"' "$tmp/hosts.json" | sort -u)"
fi
echo "1..$tests"

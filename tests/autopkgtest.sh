#!/bin/sh
# SPDX-License-Identifier: MIT
# autopkgtest.sh FOLDER: the Debian package of FOLDER (./bootstrap deb) in a bare system of its own: autopkgtest's null server
# there installs it with what it depends on, and runs src/dist/debian/tests. As root; MRA_SUITE (bookworm), MRA_MIRROR (src/dist/archive).
set -eu
folder=$(cd "${1:?usage: autopkgtest.sh FOLDER}" && pwd)
[ "$(id -u)" = 0 ] || { echo "a system of its own needs root"; exit 1; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root
archive=$("$(dirname "$0")/../src/dist/archive")
debootstrap --variant=minbase --include=autopkgtest,dpkg-dev "${MRA_SUITE:-bookworm}" "$root" "$archive" \
	> "$tmp/log" 2>&1 || { tail -n 30 "$tmp/log"; echo "no debootstrap"; exit 1; }
cp /etc/resolv.conf /etc/hosts "$root/etc/" 2> /dev/null || :
for file in /etc/apt/apt.conf.d/*; do # how this machine reaches the archive
	! grep -qE 'Proxy|Check-(Valid|Date)' "$file" || cp "$file" "$root/etc/apt/apt.conf.d/"
done
mkdir "$root/package"
cp "$folder"/mra-preflight_*.deb "$folder"/*.dsc "$folder"/*.orig.tar.xz "$folder"/*.debian.tar.xz "$root/package/"
# autopkgtest: 0 all passed, 2 some were skipped, which here is none.
status=0
unshare --mount --pid --fork --mount-proc="$root/proc" sh -c 'mount --rbind /dev "$1/dev" && exec chroot "$1" sh -c "
	apt-get update -qq && exec autopkgtest -B /package/*.deb /package/*.dsc -- null"' sh "$root" > "$tmp/log" 2>&1 || status=$?
sed -n '/@ summary/,$p' "$tmp/log"
if [ "$status" != 0 ] || ! grep -q '^lab  *PASS$' "$tmp/log"; then
	tail -n 60 "$tmp/log"
	exit 1
fi

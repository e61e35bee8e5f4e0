#!/bin/sh
# SPDX-License-Identifier: MIT
# packages.sh FOLDER: what ./bootstrap release made there starts: the tarball configures, the program of the Debian and of the RPM
# package and of the image run, lintian finds nothing wrong, and each says the same version.
set -u
folder=$(cd "${1:?usage: packages.sh FOLDER}" && pwd)
bad=0
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
miss() { echo "$1"; bad=1; }
portable=$(echo "$folder"/mra-preflight-*-linux-*)
version=$("$portable" --version) || miss "the portable program does not start"
says() { # says WHAT PROGRAM
	[ "$("$2" --version 2>&1)" = "$version" ] || miss "$1: does not say $version"
}
"$portable" help man | grep -q 'mra-preflight verify' || miss "the portable program has no manual"

mkdir "$tmp/deb" "$tmp/rpm" "$tmp/tar" "$tmp/image" "$tmp/layer"
dpkg-deb -x "$folder"/mra-preflight_*.deb "$tmp/deb" && says "Debian package" "$tmp/deb/usr/bin/mra-preflight"
for file in usr/libexec/mra-preflight/nightly usr/share/man/man1/mra-preflight.1.gz usr/share/bash-completion/completions/mra-preflight; do
	[ -e "$tmp/deb/$file" ] || miss "Debian package: no $file"
done
find "$tmp/deb" -name mra-preflight.timer | grep -q . || miss "Debian package: no timer"
binary=$(find "$folder" -name '*.rpm' ! -name '*.src.rpm' ! -name '*debug*')
(cd "$tmp/rpm" && rpm2cpio "$binary" | cpio -id --quiet) && says "RPM package" "$tmp/rpm/usr/bin/mra-preflight"
if command -v lintian > /dev/null && ls "$folder"/*.changes > /dev/null 2>&1; then
	lintian --allow-root --pedantic --fail-on error,warning "$folder"/*.changes > "$tmp/lintian" 2>&1 || { cat "$tmp/lintian"; miss "lintian complains"; }
fi

image=$folder/mra-preflight-image.tar
[ "$(stat -c %s "$image")" -le 5000000 ] || miss "the image is larger than 5 MB"
tar -C "$tmp/image" -xf "$image"
if command -v skopeo > /dev/null; then # it follows index, manifest and config, and counts each byte
	skopeo copy -q --insecure-policy "oci-archive:$image" "dir:$tmp/copied" || miss "skopeo does not take the image"
fi
for blob in "$tmp"/image/blobs/sha256/*; do
	[ "$(sha256sum "$blob" | cut -c1-64)" = "${blob##*/}" ] || miss "image: ${blob##*/} is not its sum"
	tar -C "$tmp/layer" -xzf "$blob" 2> /dev/null || :
done
says "image" "$tmp/layer/mra-preflight"
tar -C "$tmp/tar" -xf "$folder"/mra-preflight-*.tar.xz && [ -x "$(echo "$tmp"/tar/*)/configure" ] || miss "the tarball brings no configure"
exit $bad

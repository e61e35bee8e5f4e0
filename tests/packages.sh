#!/bin/sh
# SPDX-License-Identifier: MIT
# packages.sh FOLDER: what ./bootstrap release made there works: the portable program, those of the Debian and of the RPM package,
# of the image and of the tarball each audit the lab, and say the same; lintian, rpm, dnf, skopeo, umoci and podman take what is theirs.
# As root. What cannot be tried on this machine is named.
set -u
folder=$(cd "${1:?usage: packages.sh FOLDER}" && pwd)
src=$(cd "$(dirname "$0")/.." && pwd)
bad=0 tried=0
tmp=$(mktemp -d) && chmod 755 "$tmp"
at_exit() {
	trap '' INT TERM HUP
	[ ! -d "$tmp/lab/run" ] || "$src/fixtures/lab/lab" stop "$tmp/lab"
	rm -rf "$tmp"
}
trap at_exit EXIT
trap 'exit 130' INT TERM HUP
miss() { echo "MISS  $1"; bad=1; }
pass() { tried=$((tried + 1)); echo "ok    $1"; }
skip() { echo "not tried: $1"; }
holds() { # holds WHAT COMMAND...
	what=$1
	shift
	if "$@" > "$tmp/said" 2>&1; then pass "$what"; else cat "$tmp/said"; miss "$what"; fi
}
has() { command -v "$1" > /dev/null; }

portable=$(echo "$folder"/mra-preflight-*-linux-"$(uname -m)")
version=$("$portable" --version | sed 's/.* //')
[ -n "$version" ] || { miss "the portable program starts"; exit 1; }

# --- the lab, of which each tells the same ------------------------------------------------------------------------------

"$src/fixtures/lab/lab" start "$tmp/lab" > "$tmp/lab.out" 2>&1 || { cat "$tmp/lab.out"; echo "no lab"; exit 1; }
chmod -R a+rX "$tmp/lab/etc" "$tmp/lab/pki"
chmod a+rx "$tmp/lab"
arguments="--connect-timeout 4 --handshake-timeout 8 -f json $("$src/fixtures/lab/lab" audit "$tmp/lab")"
# Times differ, and how far one comes with a silent server depends on its queue; isolation depends on the C library.
facts() {
	jq -S 'del(.started, .took_ms, .tool, .isolation, .policy.at) | del(.. | .took_ms?) | del(.observations[] | .detail, .reached, .stopped_early, .tries)' "$1"
}
audits() { # audits WHAT LAB COMMAND...: COMMAND finds the lab's files in the folder LAB
	what=$1 lab=$2 status=0
	shift 2
	# shellcheck disable=SC2046 # the lab's arguments hold no blanks
	"$@" $(echo "$arguments" | sed "s|$tmp/lab|$lab|g") > "$tmp/report.json" 2> "$tmp/err" || status=$?
	if [ "$status" != 1 ]; then cat "$tmp/err"; miss "$what: ends with $status, not with 1"; return; fi
	facts "$tmp/report.json" > "$tmp/facts"
	jq -e '.answer | startswith("No: Expressway would refuse 8 of 14")' "$tmp/report.json" > /dev/null || miss "$what: the answer"
	[ -e "$tmp/first" ] || cp "$tmp/facts" "$tmp/first"
	holds "$what audits the lab" diff -u "$tmp/first" "$tmp/facts"
	[ "$(jq -r .tool.version "$tmp/report.json")" = "$version" ] || miss "$what: another version than $version"
}
in_root() { # in_root ROOT ARGUMENT...: /mra-preflight in a root that is read-only, as nobody; the lab in its /work
	root=$1
	shift
	unshare --mount sh -c 'mount --bind "$1" "$1" && mount --bind "$2" "$1/work" && mount -o remount,bind,ro "$1" && root=$1 && shift 2 &&
		exec chroot --userspec=65534:65534 "$root" /mra-preflight "$@"' sh "$root" "$tmp/lab" "$@"
}

audits "the portable program" "$tmp/lab" "$portable"
holds "it is at most 4 MB" test "$(stat -c %s "$portable")" -le 4000000
for other in "$folder"/mra-preflight-"$version"-linux-*; do
	[ "$other" != "$portable" ] || continue
	arch=${other##*-}
	holds "that of $arch is at most 4 MB" test "$(stat -c %s "$other")" -le 4000000
	if has "qemu-$arch-static"; then
		audits "that of $arch, under qemu," "$tmp/lab" "qemu-$arch-static" "$other"
	else
		skip "the program of $arch: no qemu-$arch-static here"
	fi
done
holds "help man" sh -c '"$1" help man | grep -q "mra-preflight verify"' sh "$portable"
holds "version --licences" sh -c '"$1" version --licences | grep -q "^=== gnutls28 "' sh "$portable"

# --- the tarball, the packages ------------------------------------------------------------------------------------------

mkdir "$tmp/tar" "$tmp/deb" "$tmp/rpm"
tar -C "$tmp/tar" -xf "$folder/mra-preflight-$version.tar.xz"
holds "the tarball brings its configure" test -x "$tmp/tar/mra-preflight-$version/configure"
holds "the tarball builds" sh -c 'cd "$1" && ./configure -q && make -s -j2' sh "$tmp/tar/mra-preflight-$version"
audits "the tarball's program" "$tmp/lab" "$tmp/tar/mra-preflight-$version/mra-preflight"

dpkg-deb -x "$(echo "$folder"/mra-preflight_*.deb)" "$tmp/deb"
audits "the Debian package's program" "$tmp/lab" "$tmp/deb/usr/bin/mra-preflight"
installed='usr/libexec/mra-preflight/nightly usr/share/man/man1/mra-preflight.1.gz usr/share/bash-completion/completions/mra-preflight
	usr/lib/sysusers.d/mra-preflight.conf usr/share/mra-preflight/report.schema.json'
for file in $installed lib/systemd/system/mra-preflight.timer lib/systemd/system/mra-preflight.service; do
	[ -e "$tmp/deb/$file" ] || miss "the Debian package has no $file"
done
# By debhelper, so that an upgrade and a removal know of the unit; and nothing is audited before somebody has said what.
mkdir "$tmp/control"
dpkg-deb -e "$(echo "$folder"/mra-preflight_*.deb)" "$tmp/control"
holds "its scripts know the timer" grep -q "deb-systemd-helper.*mra-preflight.timer" "$tmp/control/postinst"
holds "they start nothing" sh -c '! grep -q deb-systemd-invoke "$1"' sh "$tmp/control/postinst"
if ls "$folder"/*.changes > /dev/null 2>&1; then
	holds "lintian finds no error and no warning" lintian --allow-root --pedantic --fail-on error,warning "$(echo "$folder"/*.changes)"
fi

# rpm installs it into a root of its own: payload, scripts and its own idea of what is there.
binary=$(find "$folder" -name '*.rpm' ! -name '*.src.rpm' ! -name '*debug*')
holds "rpm installs the RPM package" rpm --root "$tmp/rpm" --nodeps -i "$binary"
holds "rpm verifies it" rpm --root "$tmp/rpm" --nodeps -V mra-preflight
holds "the RPM package wants its libraries" sh -c 'rpm -qp --requires "$1" | grep -q "^libgnutls.so.30" && rpm -qp --requires "$1" | grep -q "^libcares.so.2"' sh "$binary"
for file in $installed usr/lib/systemd/system/mra-preflight.timer; do [ -e "$tmp/rpm/$file" ] || miss "the RPM package has no $file"; done
audits "the RPM package's program" "$tmp/lab" "$tmp/rpm/usr/bin/mra-preflight"

# dnf does in a root of its own what README says, where the libraries are that rpm does not know here; else it says which are not.
in_dnf() { dnf -qy --installroot="$tmp/dnf" --setopt=reposdir="$tmp/none" --setopt=cachedir="$tmp/dnf-cache" --releasever=1 "$@"; }
refuses() { ! in_dnf install "$binary" > "$tmp/said-dnf" 2>&1 && grep -q "nothing provides libgnutls.so.30" "$tmp/said-dnf"; }
{
	printf 'Name: of-this-system\nVersion: 1\nRelease: 1\nSummary: What this system has\nLicense: none\nBuildArch: noarch\n'
	rpm -qp --requires "$binary" | grep -v '^rpmlib' | sort -u | sed 's/^/Provides: /'
	printf '%%description\nLibraries.\n%%files\n'
} > "$tmp/system.spec"
mkdir "$tmp/dnf" "$tmp/none"
holds "dnf refuses it where a library is missing" refuses
holds "rpmbuild says what this system has" rpmbuild -bb --quiet --define "_topdir $tmp/system" "$tmp/system.spec"
holds "dnf installs the RPM package" in_dnf install "$binary" "$(find "$tmp/system" -name 'of-this-system*.rpm')"
audits "the program that dnf installed" "$tmp/lab" "$tmp/dnf/usr/bin/mra-preflight"
holds "dnf removes it" in_dnf remove mra-preflight
[ ! -e "$tmp/dnf/usr/bin/mra-preflight" ] || miss "dnf left the program"

# --- the image ----------------------------------------------------------------------------------------------------------

image=$folder/mra-preflight-image.tar name=mra-preflight:$version
holds "the image is at most 5 MB" test "$(stat -c %s "$image")" -le 5000000
mkdir "$tmp/image"
tar -C "$tmp/image" -xf "$image"
for blob in "$tmp"/image/blobs/sha256/*; do
	[ "$(sha256sum "$blob" | cut -c1-64)" = "${blob##*/}" ] || miss "image: ${blob##*/} is not its sum"
done
if has skopeo; then # it follows index, manifest and config, and counts each byte
	holds "skopeo takes it as OCI's" skopeo copy -q --insecure-policy "oci-archive:$image" "dir:$tmp/oci"
	holds "skopeo takes it as docker's" skopeo copy -q --insecure-policy "docker-archive:$image" "dir:$tmp/docker"
else
	skip "no skopeo here"
fi
if has umoci; then
	holds "umoci unpacks it, rootless" umoci unpack --rootless --image "$tmp/image:$name" "$tmp/bundle"
	if unshare --mount true 2> /dev/null; then
		audits "the image's program, read-only, as nobody," /work in_root "$tmp/bundle/rootfs"
	else
		skip "no mount namespace here"
	fi
else
	skip "no umoci here"
fi
pod() { podman --storage-driver vfs --root "$tmp/store" --runroot "$tmp/podman" "$@"; }
# Where this machine itself is a sandbox, limits cannot be raised, and one of the two runtimes may not know its control groups.
pod_run() {
	pod --runtime "$runtime" run --rm --read-only --network host --security-opt no-new-privileges --cap-drop all \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 -v "$tmp/lab:/work:ro" "$@"
}
if has podman; then
	holds "podman load takes it" pod load -q -i "$image"
	works=
	for runtime in crun runc; do
		if has "$runtime" && pod_run "$name" --version > "$tmp/podman.out" 2>&1; then works=yes; break; fi
	done
	if [ -n "$works" ]; then
		audits "podman run --read-only" /work pod_run "$name"
	else
		skip "podman runs no container here: $(tail -n 1 "$tmp/podman.out")"
	fi
	if has buildah; then
		mkdir "$tmp/context"
		cp "$portable" "$tmp/context/"
		holds "buildah builds the Containerfile" buildah --storage-driver vfs --root "$tmp/store" --runroot "$tmp/podman" bud -q --isolation chroot \
			--build-arg "ARCH=$(uname -m)" -t built:1 -f "$src/src/dist/Containerfile" "$tmp/context"
		started() { pod inspect --type image "$1" | jq -S '.[0].Config | {User, Entrypoint, Cmd, WorkingDir}'; }
		started "$name" > "$tmp/ours"
		started built:1 > "$tmp/built"
		holds "it starts as the image does" diff -u "$tmp/ours" "$tmp/built"
		[ -z "$works" ] || audits "the Containerfile's image" /work pod_run built:1
	else
		skip "no buildah here"
	fi
else
	skip "no podman here"
fi
echo "$tried ok"
exit $bad

#!/bin/sh
# SPDX-License-Identifier: MIT
# reproducible.sh FOLDER: all that ./bootstrap release has put into FOLDER is built again from the same commit, at another path,
# 400 days later, under another umask, locale, time zone, home and name of the user: each byte must be equal. The portable
# program's libraries are those that are kept; REPRODUCE_LIBRARIES=yes builds them again, too.
set -u
folder=$(cd "${1:?usage: reproducible.sh FOLDER}" && pwd)
top=$(cd "$(dirname "$0")/.." && pwd)
tmp=$(mktemp -d) && chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
[ -e "$top/.git" ] || { echo "not tried: this is no git repository"; exit 1; }
command -v faketime > /dev/null || { echo "not tried: no faketime here"; exit 1; }
kept=${MRA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mra-preflight}
if [ "${REPRODUCE_LIBRARIES:-}" = yes ]; then
	mkdir "$tmp/cache"
	cp -R "$kept/sources" "$tmp/cache/"
	kept=$tmp/cache
fi
mkdir "$tmp/home"
umask 077
git clone -q "$top" "$tmp/another-place-with-a-longer-name" && cd "$tmp/another-place-with-a-longer-name" || exit 1
# The files' own times stay as they are, or make would see sources of the future.
# Where dpkg-source sets times (of libraries' sources), faketime has to take those days off again, or makes an invalid time of it.
env -u SOURCE_DATE_EPOCH ${REPRODUCE_LIBRARIES:+FAKE_UTIME=1} HOME="$tmp/home" USER=somebody LOGNAME=somebody MRA_CACHE="$kept" TZ=Pacific/Chatham LC_ALL=C.UTF-8 LANG=C.UTF-8 NO_FAKE_STAT=1 \
	faketime -f '+400d' ./bootstrap products > "$tmp/log" 2>&1 || { tail -n 40 "$tmp/log"; exit 1; }
bad=0
for file in "$folder"/*; do
	name=${file##*/}
	case $name in
	SHA256SUMS) continue ;;
	*.buildinfo | *.changes) continue ;; # they say when and where it was built: it is what they are for
	esac
	if [ ! -e "release/$name" ]; then
		echo "MISS  $name: not made again"
		bad=1
	elif cmp "$file" "release/$name"; then
		echo "equal $name"
	else
		echo "MISS  $name"
		bad=1
		[ -z "${KEEP:-}" ] || cp "release/$name" "$KEEP/"
	fi
done
for file in release/*; do [ -e "$folder/${file##*/}" ] || { echo "MISS  ${file##*/}: was not there"; bad=1; }; done
exit $bad

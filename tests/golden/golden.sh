#!/bin/sh
# SPDX-License-Identifier: MIT
# Every format of every evidence against the committed text. `tests/golden/golden.sh --update` takes the present output for
# the golden one: read `git diff` before you commit it.
set -u
: "${srcdir:=.}" "${top_builddir:=.}"
golden=$srcdir/tests/golden
fresh=$(mktemp -d "${TMPDIR:-/tmp}/mra-golden.XXXXXX") || exit 2
trap 'rm -rf "$fresh"' EXIT
"$top_builddir/tests/golden/write" "$fresh" || { echo "tests/golden/write failed"; exit 1; }
bad=0
for new in "$fresh"/*; do
	name=${new##*/}
	case $name in
	medley.verbose.text | medley.color.text) continue ;; # these are long
	cluster.* | medley.markdown | medley.junit | mixed.markdown | fleet.prometheus | verify.* | *.text | *.nagios) ;;
	*) continue ;;
	esac
	if [ "${1:-}" = --update ]; then
		cp "$new" "$golden/$name"
	elif ! cmp -s "$golden/$name" "$new"; then
		diff -u "$golden/$name" "$new" | sed -n '1,40p'
		echo "$name differs (tests/golden/golden.sh --update takes the new one)"
		bad=1
	fi
done
exit $bad

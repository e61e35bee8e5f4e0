#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh [DIR]: gives every format of every evidence, or the reports in DIR (NAME.json, NAME.html, ... after the format) to
# independent checkers of their syntax. With CI set, a missing checker that ./bootstrap check installs is a failure; without,
# the rest is checked and the script says what was left out. cmark-gfm is used where it is.
set -u
: "${srcdir:=.}" "${top_builddir:=.}"
golden=$srcdir/tests/golden
fresh=$(mktemp -d "${TMPDIR:-/tmp}/mra-formats.XXXXXX") || exit 2
trap 'rm -rf "$fresh"' EXIT
bad=0 missing=
have() { # have TOOL PACKAGE
	command -v "$1" >/dev/null 2>&1 || { missing="$missing $2"; return 1; }
}
may_have() { # may_have TOOL
	command -v "$1" >/dev/null 2>&1 || { echo "without $1"; return 1; }
}
if [ $# -gt 0 ]; then
	cp "$1"/*.* "$fresh" || exit 2
elif ! "$top_builddir/tests/golden/write" "$fresh" || ! "$top_builddir/tests/golden/write" "$fresh" 120; then
	echo "tests/golden/write failed"
	exit 1
fi
if have python3 python3; then
	python3 "$golden/check_formats.py" "$fresh" || bad=1
	if python3 -c 'import jsonschema' 2>/dev/null; then
		python3 -W ignore "$golden/validate_json.py" "$srcdir/src/saved/report.schema.json" "$fresh"/*.json || bad=1
	else
		missing="$missing python3-jsonschema"
	fi
fi
if have jq jq; then
	for file in "$fresh"/*.json; do jq -e . "$file" >/dev/null || { echo "$file: jq refuses it"; bad=1; }; done
fi
if have xmllint libxml2-utils; then
	for file in "$fresh"/*.junit; do xmllint --nonet --noout --schema "$golden/junit.xsd" "$file" 2>"$fresh/.lint" || { cat "$fresh/.lint"; bad=1; }; done
fi
if have promtool prometheus; then
	for file in "$fresh"/*.prometheus; do promtool check metrics <"$file" || { echo "$file: promtool refuses it"; bad=1; }; done
	promtool check rules "$srcdir/src/dist/alerts.yml" >"$fresh/.rules" || { cat "$fresh/.rules"; bad=1; }
	promtool test rules "$golden/alerts_test.yml" >"$fresh/.rules" 2>&1 || { cat "$fresh/.rules"; bad=1; }
	# A rule about a metric that is not written would never fire. One report has not all of them.
	[ $# -gt 0 ] || for metric in $(grep -oE 'mra_preflight_[a-z_]+' "$srcdir/src/dist/alerts.yml" | sort -u); do
		grep -qhE "^${metric}[{ ]" "$fresh"/*.prometheus || { echo "alerts.yml: nothing writes $metric"; bad=1; }
	done
fi
if may_have cmark-gfm; then
	for file in "$fresh"/*.markdown; do
		cmark-gfm --unsafe -e table -e autolink -e tasklist -e strikethrough "$file" >"$fresh/.page" || { echo "$file: cmark-gfm refuses it"; bad=1; }
		! grep -nE '<(script|a|img|em|del)[ >]' "$fresh/.page" || { echo "$file: markup of the other side's making"; bad=1; }
	done
fi
[ -z "$missing" ] || { echo "not checked for want of:$missing"; [ -z "${CI:-}" ] || bad=1; }
exit $bad

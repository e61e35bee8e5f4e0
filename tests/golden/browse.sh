#!/bin/sh
# SPDX-License-Identifier: MIT
# browse.sh DIR [PAGE.html...]: opens HTML reports (the golden ones) in a real, headless Chromium, light and dark, and leaves
# pictures in DIR for a person to look at. Fails if a page does not render, if light and dark look the same, or if what came
# from elsewhere became markup. Not part of `make check`: Chromium is no build dependency.
set -u
: "${srcdir:=.}"
[ $# -ge 1 ] || { echo "usage: browse.sh DIR [PAGE.html...]"; exit 2; }
folder=$1; shift
[ $# -gt 0 ] || set -- "$srcdir"/tests/golden/*.html
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "no Chromium here"; exit 77; }
profile=$(mktemp -d "${TMPDIR:-/tmp}/mra-browse.XXXXXX") || exit 2
trap 'rm -rf "$profile"' EXIT
mkdir -p "$folder" || exit 2
open_page() { # open_page URL OPTION...
	url=$1; shift
	rm -rf "$profile/data"
	timeout 120 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --hide-scrollbars --host-resolver-rules='MAP * ~NOTFOUND' \
		--user-data-dir="$profile/data" --window-size=1100,4000 "$@" "$url" 2>"$profile/log"
}
bad=0
for page in "$@"; do
	name=${page##*/}; name=${name%.html}
	url=file://$(realpath "$page")
	for scheme in 1:light 0:dark; do
		open_page "$url" --blink-settings=preferredColorScheme="${scheme%:*}" --screenshot="$profile/shot.png" >/dev/null
		mv "$profile/shot.png" "$folder/$name.${scheme#*:}.png" || { cat "$profile/log"; bad=1; }
	done
	! cmp -s "$folder/$name.light.png" "$folder/$name.dark.png" || { echo "$page: light and dark look the same"; bad=1; }
	open_page "$url" --dump-dom >"$profile/dom" || { cat "$profile/log"; bad=1; }
	open_page "$url" --no-pdf-header-footer --print-to-pdf="$folder/$name.pdf" >/dev/null
	[ -s "$folder/$name.pdf" ] || { echo "$page: cannot be printed"; bad=1; }
	grep -q '<h1>' "$profile/dom" || { echo "$page: has no answer"; bad=1; }
	! grep -qiE '<(script|img|iframe|link|object)' "$profile/dom" || { echo "$page: has what it must not have"; bad=1; }
done
exit $bad

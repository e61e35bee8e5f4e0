#!/bin/sh
# SPDX-License-Identifier: MIT
# What src/dist installs: shell syntax, completion in a real bash, the unit's exposure, the nightly script's story.
set -u
src=${srcdir:-.}
program=${MRA_PREFLIGHT:-$PWD/mra-preflight}
bad=0
miss() { echo "$1"; bad=1; }
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT

sh -n src/dist/nightly || miss "nightly: syntax"
complete_words() { # complete_words WORD... : what bash would offer for the last one
	PATH="${program%/*}:$PATH" bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mra_preflight; printf "%s\n" "${COMPREPLY[@]}"' - "$src/src/dist/completion.bash" "$@"
}
[ "$(complete_words mra-preflight --era = openssl3)" = openssl3 ] || miss "completion: --era=openssl3"
[ "$(complete_words mra-preflight ver)" = verify ] || miss "completion: ver"
[ "$(complete_words mra-preflight verify --add)" = --address ] || miss "completion: verify --add"
[ "$(complete_words mra-preflight -f pro)" = prometheus ] || miss "completion: -f pro"

if command -v systemd-analyze >/dev/null; then
	exposure=$(systemd-analyze security --offline=true --no-pager src/dist/mra-preflight.service 2>/dev/null | sed -n 's/.*exposure level[^:]*: *\([0-9.]*\).*/\1/p')
	[ -n "$exposure" ] && awk "BEGIN { exit !($exposure <= 2.0) }" || miss "service: exposure '$exposure' is above 2.0"
fi

# every metric that an alert asks for is one that the format writes
for metric in $(grep -o 'mra_preflight_[a-z_]*' "$src/src/dist/alerts.yml" | sort -u); do
	grep -q "^${metric}[{ ]" "$src"/tests/golden/*.prom* || miss "alerts: no golden file has $metric"
done
if command -v promtool >/dev/null; then
	promtool check rules "$src/src/dist/alerts.yml" >"$tmp/promtool" 2>&1 || { cat "$tmp/promtool"; miss "alerts: promtool complains"; }
fi

# nightly, with a stand-in for the program that answers as scripted
mkdir "$tmp/bin" "$tmp/state"
cat >"$tmp/bin/mra-preflight" <<'EOF'
#!/bin/sh
if [ "$1" = diff ]; then cat "$FAKE/diff"; exit "$(cat "$FAKE/diff.status")"; fi
for word in "$@"; do case $word in json:*) echo '{}' >"${word#json:}" ;; esac; done
echo "the answer"; exit "$(cat "$FAKE/status")"
EOF
chmod +x "$tmp/bin/mra-preflight"
sed "s|^PATH=|PATH=$tmp/bin:|" src/dist/nightly >"$tmp/nightly" && chmod +x "$tmp/nightly"
night() { FAKE=$tmp "$tmp/nightly" "$tmp/state" -t ca.pem pub.example.com >"$tmp/out" 2>&1; }
echo 0 >"$tmp/status"; echo 'no change' >"$tmp/diff"; echo 0 >"$tmp/diff.status"
night || miss "nightly: first good night fails"
grep -q 'first report' "$tmp/out" || miss "nightly: the first report is not announced"
night && [ ! -s "$tmp/out" ] || miss "nightly: a quiet night is not quiet"
echo 1 >"$tmp/status"; echo 'worse: x' >"$tmp/diff"; echo 1 >"$tmp/diff.status"
night && miss "nightly: something worse goes unseen"
grep -q 'worse: x' "$tmp/out" || miss "nightly: the news is not told"
echo 2 >"$tmp/status"
night; [ $? -eq 2 ] && [ -f "$tmp/state/report.json" ] || miss "nightly: a night without a report"
"$program" --version >/dev/null || miss "the program does not run"
exit $bad

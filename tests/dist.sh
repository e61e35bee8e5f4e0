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
[ "$(complete_words mra-preflight ver | tr '\n' ' ')" = 'verify version ' ] || miss "completion: ver"
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

# nightly: its story, with a stand-in that audits as scripted; diff is the real one, on reports that it wrote itself
mkdir "$tmp/bin" "$tmp/state"
report() { # report NAME STATE OUTCOME ANSWER: a report of one address, as small as one can be
	printf '{"schema_version":"1.0","started":"2026-01-01T00:00:00Z","status":"%s","answer":"%s","policy":{"era":"openssl1"},"trust_stores":[{"name":"ca","certificates":0,"fingerprints":[]}],"nodes":[{"name":"a.example.com","addresses":[{"address":"a.example.com","advertised":true}]}],"observations":[{"id":0,"node":"a.example.com","address":"a.example.com","ip":"127.0.0.1","port":8443,"order":"rsa-first","advertised":true,"outcome":"%s","chain":[]}],"verdicts":[]}\n' "$2" "$4" "$3" >"$tmp/$1.json"
}
report silent incomplete timeout "Not known: one could not be checked."
report dead incomplete refused "Not known: one could not be checked."
report bad fail refused "No: Expressway would refuse one."
report good pass refused "Yes."
cat >"$tmp/bin/mra-preflight" <<'EOF'
#!/bin/sh
if [ "$1" = diff ]; then exec "$REAL" "$@"; fi
for word in "$@"; do case $word in json:*) [ ! -f "$FAKE/report" ] || cat "$FAKE/report" >"${word#json:}" ;; prometheus:*) echo "# metrics" >"${word#prometheus:}" ;; esac; done
echo "the answer"; exit "$(cat "$FAKE/status")"
EOF
chmod +x "$tmp/bin/mra-preflight"
sed "s|^PATH=|PATH=$tmp/bin:|" src/dist/nightly >"$tmp/nightly" && chmod +x "$tmp/nightly"
night() { # night WHAT STATUS-OF-THE-AUDIT REPORT WANTED-STATUS WANTED-OUTPUT(a pattern, - for nothing) [OPTION]
	what=$1
	echo "$2" >"$tmp/status"
	rm -f "$tmp/report"
	[ "$3" = - ] || cp "$tmp/$3" "$tmp/report"
	# shellcheck disable=SC2086 # no option is no word
	REAL=$program FAKE=$tmp "$tmp/nightly" ${6:-} "$tmp/state" -t ca.pem pub.example.com >"$tmp/out" 2>"$tmp/err"
	got=$?
	[ "$got" = "$4" ] || miss "nightly: $what: status $got, not $4"
	if [ "$5" = - ]; then
		[ ! -s "$tmp/out" ] || { miss "nightly: $what is not quiet:"; cat "$tmp/out"; }
	else
		grep -q "$5" "$tmp/out" || { miss "nightly: $what: no '$5' in:"; cat "$tmp/out" "$tmp/err"; }
	fi
}
night "the first night" 0 good.json 0 'first report'
night "a quiet night" 0 good.json 0 -
[ "$(stat -c %a "$tmp/state/mra-preflight.prom")" = 644 ] || miss "nightly: node_exporter cannot read the metrics"
[ "$(stat -c %a "$tmp/state/report.json")" = 640 ] || miss "nightly: everybody can read the report"
night "something would be refused" 1 bad.json 1 'worse: the answer is now: No'
night "it still would" 1 bad.json 1 '^the answer $'
[ "$(wc -l <"$tmp/out")" = 1 ] || miss "nightly: a standing refusal takes more than a line"
night "it still would, for who wants news only" 1 bad.json 0 - --only-news
night "mended" 0 good.json 0 'better: the answer is now: Yes'
night "something cannot be checked" 3 silent.json 1 'worse: the answer is now: Not known'
night "it still cannot" 3 silent.json 3 '^the answer $'
night "another way not to be checked" 3 dead.json 3 'changed: a.example.com'
cp "$tmp/state/report.json" "$tmp/before.json"
night "no audit" 2 - 2 'the answer'
cmp -s "$tmp/before.json" "$tmp/state/report.json" || miss "nightly: a night without an audit took the last report"
head -c 300 "$tmp/bad.json" >"$tmp/cut.json"
night "a full disk cut the report" 1 cut.json 2 'the answer'
cmp -s "$tmp/before.json" "$tmp/state/report.json" || miss "nightly: a cut report took the place of the last one"
cp "$tmp/cut.json" "$tmp/state/report.json"
night "the last report is unreadable" 1 bad.json 1 'could not be read'
night "the night after" 1 bad.json 1 '^the answer $'
if command -v flock >/dev/null; then
	exec 8>"$tmp/state/lock"
	flock 8
	night "another one is running" 0 good.json 2 -
	exec 8>&-
	grep -q 'still running' "$tmp/err" || miss "nightly: two at once"
fi
"$tmp/nightly" --only-news "$tmp/state" >/dev/null 2>&1; [ $? = 2 ] || miss "nightly: no usage"
"$program" --version >/dev/null || miss "the program does not run"
exit $bad

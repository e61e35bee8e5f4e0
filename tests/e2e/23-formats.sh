#!/bin/sh
# SPDX-License-Identifier: MIT
# The lab in every format at once: each file is there, passes its independent checkers, and tells the same as the others; a
# terminal gets a progress line, a pipe does not.
. "${srcdir:-.}/tests/e2e/tap.sh"
need python3 jq xmllint script
# shellcheck disable=SC2119
start_lab

outputs=
formats=$("$program" --help | sed -n '/^Formats:/,/^$/s/^  \([a-z]*\) .*/\1/p')
for format in $formats; do outputs="$outputs -o $format:$tmp/reports/r.$format"; done
mkdir "$tmp/reports"
lab() { # shellcheck disable=SC2046
	run --connect-timeout 2 --handshake-timeout 4 --retries 0 $("$src/fixtures/lab/lab" audit "$tmp/lab") "$@"
}
# shellcheck disable=SC2086
lab $outputs
is "an audit in all formats fails as the lab does" 1 "$status"
is "and is silent on standard error, which is no terminal" "" "$(cat "$tmp/err")"
for format in $formats; do
	holds "$format is written" test -s "$tmp/reports/r.$format"
done
holds "the text comes on standard output as well" cmp "$tmp/out" "$tmp/reports/r.text"
holds "independent checkers take every format" env srcdir="$src" "$src/tests/golden/check.sh" "$tmp/reports"

# All count the same things.
json=$tmp/reports/r.json
refused=$(jq '[.observations as $o | .verdicts[] | select(.accepted | not) | $o[.observation] | select(.advertised) | .address] | unique | length' "$json")
is "prometheus counts the refused addresses of the JSON" "$refused" "$(awk '/^mra_preflight_refused_addresses/ { n += $2 } END { print n }' "$tmp/reports/r.prometheus")"
is "so does nagios" "refused=$refused" "$(grep -o 'refused=[0-9]*' "$tmp/reports/r.nagios")"
is "csv has a row per verdict and per observation without one, and a head" \
	"$(jq '(.verdicts | length) + ([.observations[] | select(.outcome != "presented")] | length) + 1' "$json")" "$(wc -l < "$tmp/reports/r.csv")"
is "junit has a case per address, port and order, and one per cluster" \
	"$(jq '([.observations[] | [.node_id, .address, .port, .order]] | unique | length) + (.clusters | length)' "$json")" \
	"$(grep -c '<testcase' "$tmp/reports/r.junit")"
jq -r '.observations as $o | .verdicts[] | select((.accepted | not) and $o[.observation].advertised) | .log' "$json" | sort -u > "$tmp/lines"
sed 's/^ *//' "$tmp/reports/r.text" | grep -E '^(WARNING|ERROR): ' > "$tmp/quoted"
lines=$(wc -l < "$tmp/reports/r.text")
holds "the text takes at most 150 lines ($lines)" test "$lines" -le 150
is "the text quotes a line of Expressway once" "" "$(sort "$tmp/quoted" | uniq -d)"
is "and none that it would not log" "" "$(sort -u "$tmp/quoted" | comm -13 "$tmp/lines" -)"
run replay -v "$json"
sed 's/^ *//' "$tmp/out" | grep -E '^(WARNING|ERROR): ' | sort -u > "$tmp/shown"
is "with -v it shows every line that Expressway would log for an advertised address, whole" "" "$(comm -23 "$tmp/lines" "$tmp/shown")"
run replay "$json"
is "replay without --trust judges with the saved store: the same answer" "$(sed -n 1,2p "$tmp/reports/r.text")" "$(sed -n 1,2p "$tmp/out")"

# Two clusters: each is judged with the store that it was saved with.
run replay -t none -f json "$json"
is "how long the audit took, not the replay" "$(jq .took_ms "$json")" "$(jq .took_ms "$tmp/out")"
sed 's/lab\.example/branch.example/g' "$tmp/out" > "$tmp/branch.json"
mkdir "$tmp/fleet"
outputs=
for format in text html markdown csv certificates prometheus; do outputs="$outputs -o $format:$tmp/fleet/f.$format"; done
# shellcheck disable=SC2086
run replay "$json" "$tmp/branch.json" $outputs
is "two clusters that fail: exit 1, and the fleet's answer" "1 No: 0 of 2 clusters may be upgraded; in 2 Expressway would refuse advertised" \
	"$status $(sed -n 1p "$tmp/out")"
is "each keeps its own trust store" "cucm-pub.branch.example none cucm-pub.lab.example expressway-ca.pem" \
	"$(python3 -c 'import csv, sys
rows = csv.DictReader(open(sys.argv[1], newline=""))
print(*(word for pair in sorted({(r["cluster"], r["trust"]) for r in rows if r["trust"] and r["cluster"]}) for word in pair))' "$tmp/fleet/f.csv")"
holds "a cause that both have is one line" sh -c "grep -q '^| expired, tomcat: .* | 2 | ' '$tmp/fleet/f.markdown'"
is "prometheus tells them apart" "cucm-pub.branch.example cucm-pub.lab.example" \
	"$(grep '^mra_preflight_headline.*"no"' "$tmp/fleet/f.prometheus" | grep -o 'cluster="[^"]*"' | cut -d'"' -f2 | sort | xargs)"
run replay -f json "$json" "$tmp/branch.json"
is "JSON holds both in one report" 2 "$(jq '.clusters | length' "$tmp/out")"

lab -f nagios
is "nagios exits as plugins do: CRITICAL" "2 MRA CRITICAL" "$status $(sed 1q "$tmp/out" | cut -d' ' -f1,2)"
is "the first line alone has performance data" 1 "$(grep -n ' | ' "$tmp/out" | cut -d: -f1)"
for node in $(jq -r '[.findings[] | select(.severity == "fail") | .nodes[]] | unique | .[]' "$json"); do
	grep -q "^FAIL: .*$node" "$tmp/out" || echo "$node"
done > "$tmp/unnamed"
is "its long output names each node that fails" "" "$(cat "$tmp/unnamed")"

# A terminal, by script(1).
words=$("$src/fixtures/lab/lab" audit "$tmp/lab")
on_terminal() { TERM=xterm script -qec "$program --connect-timeout 2 --handshake-timeout 4 --retries 0 $words $* > $tmp/plain" /dev/null < /dev/null > "$tmp/screen"; }
on_terminal
holds "a terminal sees how far the probe is" grep -q 'probe  [0-9]* of [0-9]*' "$tmp/screen"
is "and none of it stays" "" "$(tr '\r' '\n' < "$tmp/screen" | tail -n 1 | tr -d '\033' | sed 's/^\[K//')"
on_terminal -q
is "-q: no progress" "" "$(cat "$tmp/screen")"
finish

#!/bin/sh
# SPDX-License-Identifier: MIT
# Of many saved reports one that cannot be read costs the others nothing, and is not forgotten either. The reports are those
# of tests/growth/cluster: real certificates, nothing of this program's own writing.
. "${srcdir:-.}/tests/e2e/tap.sh"
make="${top_builddir:-.}/tests/growth/cluster"
[ -x "$make" ] || { echo "1..0 # SKIP no $make"; exit 0; }
make=$(realpath "$make")
cd "$tmp" || exit 1
mkdir good bad
"$make" accepted 2 1 good 4
"$make" refused 2 1 bad 1

all() { # all FILE...: into every format that tells of many
	run replay -o text -o html:o.html -o markdown:o.md -o csv:o.csv -o prometheus:o.prom "$@"
}
all good/*.json
is "four good ones" "0 " "$status $(cat err)"
is "nothing is said of what could be read" "0 0 0 0" "$(for o in text o.html o.md o.csv; do grep -ci unread $o; done | xargs)"
is "and prometheus counts none" "mra_preflight_unread_reports 0" "$(grep '^mra_preflight_unread' o.prom)"

# --- one is cut, one is no report, one is not there: each ends somewhere else in the reading
size=$(stat -c %s good/0001.json)
for at in 1 100 $((size / 3)) $((size / 2)) $((size * 9 / 10)) $((size - 3)); do
	head -c "$at" good/0001.json > cut.json
	all good/0000.json cut.json good/0002.json
	is "cut after $at bytes of $size: not known, the others are there" "3 2 1" "$status $(grep -cE '^mra_preflight_nodes.* 2$' o.prom) $(grep -c 'cut.json.*; it is left out$' err)"
done
sed 's/"pem": "-----BEGIN CERTIFICATE-----.n..../&A/' good/0001.json > bent.json
echo '{"schema_version": "9.0"}' > newer.json
: > empty.json
all good/0000.json cut.json bent.json nowhere.json newer.json empty.json good/0002.json
is "five kinds of broken files" "3 5" "$status $(grep -c 'it is left out$' err)"
for file in cut bent nowhere newer empty; do
	is "$file.json is named in each format" "yes yes yes yes" "$(for o in text o.html o.md o.csv; do grep -q "$file.json" $o && echo yes; done | xargs)"
done
is "prometheus counts them" "mra_preflight_unread_reports 5" "$(grep '^mra_preflight_unread' o.prom)"
is "the answer" "Not known: 2 of 2 clusters may be upgraded; 5 saved reports could not be read." "$(sed -n 1p text)"
is "both others are in the table of connections" "2" "$(grep -o 'cucm-00000.c00[02].example.com' o.csv | sort -u | wc -l)"
is "five rows for what is missing, as wide as the others" "5 1" "$(grep -c ',"unread",' o.csv) $(python3 -c 'import csv; print(len({len(r) for r in csv.reader(open("o.csv"))}))')"
all cut.json good/0000.json bad/0000.json
is "a refusal outweighs what is not known" 1 "$status"

# --- one cluster, and formats that know of one report only
cp good/0000.json again.json
run replay good/0000.json again.json cut.json
is "two of one cluster" "3 Not known: 1 saved report could not be read; nothing is known to fail." "$status $(sed -n 1p out)"
run replay good/0000.json bad/0000.json cut.json -f json
is "as JSON" "1 fail cut.json" "$status $(jq -r '.status + " " + .unread[].file' out)"
run replay good/0000.json cut.json again.json -f json
is "nothing of the cut one is in it" "3 2 16" "$status $(jq -r '[(.nodes | length), (.observations | length)] | join(" ")' out)"
cp out joined.json
run replay joined.json
is "a report that is made of them remembers it" "3 Not known: 1 saved report could not be read; nothing is known to fail." "$status $(sed -n 1p out)"
holds "its JSON is valid" python3 "$src/tests/golden/validate_json.py" "$src/src/saved/report.schema.json" joined.json
run replay good/0000.json cut.json -f junit
is "JUnit: an error" "3 cut.json" "$status $(sed -n 's/.*testcase name="\([^"]*\)" classname="saved reports".*/\1/p' out)"
run replay good/0000.json cut.json -f nagios
is "nagios: unknown" "3 1" "$status $(grep -c 'UNKNOWN.*1 saved report could not be read' out)"
run replay cut.json - < /dev/null
is "none could be read" "2 1" "$status $(grep -c 'none of the 2 reports could be read' err)"
run replay cut.json
is "a single one is an error as ever" "2 0" "$status $(grep -c 'left out' err)"
run replay -t nowhere.pem good/*.json
is "what is wrong for all is said once" "2 1" "$status $(wc -l < err)"
run replay --release X1 good/*.json
is "usage" 2 "$status"
status=0
"$program" replay good/0000.json - again.json > out 2> err < good/0001.json || status=$?
is "standard input may be one of them" "0 2" "$status $(sed -n 's/.*Yes: 2 of \(2\) clusters.*/\1/p' out)"
finish

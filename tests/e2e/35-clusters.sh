#!/bin/sh
# SPDX-License-Identifier: MIT
# Reports of two clusters, each with the trust store of an Expressway of its own. What an Expressway is shown by clusters that
# others serve is nothing to it: whatever the format, each cluster is judged with its own store. The reports are those of
# tests/growth/cluster; the store of the second is put there by jq: the CA that its servers send.
. "${srcdir:-.}/tests/e2e/tap.sh"
make="${top_builddir:-.}/tests/growth/cluster"
[ -x "$make" ] || { echo "1..0 # SKIP no $make"; exit 0; }
make=$(realpath "$make")
cd "$tmp" || exit 1
mkdir a b
"$make" accepted 2 1 a 1
"$make" refused 2 1 b 2
mv a/0000.json a.json
jq '.trust_stores[0] |= (.name = "exp-b") | .trust_stores[0].fingerprints = [.observations[0].chain[-1]]' b/0001.json > b.json
jq '.trust_stores[0].name = "exp-c1"' b.json > same-name.json

for report in a b; do
	run replay $report.json
	is "$report by itself" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
done
run replay -t none -f json a.json b.json
is "one store for all: it judges all" "1 32" "$status $(jq '[.verdicts[] | select(.accepted | not)] | length' out)"
for second in b same-name; do
	run replay a.json $second.json
	is "the clusters apart ($second)" "0 Yes: 2 of 2 clusters may be upgraded." "$status $(sed -n 1p out)"
	for format in json junit nagios; do
		run replay -f $format a.json $second.json
		is "as one report: $format" 0 "$status"
	done
	run replay -o json:joined.json a.json $second.json
	is "text beside JSON" "0 Yes: Expressway would accept all 4 advertised addresses (4 nodes)." "$status $(sed '/^$/q' out | xargs)"
	is "a verdict each, by the store of its cluster" "exp-b exp-c1 2" \
		"$(sed 's/exp-c1 (same-name.json)/exp-b/' joined.json | jq -r '. as $r | [.verdicts[] | [.trust, ($r.observations[.observation].node | split(".")[1])]] | unique
			| [(map(.[0]) | unique[]), (length | tostring)] | join(" ")')"
done
holds "the JSON is valid" python3 "$src/tests/golden/validate_json.py" "$src/src/saved/report.schema.json" joined.json
run replay joined.json
is "a replay of that keeps them apart" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
run replay -f json joined.json a.json
is "and so does one with a report more" "0 16" "$status $(jq '.verdicts | length / 2' out)"
cp out more.json
run diff joined.json more.json
is "which is no change" "0 no change" "$status $(cat out)"
run replay -t none joined.json
is "a store that is given judges all" "1 No: Expressway would refuse 4 of 4" "$status $(sed -n 1p out | cut -c1-34)"
finish

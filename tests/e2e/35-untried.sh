#!/bin/sh
# SPDX-License-Identifier: MIT
# A saved report holds what was asked when it was made. Whatever a replay rests on besides is not known, and no pass. The reports
# are those of tests/growth/cluster, with one cipher order taken out of them by jq.
. "${srcdir:-.}/tests/e2e/tap.sh"
make="${top_builddir:-.}/tests/growth/cluster"
[ -x "$make" ] || { echo "1..0 # SKIP no $make"; exit 0; }
make=$(realpath "$make")
cd "$tmp" || exit 1
mkdir good
"$make" accepted 2 1 good 1
keep() { # keep ORDER: what `--order ORDER` would have saved
	jq --arg order "$1" '.policy.orders_probed = [$order] | .policy.orders_in_force = [$order] | .policy.order_why = "--order says so."
		| .observations |= map(select(.order == $order)) | .verdicts = [] | .findings = [] | .plan = []' good/0000.json
}
keep rsa-first > rsa.json
keep ecdsa-first > ecdsa.json

run replay rsa.json
is "the order that it holds" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
run replay --order rsa-first rsa.json
is "and is asked for" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
for option in "--order ecdsa-first" "--order both" "--cipher-string ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384" "--upgrade fresh,X14.2"; do
	# shellcheck disable=SC2086 # two words
	run replay $option rsa.json
	is "nobody tried what counts with $option" "3 Not known: nothing is known to fail, but 2 of 2 advertised addresses could not be checked." "$status $(sed -n '1,2p' out | xargs)"
	# shellcheck disable=SC2086
	run replay $option -f json rsa.json
	is "as JSON: both ports of both nodes" "incomplete 4 ecdsa-first" \
		"$(jq -r '[.status, ([.observations[] | select(.outcome == "not-tried")] | length, (map(.order) | unique | join(" ")))] | join(" ")' out)"
	holds "which is valid" python3 "$src/tests/golden/validate_json.py" "$src/src/saved/report.schema.json" out
	cp out replayed.json
	run replay replayed.json
	is "a replay of that says so again" 3 "$status"
done
run replay --upgrade X14.0.7,X14.2 rsa.json
is "the order that may turn out to be another is no Yes without a but" "0 Yes, but only while RSA stays first" "$status $(sed -n '1s/:.*//p' out)"
run replay --upgrade X14.0.7,X14.2 -f nagios rsa.json
is "nor OK" 1 "$status"
run replay --order both rsa.json ecdsa.json
is "two reports with an order each" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
run replay --order both -f json rsa.json
cp out replayed.json
run replay replayed.json ecdsa.json
is "what another report has tried is not missing" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
jq '.observations |= map(.tls_versions_offered = ["1.2"] | .tls_version = "TLS1.2" | .tls12_alone = "same")' rsa.json > tls12.json
run replay tls12.json
is "asked with TLS 1.2" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
run replay --expressway X15.5.1 tls12.json
is "X15.5.1 offers TLS 1.3, and nobody tried that" "3 Not known: nothing is known to fail, but 2 of 2 advertised addresses could not be checked." "$status $(sed -n '1,2p' out | xargs)"
is "of both nodes and ports" "4" "$(grep -o '? unknown' out | wc -l)"
run replay --expressway X15.5.1 -f json tls12.json
is "as JSON" "4" "$(jq '[.observations[] | select(.outcome == "not-tried" and (.tls_versions_offered | length) == 2)] | length' out)"
jq '.observations |= map(.tls_versions_offered = ["1.2", "1.3"] | .tls_version = "TLS1.3" | .tls12_alone = null) | .policy.expressway = "X15.5.1" | .policy.era = "openssl3"
	| .policy.traffic_server = "ats9"' rsa.json > tls13.json
run replay tls13.json
is "asked as X15.5.1" "0 Yes" "$status $(cut -c1-3 out | sed -n 1p)"
run replay --expressway X14.2 tls13.json
is "X14.2 may offer TLS 1.2 alone" "3 4" "$status $(grep -o '? unknown' out | wc -l)"
for format in csv junit markdown html; do
	run replay --order both -f $format rsa.json
	is "$format names it" "3 yes" "$status $(grep -q not-tried out && echo yes)"
done
run replay -f json good/0000.json
cp out both.json
run diff both.json replayed.json
is "diff: what was accepted is not known any more" "1 4" "$status $(grep -c '^worse.*not-tried' out)"
finish

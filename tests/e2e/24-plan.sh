#!/bin/sh
# SPDX-License-Identifier: MIT
# From the lab's verdicts to findings and a plan: what is found, what is exported, that the plan keeps its promises when it is
# carried out, and that only news is news.
. "${srcdir:-.}/tests/e2e/tap.sh"
need jq openssl
# shellcheck disable=SC2119
start_lab
audit() { # shellcheck disable=SC2046
	run --connect-timeout 2 --handshake-timeout 4 --retries 0 $("$src/fixtures/lab/lab" audit "$tmp/lab") "$@"
}
fingerprints() { # fingerprints FILE: of every certificate in it, sorted
	rm -rf "$tmp/split"
	mkdir "$tmp/split"
	awk -v dir="$tmp/split" '/BEGIN CERT/ { n++ } { print > (dir "/" n ".pem") }' "$1"
	for pem in "$tmp"/split/*.pem; do openssl x509 -in "$pem" -noout -fingerprint -sha256; done | sed 's/.*=//; s/://g' | tr A-F a-f | sort
}

audit -f json --export "$tmp/export"
is "the audit fails" 1 "$status"
cp "$tmp/out" "$tmp/a.json"

# Findings: each of the lab's ways to break, by its id, where it is.
while read -r severity id node; do
	is "$severity $id: $node" true "$(jq --arg id "$id" --arg severity "$severity" --arg node "$(printf %s "$node" | sed "s/NET/$LAB_NETWORK/")" \
		'[.findings[] | select(.id == $id and .severity == $severity) | .nodes[]] | any(. == $node)' "$tmp/a.json")"
done <<'END'
fail self-signed cucm-pub.lab.example
fail name-mismatch NET.12
fail name-mismatch NET.13
fail self-signed-in-chain cucm-sub-unknown.lab.example
fail issuer-not-found cucm-sub-branch.lab.example
fail expired cucm-sub-expired.lab.example
fail name-mismatch cucm-sub-short
fail name-mismatch voicemail.lab.example
warning name-mismatch cucm-pub.lab.example
warning ip-san-only NET.13
warning name-only-in-cn cucm-sub-cn.lab.example
warning short-name cucm-sub-short
warning not-checked cucm-sub-refuse.lab.example
warning not-checked cucm-sub-silent.lab.example
warning ecdsa-first-refused cucm-pub.lab.example
info rsa-in-both-orders cucm-sub-cn.lab.example
info client-certificate-requested cucm-pub.lab.example
info discovery-passes-logins-fail cucm-pub.lab.example
END
is "a healthy node has no more than the addresses that nobody is sent to" "name-mismatch" "$(jq -r '[.findings[] | select(.severity != "info")
	| select(.nodes | any(. == "cucm-sub-stored.lab.example")) | .id] | unique | join(" ")' "$tmp/a.json")"

# The plan: every refusal that counts is repaired by exactly one step; one that stands for others does not count again.
is "every refusal that counts is repaired once" true "$(jq '([.observations as $o | .verdicts[] | select((.accepted | not) and $o[.observation].advertised)
	| {observation, trust}] | sort) == ([.plan[] | select(.instead_of == 0) | .repairs[]] | sort)' "$tmp/a.json")"
is "the steps, in order" "store-add store-add reissue reissue advertise reissue reissue cipher check refresh workaround" \
	"$(jq -r '[.plan[].kind] | join(" ")' "$tmp/a.json")"
is "a root that was only presented is for a person to decide" true "$(jq '.plan[0].needs_decision' "$tmp/a.json")"

# The export holds what the plan wants in the store, and nothing else.
jq -r '.plan[] | select(.kind == "store-add") | .certificates[]' "$tmp/a.json" | sort > "$tmp/wanted"
is "bundle.pem holds what the plan asks for" "$(cat "$tmp/wanted")" "$(fingerprints "$tmp/export/bundle.pem")"
find "$tmp/export" -name '*.pem' ! -name bundle.pem -exec cat {} + > "$tmp/singles.pem"
is "so do the single files" "$(cat "$tmp/wanted")" "$(fingerprints "$tmp/singles.pem")"

# Carried out: the bundle in the store, judged again without a network.
cat "$LAB_TRUST" "$tmp/export/bundle.pem" > "$tmp/new-store.pem"
run replay -t "$tmp/new-store.pem" -f json "$tmp/a.json"
cp "$tmp/out" "$tmp/b.json"
is "what the plan proved is accepted then" true "$(jq -n --slurpfile a "$tmp/a.json" --slurpfile b "$tmp/b.json" \
	'[$a[0].plan[] | select(.kind == "store-add" and .proved) | .repairs[].observation] as $promised
	| ($promised | length) > 0 and ([$b[0].verdicts[] | select(.observation | IN($promised[])) | .accepted] | all)')"
is "what was accepted still is" true "$(jq -n --slurpfile a "$tmp/a.json" --slurpfile b "$tmp/b.json" \
	'[$a[0].verdicts[] | select(.accepted) | .observation] as $good | [$b[0].verdicts[] | select(.observation | IN($good[])) | .accepted] | all')"

# News.
audit -f json
cp "$tmp/out" "$tmp/c.json"
run diff "$tmp/a.json" "$tmp/c.json"
is "two audits of an unchanged lab: no change" "0 no change" "$status $(cat "$tmp/out")"
run diff "$tmp/a.json" "$tmp/b.json"
is "the upload is news, none of it bad" "0 0" "$status $(grep -c '^worse' "$tmp/out")"
holds "it names what got better" grep -q '^better: cucm-sub-unknown.lab.example 8443 rsa-first: accepted, was refused (self-signed-in-chain)$' "$tmp/out"
run diff "$tmp/b.json" "$tmp/a.json"
is "the way back is worse" 1 "$status"
run diff -f json "$tmp/b.json" "$tmp/a.json"
is "as JSON, too" "1 true diff" "$status $(jq -r '"\(.worse) \(.kind)"' "$tmp/out")"
holds "and by its schema" python3 -W ignore "$src/tests/golden/validate_json.py" "$src/src/saved/diff.schema.json" "$tmp/out"
is "JSON and text tell the same" "$(jq -r '.changes[] | "\(.news): \(.text)"' "$tmp/out")" "$("$program" diff "$tmp/b.json" "$tmp/a.json")"
run diff -f html "$tmp/b.json" "$tmp/a.json"
is "what diff cannot write is a usage error" 2 "$status"
head -c 3000 "$tmp/a.json" > "$tmp/cut.json"
run diff "$tmp/cut.json" "$tmp/a.json"
is "a cut report is named" "2 1" "$status $(grep -c "cut.json" "$tmp/err")"
run replay -f json "$tmp/a.json" "$tmp/c.json"
is "two reports of one cluster merge to one" "$(jq -c '[(.nodes | length), (.observations | length), (.trust_stores | length)]' "$tmp/a.json")" \
	"$(jq -c '[(.nodes | length), (.observations | length), (.trust_stores | length)]' "$tmp/out")"
run replay -f json --at 2050-01-01 "$tmp/a.json"
is "in 2050 nothing is accepted" 0 "$(jq '[.verdicts[] | select(.accepted)] | length' "$tmp/out")"

# The order in force.
order() { run replay -f json "$@"; jq -r '([.findings[] | select(.id == "self-signed" and (.nodes | any(. == "cucm-pub.lab.example"))) | .severity] | join(","))
	+ " " + (if [.plan[].kind] | any(. == "cipher") then "cipher" else "-" end)' "$tmp/out"; }
jq 'del(.observations[] | select(.node | test("voicemail")))' "$tmp/a.json" > "$tmp/cucm.json"
is "upgraded from X14.0: RSA stays first, ECDSA is a warning" "warning -" "$(order --upgrade X14.0.7,X14.2 "$tmp/a.json")"
is "upgraded from below: ECDSA comes first" "fail cipher" "$(order --upgrade X12.5,X14.2 "$tmp/cucm.json")"
is "but with RSA first Unity Connection would show its tomcat, which is refused too: not offered then" "fail -" "$(order --upgrade X12.5,X14.2 "$tmp/a.json")"
is "by Expressway's string, with the prefix" "warning -" "$(order --cipher-string 'ECDHE-RSA-AES256-GCM-SHA384:EECDH:EDH:HIGH:-AES256+SHA' "$tmp/a.json")"
is "and without" "fail" "$(order --cipher-string 'EECDH:EDH:HIGH:-AES256+SHA' "$tmp/a.json" | cut -d' ' -f1)"
finish

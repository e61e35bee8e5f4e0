#!/bin/sh
# SPDX-License-Identifier: MIT
# An audit of the whole lab: every address, port and order against lab.expected, the log lines word for word, the exit status.
. "${srcdir:-.}/tests/e2e/tap.sh"
need jq
start_lab

# The table becomes the lines that the report has to yield, Expressway's log line among them.
# expected ERA: address advertised port order outcome certificate verdict log
expected() {
	sed -e '/^#/d' -e "s/NET/$LAB_NETWORK/" "$src/tests/e2e/lab.expected" | awk -v net="$LAB_NETWORK" -v era="$1" \
		-v cluster="$src/fixtures/lab/cluster.txt" -v domain="$LAB_DOMAIN" '
		BEGIN {
			dash = era == "openssl1" ? " " : "-"
			text["self-signed"] = "self" dash "signed certificate"
			text["self-signed-in-chain"] = "self" dash "signed certificate in certificate chain"
			text["issuer-not-found"] = "unable to get local issuer certificate"
			text["expired"] = "certificate has expired"
			while ((getline line < cluster) > 0) {
				if (line ~ /^#/) continue
				split(line, f)
				ip[f[1]] = ip[f[1] "." domain] = ip[net "." f[2]] = ip[f[4] "." domain] = net "." f[2]
			}
		}
		{
			log_line = ""
			split($7, reason, "@")
			if (reason[1] == "name-mismatch")
				log_line = "WARNING: SNI (" $1 ") not in certificate. Action=Terminate server=" $1 "(" ip[$1] ")"
			else if (reason[1] in text)
				log_line = "WARNING: Core server certificate verification failed for (" $1 "). Action=Terminate Error=" \
					text[reason[1]] " server=" $1 "(" ip[$1] ") depth=" reason[2]
			print $1, ip[$1], $2, $3, $4, $5, $6, $7, log_line
		}'
}
# The same lines, from a report.
reported() {
	jq -r '(.verdicts | map({ key: (.observation | tostring), value: . }) | from_entries) as $by
		| .observations[] | $by[.id | tostring] as $v
		| [ .address, .ip, (if .advertised then "yes" else "no" end), (.port | tostring), .order, .outcome, .certificate // "-",
		    (if $v == null then "-" elif $v.accepted then "accepted" else "\($v.reasons[0].id)@\($v.reasons[0].depth)" end),
		    ($v.log // "") ] | join(" ")' "$1"
}
compare() { # compare ERA REPORT: one test per line of the table, and one that there are no others
	expected "$1" | sort > "$tmp/expected"
	reported "$2" | sort > "$tmp/reported"
	while read -r line; do
		wanted=$(printf '%s\n' "$line" | cut -d ' ' -f 1-8)
		if printf '%s\n' "$line" | grep -qxF -f - "$tmp/reported" || printf '%s \n' "$line" | grep -qxF -f - "$tmp/reported"; then
			pass "$1: $wanted"
		else
			fail "$1: $wanted"
			printf 'wanted %s\n' "$line" | say
			grep -F "$(printf '%s\n' "$line" | cut -d ' ' -f 1-5) " "$tmp/reported" | sed 's/^/got    /' | say
		fi
	done < "$tmp/expected"
	is "$1: nothing else in the report" "$(wc -l < "$tmp/expected")" "$(wc -l < "$tmp/reported")"
}

patience="--connect-timeout 2 --handshake-timeout 4 --retries 0"
# shellcheck disable=SC2046,SC2086 # no blanks in any of these
set -- $patience $("$src/fixtures/lab/lab" audit "$tmp/lab")
run "$@" -f json
cp "$tmp/out" "$tmp/report.json"
is "exit status: at least one would be refused" 1 "$status"
is "nothing on stderr" "" "$(cat "$tmp/err")"
holds "stdout is one JSON document" jq -e . "$tmp/report.json"
compare openssl1 "$tmp/report.json"

is "status in the report" fail "$(jq -r .status "$tmp/report.json")"
is "discovery worked" ok "$(jq -r '.clusters[0].discovery.outcome' "$tmp/report.json")"
is "the discovery connection would be accepted" true "$(jq -r '.clusters[0].discovery.accepted' "$tmp/report.json")"
is "version from UDS" 14.0.1 "$(jq -r '.clusters[0].version' "$tmp/report.json")"
is "nodes from UDS" 12 "$(jq '[.nodes[] | select(.source == "uds")] | length' "$tmp/report.json")"
is "roles by --nodes" "imp unity" "$(jq -r '[.nodes[] | select(.source == "option") | .role] | sort | join(" ")' "$tmp/report.json")"
is "6972 asks for a client certificate, 8443 does not" "6972=true 8443=false" "$(jq -r '[.observations[]
	| select(.outcome == "presented") | "\(.port)=\(.client_certificate_requested)"] | unique | join(" ")' "$tmp/report.json")"
is "every handshake went through without a client certificate" true \
	"$(jq '[.observations[] | select(.outcome == "presented") | .handshake_completed] | all' "$tmp/report.json")"
is "TLS 1.2 only" TLS1.2 "$(jq -r '[.observations[] | select(.outcome == "presented") | .tls_version] | unique | join(" ")' "$tmp/report.json")"
is "the chain as sent: leaf and issuing CA" 2 \
	"$(jq '[.observations[] | select(.address == "cucm-pub.lab.example" and .port == 8443)][0].chain | length' "$tmp/report.json")"
is "all reasons: what would follow the missing intermediate" "issuer-not-found@0 20 then 21" "$(jq -r '
	([.observations[] | select(.address == "cucm-sub-branch.lab.example" and .port == 8443 and .order == "rsa-first")][0].id) as $id
	| .verdicts[] | select(.observation == $id) | "\(.reasons[0].id)@\(.reasons[0].depth) \(.reasons[0].openssl) then \(.reasons[1].openssl)"' \
	"$tmp/report.json")"
is "the leaf's fingerprint is OpenSSL's" "$(openssl x509 -in "$tmp/lab/pki/cucm-pub/tomcat.pem" -noout -fingerprint -sha256 |
	sed 's/.*=//; s/://g' | tr A-F a-f)" "$(jq -r '[.observations[] | select(.address == "cucm-pub.lab.example")][0].chain[0]' "$tmp/report.json")"

# The other era: same verdicts, other words.
run "$@" -f json --era openssl3
is "era openssl3: exit status" 1 "$status"
compare openssl3 "$tmp/out"

# For people.
run "$@"
is "text: exit status" 1 "$status"
for line in 'Core server certificate verification failed for (cucm-pub.lab.example). Action=Terminate Error=self signed certificate' \
	"SNI ($LAB_NETWORK.12) not in certificate"; do
	# the report may break a long line
	holds "text: $line" sh -c 'tr -s " \n" " " < "$1" | grep -qF -- "$2"' sh "$tmp/out" "$line"
done
is "text: no escape sequence when piped" 0 "$(grep -c "$(printf '\033')" "$tmp/out")"

# Smaller audits: the other exit statuses.
lab_options="--dns-server $LAB_DNS --search $LAB_DOMAIN -t $LAB_TRUST $patience"
# shellcheck disable=SC2086
{
	run $lab_options --no-discovery --node cucm-sub-stored.lab.example
	is "a healthy node alone: 0" 0 "$status"
	run $lab_options --no-discovery --node cucm-sub-stored.lab.example --strict
	is "--strict: what no client is sent to is no warning" 0 "$status"
	run $lab_options --no-discovery --node cucm-sub-stored.lab.example --node cucm-sub-refuse.lab.example
	is "healthy and unreachable: 3" 3 "$status"
	run $lab_options --no-discovery --node cucm-sub-expired.lab.example --node cucm-sub-refuse.lab.example
	is "refused and unreachable: 1" 1 "$status"
	run $lab_options --no-discovery --node cucm-sub-expired.lab.example --at 2023-06-01
	is "before the certificate ended, before its CA began: 1" 1 "$status"
	run $lab_options --no-discovery --node cucm-pub.lab.example --order rsa-first
	is "the publisher, RSA first: 0" 0 "$status"
	run $lab_options --no-discovery --node cucm-pub.lab.example --order ecdsa-first
	is "the publisher, ECDSA first: 1" 1 "$status"
	run $lab_options --no-discovery --node cucm-pub.lab.example --upgrade X14.0.7,X14.2
	is "the publisher, on an upgrade that keeps RSA first: 0" 0 "$status"
	run $lab_options --no-discovery --node cucm-pub.lab.example -p 8443
	is "the publisher, 8443 alone: 0" 0 "$status"
	is "and 6972 is not meant" "Yes: Expressway would accept the one advertised address; not tried: port 6972." "$(sed '/^$/q' "$tmp/out" | xargs)"
	run $lab_options --no-discovery --node cucm-sub-stored.lab.example,role=cms -p 8443
	is "nor is the Web Bridge on 443" "Yes: Expressway would accept the one advertised address; not tried: port 443." "$(sed '/^$/q' "$tmp/out" | xargs)"
	run $lab_options --no-discovery --node imp1.lab.example,role=imp --node cucm-sub-stored.lab.example -p 6972
	is "IM and Presence, and no port that a login needs there: 3" "3 Not known: nothing is known to fail, but 1 of 2 advertised addresses could not be checked." \
		"$status $(sed '/^$/q' "$tmp/out" | xargs)"
	run $lab_options --no-discovery --node nosuch.lab.example
	is "a name that does not resolve: 3" 3 "$status"
	run --dns-server "$LAB_DNS" --search lab.example -t none $patience --no-discovery --node cucm-sub-stored.lab.example
	is "an empty store refuses all: 1" 1 "$status"
	run $lab_options -f json cucm-sub-refuse.lab.example
	is "discovery refused: 3, and the publisher is probed" "3 refused 4" \
		"$status $(jq -r '"\(.clusters[0].discovery.outcome) \([.observations[] | select(.advertised)] | length)"' "$tmp/out")"
}

"$src/fixtures/lab/lab" stop "$tmp/lab" || fail "the lab stops"
is "the lab leaves no process" "" "$(for p in /proc/[0-9]*; do tr '\0' ' ' 2> /dev/null < "$p/cmdline" | grep -F "$tmp/lab"; done)"
finish

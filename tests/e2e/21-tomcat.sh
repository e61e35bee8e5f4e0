#!/bin/sh
# SPDX-License-Identifier: MIT
# A real Apache Tomcat with an RSA and an EC certificate: it follows the client's order, unless honorCipherOrder is set.
. "${srcdir:-.}/tests/e2e/tap.sh"
need jq openssl
[ -d /usr/share/tomcat10/lib ] || [ -d /usr/share/tomcat11/lib ] || { echo "1..0 # SKIP tomcat10-common is missing"; exit 77; }
start_lab --tomcat

# What OpenSSL's client gets, so that Tomcat's own way is not taken from our program.
seen_by_openssl() { # seen_by_openssl OCTET FIRST SECOND
	openssl s_client -connect "$LAB_NETWORK.$1:8443" -tls1_2 -cipher "$2:$3" < /dev/null 2> /dev/null |
		sed -n 's/^subject=.*CN *= *.*-EC\..*/tomcat-ECDSA/p; t; s/^subject=.*/tomcat/p'
}
e=ECDHE-ECDSA-AES256-GCM-SHA384 r=ECDHE-RSA-AES256-GCM-SHA384
is "Tomcat, client's order, RSA first (OpenSSL)" tomcat "$(seen_by_openssl 61 $r $e)"
is "Tomcat, client's order, ECDSA first (OpenSSL)" tomcat-ECDSA "$(seen_by_openssl 61 $e $r)"
is "Tomcat, own order, RSA first (OpenSSL)" tomcat-ECDSA "$(seen_by_openssl 62 $r $e)"
is "Tomcat, own order, ECDSA first (OpenSSL)" tomcat-ECDSA "$(seen_by_openssl 62 $e $r)"

lab="--dns-server $LAB_DNS --search $LAB_DOMAIN -t $LAB_TRUST -p 8443"
# shellcheck disable=SC2086
run $lab -f json --no-discovery --node "cucm-tc-client.$LAB_DOMAIN" --node "cucm-tc-own.$LAB_DOMAIN"
is "exit status" 1 "$status"
presented() { # presented HOST ORDER: certificate, accepted
	jq -r --arg a "$1.$LAB_DOMAIN" --arg o "$2" '.verdicts as $v | .observations[] | select(.address == $a and .order == $o)
		| .id as $id | "\(.outcome) \(.certificate) \($v[] | select(.observation == $id) | .accepted)"' "$tmp/out"
}
is "client's order, RSA first: tomcat, accepted" "presented tomcat true" "$(presented cucm-tc-client rsa-first)"
is "client's order, ECDSA first: tomcat-ECDSA, refused" "presented tomcat-ECDSA false" "$(presented cucm-tc-client ecdsa-first)"
is "own order, RSA first: tomcat-ECDSA all the same" "presented tomcat-ECDSA false" "$(presented cucm-tc-own rsa-first)"
is "own order, ECDSA first: tomcat-ECDSA" "presented tomcat-ECDSA false" "$(presented cucm-tc-own ecdsa-first)"

# shellcheck disable=SC2086
run $lab --no-discovery --node "cucm-tc-own.$LAB_DOMAIN" --order rsa-first
is "RSA first does not help where the server chooses: 1" 1 "$status"
# shellcheck disable=SC2086
run $lab --no-discovery --node "cucm-tc-client.$LAB_DOMAIN" --order rsa-first
is "RSA first helps where the client chooses: 0" 0 "$status"

# Tomcat as publisher: UDS over the certificate that does not verify. The lab's other nodes follow from its list.
# shellcheck disable=SC2086
run $lab -f json --connect-timeout 2 --handshake-timeout 4 --retries 0 "cucm-tc-own.$LAB_DOMAIN"
is "UDS from Tomcat" "ok 14 14.0.1" "$(jq -r '"\(.clusters[0].discovery.outcome) \([.nodes[] | select(.source == "uds")] | length) \(.clusters[0].version)"' "$tmp/out")"
is "the discovery connection itself would not be accepted" false "$(jq -r '.clusters[0].discovery.accepted' "$tmp/out")"
finish

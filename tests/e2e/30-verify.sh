#!/bin/sh
# SPDX-License-Identifier: MIT
# mra-preflight verify: a chain from a file, as PEM, DER and on stdin, against the lab's certificates.
. "${srcdir:-.}/tests/e2e/tap.sh"
need jq openssl certtool
"$src/fixtures/pki/make" "$tmp/pki" "$src/fixtures/lab/cluster.txt" 127.1.2 lab.example || exit 99
store=$tmp/pki/expressway-ca.pem pub=$tmp/pki/cucm-pub

cat "$store" "$tmp/pki/branch-ca.pem" > "$tmp/both.pem"
cat "$pub/tomcat.pem" "$tmp/pki/root-ca.pem" > "$tmp/sent-with-root.pem"

verdict() { # verdict WANTED NAME ARGUMENT...: "STATUS first reasons" of verify -f json
	wanted=$1 name=$2
	shift 2
	run verify -f json "$@"
	is "$name" "$wanted" "$status $(jq -r '[.verdicts[] | if .accepted then "accepted" else [.reasons[] | "\(.id)@\(.depth)"] | join(",") end] | join(" ")' "$tmp/out")"
}
verdict "0 accepted" "CA-signed, chain with its intermediate" -t "$store" --address cucm-pub.lab.example "$pub/tomcat.pem"
verdict "1 name-mismatch@0" "another name" -t "$store" --address cucm-sub.lab.example "$pub/tomcat.pem"
verdict "1 accepted name-mismatch@0" "two addresses" -t "$store" --address cucm-pub.lab.example --address 127.1.2.11 "$pub/tomcat.pem"
verdict "0 accepted" "no address: trust alone" -t "$store" "$pub/tomcat.pem"
verdict "0 accepted" "the host of a URL" -t "$store" --address https://cucm-pub.lab.example:8443/ "$pub/tomcat.pem"
verdict "1 name-mismatch@0" "an iPAddress SAN does not help" -t "$store" --address 127.1.2.13 "$tmp/pki/cucm-sub-ipsan/tomcat.pem"
verdict "1 self-signed@0" "tomcat-ECDSA, self-signed" -t "$store" --address cucm-pub.lab.example "$pub/tomcat-ECDSA.pem"
verdict "0 accepted" "self-signed and stored" -t "$store" --address cucm-sub-stored.lab.example "$tmp/pki/cucm-sub-stored/tomcat.pem"
verdict "1 expired@0" "expired" -t "$store" --address cucm-sub-expired.lab.example "$tmp/pki/cucm-sub-expired/tomcat.pem"
verdict "0 accepted" "name in the CN alone" -t "$store" --address cucm-sub-cn.lab.example "$tmp/pki/cucm-sub-cn/tomcat.pem"
verdict "1 self-signed-in-chain@1" "unknown root, sent" -t "$store" --address cucm-sub-unknown.lab.example "$tmp/pki/cucm-sub-unknown/tomcat.pem"
verdict "0 accepted" "the intermediate added to the store" -t "$tmp/both.pem" --address cucm-sub-branch.lab.example \
	"$tmp/pki/cucm-sub-branch/tomcat.pem"
verdict "1 anchor-not-root@1" "only the intermediate in the store" -t "$tmp/pki/branch-ca.pem" --address cucm-sub-branch.lab.example \
	"$tmp/pki/cucm-sub-branch/tomcat.pem"
verdict "1 accepted self-signed-in-chain@2" "two stores, one without the root" -t a="$store" -t b="$tmp/pki/branch-ca.pem" \
	"$tmp/sent-with-root.pem"
verdict "0 accepted" "as of a day when it is valid" -t "$store" --at "$(date -u -d '+30 days' +%Y-%m-%d)" "$pub/tomcat.pem"
verdict "1 expired@0" "as of a day when it has ended" -t "$store" --at "$(date -u -d '+800 days' +%Y-%m-%d)" "$pub/tomcat.pem"

# Words of both eras, and the line with an IP given.
run verify -t "$store" -f json --ip 192.0.2.7 --address cucm-pub.lab.example "$pub/tomcat-ECDSA.pem"
is "openssl1: the line" "WARNING: Core server certificate verification failed for (cucm-pub.lab.example). Action=Terminate Error=self signed certificate server=cucm-pub.lab.example(192.0.2.7) depth=0" \
	"$(jq -r '.verdicts[0].log' "$tmp/out")"
run verify -t "$store" -f json --era openssl3 --ip 192.0.2.7 --address cucm-pub.lab.example "$pub/tomcat-ECDSA.pem"
is "openssl3: the line" "WARNING: Core server certificate verification failed for (cucm-pub.lab.example). Action=Terminate Error=self-signed certificate server=cucm-pub.lab.example(192.0.2.7) depth=0" \
	"$(jq -r '.verdicts[0].log' "$tmp/out")"

# DER, stdin, text around the PEM.
openssl x509 -in "$pub/tomcat-ECDSA.pem" -outform DER -out "$tmp/leaf.der"
verdict "1 self-signed@0" "DER" -t "$store" --address cucm-pub.lab.example "$tmp/leaf.der"
status=0
"$program" verify -t "$store" --address cucm-pub.lab.example -f json - < "$pub/tomcat.pem" > "$tmp/out" || status=$?
is "stdin" "0 true" "$status $(jq -r '.verdicts[0].accepted' "$tmp/out")"
{ echo "from the CA, with love"; cat "$pub/tomcat.pem"; echo "bye"; } > "$tmp/prose.pem"
verdict "0 accepted" "text around the PEM" -t "$store" --address cucm-pub.lab.example "$tmp/prose.pem"
run verify -t "$store" --address cucm-pub.lab.example "$pub/tomcat.pem"
is "text: exit status" 0 "$status"
holds "text: says Yes" grep -q '^Yes: Expressway would accept it' "$tmp/out"
run verify -t "$store" "$pub/tomcat.pem"
is "text without --address: no name was judged" "0 Yes, as far as trust goes: no name was judged." "$status $(head -n 1 "$tmp/out")"
run verify -t "$store" -f json "$pub/tomcat.pem"
is "json without --address" false "$(jq '.verdicts[0].name_judged' "$tmp/out")"
# Neither a CN nor a dNSName: there is no name that could match, and none is judged. openssl says OK.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tmp/o.key" -subj "/O=no name" -days 30 -out "$tmp/o.pem" 2> /dev/null
verdict "0 accepted" "a certificate without any name" -t "$tmp/o.pem" "$tmp/o.pem"
# A CA's key that is for RSASSA-PSS with SHA-256 and 32 octets of salt at least (RFC 4055 3.1) signs with nothing less: the same
# key without the restriction signs here, and openssl says of each what becomes of it.
cd "$tmp" || exit 99
printf '[req]\ndistinguished_name=dn\n[dn]\n' > req.cnf
openssl genrsa -traditional -out ca.key 2048 2> /dev/null
cat > pss.cnf << END
asn1=SEQUENCE:key
[key]
version=INTEGER:0
algorithm=SEQUENCE:algorithm
key=FORMAT:HEX,OCTETSTRING:$(openssl rsa -in ca.key -outform DER -traditional 2> /dev/null | od -An -v -tx1 | tr -d ' \n')
[algorithm]
oid=OID:1.2.840.113549.1.1.10
parameters=SEQUENCE:parameters
[parameters]
hash=EXPLICIT:0,SEQUENCE:sha256
mask=EXPLICIT:1,SEQUENCE:mgf1
salt=EXPLICIT:2,INTEGER:32
[mgf1]
oid=OID:1.2.840.113549.1.1.8
hash=SEQUENCE:sha256
[sha256]
oid=OID:2.16.840.1.101.3.4.2.1
END
openssl asn1parse -genconf pss.cnf -noout -out pss.der
openssl pkey -inform DER -in pss.der -out pss.key
for key in pss ca; do
	openssl req -config req.cnf -x509 -key $key.key -sha256 -days 3000 -subj /CN=PSS-Root -addext basicConstraints=critical,CA:TRUE \
		-addext keyUsage=keyCertSign -out $key.pem
done
openssl req -config req.cnf -newkey rsa:2048 -nodes -keyout leaf.key -subj /CN=pss.lab.example -out leaf.csr 2> /dev/null
for how in sha256:32 sha256:64 sha256:20 sha384:48 sha512:64; do
	openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 800 "-${how%:*}" -sigopt rsa_padding_mode:pss \
		-sigopt "rsa_pss_saltlen:${how#*:}" -out leaf.pem 2> /dev/null
	case $(openssl verify -CAfile pss.pem leaf.pem 2>&1) in
	*"leaf.pem: OK") wanted="0 accepted" ;;
	*"error 7 at 0"*) wanted="1 signature-invalid@0" ;;
	*) wanted="openssl said something else" ;;
	esac
	verdict "$wanted" "a key for RSASSA-PSS alone, signed with $how" -t pss.pem --era openssl3 leaf.pem
done
cd - > /dev/null || exit 99
run verify -t "$tmp/pki/branch-ca.pem" "$pub/tomcat.pem"
holds "a store without a root: stderr says it" grep -q 'branch-ca.pem: no certificate in it is self-signed' "$tmp/err"
run verify -t "$store" --address cucm-pub.lab.example "$pub/tomcat.pem"
holds "text names the address" grep -q cucm-pub.lab.example "$tmp/out"
finish

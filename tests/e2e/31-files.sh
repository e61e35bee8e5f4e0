#!/bin/sh
# SPDX-License-Identifier: MIT
# Files of certificates as people have them: nothing gets lost silently. What each holds is known from openssl, which made it.
. "${srcdir:-.}/tests/e2e/tap.sh"
need jq openssl iconv
cd "$tmp" || exit 99

certificate() { # certificate NAME ISSUER|self EXTENSION...
	name=$1 issuer=$2
	shift 2
	{ printf '[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=%s\n[x]\n' "$name"; printf '%s\n' "$@"; } > "$name.cnf"
	openssl req -new -config "$name.cnf" -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" -out "$name.csr" 2> openssl.err &&
		if [ "$issuer" = self ]; then
			openssl x509 -req -in "$name.csr" -signkey "$name.key" -days 900 -extfile "$name.cnf" -extensions x -out "$name.pem" 2> openssl.err
		else
			openssl x509 -req -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -set_serial "$((serial += 1))" -days 800 \
				-extfile "$name.cnf" -extensions x -out "$name.pem" 2> openssl.err
		fi || { cat openssl.err; exit 99; }
}
serial=1
certificate root self basicConstraints=critical,CA:TRUE keyUsage=keyCertSign,cRLSign
certificate issuing root basicConstraints=critical,CA:TRUE keyUsage=keyCertSign,cRLSign
certificate other self basicConstraints=critical,CA:TRUE
certificate cucm.lab.example issuing subjectAltName=DNS:cucm.lab.example extendedKeyUsage=serverAuth,clientAuth
leaf=cucm.lab.example.pem
cat other.pem root.pem issuing.pem > clean.pem
fingerprints=$(for c in other root issuing; do openssl x509 -in "$c.pem" -noout -fingerprint -sha256; done | sed 's/.*=//;s/://g' | tr 'A-F' 'a-f' | paste -sd' ')

store() { # store NAME FILE [PATTERN]: all three, in order, the leaf accepted; stderr matches PATTERN, or is empty
	run verify -f json -t "$2" --address cucm.lab.example "$leaf"
	is "$1: every certificate, in order" "0 $fingerprints" "$status $(jq -r '.trust_stores[0].fingerprints | join(" ")' out)"
	if [ $# -gt 2 ]; then holds "$1: stderr says it" grep -q "$2.*$3" err; else is "$1: nothing to say" "" "$(cat err)"; fi
}
seen() { # seen NAME COUNT FILE: how many certificates OpenSSL's own reader sees there, to show why a note is due
	is "openssl sees $2 of 3: $1" "$2" "$(openssl crl2pkcs7 -nocrl -certfile "$3" 2> openssl.err | openssl pkcs7 -print_certs -noout 2> openssl.err | grep -c ^subject)"
}
store "clean" clean.pem
{ echo "Show all (PEM file)"; openssl x509 -in other.pem -text; echo; openssl x509 -in root.pem -subject -issuer; sed 's/$/\r/' issuing.pem; } > text.pem
store "text between, CR LF" text.pem
sed 's/^/\n/' clean.pem > blank.pem
store "empty lines between" blank.pem
{ printf %s "$(cat other.pem)"; printf %s "$(cat root.pem)"; cat issuing.pem; } > joined.pem
store "END and BEGIN on one line" joined.pem "line $(grep -n -m1 -e "END.*BEGIN" joined.pem | cut -d: -f1): .*on one line"
seen "END and BEGIN on one line" 0 joined.pem
{ printf '\357\273\277'; cat clean.pem; } > mark.pem
store "UTF-8 byte order mark" mark.pem "byte order mark"
iconv -f ASCII -t UTF-16 clean.pem > utf16.pem # with a mark
store "UTF-16 with a mark" utf16.pem "UTF-16"
iconv -f ASCII -t UTF-16LE clean.pem > utf16le.pem
store "UTF-16LE without one" utf16le.pem "UTF-16"
{ printf '\376\377'; sed 's/$/\r/' clean.pem | iconv -f ASCII -t UTF-16BE; } > utf16be.pem
store "UTF-16BE, CR LF" utf16be.pem "UTF-16"
seen "UTF-16" 0 utf16.pem
sed '1s/^/Root: /' clean.pem > label.pem
store "a label before BEGIN" label.pem "line 1: text stands before BEGIN"
seen "a label before BEGIN" 2 label.pem
sed 's/^-----BEGIN/   &/' clean.pem > indented.pem
store "indented BEGIN" indented.pem "line 1: BEGIN is indented"
seen "indented BEGIN" 0 indented.pem
{ echo '<html><pre>'; sed '1s/^/<pre>/;$s,$,</pre>,' clean.pem; } > page.html
store "a web page" page.html "line 2: text stands before BEGIN"
tr '\n' '\r' < clean.pem > cr.pem
store "CR alone" cr.pem "CR alone"
seen "CR alone" 0 cr.pem
{ openssl x509 -in other.pem -outform DER; openssl x509 -in root.pem -outform DER; openssl x509 -in issuing.pem -outform DER; } > three.der
store "DER, one after another" three.der
openssl crl2pkcs7 -nocrl -certfile clean.pem -out clean.p7b
store "PKCS#7, PEM" clean.p7b
openssl crl2pkcs7 -nocrl -certfile clean.pem -outform DER -out clean.der.p7b
store "PKCS#7, DER" clean.der.p7b
sed 's/PKCS7/CERTIFICATE/' clean.p7b > windows.p7b # as Windows' web enrolment labels it
store "PKCS#7 under the label CERTIFICATE" windows.p7b
sed '/-----/d' clean.p7b > bare.txt
store "base64 alone" bare.txt "no BEGIN and END"
# A signer that streams writes indefinite lengths (BER).
echo hello > content
openssl cms -sign -in content -signer "$leaf" -inkey cucm.lab.example.key -nocerts -certfile clean.pem -outform DER -stream -nodetach -binary -out streamed.p7s 2> openssl.err || cat openssl.err
store "PKCS#7 in BER, signed" streamed.p7s
is "and it is BER" "inf" "$(openssl asn1parse -inform DER -in streamed.p7s | sed -n '1s/.*l= *\(inf\) .*/\1/p')"

# --- what is not there to be read is said ----------------------------------------------------------------------------------
refused() { # refused NAME FILE PATTERN: exit 2 by verify and by an audit, one sentence
	for words in "verify -t $2 $leaf" "verify -t clean.pem $2" "--no-discovery --node 127.0.0.1 -p 1 -t $2"; do
		# shellcheck disable=SC2086 # words
		run $words
		is "$1: exit status, lines (${words%% *})" "2 1" "$status $(wc -l < err)"
		holds "$1: $3 (${words%% *})" grep -q "$3" err
	done
}
sed 1d clean.pem > headless.pem
refused "END without BEGIN" headless.pem "line $(grep -n -m1 -e -----END headless.pem | cut -d: -f1): an END line without its BEGIN"
sed '/-----END/d' other.pem | cat - root.pem > tailless.pem
refused "BEGIN without END" tailless.pem "line 1: the block that begins here has no END"
cat clean.pem root.key > key.pem
refused "a private key" key.pem "line $(grep -n PRIVATE key.pem | head -n 1 | cut -d: -f1): a private key begins here"
is "the key is not shown" 0 "$(cat out err | grep -c "$(sed -n 2p root.key)")"
openssl pkcs12 -export -in "$leaf" -inkey cucm.lab.example.key -passout pass: -out leaf.pfx
refused "PKCS#12" leaf.pfx "PKCS#12"
refused "a certificate request" cucm.lab.example.csr "certificate signing request"
{ sed '$d' root.pem; echo QQ==; echo QUJD; tail -n 1 root.pem; } > padded.pem
refused "base64 behind its padding" padded.pem "not base64"
{ cat clean.pem; printf -- '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n'; } > one-bad.pem
for words in "verify -f json" "-f json --no-discovery --node 127.0.0.1 -p 1 --connect-timeout 1 --retries 0"; do
	case $words in verify*) last=$leaf ;; *) last= ;; esac
	# shellcheck disable=SC2086 # words
	run $words -t one-bad.pem $last
	is "one of four is none: counted (${words%% *})" "3 1" "$(jq -r '.trust_stores[0] | "\(.certificates) \(.unreadable)"' out)"
	holds "one of four is none: said (${words%% *})" grep -q "one-bad.pem, line $(($(wc -l < clean.pem) + 1)): this is not a certificate" err
done

# --- chains ----------------------------------------------------------------------------------------------------------------
chain() { # chain NAME FILE WANTED [PATTERN]
	run verify -f json -t root.pem --address cucm.lab.example "$2"
	is "chain: $1" "$3" "$status $(jq -r '.verdicts[0] | if .accepted then "accepted" else .reasons[0].id end' out)"
	if [ $# -gt 3 ]; then holds "chain: $1: stderr says it" grep -q "$4" err; else is "chain: $1: nothing to say" "" "$(cat err)"; fi
}
cat "$leaf" issuing.pem root.pem > chain.pem
cat root.pem issuing.pem "$leaf" > reversed.pem
chain "leaf first" chain.pem "0 accepted"
chain "CA first" reversed.pem "0 accepted" "reversed.pem: the chain stands CA first.*CN=cucm.lab.example first"
run verify -f json -t root.pem --address cucm.lab.example reversed.pem
is "chain: CA first: all of it, turned round" "$(for c in "$leaf" issuing.pem root.pem; do openssl x509 -in "$c" -noout -fingerprint -sha256; done |
	sed 's/.*=//;s/://g' | tr 'A-F' 'a-f' | paste -sd' ')" "$(jq -r '.verdicts[0].chain | join(" ")' out)"
openssl crl2pkcs7 -nocrl -certfile reversed.pem -outform DER -out reversed.p7b
chain "CA first, PKCS#7" reversed.p7b "0 accepted" "CA first"
cat issuing.pem "$leaf" root.pem > mixed.pem # what some servers send: judged as it stands, as openssl does
chain "a CA in front of a chain" mixed.pem "1 purpose"
is "openssl on the same" "error 26" "$(openssl verify -purpose sslserver -no-CApath -no-CAstore -CAfile root.pem -untrusted mixed.pem issuing.pem 2>&1 | grep -o 'error 26')"
{ openssl x509 -in "$leaf" -outform DER; openssl x509 -in issuing.pem -outform DER; } > chain.der
chain "DER, one after another" chain.der "0 accepted"
iconv -f ASCII -t UTF-16 chain.pem > chain16.pem
chain "UTF-16" chain16.pem "0 accepted" "UTF-16"

# --- TRUSTED CERTIFICATE: openssl itself says what comes of its settings --------------------------------------------------------
certificate renewed self basicConstraints=critical,CA:TRUE keyUsage=keyCertSign,cRLSign
openssl x509 -in root.pem -signkey root.key -days 850 -set_serial 77 -out renewed.pem 2> openssl.err # the same CA, renewed
settings() { # settings NAME SENT STORE...: verify and openssl say the same
	name=$1 sent=$2
	shift 2
	cat "$@" > store.pem
	theirs=$(openssl verify -purpose sslserver -no-CApath -no-CAstore -trusted store.pem -untrusted "$sent" "$leaf" 2>&1 |
		sed -n 's/^error \([0-9]*\) at \([0-9]*\) depth.*/1 \1@\2/p; s/.*: OK$/0/p' | head -n 1)
	run verify -f json -t store.pem --address cucm.lab.example "$sent"
	is "settings: $name" "$theirs" "$status$(jq -r '.verdicts[0] | if .accepted then "" else .reasons[0] | " \(.openssl)@\(.depth)" end' out)"
}
cat "$leaf" issuing.pem > sent.pem
for words in "-addreject serverAuth" "-addreject anyExtendedKeyUsage" "-addreject clientAuth" "-addtrust clientAuth" "-addtrust serverAuth" "-setalias x"; do
	for ca in root issuing; do
		# shellcheck disable=SC2086 # words
		openssl x509 -in "$ca.pem" $words -trustout -out "$ca.set.pem"
	done
	settings "root, $words" sent.pem root.set.pem
	settings "root, $words, sent as well" chain.pem root.set.pem
	settings "root, $words, before a plain copy" sent.pem root.set.pem root.pem
	settings "root, $words, behind a plain copy" sent.pem root.pem root.set.pem
	settings "root, $words, before its renewed self" sent.pem root.set.pem renewed.pem
	settings "root, $words, behind its renewed self" sent.pem renewed.pem root.set.pem
	settings "issuing CA, $words, sent as well" sent.pem issuing.set.pem root.pem
	settings "issuing CA, $words, not sent" "$leaf" root.pem issuing.set.pem
done
finish

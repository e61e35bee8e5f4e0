#!/bin/sh
# SPDX-License-Identifier: MIT
# What a person gets wrong on the command line: one clear sentence on stderr, exit 2, nothing on stdout, nothing written.
. "${srcdir:-.}/tests/e2e/tap.sh"

refuses() { # refuses NAME PATTERN ARGUMENT...
	name=$1 pattern=$2
	shift 2
	rm -f "$tmp/written"
	run "$@"
	lines=$(wc -l < "$tmp/err")
	if [ "$status" != 2 ]; then fail "$name: exit 2, not $status"
	elif [ -s "$tmp/out" ]; then fail "$name: nothing on stdout"
	elif [ "$lines" != 1 ]; then fail "$name: one line on stderr, not $lines"
	elif ! grep -qiE -- "$pattern" "$tmp/err"; then fail "$name: the line names $pattern"
	elif [ -e "$tmp/written" ]; then fail "$name: nothing written"
	else pass "$name"; return; fi
	cat "$tmp/out" "$tmp/err" | say
}
# A certificate that parses (self-signed, P-256, "CN=x"), so that only the flaw in question is in the way.
cat > "$tmp/good.pem" <<'PEM'
-----BEGIN CERTIFICATE-----
MIIBXDCCAQGgAwIBAgIUdC0DFO+VmnEzVafPXWRwMa8yR/EwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAxMBeDAgFw0yNjExMjEwMjUzMDFaGA8yMTI2MTAyODAyNTMwMVow
DDEKMAgGA1UEAxMBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABH90xgiAWYD7
LM72i3GBhIOD7uLkGRuyMq6qjrgCzrV0wCaK6cANWdMmzdfZ7437w6UsR+ZD9cTP
RlXmmsgZ/GOjPzA9MAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMB0GA1Ud
DgQWBBQkJwVmiepwSrJysSgJbVGH8/PbSDAKBggqhkjOPQQDAgNJADBGAiEAvxGp
XXs2w6HMkS5GrsOom7S/haJg3kFQk4sOnUT5YJwCIQDYJawZz10tbr70Bm2IK/ct
hpo1MvSrgnODf2Dpo6s2jQ==
-----END CERTIFICATE-----
PEM
printf -- '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n' > "$tmp/key.pem"
cat "$tmp/good.pem" "$tmp/key.pem" > "$tmp/both.pem"
cp "$tmp/good.pem" "$tmp/copy.pem"
: > "$tmp/empty.pem"
echo 'no certificate in here' > "$tmp/prose.pem"
printf -- '-----BEGIN CERTIFICATE-----\nthis is not base64!\n-----END CERTIFICATE-----\n' > "$tmp/garbage.pem"
printf -- '-----BEGIN CERTIFICATE-----\nAAAAAAAAAAAA\n-----END CERTIFICATE-----\n' > "$tmp/noder.pem"
sed '$d' "$tmp/good.pem" > "$tmp/cut.pem"
o="-o $tmp/written"

# shellcheck disable=SC2086 # $o is two words
{
	refuses "no publisher" publisher -t "$tmp/good.pem" $o
	refuses "no trust store" '--trust' 127.0.0.1 $o
	refuses "unknown option" '--frobnicate' --frobnicate -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "mistyped option" 'did you mean --trust' --truts "$tmp/good.pem" 127.0.0.1 $o
	refuses "mistyped command" 'did you mean the command "verify"' verfiy "$tmp/good.pem" $o
	refuses "unknown short option" '-Z' -Z -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "option without its value" '--era' -t "$tmp/good.pem" 127.0.0.1 $o --era
	refuses "trust store that is not there" "$tmp/none.pem" -t "$tmp/none.pem" 127.0.0.1 $o
	refuses "trust store that is a folder" "$tmp" -t "$tmp" 127.0.0.1 $o
	refuses "empty trust store" "$tmp/empty.pem" -t "$tmp/empty.pem" 127.0.0.1 $o
	refuses "trust store without a certificate" "$tmp/prose.pem" -t "$tmp/prose.pem" 127.0.0.1 $o
	refuses "garbage between the PEM lines" "$tmp/garbage.pem" -t "$tmp/garbage.pem" 127.0.0.1 $o
	refuses "base64 that is no certificate" "$tmp/noder.pem" -t "$tmp/noder.pem" 127.0.0.1 $o
	refuses "PEM that was cut off" "$tmp/cut.pem" -t "$tmp/cut.pem" 127.0.0.1 $o
	refuses "private key beside a certificate" 'private key' -t "$tmp/both.pem" 127.0.0.1 $o
	refuses "private key alone" 'private key' -t "$tmp/key.pem" 127.0.0.1 $o
	refuses "port 0" '0' -p 0 -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "port 65536" '65536' -p 65536 -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "port that is no number" 'https' -p https -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "port of the publisher out of range" '70000' -t "$tmp/good.pem" 127.0.0.1:70000 $o
	refuses "UDS port out of range" '99999' --uds-port 99999 -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "era that is none" 'openssl2' --era openssl2 -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "time that is none" 'yesterday' --at yesterday -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "order that is none" 'rsa-last' --order rsa-last -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "format that is none" 'yaml' -f yaml -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "role that is none" 'fax' --node 127.0.0.1,role=fax -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "nodes file that is not there" "$tmp/none.txt" --nodes "$tmp/none.txt" -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "DNS server that is none" 'not-an-ip' --dns-server not-an-ip -t "$tmp/good.pem" 127.0.0.1 $o
	refuses "publisher with a space" 'a b' -t "$tmp/good.pem" 'a b' $o
	refuses "--domain without discovery" --domain -t "$tmp/good.pem" --domain example.com --no-discovery --node a $o
	refuses "--domain that is an IP" --domain -t "$tmp/good.pem" --domain 192.0.2.1 $o
	refuses "publisher as a URL of another kind" 'http://' -t "$tmp/good.pem" http://cucm.example/ $o
	refuses "--no-discovery without a node" 'node' --no-discovery -t "$tmp/good.pem" $o
	refuses "two stores of one name" 'peer' -t peer="$tmp/good.pem" -t peer="$tmp/copy.pem" 127.0.0.1 $o
	refuses "verify without a chain" 'chain' verify -t "$tmp/good.pem"
	refuses "verify of a file that is not there" "$tmp/none.pem" verify -t "$tmp/good.pem" "$tmp/none.pem"
	refuses "verify of garbage" "$tmp/prose.pem" verify -t "$tmp/good.pem" "$tmp/prose.pem"
	refuses "replay of what is no report" "$tmp/prose.pem" replay -t "$tmp/good.pem" "$tmp/prose.pem"
	refuses "diff of one report" 'OLD' diff "$tmp/prose.pem"
	refuses "output into a folder that is not there" "$tmp/no/where" --no-discovery --node 127.0.0.1 --ports 1 -t "$tmp/good.pem" \
		-o "$tmp/no/where/report.txt"
}
# Whatever is quoted, the terminal gets text: no escape sequence, no text direction.
harmless() { # harmless NAME ARGUMENT...
	name=$1
	shift
	run "$@"
	is "harmless on the terminal: $name" "2 yes 0" "$status $(grep -qF '\x1b' "$tmp/err" && echo yes) $(LC_ALL=C grep -c "$(printf '\033')\|$(printf '\342\200\256')" "$tmp/err")"
}
title=$(printf '\033]0;owned\007\342\200\256')
harmless "a file name" verify -t "$tmp/$title.pem" "$tmp/good.pem"
harmless "an option's value" --order "$title" -t "$tmp/good.pem" 127.0.0.1
harmless "an option" "--$title" 127.0.0.1
printf 'good.example\n%s\n' "$title" > "$tmp/nodes.txt"
harmless "a line of --nodes" -t "$tmp/good.pem" --no-discovery --nodes "$tmp/nodes.txt"
printf '{"schema_version":"\\u001b]0;x"}' > "$tmp/version.json"
harmless "schema_version" replay "$tmp/version.json"
printf '{"schema_version":"1.0","certificates":{"\\u001b]0;x":{}}}' > "$tmp/key.json"
run replay -t "$tmp/good.pem" "$tmp/key.json"
is "harmless on the terminal: a fingerprint" "2 0" "$status $(grep -c "$(printf '\033')" "$tmp/err")"

# A monitoring server reads standard output and the exit status, nothing else (Monitoring Plugins Development Guidelines).
unknown() { # unknown NAME PHRASE ARGUMENT...
	name=$1 phrase=$2
	shift 2
	run "$@"
	is "nagios: $name is UNKNOWN" "3 MRA UNKNOWN 1" "$status $(cut -d' ' -f1,2 "$tmp/out") $(grep -c -- "$phrase" "$tmp/out")"
}
unknown "a trust store that is not there" "$tmp/none.pem" -f nagios -t "$tmp/none.pem" 127.0.0.1
unknown "no trust store" '--trust' --format=nagios 127.0.0.1
unknown "a slip in an option before the format" '--truts' --truts=x 127.0.0.1 -fnagios
unknown "a report that is not there" "$tmp/none.json" replay --format nagios "$tmp/none.json"
run -f nagios -f text --frobnicate
is "the last format counts" 2 "$status"

run --help
is "--help ends with 0" 0 "$status"
run --version
is "--version ends with 0" 0 "$status"
run
is "nothing typed ends with 2" 2 "$status"
holds "nothing typed: what to type next" grep -q -- 'mra-preflight -t expressway-ca.pem' "$tmp/err"
is "nothing typed: nothing on stdout" 0 "$(wc -c < "$tmp/out")"
run help log
is "help log ends with 0" 0 "$status"
holds "help log: its own exit status" grep -q 'nothing of the traffic server' "$tmp/out"
run version
is "version ends with 0" 0 "$status"
# "logs" may be a host: it is asked for, and only one that is not gets the hint
run logs -t none --dns-server 127.0.0.1:1 --deadline 20
is "a host named nearly as a command: an audit" 3 "$status"
holds "of a name without an address: the command that it may be" grep -q 'write mra-preflight log$' "$tmp/err"
run logs -t none --resolve logs:127.0.0.1 --uds-port 1 -p 1 --deadline 20
is "a host that exists: an audit" 3 "$status"
is "a host that exists: no hint" 0 "$(grep -c 'write mra-preflight' "$tmp/err")"
finish

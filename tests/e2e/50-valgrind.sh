#!/bin/sh
# SPDX-License-Identifier: MIT
# An audit of the lab, verify, replay and a mistake under valgrind: no error, no definite leak, the same exit status.
. "${srcdir:-.}/tests/e2e/tap.sh"
need valgrind
start_lab
clean() { # clean NAME STATUS ARGUMENT...
	name=$1 wanted=$2
	shift 2
	status=0
	valgrind -q --suppressions="$src/tests/valgrind.supp" --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --log-file="$tmp/valgrind.log" \
		"$program" "$@" > "$tmp/out" 2> "$tmp/err" < /dev/null || status=$?
	is "$name" "$wanted" "$status"
	[ "$status" = "$wanted" ] || head -n 60 "$tmp/valgrind.log" | say
}
# shellcheck disable=SC2046
clean "audit" 1 --connect-timeout 2 --handshake-timeout 30 --retries 0 -f json -o json:"$tmp/report.json" -o html:"$tmp/report.html" \
	$("$src/fixtures/lab/lab" audit "$tmp/lab")
clean "verify" 1 verify -t "$LAB_TRUST" --address x.lab.example "$tmp/lab/pki/cucm-pub/tomcat.pem"
clean "replay" 1 replay "$tmp/report.json"
clean "diff" 0 diff "$tmp/report.json" "$tmp/report.json"
clean "garbage trust store" 2 -t "$src/fixtures/lab/cluster.txt" 127.0.0.1
finish

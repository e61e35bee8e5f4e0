#!/bin/sh
# SPDX-License-Identifier: MIT
# --help, man page, completion, README and reason.def say the same: each option and each reason id in each place.
set -u
src=${srcdir:-.}
program=${MRA_PREFLIGHT:-./mra-preflight}
bad=0
miss() { echo "$1"; bad=1; }
man_page=$src/man/mra-preflight.1
completion=$src/src/dist/completion.bash

options_of() { "$program" $1 --help | sed -n 's/^  \(-., \|    \)--\([a-z0-9-]*\).*/\2/p' | sort -u; }
every=$(for command in "" verify replay diff log; do options_of "$command"; done | sort -u)
is_option() { case "
$every
" in *"
$1
"*) ;; *) return 1 ;; esac; }

for option in $every; do
	grep -q "Fl -$option\( \|\$\)" "$man_page" || miss "man page: --$option is missing"
done
for option in $(sed -n 's/^\.It .*Fl -\([a-z0-9-]*\).*/\1/p' "$man_page"); do
	is_option "$option" || miss "man page: --$option is not an option"
done
completed() { # the word list of one command in the completion
	sed -n "s/^[[:space:]]*$1) words=\"\(--.*\)\" ;;/\1/p" "$completion" | tr ' ' '\n' | sed 's/^--//' | sort
}
for pair in ":\\*" "verify:verify" "replay:replay" "diff:diff" "log:log"; do
	[ "$(options_of "${pair%%:*}")" = "$(completed "${pair#*:}")" ] || miss "completion: the options of '${pair%%:*}' differ from --help"
done
formats=$("$program" --help | sed -n '/^Formats:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ -n "$formats" ] || miss "--help names no format"
for format in $formats; do
	grep -q "Cm $format" "$man_page" || miss "man page: format $format is missing"
done
# README names no option that is none
for option in $(grep -o '`[^`]*`' "$src/README.md" | grep 'mra-preflight\|^`-' | grep -o '\(^\|[ `]\)--[a-z][a-z0-9-]*' | sed 's/.*--//' | sort -u); do
	is_option "$option" || miss "README: --$option is not an option"
done
# reasons: reason.def and the man page
reasons=$(sed -n 's/^REASON([A-Z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' "$src/src/model/reason.def")
[ -n "$reasons" ] || miss "no reason in reason.def"
for reason in $reasons; do
	grep -q "^\.It Cm $reason\$" "$man_page" || miss "man page: reason $reason is missing"
done
for reason in $(sed -n '/^\.Sh REASONS/,/^\.Sh FINDINGS/s/^\.It Cm \([a-z0-9-]*\)$/\1/p' "$man_page"); do
	echo "$reasons" | grep -qx "$reason" || miss "man page: reason $reason is none"
done
sh "$src/tests/man-reasons.sh" --check || miss "man page: REASONS differ from reason.def: run tests/man-reasons.sh"
# alert.def and what libcrypto says of the same alert
if command -v openssl > /dev/null; then
	alerts=$(sed -n 's/^ALERT(\([0-9]*\), "[a-z_]*", "\([a-z0-9 ]*\)".*/\1 \2/p' "$src/src/model/alert.def")
	[ -n "$alerts" ] || miss "no alert in alert.def"
	echo "$alerts" | {
		while read -r number words; do
			# 3.6 says "ssl/tls" of what it, and whoever writes Expressway's log, called "sslv3" before.
			told=$(openssl errstr "$(printf '0A000%03X' $((1000 + number)))" | sed 's,::ssl/tls alert,::sslv3 alert,')
			[ "${told##*::}" = "$words" ] || miss "alert.def: $number is '$words', OpenSSL says '${told##*::}'"
		done
		exit $bad
	} || bad=1
fi
# findings: finding.def and the man page
findings=$(sed -n '/^\.Sh FINDINGS/,/^\.Sh ENVIRONMENT/s/^\.It Cm //p' "$man_page" | tr -d ',')
[ -n "$findings" ] || miss "man page: no findings"
for finding in $findings; do
	grep -q "^FINDING([A-Z_0-9]*, \"$finding\"" "$src"/src/model/finding.def || miss "man page: finding $finding is none"
done
for finding in $(sed -n 's/^FINDING([A-Z_0-9]*, "\([a-z0-9-]*\)".*/\1/p' "$src/src/model/finding.def"); do
	echo "$findings" | tr ' ' '\n' | grep -qx "$finding" || miss "man page: finding $finding is missing"
done
"$program" --version | grep -q '^mra-preflight [0-9]' || miss "--version does not begin with the name"
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$man_page" || miss "man page: mandoc complains"
fi
exit $bad

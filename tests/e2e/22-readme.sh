#!/bin/sh
# SPDX-License-Identifier: MIT
# The report that README shows is the lab's: each of its lines comes out of an audit of the lab, in this order. "..." stands for
# what README leaves out. What differs from run to run (the 127.x.y network, dates, fingerprints, times) is compared as such.
. "${srcdir:-.}/tests/e2e/tap.sh"
start_lab

plain() { # plain: what differs from run to run becomes a word
	sed -E -e 's/127\.[0-9]+\.[0-9]+\./NET./g' -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]+Z)?/DATE/g' \
		-e 's/[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){7,}/PRINT/g' -e 's/[0-9a-f]{16,}/PRINT/g' -e 's/[0-9]+(\.[0-9]+)? (ms|s)\b/TIME/g' \
		-e 's/[[:space:]]+/ /g' -e 's/^ //' -e 's/ $//'
}
shown() { sed -n '/<!-- demo: begin/,/<!-- demo: end/p' "$src/README.md" | sed -e '/^<!--/d' -e '/^```/d' -e 's/^    //'; }

# shellcheck disable=SC2046
run --connect-timeout 2 --handshake-timeout 4 $("$src/fixtures/lab/lab" audit "$tmp/lab")
plain < "$tmp/out" > "$tmp/printed"
shown | plain | grep -vx -e '\.\.\.' -e '' -e '\$ .*' > "$tmp/readme"
if [ "$(wc -l < "$tmp/readme")" -ge 10 ]; then pass "README shows a report"; else fail "README shows a report"; fi
strays=$(awk 'NR == FNR { printed[++n] = $0; next } { for (i = at + 1; i <= n && printed[i] != $0; i++); if (i > n) print; else at = i }' \
	"$tmp/printed" "$tmp/readme")
is "README's report is what the program prints" "" "$strays"
finish

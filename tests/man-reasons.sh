#!/bin/sh
# SPDX-License-Identifier: MIT
# Rewrites the list under REASONS in man/mra-preflight.1 from src/model/reason.def, each reason with the text by which a log
# line is known: run it after adding a rule. With --check it writes nothing and fails where the two differ (tests/agree.sh).
set -eu
cd "$(dirname "$0")/.."
new=$(mktemp) && trap 'rm -f "$new" "$new.list"' EXIT
${CC:-cc} -E -P -x c - <<'C' | sed -E 's/" +"//g' | grep '^ROW' > "$new.list"
#define REASON(name, id, kind, number1, number3, text1, text3, meaning, action) ROW kind, id, text1, text3, meaning, action
#include "src/model/reason.def"
C
awk '
	NR == FNR { # ROW KIND, "id", "text1", "text3", "meaning", "action"
		split($0, part, /, "/)
		for (i in part) sub(/"$/, "", part[i])
		kind = part[1]
		sub(/^ROW /, "", kind)
		error = kind == "TRUST" || kind == "RULE" ? "Error=" : ""
		list = list ".It Cm " part[2] "\n.Dl "
		if (kind == "NAME")
			list = list "SNI (ADDRESS) not in certificate.\n"
		else if (part[3] == part[4])
			list = list error part[3] "\n"
		else
			list = list error part[3] "\n.Dl " error part[4] "\n"
		text = part[5] " " part[6]
		while (match(text, /\. [A-Z]/)) {
			list = list substr(text, 1, RSTART) "\n"
			text = substr(text, RSTART + 2)
		}
		list = list text "\n"
		next
	}
	/^\.Sh REASONS/ { inside = 1 }
	inside && /^\.El/ { inside = 0; printf "%s", list }
	!inside || !seen { print }
	inside && /^\.Bl/ { seen = 1 }
	/^\.El/ && seen { seen = 0 }
' "$new.list" man/mra-preflight.1 > "$new"
if [ "${1-}" = --check ]; then
	diff man/mra-preflight.1 "$new"
else
	cat "$new" > man/mra-preflight.1
fi

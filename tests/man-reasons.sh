#!/bin/sh
# SPDX-License-Identifier: MIT
# Rewrites the list under REASONS in man/mra-preflight.1 from src/model/reason.def: run it after adding or changing a reason.
# With --check it only says whether the two differ; tests/agree.sh asks that.
# Each reason comes with its words in the log, those of OpenSSL 1.1.1 before those of 3 where they differ.
set -eu
cd "$(dirname "$0")/.."
man=man/mra-preflight.1
list=$(cc -E -P -x c - <<'C' | sed 's/" *"//g' | grep '^ROW' | sed -E '
	s/^ROW "(.*)" OLD "=(.*)" NEW "=(.*)" MEANS "(.*)" ACT "(.*)" END$/.It Cm \1\n.Dl \2\n.Dl \3\n\4\n\5/
	s/(\n\.Dl [^\n]*)\1\n/\1\n/; s/\n\.Dl (\n|$)/\n/g' | sed 's/\. \([A-Z]\)/.\n\1/g'
#define REASON(name, id, kind, number1, number3, text1, text3, meaning, action) ROW id OLD "=" text1 NEW "=" text3 MEANS meaning ACT action END
#include "src/model/reason.def"
C
)
rewritten() {
	awk -v list="$list" '
		/^\.Sh REASONS/ { inside = 1 }
		inside && /^\.El/ { inside = 0; print list }
		!inside || !seen { print }
		inside && /^\.Bl/ { seen = 1 }
		/^\.El/ && seen { seen = 0 }
	' "$man"
}
if [ "${1:-}" = --check ]; then
	rewritten | cmp -s - "$man"
	exit
fi
rewritten > man/new.1 && mv man/new.1 "$man"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Rewrites the list under REASONS in man/mra-preflight.1 from src/model/reason.def: run it after adding a rule.
# tests/agree.sh fails while the two differ.
set -eu
cd "$(dirname "$0")/.."
list=$(cc -E -P -x c - <<'C' | sed 's/" *"//g' | grep '^ROW' | sed -E 's/^ROW "(.*)" MEANS "(.*)" ACT "(.*)" END$/.It Cm \1\n\2\n\3/' | sed 's/\. \([A-Z]\)/.\n\1/g'
#define REASON(name, id, kind, number1, number3, text1, text3, meaning, action) ROW id MEANS meaning ACT action END
#include "src/model/reason.def"
C
)
awk -v list="$list" '
	/^\.Sh REASONS/ { inside = 1 }
	inside && /^\.El/ { inside = 0; print list }
	!inside || !seen { print }
	inside && /^\.Bl/ { seen = 1 }
	/^\.El/ && seen { seen = 0 }
' man/mra-preflight.1 > man/new.1 && mv man/new.1 man/mra-preflight.1

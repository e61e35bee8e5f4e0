#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds the include lines of src/ against the rooms of README, "Inside". Prints each breach; exits 1 if there is one.
set -u
src=${srcdir:-.}/src
allowed() { # allowed ROOM FILE INCLUDE
	case $1:$3 in
	base:base/*) ;;
	model:base/* | model:model/*) ;;
	pki:base/* | pki:model/* | pki:pki/*) ;;
	log:base/* | log:model/* | log:log/*) ;;
	wire:base/* | wire:model/* | wire:wire/*) ;;
	gather:base/* | gather:model/* | gather:pki/* | gather:wire/* | gather:gather/*) ;;
	judge:base/* | judge:model/* | judge:pki/* | judge:judge/*) ;;
	advise:base/* | advise:model/* | advise:pki/* | advise:judge/* | advise:advise/*) ;;
	saved:base/* | saved:model/* | saved:pki/* | saved:saved/* | saved:out/out.h) ;;
	out:base/* | out:model/* | out:out/*) ;;
	formats:formats.h | formats:out/* | formats:saved/json.h | formats:saved/json_log.h) ;;
	attached:attached.h) ;;
	main:run.h | main:options.h | main:base/* | main:model/*) ;;
	options*:options*.h | options*:base/* | options*:model/* | options*:formats.h | options*:gather/names.h) ;;
	run*:run*.h | run*:attached.h | run*:options.h | run*:formats.h | run*:base/* | run*:model/* | run*:gather/* | run*:judge/* | run*:log/* | run*:advise/* | run*:saved/* | run*:out/* | run*:pki/trust.h | run*:pki/client_file.h) ;;
	*) return 1 ;;
	esac
}
bad=0
while IFS=' ' read -r rest include; do
	case $rest in */*) floor=${rest%%/*} ;; *) floor=${rest%.[ch]} ;; esac
	case $include in config.h | model/*.def) continue ;; esac
	allowed "$floor" "$rest" "$include" || { echo "$rest may not include $include"; bad=1; }
done << END
$(cd "$src" && find . -name '*.[ch]' -exec grep -H '^#[[:space:]]*include "' {} + | sed 's/^\.\/\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/' | sort)
END
# A string stays whole, so that a message can be searched for; the tables (.def) are as wide as their rows.
lines=$(cd "$src" && find . -name '*.[ch]' -exec awk '
	function told(what) { file = FILENAME; sub(/^\.\//, "", file); print file ": " what }
	FNR == 1 { config = 0; if ($0 !~ /SPDX-License-Identifier: MIT/) told("no SPDX line") }
	/^#include/ && !config++ && FILENAME ~ /\.c$/ && $0 !~ /"config.h"/ { told("config.h does not come first") }
	length > 50 && !/"/ {
		n = split($0, part, "\t"); width = length(part[1])
		for (i = 2; i <= n; i++) width = int(width / 8) * 8 + 8 + length(part[i])
		if (width > 100) told("more than 100 columns: " FNR)
	}' {} + | sort)
[ -z "$lines" ] || { echo "$lines"; bad=1; }
# Each library has one user.
only() { # only PATTERN FILES...
	pattern=$1; shift
	grep -rlE "^#[[:space:]]*include <($pattern)" "$src" | while read -r file; do
		rest=${file#"$src"/}; ok=0
		# shellcheck disable=SC2254 # patterns, on purpose
		for allowed in "$@"; do case $rest in $allowed) ok=1 ;; esac; done
		[ "$ok" = 1 ] || echo "$rest may not include <$pattern>"
	done
}
breaches=$(only 'gmp' 'pki/bignum.h'; only 'curl/' 'wire/http.c'; only 'ares' 'wire/dns*.[ch]'; only 'expat' 'gather/discover*.c'; only 'jansson' 'saved/*'; only 'archive' 'log/read.c'; only 'idn2' 'wire/idn.c'; only 'uthash' 'base/table.c'
	only 'gnutls/gnutls' 'wire/tls*.[ch]' 'pki/*'; only 'seccomp' 'gather/sandbox*.c'; only 'gnutls/(x509|abstract|crypto)' 'pki/*')
[ -z "$breaches" ] || { echo "$breaches"; bad=1; }
exit $bad

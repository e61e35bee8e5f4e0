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
for file in $(find "$src" -name '*.[ch]' | sort); do
	rest=${file#"$src"/}
	case $rest in */*) floor=${rest%%/*} ;; *) floor=${rest%.[ch]} ;; esac
	for include in $(sed -n 's/^#[[:space:]]*include "\([^"]*\)".*/\1/p' "$file"); do
		case $include in config.h | model/*.def) continue ;; esac
		allowed "$floor" "$file" "$include" || { echo "$rest may not include $include"; bad=1; }
	done
	case $rest in *.c) grep '^#include' "$file" | head -n 1 | grep -q '"config.h"' || { echo "$rest: config.h does not come first"; bad=1; } ;; esac
	# A string stays whole, so that a message can be searched for; the tables (.def) are as wide as their rows.
	long=$(expand "$file" | grep -nE '^.{101}' | grep -v '"' | cut -d: -f1 | tr '\n' ' ')
	[ -z "$long" ] || { echo "$rest: more than 100 columns: $long"; bad=1; }
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: MIT' || { echo "$rest: no SPDX line"; bad=1; }
done
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
breaches=$(only 'gmp' 'pki/point.c' 'pki/rsa.c'; only 'curl/' 'wire/http.c'; only 'ares' 'wire/dns*.[ch]'; only 'expat' 'gather/discover*.c'; only 'jansson' 'saved/*'; only 'archive' 'log/read.c'; only 'idn2' 'wire/idn.c'; only 'uthash' 'base/table.c'
	only 'gnutls/gnutls' 'wire/tls*.[ch]' 'pki/*'; only 'seccomp' 'gather/sandbox*.c'; only 'gnutls/(x509|abstract|crypto)' 'pki/*')
[ -z "$breaches" ] || { echo "$breaches"; bad=1; }
exit $bad

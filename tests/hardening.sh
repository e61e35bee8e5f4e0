#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds the built program to its hardening: PIE, full RELRO, immediate binding, stack protector, FORTIFY, no executable stack,
# no text relocation, no search path of its own. Skips (77) what was built without on purpose: sanitizers, --disable-hardening.
set -u
build=${top_builddir:-.}
program=${HARDENING_PROGRAM:-$build/mra-preflight}
command -v readelf > /dev/null || { echo "readelf (binutils) is missing"; exit 77; }
symbols=$(readelf --wide --dyn-syms "$program") || exit 99
dynamic=$(readelf --wide --dynamic "$program")
segments=$(readelf --wide --segments "$program")
header=$(readelf --wide --file-header "$program")
case $symbols in *__asan_* | *__ubsan_* | *__tsan_* | *__msan_*) echo "a sanitizer build: skipped"; exit 77 ;; esac
if grep -qs '^HARDEN_CFLAGS = *$' "$build/Makefile"; then
	echo "configured with --disable-hardening: skipped"
	exit 77
fi

bad=0
has() { # has WHAT TEXT PATTERN
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then
		echo "ok    $1"
	else
		echo "MISS  $1"
		bad=1
	fi
}
lacks() { # lacks WHAT TEXT PATTERN
	if printf '%s\n' "$2" | grep -Eq -- "$3"; then
		echo "MISS  $1"
		bad=1
	else
		echo "ok    $1"
	fi
}
has 'PIE: a shared object' "$header" 'Type: +DYN'
has 'PIE: marked as one' "$dynamic" '\(FLAGS_1\).*PIE'
has 'RELRO' "$segments" '^ +GNU_RELRO '
has 'RELRO is full: immediate binding' "$dynamic" 'BIND_NOW|\(FLAGS_1\).*NOW'
has 'stack protector' "$symbols" ' __stack_chk_fail(@|$)'
has 'stack: not executable' "$segments" '^ +GNU_STACK +[^R]*RW +'
lacks 'no text relocation' "$dynamic" 'TEXTREL'
lacks 'no search path of its own' "$dynamic" '\((RPATH|RUNPATH)\)'
if grep -Eqs '^CFLAGS = .*-O(0|g)?( |$)' "$build/Makefile" && ! grep -Eqs '^CFLAGS = .*-O[1-3s]' "$build/Makefile"; then
	echo "built without optimisation: FORTIFY not looked at"
else
	has 'FORTIFY' "$symbols" ' __[a-z]+_chk(@|$)'
fi
# What leaves no mark in the binary on every machine: the compiler takes it, so it has to be in the flags.
flags=$(sed -n 's/^HARDEN_CFLAGS = //p' "$build/Makefile")
compiler=$(sed -n 's/^CC = //p' "$build/Makefile")
for flag in -fstack-clash-protection -fcf-protection -ftrivial-auto-var-init=zero; do
	if echo 'int main(void) { return 0; }' | $compiler -Werror "$flag" -x c -c -o /dev/null - 2> /dev/null; then
		has "$flag" " $flags " " $flag "
	fi
done
if printf '#include <string.h>\n#if __USE_FORTIFY_LEVEL < 3\n#error\n#endif\n' |
	$compiler -O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -x c -c -o /dev/null - 2> /dev/null; then
	has 'FORTIFY level 3' " $flags " ' -D_FORTIFY_SOURCE=3 '
fi
exit $bad

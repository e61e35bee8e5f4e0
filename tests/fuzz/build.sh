#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the fuzzers into tests/fuzz/bin of the build folder: `make fuzz` calls it with the library's sources.
set -eu
src=${srcdir:-.}
flags="-std=gnu11 -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -D_GNU_SOURCE
	-DHAVE_CONFIG_H -I. -I$src/src -I$src/tests/parity/gen $(pkg-config --cflags gnutls libcrypto)"
bin=tests/fuzz/bin
mkdir -p "$bin"
sources=
for file in "$@"; do
	case $file in # all but what needs sockets and the story of each command
	*.h | *.def | src/main.c | src/run*.c | src/wire/tls.c | src/wire/dns*.c | src/wire/http.c | src/wire/sock.c | src/log/read.c) ;;
	src/gather/discover_parse.c | src/gather/listing.c | src/gather/facts.c | src/gather/pack.c) sources="$sources $file" ;;
	src/gather/*) ;;
	*.c) sources="$sources $file" ;;
	esac
done
# shellcheck disable=SC2086,SC2016
printf '%s\n' $sources | xargs -P 2 -I{} sh -c '
	clang $4 -fsanitize=fuzzer-no-link -c "$3/$2" -o "$1/$(echo "$2" | tr / _).o"' build "$bin" {} "$src" "$flags"
for name in cert store name chain uds hello report words facts log; do
	extra=
	[ "$name" != name ] || extra=$src/tests/parity/gen/der.c
	# shellcheck disable=SC2086,SC2046
	clang $flags -fsanitize=fuzzer "$src/tests/fuzz/fuzz_$name.c" $extra "$bin"/*.o -o "$bin/fuzz_$name" \
		$(pkg-config --libs gnutls gmp libcrypto expat jansson libidn2)
done

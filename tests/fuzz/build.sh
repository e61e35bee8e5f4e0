#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the fuzzers into tests/fuzz/bin of the build folder: `make fuzz` calls it with the library's sources. With OSS-Fuzz's
# LIB_FUZZING_ENGINE its CC, CFLAGS and OUT (where the fuzzers go, each with its seed corpus) hold as well.
set -eu
src=${srcdir:-.}
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"
[ -z "${LIB_FUZZING_ENGINE:-}" ] || sanitize=${CFLAGS:-}
flags="-std=gnu11 -g -O1 -fno-omit-frame-pointer $sanitize -D_GNU_SOURCE
	-DHAVE_CONFIG_H -I. -I$src/src -I$src/tests/parity/gen $(pkg-config --cflags gnutls libcrypto)"
engine=${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
cc=clang
[ -z "${LIB_FUZZING_ENGINE:-}" ] || cc=${CC:-clang}
bin=tests/fuzz/bin
mkdir -p "$bin"
sources=
for file in "$@"; do
	case $file in # all but what needs sockets and the story of each command
	*.h | *.def | src/main.c | src/run*.c | src/wire/dns*.c | src/wire/http.c | src/wire/sock.c | src/log/read.c) ;;
	src/gather/discover_parse.c | src/gather/listing.c | src/gather/facts.c | src/gather/pack.c) sources="$sources $file" ;;
	src/gather/*) ;;
	*.c) sources="$sources $file" ;;
	esac
done
# shellcheck disable=SC2086,SC2016
printf '%s\n' $sources | xargs -P 2 -I{} sh -c '
	$5 $4 -fsanitize=fuzzer-no-link -c "$3/$2" -o "$1/$(echo "$2" | tr / _).o"' build "$bin" {} "$src" "$flags" "$cc"
for name in cert store name chain uds hello tls report words facts log; do
	extra=
	[ "$name" != name ] || extra=$src/tests/parity/gen/der.c
	# shellcheck disable=SC2086,SC2046
	$cc $flags "$src/tests/fuzz/fuzz_$name.c" $extra "$bin"/*.o -o "$bin/fuzz_$name" \
		$engine $(pkg-config --libs gnutls gmp libcrypto expat jansson libidn2)
done
[ -n "${OUT:-}" ] || exit 0
python3 "$src/tests/fuzz/seeds.py" "" "$bin/seeds"
for name in cert store name chain uds hello tls report words facts log; do
	cp "$bin/fuzz_$name" "$OUT"
	[ ! -d "$bin/seeds/$name" ] || (cd "$bin/seeds/$name" && zip -q -r "$OUT/fuzz_${name}_seed_corpus.zip" .)
done

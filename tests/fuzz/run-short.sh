#!/bin/sh
# SPDX-License-Identifier: MIT
# Each fuzzer for FUZZ_SECONDS (15) from freshly generated seeds, two at a time. A finding stays in the folder that is printed.
# Run in the build folder after `make fuzz`. Exit 77 where the fuzzers were not built.
set -u
src=${srcdir:-.}
bin=tests/fuzz/bin
[ -x "$bin/fuzz_chain" ] || { echo "no fuzzers: run make fuzz"; exit 77; }
seed=${PARITY_SEED:-20261121}
[ "$seed" != clock ] || seed=$(date +%s)
seconds=${FUZZ_SECONDS:-15}
top=$(mktemp -d)
echo "seed $seed, $seconds s each, in $top"
mkdir "$top/cases"
tests/parity/generate "$top/cases" "$seed" 400 >"$top/list" || exit 1
python3 "$src/tests/fuzz/seeds.py" "$top/cases" "$top/seeds" || exit 1

fuzz() { # fuzz NAME LONGEST-INPUT
	mkdir "$top/$1"
	"$bin/fuzz_$1" -max_total_time="$seconds" -max_len="$2" -timeout=10 -rss_limit_mb=1024 -seed="$seed" \
		-artifact_prefix="$top/$1/" "$top/seeds/$1" >"$top/$1/log" 2>&1 && return
	echo "fuzz_$1 found something: $top/$1"
	grep -E 'ERROR|FALSE PASS|ours |address|runtime error|#[0-9] ' "$top/$1/log" | head -n 20
	touch "$top/bad"
}
fuzz cert 8192 & fuzz store 16384 & wait
fuzz name 256 & fuzz chain 16384 & wait
mkdir -p "$top/seeds/uds" "$top/seeds/hello"
cp "$src"/fixtures/uds/*.xml "$top/seeds/uds"
fuzz uds 4096 & fuzz hello 512 & wait
mkdir -p "$top/seeds/report" "$top/seeds/words"
cp "$src/tests/golden/cluster.json" "$top/seeds/report"
printf -- '-t\nnone\n--node\nimp1,role=imp\n--resolve\npub:127.0.0.1,[::1]\n--at\n2026-12-01\n-o\nhtml:x\n[::1]:8443' >"$top/seeds/words/audit"
printf -- 'verify\n-t\nnone\n--address\npub.example.com\n--ip\n127.0.0.1\nchain.pem' >"$top/seeds/words/verify"
fuzz report 131072 & fuzz words 512 & wait
mkdir -p "$top/seeds/facts"
cp "$src"/tests/fuzz/facts-run.seed "$top/seeds/facts"
mkdir -p "$top/seeds/log"
cp "$src"/tests/fuzz/log-run.seed "$top/seeds/log"
fuzz facts 8192 & fuzz log 8192 & wait
for name in cert store name chain uds hello report words facts log; do
	sed -n "s/^Done \([0-9]*\) runs.*/fuzz_$name: \1 runs/p" "$top/$name/log"
done
[ ! -e "$top/bad" ] || exit 1
rm -rf "$top"

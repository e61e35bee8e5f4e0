#!/bin/sh
# SPDX-License-Identifier: MIT
# Where reports are written to: descriptors, links, modes and owners, full disks. Nothing is lost, nothing else is touched.
. "${srcdir:-.}/tests/e2e/tap.sh"
need jq
cd "$tmp" || exit 99
# Nobody listens there: a report in which nothing could be checked, exit status 3.
run -t none --no-discovery --node 127.0.0.1 -p 1 -o report.json
is "the ending gives the format" "3 1.0" "$status $(jq -r .schema_version report.json)"
replay() { run replay -t none "$@" report.json; }
replay -o page.HTML -o a.md -o b.csv -o c.xml -o d.prom -o e.txt
is "each ending" "<!DOCTYPE html>#<?xml" "$(head -c 15 page.HTML)$(head -c 1 a.md)$(head -c 5 c.xml)"
replay -f json -o forced.html
holds "-f says more than the ending" jq -e .schema_version forced.html
replay -o -
is "-o - is standard output" "3 yes" "$status $(grep -q 'took' out && echo yes)"
replay -o json:-
holds "-o json:- too, and alone" jq -e .schema_version out

# Descriptors are written to, not replaced.
for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
	before=$(ls -l /dev/stdout)
	{ echo first; "$program" replay -t none -o "json:$name" report.json 2> err; echo last; } > both
	is "$name is the descriptor, at its place" "first last $before" "$(sed -n '1p;$p' both | tr '\n' ' ')$(ls -l /dev/stdout)"
done
"$program" replay -t none -o json:/dev/fd/7 report.json 7> seven > out 2> err
holds "/dev/fd/7" jq -e .schema_version seven
ln -s /dev/stdout link
"$program" replay -t none -o json:link report.json > out 2> err < /dev/null
is "a link to it stays one" /dev/stdout "$(readlink link)"

# An existing file keeps what it was; a link stays a link.
echo old > real.json
chmod 640 real.json
[ "$(id -u)" != 0 ] || chown nobody real.json
was=$(stat -c '%a %U' real.json)
ln -s real.json link.json
replay -o link.json
is "mode and owner" "$was" "$(stat -c '%a %U' real.json)"
is "the link" real.json "$(readlink link.json)"
holds "what is behind it is new" jq -e .schema_version real.json
ln -s nowhere dangling.json
replay -o json:dangling.json
is "a link that leads nowhere is refused, after the answer" "2 nowhere yes" "$status $(readlink dangling.json) $(grep -q took out && echo yes)"
if [ "$(id -u)" = 0 ]; then
	ln -s real.json stranger.json
	chown -h nobody stranger.json
	replay -o stranger.json
	is "a stranger's link is not followed, and the report shown instead" "2 yes" "$status $(grep -q took out && echo yes)"
fi
replay -o one.json -o ./one.json
is "twice the same path" "2 1" "$status $(grep -c 'two --output' err)"
replay -o text:real.json -o link.json
is "twice the same file" "2 1" "$status $(grep -c 'two --output' err)"
replay -o text:/dev/null -o json:/dev/null
is "a device may be named twice" 3 "$status"

# One that fails does not cost the others, nor the answer.
mkdir sub
replay -o json:/dev/full -o csv:after.csv
is "a full disk: said, after the answer and the others" "2 yes yes" "$status $(grep -q took out && echo yes) $([ -s after.csv ] && echo yes)"
is "with its name" 1 "$(grep -c '/dev/full' err)"
replay -o /dev/full
is "without standard output, the answer comes there" "2 yes" "$status $(grep -q took out && echo yes)"
head -c 20000 /dev/zero | tr '\0' x > sub/limited.json
(
	ulimit -f 1
	"$program" replay -t none -o json:sub/limited.json -o html:sub/new.html report.json > sub.out 2> sub.err < /dev/null
	echo $? > sub.status
) 2> /dev/null
is "beyond ulimit -f: said, the old file whole, nothing left behind" "2 20000 limited.json" "$(cat sub.status) $(stat -c %s sub/limited.json) $(ls -A sub)"
finish

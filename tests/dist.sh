#!/bin/sh
# SPDX-License-Identifier: MIT
# What src/dist installs: shell syntax, completion in a real bash, the unit's exposure, the nightly script's story.
set -u
src=$(cd "${srcdir:-.}" && pwd)
program=${MRA_PREFLIGHT:-$PWD/mra-preflight}
bad=0
miss() { echo "$1"; bad=1; }
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT

sh -n src/dist/nightly || miss "nightly: syntax"
complete_words() { # complete_words WORD... : what bash would offer for the last one
	PATH="${program%/*}:$PATH" bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mra_preflight; printf "%s\n" "${COMPREPLY[@]}"' - "$src/src/dist/completion.bash" "$@"
}
[ "$(complete_words mra-preflight --era = openssl3)" = openssl3 ] || miss "completion: --era=openssl3"
[ "$(complete_words mra-preflight ver | sort | tr '\n' ' ')" = "verify version " ] || miss "completion: ver"
[ "$(complete_words mra-preflight help rep)" = replay ] || miss "completion: help rep"
# as bash splits `-t exp1=COP`, `--trust=exp1=COP`, `-o html:COP`, `--output=html:COP` and `-t exp1=`
(
	cd "$src" || exit 1
	for words in "-t exp1 = COPY" "--trust = exp1 = COPY" "-o html : COPY" "--output = html : COPY" "-t COPY"; do
		# shellcheck disable=SC2086 # split as bash would
		[ "$(complete_words mra-preflight $words)" = COPYING ] || exit 1
	done
	complete_words mra-preflight -t exp1 = | grep -qx COPYING
) || miss "completion: a file behind NAME= or FORMAT:"
[ "$(complete_words mra-preflight verify --add)" = --address ] || miss "completion: verify --add"
[ "$(complete_words mra-preflight -f pro)" = prometheus ] || miss "completion: -f pro"

if command -v systemd-analyze >/dev/null; then
	exposure=$(systemd-analyze security --offline=true --no-pager src/dist/mra-preflight.service 2>/dev/null | sed -n 's/.*exposure level[^:]*: *\([0-9.]*\).*/\1/p')
	[ -n "$exposure" ] && awk "BEGIN { exit !($exposure <= 2.0) }" || miss "service: exposure '$exposure' is above 2.0"
fi

# every metric that an alert asks for is one that the format writes
for metric in $(grep -o 'mra_preflight_[a-z_]*' "$src/src/dist/alerts.yml" | sort -u); do
	grep -q "^${metric}[{ ]" "$src"/tests/golden/*.prom* || miss "alerts: no golden file has $metric"
done
if command -v promtool >/dev/null; then
	promtool check rules "$src/src/dist/alerts.yml" >"$tmp/promtool" 2>&1 || { cat "$tmp/promtool"; miss "alerts: promtool complains"; }
fi

# The Grafana dashboard: metrics and labels that the format writes, PromQL that Prometheus parses, the members without which a
# dashboard's JSON model shows nothing (Grafana documents them), panels side by side in a grid of 24 columns.
python3 - "$src" "$tmp/dashboard.yml" <<'EOF' || miss "dashboard"
import glob, json, re, sys
src = sys.argv[1]
board = json.load(open(src + "/src/dist/grafana.json"))
for member in "title uid schemaVersion version time templating annotations panels".split():
    assert member in board, member
written = {}
for name in glob.glob(src + "/tests/golden/*.prom*"):
    for line in open(name):
        found = re.match(r"(mra_preflight_\w+)(?:\{(.*)\})? ", line)
        if found:
            written.setdefault(found[1], set()).update(re.findall(r'(\w+)="', found[2] or ""))
variables = {v["name"] for v in board["templating"]["list"]}
taken, rules = set(), []
for panel in board["panels"]:
    for member in "id type title gridPos datasource targets fieldConfig options".split():
        assert member in panel, (panel.get("title"), member)
    grid = panel["gridPos"]
    cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
    assert not cells & taken and grid["x"] + grid["w"] <= 24, panel["title"]
    taken |= cells
    for target in panel["targets"]:
        expr = target["expr"]
        assert set(re.findall(r"\$\{?(\w+)", expr)) <= variables, expr
        names = re.findall(r"mra_preflight_\w+", expr)
        assert names and all(name in written for name in names), "no golden file has " + expr
        labels = re.findall(r'(\w+)=~?"', expr) + [label for by in re.findall(r"by \(([^)]*)\)", expr) for label in by.split(", ")]
        for label in labels:
            assert label in written[names[0]], (label, expr)
        rules.append(expr.replace("$cluster", ".*"))
assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
with open(sys.argv[2], "w") as file:
    file.write("groups:\n- name: dashboard\n  rules:\n")
    for k, expr in enumerate(rules):
        file.write("  - record: dashboard_%d\n    expr: %s\n" % (k, json.dumps(expr)))
EOF
if command -v promtool >/dev/null; then
	promtool check rules "$tmp/dashboard.yml" >"$tmp/promtool" 2>&1 || { cat "$tmp/promtool"; miss "dashboard: promtool complains"; }
fi

# nightly: its story, with a stand-in that audits as scripted; diff is the real one, on reports that it wrote itself
mkdir "$tmp/bin" "$tmp/state"
report() { # report NAME STATE OUTCOME ANSWER: a report of one address, as small as one can be
	printf '{"schema_version":"1.0","started":"2026-01-01T00:00:00Z","status":"%s","answer":"%s","policy":{"era":"openssl1"},"trust_stores":[{"name":"ca","certificates":0,"fingerprints":[]}],"nodes":[{"name":"a.example.com","addresses":[{"address":"a.example.com","advertised":true}]}],"observations":[{"id":0,"node":"a.example.com","address":"a.example.com","ip":"127.0.0.1","port":8443,"order":"rsa-first","advertised":true,"outcome":"%s","chain":[]}],"verdicts":[]}\n' "$2" "$4" "$3" >"$tmp/$1.json"
}
report silent incomplete timeout "Not known: one could not be checked."
report dead incomplete refused "Not known: one could not be checked."
report bad fail refused "No: Expressway would refuse one."
report good pass refused "Yes."
echo "# metrics" >"$tmp/metrics"
cat >"$tmp/bin/mra-preflight" <<'EOF'
#!/bin/sh
if [ "$1" = diff ]; then exec "$REAL" "$@"; fi
for word in "$@"; do case $word in json:*) [ ! -f "$FAKE/report" ] || cat "$FAKE/report" >"${word#json:}" ;; prometheus:*) cat "$FAKE/metrics" >"${word#prometheus:}" ;; esac; done
format=text before='' status=$(cat "$FAKE/status")
for word in "$@"; do [ "$before" != -f ] || format=$word; before=$word; done
[ "$format $status" != "nagios 1" ] || status=2 # CRITICAL, as nagios.c has it
echo "the answer"; exit "$status"
EOF
chmod +x "$tmp/bin/mra-preflight"
sed "s|^PATH=|PATH=$tmp/bin:|" src/dist/nightly >"$tmp/nightly" && chmod +x "$tmp/nightly"
night() { # night WHAT STATUS-OF-THE-AUDIT REPORT WANTED-STATUS WANTED-OUTPUT(a pattern, - for nothing) [OPTION [OF-THE-AUDIT]]
	what=$1
	echo "$2" >"$tmp/status"
	rm -f "$tmp/report"
	[ "$3" = - ] || cp "$tmp/$3" "$tmp/report"
	# shellcheck disable=SC2086 # no option is no word
	REAL=$program FAKE=$tmp "$tmp/nightly" ${6:-} "$tmp/state" -t ca.pem ${7:-} pub.example.com >"$tmp/out" 2>"$tmp/err"
	got=$?
	[ "$got" = "$4" ] || miss "nightly: $what: status $got, not $4"
	if [ "$5" = - ]; then
		[ ! -s "$tmp/out" ] || { miss "nightly: $what is not quiet:"; cat "$tmp/out"; }
	else
		grep -q "$5" "$tmp/out" || { miss "nightly: $what: no '$5' in:"; cat "$tmp/out" "$tmp/err"; }
	fi
}
night "a plugin's format among the options" 1 bad.json 1 'first report' '' "-f nagios"
rm -f "$tmp/state/"*.json
night "the first night" 0 good.json 0 'first report'
night "a quiet night" 0 good.json 0 -
[ "$(stat -c %a "$tmp/state/mra-preflight.prom")" = 644 ] || miss "nightly: node_exporter cannot read the metrics"
[ "$(stat -c %a "$tmp/state/report.json")" = 640 ] || miss "nightly: everybody can read the report"
night "something would be refused" 1 bad.json 1 'worse: the answer is now: No'
night "it still would" 1 bad.json 1 '^the answer $'
[ "$(wc -l <"$tmp/out")" = 1 ] || miss "nightly: a standing refusal takes more than a line"
night "it still would, for who wants news only" 1 bad.json 0 - --only-news
night "mended" 0 good.json 0 'better: the answer is now: Yes'
night "something cannot be checked" 3 silent.json 1 'worse: the answer is now: Not known'
night "it still cannot" 3 silent.json 3 '^the answer $'
night "another way not to be checked" 3 dead.json 3 'changed: a.example.com'
cp "$tmp/state/report.json" "$tmp/before.json"
night "no audit" 2 - 2 'the answer'
cmp -s "$tmp/before.json" "$tmp/state/report.json" || miss "nightly: a night without an audit took the last report"
head -c 300 "$tmp/bad.json" >"$tmp/cut.json"
night "a full disk cut the report" 1 cut.json 2 'the answer'
cmp -s "$tmp/before.json" "$tmp/state/report.json" || miss "nightly: a cut report took the place of the last one"
cp "$tmp/cut.json" "$tmp/state/report.json"
night "the last report is unreadable" 1 bad.json 1 'could not be read'
night "the night after" 1 bad.json 1 '^the answer $'
if command -v flock >/dev/null; then
	exec 8>"$tmp/state/lock"
	flock 8
	night "another one is running" 0 good.json 2 -
	exec 8>&-
	grep -q 'still running' "$tmp/err" || miss "nightly: two at once"
fi
# A list of nodes that cannot be read: its nodes are neither gone tonight nor new later, and one that is gone by then is said to be.
listed() { # listed NAME OUTCOME-OF-DISCOVERY NODE...: a report of these nodes
	name=$1 outcome=$2 nodes='' seen=''
	shift 2
	for node in "$@"; do
		nodes="$nodes${nodes:+,}{\"name\":\"$node.example.com\",\"source\":\"uds\",\"cluster\":0,\"addresses\":[{\"address\":\"$node.example.com\",\"advertised\":true}]}"
		seen="$seen${seen:+,}{\"id\":$((${#seen} > 0)),\"node\":\"$node.example.com\",\"address\":\"$node.example.com\",\"ip\":\"127.0.0.1\",\"port\":8443,\"order\":\"rsa-first\",\"advertised\":true,\"outcome\":\"timeout\",\"chain\":[]}"
	done
	printf '{"schema_version":"1.0","started":"2026-01-01T00:00:00Z","status":"incomplete","answer":"Not known.","policy":{"era":"openssl1"},"trust_stores":[{"name":"ca","certificates":0,"fingerprints":[]}],"clusters":[{"publisher":"a.example.com","version":"","discovery":{"url":"https://a.example.com:8443/","outcome":"%s","accepted":false}}],"nodes":[%s],"observations":[%s],"verdicts":[]}\n' "$outcome" "$nodes" "$seen" >"$tmp/$name.json"
}
metric() { printf 'mra_preflight_discovery_success{cluster="a.example.com"} %s\n' "$1" >"$tmp/metrics"; }
listed both ok a b
listed none refused a
listed one ok a
rm -f "$tmp/state/"*.json
metric 1
night "two are listed" 3 both.json 3 'first report'
metric 0
night "nothing is listed" 3 none.json 1 'changed: node b.example.com: not known, the list of nodes is missing'
! grep -q ^gone "$tmp/out" || miss "nightly: what cannot be listed is gone"
night "nor the night after" 3 none.json 3 '^the answer $'
metric 1
night "one is listed" 3 one.json 3 '^gone: node b.example.com'
grep -q 'compared with the last report that had it' "$tmp/out" || miss "nightly: nobody knows with what that is compared"
night "still one" 3 one.json 3 '^the answer $'
[ "$(wc -l <"$tmp/out")" = 1 ] || miss "nightly: what was gone is told twice"
"$tmp/nightly" --only-news "$tmp/state" >/dev/null 2>&1; [ $? = 2 ] || miss "nightly: no usage"
"$program" --version >/dev/null || miss "the program does not run"
# The recipes of README's "Many clusters" as they stand there, with a stand-in that knows one publisher that is refused and one
# that cannot be audited: every other report is there, and the status says so.
recipes() { sed -n '/^<!-- recipe: '"$1"' -->/,/^<!-- end -->/s/^    //p' "$src/README.md"; }
mkdir "$tmp/fleet"
cat >"$tmp/fleet/mra-preflight" <<'EOF'
#!/bin/sh
if [ "$1" = replay ]; then "$REAL" "$@"; exit 0; fi # so that the status is that of the audits
for word in "$@"; do case $word in json:*) file=${word#json:} ;; esac; done
for publisher in "$@"; do :; done
case $publisher in
bad*) cp "$FAKE/bad.json" "$file"; exit 1 ;;
none*) exit 2 ;;
*) cp "$FAKE/good.json" "$file" ;;
esac
EOF
chmod +x "$tmp/fleet/mra-preflight"
for recipe in xargs parallel; do
	recipes "$recipe" >"$tmp/recipe"
	[ -s "$tmp/recipe" ] || { miss "README: no recipe for $recipe"; continue; }
	command -v "$recipe" >/dev/null || { echo "skipped: the recipe for $recipe, which is missing"; continue; }
	rm -rf "$tmp/run" && mkdir "$tmp/run"
	printf 'good1.example.com\nbad.example.com\nnone.example.com\ngood2.example.com\n' >"$tmp/run/clusters.txt"
	(cd "$tmp/run" && PATH="$tmp/fleet:$PATH" REAL=$program FAKE=$tmp HOME=$tmp sh "$tmp/recipe" >"$tmp/out" 2>&1)
	got=$?
	[ "$got" != 0 ] || miss "README: $recipe: status 0, though one failed"
	[ "$(cd "$tmp/run" && echo reports/*.json)" = "reports/bad.example.com.json reports/good1.example.com.json reports/good2.example.com.json" ] ||
		{ miss "README: $recipe: reports"; ls "$tmp/run/reports"; cat "$tmp/out"; }
	[ -s "$tmp/run/fleet.html" ] || { miss "README: $recipe: no fleet.html"; cat "$tmp/out"; }
done

# Nodes that no publisher lists belong to their run: two runs have two series of counts, none of them shared.
sed 's/a\.example\.com/b.example.com/g' "$tmp/silent.json" >"$tmp/other.json"
"$program" replay -o "prometheus:$tmp/two.prom" "$tmp/silent.json" "$tmp/other.json" >/dev/null
[ "$(grep -c '^mra_preflight_unchecked_addresses{cluster="[ab].example.com"} 1$' "$tmp/two.prom")" = 2 ] ||
	{ miss "prometheus: two runs of nodes alone share a series"; grep unchecked_addresses "$tmp/two.prom"; }

# bootstrap: an old release is told before anything is looked for; what a Debian lacks may be skipped, nothing else.
printf 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nID=debian\nVERSION_ID="11"\n' >"$tmp/os-release"
MRA_OS_RELEASE=$tmp/os-release sh "$src/bootstrap" portable >"$tmp/out" 2>&1 && miss "bootstrap: builds on Debian 11"
[ "$(wc -l <"$tmp/out")" = 1 ] && grep -q '^bootstrap: Debian GNU/Linux 11 (bullseye) is too old to build on' "$tmp/out" ||
	{ miss "bootstrap: no clear word on Debian 11"; cat "$tmp/out"; }
mkdir "$tmp/tally"
tallied() { # tallied RESULT LOG: "PASSED FAILED SKIPPED", trafficserver being absent
	printf ':test-result: %s\n' "$1" >"$tmp/tally/a.trs"
	printf '%b' "$2" >"$tmp/tally/a.log"
	MRA_ABSENT="trafficserver chromium" "$src/tests/tally" "$tmp/tally"
}
[ "$(tallied PASS 'ok 1 - a\nok 2 - b\n')" = "2 0 0" ] || miss "tally: what passed"
[ "$(tallied FAIL 'ok 1 - a\nnot ok 2 - b\n')" = "1 1 0" ] || miss "tally: what failed"
[ "$(tallied SKIP '1..0 # SKIP trafficserver is missing\n')" = "0 0 1" ] || miss "tally: what is absent is skipped"
[ "$(tallied SKIP '1..0 # SKIP haproxy is missing\n')" = "0 1 0" ] || miss "tally: what is not absent fails"
[ "$(tallied PASS '1..0 # SKIP haproxy is missing\n')" = "0 1 0" ] || miss "tally: a skip with exit status 0 fails"
[ "$(tallied PASS 'ok 1 - a # SKIP no IPv6\n')" = "0 1 0" ] || miss "tally: a part that is skipped fails"
[ "$(tallied SKIP 'a sanitizer build: skipped\n')" = "0 0 0" ] || miss "tally: what a build is not about"

# Where packages come from (src/dist/archive): apt's words are those of apt-get indextargets, as apt 2.6 prints them.
mkdir "$tmp/apt"
printf '#!/bin/sh\ncat %s\n' "$tmp/targets" > "$tmp/apt/apt-get" && chmod +x "$tmp/apt/apt-get"
echo 'https://second.example/debian/ priority:2' > "$tmp/mirrors"
archive() { # archive EXPECTED TARGETS ARGUMENT...
	expected=$1
	printf "$2" > "$tmp/targets"
	shift 2
	said=$(PATH="$tmp/apt:$PATH" sh "$src/src/dist/archive" "$@" 2> /dev/null) || said="status $?"
	[ "$said" = "$expected" ] || miss "archive $*: $said, not $expected"
}
(unset MRA_MIRROR
debian='Debian-Security https://a.example/updates/\nDebian https://a.example/debian/\n'
archive https://a.example/debian "$debian"
archive https://a.example/updates "$debian" security
archive https://a.example/debian-security 'Debian https://a.example/debian/\n' security
archive https://second.example/debian "Debian mirror+file:$tmp/mirrors/\n"
archive 'status 1' 'Debian cdrom://[Debian 12]/\n'
archive 'status 1' ''
MRA_MIRROR=file:///srv
export MRA_MIRROR
archive file:///srv/debian "$debian"
archive file:///srv/debian-security "$debian" security
exit $bad) || bad=1

# cron's line is run by the user that the package makes, who owns the folder of the unit.
cron=$(sed -n 's/^[0-9].* \* \([^ ]*\) @pkglibexecdir@.nightly .*/\1/p' "$src/src/dist/mra-preflight.cron.in")
[ -n "$cron" ] && [ "$cron" = "$(sed -n 's/^u \([^ ]*\) .*/\1/p' "$src/src/dist/mra-preflight.conf")" ] || miss "cron: $cron is no user of ours"

exit $bad

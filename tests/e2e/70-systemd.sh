#!/bin/sh
# SPDX-License-Identifier: MIT
# The installed unit in a real systemd: booted in namespaces of its own over this machine's files (an overlay: nothing of the
# machine is changed), with no network but loopback. Its limits and its sandbox are the real ones, and node_exporter's user reads
# the metrics. Skipped by name where the machine has no systemd or does not allow that.
. "${srcdir:-.}/tests/e2e/tap.sh"
need openssl
build=$PWD
skip() { echo "1..0 # SKIP $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "systemd in a namespace needs root"
[ -x /lib/systemd/systemd ] || skip "no systemd on this machine"
mkdir "$tmp/fs" "$tmp/result"
chmod 777 "$tmp/result"
mount -t tmpfs tmpfs "$tmp/fs" 2>/dev/null || skip "no mounts here"
trap 'umount -l "$tmp/fs"; at_exit' EXIT
mkdir "$tmp/fs/upper" "$tmp/fs/work" "$tmp/fs/root"
make -s -C "$build" install DESTDIR="$tmp/fs/upper" >"$tmp/install.log" 2>&1 || { say <"$tmp/install.log"; fail "make install"; exit 1; }
unit=$(find "$tmp/fs/upper" -name mra-preflight.service)
etc=$tmp/fs/upper$(sed -n 's/^EnvironmentFile=\(.*\)\/audit.env$/\1/p' "$unit")
mkdir -p "$etc" "$tmp/fs/upper/etc/systemd/system"
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -out "$etc/ca.pem" -days 100 -subj /CN=Test 2>/dev/null
printf 'AUDIT="-t %s/ca.pem --no-discovery --node 127.0.0.1"\n' "${etc#"$tmp/fs/upper"}" >"$etc/audit.env"

cat >"$tmp/fs/upper/mra-test" <<'END'
#!/bin/sh
cd /mra-result || exit
systemd-sysusers
ip link set lo up 2>/dev/null
id nobody >/dev/null && reader=nobody
cat /proc/sys/fs/file-max 2>/dev/null >/proc/sys/fs/file-max || touch kept
for night in first second; do
	systemctl start mra-preflight.service 2>/dev/null
	systemctl show mra-preflight.service -p Result -p ExecMainStatus -p MemoryMax -p TasksMax -p User >$night.show
done
journalctl -u mra-preflight.service --no-pager -o cat >journal
systemctl start mra-preflight.timer
systemctl is-active mra-preflight.timer >timer
stat -c '%U %a %n' /var/lib/mra-preflight /var/lib/mra-preflight/* >files
setpriv --reuid=$reader --regid=65534 --clear-groups cat /var/lib/mra-preflight/mra-preflight.prom >prom
setpriv --reuid=$reader --regid=65534 --clear-groups cat /var/lib/mra-preflight/report.json >report 2>/dev/null
touch done
END
chmod +x "$tmp/fs/upper/mra-test"
cat >"$tmp/fs/upper/etc/systemd/system/mra-test.service" <<'END'
[Unit]
Requires=systemd-journald.socket
After=systemd-journald.socket
[Service]
Type=oneshot
ExecStart=/mra-test
END
cat >"$tmp/inside" <<END
#!/bin/sh
set -e
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=/,upperdir=$tmp/fs/upper,workdir=$tmp/fs/work" "$tmp/fs/root"
cd "$tmp/fs/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys # the kernel's settings are the machine's, too: systemd would raise limits and drop rules of binfmt_misc
mount -o remount,bind,ro proc/sys
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs var/lib/private 2>/dev/null || :
mount -t cgroup2 cgroup sys/fs/cgroup
mount --rbind /dev dev
mkdir -p mra-result mra-old
mount --bind "$tmp/result" mra-result
pivot_root . mra-old
umount -l mra-old
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=mra-test.service --log-target=null
END
chmod +x "$tmp/inside"
rm -f "$tmp/fs/upper/etc/machine-id"
unshare --kill-child=KILL --mount --pid --fork --cgroup --uts --ipc --net "$tmp/inside" </dev/null >"$tmp/boot.log" 2>&1 &
boot=$!
left=1500 # fifths of a second: no measure, only an end
while kill -0 $boot 2>/dev/null && [ ! -e "$tmp/result/done" ] && [ $left -gt 0 ]; do
	sleep 0.2
	left=$((left - 1))
done
kill -9 $boot 2>/dev/null # unshare takes the namespace's init with it
wait $boot 2>/dev/null
[ -e "$tmp/result/first.show" ] || { say <"$tmp/boot.log"; skip "systemd does not boot in namespaces here"; }

shown() { sed -n "s/^$2=//p" "$tmp/result/$1.show"; }
is "nothing listens there: the audit says so, and the unit fails" "exit-code 3" "$(shown first Result) $(shown first ExecMainStatus)"
[ "$(shown second ExecMainStatus)" = 3 ] || say <"$tmp/result/journal"
is "and every night" "exit-code 3" "$(shown second Result) $(shown second ExecMainStatus)"
is "as a user of its own" mra-preflight "$(shown first User)"
is "within its limits" "1073741824 16" "$(shown first MemoryMax) $(shown first TasksMax)"
is "the journal has the answer of each night" 2 "$(grep -c '^Not known' "$tmp/result/journal")"
holds "the first report is announced" grep -q 'first report' "$tmp/result/journal"
holds "the machine's kernel was out of reach" test -e "$tmp/result/kept"
is "the timer runs" active "$(cat "$tmp/result/timer")"
holds "the folder can be entered" grep -qx 'mra-preflight 755 /var/lib/mra-preflight' "$tmp/result/files"
holds "the metrics are there for other users" grep -q '^mra_preflight_last_run_timestamp_seconds' "$tmp/result/prom"
is "the report is not" 0 "$(wc -c <"$tmp/result/report")"
finish

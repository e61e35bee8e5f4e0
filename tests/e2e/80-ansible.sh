#!/bin/sh
# SPDX-License-Identifier: MIT
# The Ansible collection as it is built and installed: real ansible-core, real ssh to five jump hosts, four of them in network
# namespaces with a lab each, one that cannot be reached; 198 saved reports make it 200 clusters.
. "${srcdir:-.}/tests/e2e/tap.sh"
skip() { echo "1..0 # SKIP $*"; exit 77; }
PATH=$PATH:/usr/sbin:/sbin
for tool in ansible-playbook ansible-galaxy ansible-doc; do
	command -v "$tool" > /dev/null || skip "$tool is missing (Debian: ansible-core)"
done
command -v sshd > /dev/null || skip "sshd is missing (Debian: openssh-server)"
[ "$(id -u)" = 0 ] || skip "network namespaces and sshd want root"
unshare -n true 2> /dev/null || skip "no network namespace can be made here"
need jq ssh ssh-keygen nsenter ip python3
made_run=no
if [ ! -d /run/sshd ]; then mkdir -p /run/sshd && made_run=yes; fi
end() {
	status=$?
	for site in 1 2 3 4; do
		[ ! -d "$tmp/lab$site/run" ] || "$src/fixtures/lab/lab" stop "$tmp/lab$site"
		[ ! -s "$tmp/pid$site" ] || kill "$(cat "$tmp/pid$site")"
	done
	[ "$made_run" = no ] || rmdir /run/sshd
	(exit "$status")
	at_exit
}
trap end EXIT

# --- jump hosts ------------------------------------------------------------------------------------------------------
sshd=$(command -v sshd)
ssh-keygen -q -t ed25519 -N '' -f "$tmp/host"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/user"
line='cucm-pub 11 publisher fqdn issuing - rsa rsa'
expired='cucm-sub-expired 16 cucm fqdn expired - rsa rsa'
refuse='cucm-sub-refuse 19 cucm fqdn - - refuse refuse'
printf '%s\n' "$line" > "$tmp/cluster1"
printf '%s\n' "$line" "$expired" > "$tmp/cluster2"
printf '%s\n' "$line" "$refuse" > "$tmp/cluster3"
cp "$tmp/cluster1" "$tmp/cluster4"
inventory="all:
  vars:
    ansible_user: root
    ansible_python_interpreter: $(command -v python3)
    ansible_ssh_private_key_file: $tmp/user
    mra_portable: $program
    mra_local_program: $program
  children:"
for site in 1 2 3 4 5; do
	proxy=false # the fifth has no sshd
	LAB_TRUST=/dev/null LAB_DNS=127.0.0.1 LAB_NETWORK=127.0.0
	if [ "$site" != 5 ]; then
		mkdir "$tmp/home$site"
		printf '%s\n' "HostKey $tmp/host" "AuthorizedKeysFile $tmp/user.pub" 'StrictModes no' 'UsePAM no' 'PidFile none' \
			'PermitRootLogin yes' 'PrintMotd no' 'Subsystem sftp internal-sftp' > "$tmp/sshd$site"
		unshare -n sh -c 'ip link set lo up; echo $$ > "$1.new"; mv "$1.new" "$1"; exec sleep 900' sh "$tmp/pid$site" &
		while [ ! -s "$tmp/pid$site" ]; do sleep 0.05; done
		inside="nsenter -t $(cat "$tmp/pid$site") -n"
		# shellcheck disable=SC2086 # words
		LAB_CLUSTER=$tmp/cluster$site $inside "$src/fixtures/lab/lab" start "$tmp/lab$site" > "$tmp/lab.out" 2>&1 ||
			{ say < "$tmp/lab.out"; echo "Bail out! no lab"; exit 99; }
		# shellcheck disable=SC1090
		. "$tmp/lab$site/lab.env"
		proxy="$inside $sshd -i -f $tmp/sshd$site"
	fi
	inventory="$inventory
    site$site:
      vars:
        ansible_host: jump$site
        ansible_ssh_common_args: -o ProxyCommand='$proxy' -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no
        ansible_remote_tmp: $tmp/home$site
        mra_remote_folder: $tmp/home$site
        mra_trust: [{name: exp, src: $LAB_TRUST}]
        mra_options: [--dns-server=$LAB_DNS, --search=lab.example, '--resolve=cucm-pub.site$site.example:$LAB_NETWORK.11']
      hosts: {cucm-pub.site$site.example: }"
done
printf '%s\n' "$inventory" > "$tmp/inventory.yml"

# --- the controller --------------------------------------------------------------------------------------------------
export ANSIBLE_HOME="$tmp/ansible" ANSIBLE_CONFIG="$tmp/ansible.cfg" ANSIBLE_COLLECTIONS_PATH="$tmp/collections" HOME="$tmp"
export ANSIBLE_NOCOLOR=1 LC_ALL=C.UTF-8
# No connection outlives the test.
printf '[defaults]\nforks = 4\n[ssh_connection]\nssh_args = -o ControlMaster=no\npipelining = true\n' > "$ANSIBLE_CONFIG"
holds "the collection is built" ansible-galaxy collection build --output-path "$tmp" "$src/src/dist/ansible"
holds "and installed" ansible-galaxy collection install --offline -p "$tmp/collections" "$tmp/mra-preflight-1.0.0.tar.gz"
holds "the module has documentation" ansible-doc -t module mra.preflight.audit
if command -v ansible-lint > /dev/null; then
	# Newer ones want an ansible-core that is still maintained. The collection says which is the oldest that it runs with: Debian 12's.
	(cd "$tmp/collections/ansible_collections/mra/preflight" &&
		ansible-lint --offline -q --nocolor -x 'meta-runtime[unsupported-version]' > "$tmp/said" 2>&1)
	is "ansible-lint" 0 $?
	say < "$tmp/said"
else
	pass "ansible-lint # SKIP no ansible-lint"
fi
fleet() { # fleet OPTION...: the playbook; afterwards $status and $tmp/out
	status=0
	ansible-playbook -i "$tmp/inventory.yml" -e "mra_output=$tmp/fleet" "$@" mra.preflight.fleet > "$tmp/out" 2>&1 < /dev/null || status=$?
}
states() { jq -r '"\(.clusters[0].publisher) \(.status)"' "$tmp"/fleet/reports/*.json | sort | tr '\n' ' '; }
all='cucm-pub.site1.example pass cucm-pub.site2.example fail cucm-pub.site3.example incomplete cucm-pub.site4.example pass '

fleet
is "five jump hosts, one that cannot be reached: the playbook fails" 2 "$status"
is "each of the others has its report" "$all" "$(states)"
[ "$bad" = 0 ] || say < "$tmp/out"
holds "the one without a report is named" grep -q 'No report of: cucm-pub.site5.example' "$tmp/out"
is "the csv has every cluster" 4 "$(python3 -c 'import csv, sys
print(len({row["cluster"] for row in csv.DictReader(open(sys.argv[1]))}))' "$tmp/fleet/fleet.csv")"
holds "the page is there" grep -q cucm-pub.site4.example "$tmp/fleet/fleet.html"
is "nothing stays on a jump host but the program" 4 "$(find "$tmp"/home? -name '*mra-preflight*' | wc -l)"

cp -R "$tmp/fleet/reports" "$tmp/first"
fleet --limit site1,site4 --check
is "check mode audits; all accepted: the playbook succeeds" 0 "$status"
[ "$status" = 0 ] || say < "$tmp/out"
holds "nothing has changed" sh -c '! grep -qE "changed=[1-9]" "$1"' sh "$tmp/out"
fleet --limit site2
is "one is refused: the playbook fails" 2 "$status"
holds "with the answer" grep -q 'msg: .*No: Expressway would refuse\|"msg": "No: Expressway would refuse' "$tmp/out"
fleet --limit site3 -e '{"mra_fail_on": ["refused"]}'
is "one is incomplete, which the policy does not count" 0 "$status"
fleet --limit site3
is "incomplete is not ok" 2 "$status"
fleet --limit site1 -e '{"mra_options": ["--no-such-option"]}'
is "an audit that cannot be done: the playbook fails" 2 "$status"
holds "and an earlier report is not taken for a new one" test ! -e "$tmp/fleet/reports/cucm-pub.site1.example.json"

# --- the module alone ------------------------------------------------------------------------------------------------
printf '#!/bin/sh\n[ "$1" = 9 ] || echo "{\\"answer\\": \\"so\\"}"\nexit "$1"\n' > "$tmp/stand-in"
chmod +x "$tmp/stand-in"
module() { # module STATUS [ARGUMENT]: "result passed status changed" as Ansible tells it
	ansible localhost -m mra.preflight.audit -a "publisher=p program=$tmp/stand-in options=$1 ${2:-}" > "$tmp/said" 2>&1
	echo "$(sed -n 's/^localhost | \([A-Z]*\).*/\1/p' "$tmp/said")" \
		"$(sed -n '/=> {/,/^}/{s/.*=> {/{/;s/^}.*/}/;p}' "$tmp/said" | jq -r '"\(.passed) \(.status) \(.changed)"')"
}
is "module: 0" "SUCCESS true pass false" "$(module 0)"
is "module: 1, a result" "SUCCESS false fail false" "$(module 1)"
is "module: 1, where that is to fail" "FAILED false fail false" "$(module 1 fail_on=refused)"
is "module: 3 is not ok" "FAILED false incomplete false" "$(module 3)"
is "module: 2, nothing was done" "FAILED null null false" "$(module 2)"
is "module: a status without a report" "FAILED null null false" "$(module 9)"
printf '#!/bin/sh\nexit 0\n' > "$tmp/stand-in"
is "module: 0 without a report" "FAILED null null false" "$(module 0)"

# --- 200 clusters ----------------------------------------------------------------------------------------------------
mkdir "$tmp/saved"
python3 - "$tmp" <<'END'
import sys
tmp = sys.argv[1]
for site in 1, 2, 3:
    text = open(f"{tmp}/first/cucm-pub.site{site}.example.json").read()
    for k in range(66):
        open(f"{tmp}/saved/{site}-{k}.json", "w").write(text.replace(f"site{site}.example", f"saved{k}.site{site}.example"))
END
fleet --limit site1,site5 -e "mra_more_reports=$tmp/saved/*.json"
is "200 clusters: the playbook fails" 2 "$status"
holds "67 may be upgraded, 66 would be refused, 66 could not be checked" \
	grep -q '67 of 199 clusters may be upgraded; in 66 ' "$tmp/out"
is "each is in the csv" 199 "$(python3 -c 'import csv, sys
print(len({row["cluster"] for row in csv.DictReader(open(sys.argv[1]))}))' "$tmp/fleet/fleet.csv")"
holds "and the one without a report is named" grep -q 'No report of: cucm-pub.site5.example' "$tmp/out"
finish

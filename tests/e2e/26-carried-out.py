#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Do plans keep their promises? Clusters drawn by seed, on a real nginx and a real dnsmasq; each step of the plan is done as it
says, and what it claims to repair is audited again. At the end nothing is refused any more.

PLANS: how many clusters (8); PLANS_SEED: the first seed (1). `make check-plans PLANS=200 PLANS_SEED=9` draws others."""
import copy
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "bench"))
import lab as labs

PROGRAM = os.environ.get("MRA_PREFLIGHT", os.path.abspath("mra-preflight"))
DOMAIN, NET = "carried.test", 33
LONG_AGO, AGES = "2001-01-01 00:00:00 UTC", "2037-12-01 00:00:00 UTC"  # certtool on i386 knows no later year
LEFT_TO_PEOPLE = ("refresh", "workaround", "check", "read-cipher", "expressway-chain", "dns")

# --- certificates ------------------------------------------------------------------------------------------------------


class Authority:
    """A folder with keys (shared among servers) and the certificates that were made, by certtool."""

    def __init__(self, folder):
        self.folder, self.count, self.issued = folder, 0, {}
        labs.make_key("rsa", self.path("rsa.key"))
        labs.make_key("p256", self.path("ec.key"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, cn, issuer=None, sans=(), key=None, is_ca=False, start=LONG_AGO, end=AGES):
        """A Certificate; issuer None: self-signed; key None: one of its own (EC)."""
        self.count += 1
        at = self.path(str(self.count))
        if key is None:
            key = at + ".key"
            labs.make_key("p256", key)
        lines = [f'cn = "{cn}"', 'organization = "Carried Out"', f'activation_date = "{start}"', f'expiration_date = "{end}"',
                 f"serial = {self.count}", "signing_key"]
        lines += ["ca", "cert_signing_key"] if is_ca else ["encryption_key"] * key.endswith("rsa.key") + ["tls_www_server", "tls_www_client"]
        lines += ["cert_signing_key"] if issuer is None and not is_ca else []  # as CUCM's own self-signed ones have
        lines += [f'dns_name = "{name}"' for name in sans]
        with open(at + ".tmpl", "w", encoding="ascii") as f:
            f.write("\n".join(lines) + "\n")
        signer = ["--generate-self-signed"] if issuer is None else ["--generate-certificate", "--load-ca-certificate", issuer.file,
                                                                    "--load-ca-privkey", issuer.key]
        labs.run("certtool", *signer, "--template", at + ".tmpl", "--load-privkey", key, "--outfile", at + ".pem")
        made = Certificate(at + ".pem", cn, key, issuer)
        if is_ca:
            self.issued.setdefault(cn, []).append(made)
        return made


class Certificate:
    def __init__(self, file, cn, key, issuer):
        self.file, self.cn, self.key, self.issuer = file, cn, key, issuer
        with open(file, encoding="ascii") as f:
            self.pem = f.read()
        self.sha256 = labs.run("openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256").split("=")[1].replace(":", "").strip().lower()

    def above(self):
        return [] if self.issuer is None else [self.issuer] + self.issuer.above()


class Reported:
    """One that the report holds: what a person would upload."""

    def __init__(self, sha256, pem):
        self.sha256, self.pem = sha256, pem


# --- a cluster ---------------------------------------------------------------------------------------------------------


class Cluster(labs.Lab):
    """nodes: dicts of host, ip, advertised, shown ({port: [(Certificate, chain), ...]}). stores: name to certificates."""

    def __init__(self, folder, nodes, stores, options):
        super().__init__(folder, folder, len(nodes), net=NET)
        self.list, self.stores, self.options, self.also = nodes, stores, options, []

    def configure(self):
        blocks = ""
        for node in self.list:
            for port, which in zip(self.ports, ("web", "tftp")):
                pairs = ""
                for certificate, chain in node[which]:
                    name = f"pem/{certificate.sha256}-{len(chain)}.pem"
                    self.write(name, certificate.pem + "".join(one.pem for one in chain))
                    pairs += f"ssl_certificate {self.folder}/{name}; ssl_certificate_key {certificate.key};\n\t"
                blocks += labs.SERVER.format(ip=node["ip"], port=port, pairs=pairs, more="")
        self.write("nodes.conf", blocks)
        self.write("nginx.conf", labs.NGINX.format(folder=self.folder, every="", user="user root;" if os.getuid() == 0 else ""))
        self.write("hosts", "".join(f"{node['ip']} {node['host']}.{DOMAIN}\n" for node in self.list) + "".join(self.also))
        self.write("www/cucm-uds/servers", '<?xml version="1.0"?><servers version="14.0.1" uri="x">' +
                   "".join(f"<server>{node['advertised']}</server>" for node in self.list) + "</servers>\n")
        self.write("www/cucm-uds/version", '<versionInformation uri="x" version="14.0.1"><version>14.0.1</version></versionInformation>\n')
        for name, certificates in self.stores.items():
            self.write(name + ".pem", "".join(one.pem for one in certificates) or "# empty\n")

    def ip(self, i):
        return self.list[i - 1]["ip"]

    def copied(self, folder):
        other = Cluster(folder, copy.deepcopy(self.list), {name: list(has) for name, has in self.stores.items()}, list(self.options))
        other.also, other.ports = list(self.also), self.ports
        return other

    def audit(self):
        """The report. The time-outs are for people."""
        os.makedirs(self.folder, exist_ok=True)
        with self:
            stores = [f"{name}={self.folder}/{name}.pem" for name in self.stores]
            said = subprocess.run([PROGRAM, *(word for store in stores for word in ("-t", store)), "--dns-server", self.dns, "--search", DOMAIN,
                                   "-p", "%d,%d" % self.ports, "--uds-port", str(self.ports[0]), "--connect-timeout", "300",
                                   "--handshake-timeout", "300", "--deadline", "1800", "-f", "json", *self.options, self.list[0]["host"] + "." + DOMAIN],
                                  capture_output=True, check=False)
        if said.returncode not in (0, 1):
            raise SystemExit(f"an audit ended with {said.returncode}: {said.stderr.decode()[-500:]} {said.stdout.decode()[:500]}")
        return json.loads(said.stdout)


def refused(report):
    """Addresses that count and have something refused, as the first sentence counts them."""
    found = re.search(r"would refuse (\d+) of", report["answer"])
    return int(found[1]) if found else 0


def draw(seed, authority):
    """A cluster in which about every second certificate is of a kind that breaks logins."""
    dice = random.Random(seed)
    make = authority.make
    root, other = make("Root", is_ca=True), make("Other Root", is_ca=True)
    sub, other_sub = make("Issuing", root, is_ca=True), make("Other Issuing", other, is_ca=True)
    stranger = make(f"Stranger {seed}", is_ca=True)
    key = labs_key = authority.path("renewed.key")
    if not os.path.exists(labs_key):
        labs.make_key("p256", labs_key)
    ended = make("Renewed", None, key=key, is_ca=True, end="2020-01-01 00:00:00 UTC")
    make("Renewed", None, key=key, is_ca=True)

    def server(host, elliptic, kind):
        name = f"{host}.{DOMAIN}"
        cn = f"{host}-EC.{DOMAIN}" if elliptic else name
        sans = [f"old-{host}.{DOMAIN}"] if dice.random() < 0.1 else [name]
        its = {"sans": sans, "key": authority.path("ec.key" if elliptic else "rsa.key")}
        if kind == "self-signed":
            return make(cn, **its), []
        if kind == "expired":
            return make(cn, sub, end="2021-01-01 00:00:00 UTC", **its), [sub]
        if kind == "other root":
            return make(cn, other_sub, **its), dice.choice([[other_sub], [other_sub, other], []])
        if kind == "stranger":
            return make(cn, stranger, **its), dice.choice([[stranger], []])
        if kind == "ended root":
            return make(cn, ended, **its), dice.choice([[ended], []])
        return make(cn, sub, **its), [sub] if kind == "good" else []

    kinds = ["good"] * 5 + ["no chain", "self-signed", "expired", "other root", "stranger", "ended root"]
    usual, style = dice.choice(kinds), dice.choice(["fqdn"] * 4 + ["ip", "short", "mixed"])
    nodes = []
    for i in range(dice.randint(1, 4)):
        host, ip = "pub" if i == 0 else f"sub{i}", labs.node_ip(i + 1, NET)
        rsa = server(host, False, usual if dice.random() < 0.6 else dice.choice(kinds))
        ec = server(host, True, dice.choice(["self-signed", "self-signed", "good", "other root", "expired"]))
        forms = {"fqdn": f"{host}.{DOMAIN}", "ip": ip, "short": host}
        nodes.append({"host": host, "ip": ip, "advertised": forms[dice.choice(sorted(forms)) if style == "mixed" else style],
                      "web": [rsa] if dice.random() < 0.8 else [rsa, ec], "tftp": [rsa] if dice.random() < 0.3 else [rsa, ec]})
    stores = {name: [root] + [one for one in (other, sub, other_sub, ended) if dice.random() < 0.25]
              for name in dice.choice([["peer1"], ["peer1"], ["peer1", "peer2"]])}
    options = dice.choice([[], [], ["--order", "rsa-first"], ["--upgrade", "X12.5,X14.2"], ["--expressway", "X15.5"]])
    return nodes, stores, options


# --- what a person does who follows the plan ---------------------------------------------------------------------------


def add_to_store(cluster, report, step, authority):
    new = [Reported(sha256, report["certificates"][sha256]["pem"]) for sha256 in step["certificates"]]
    gone = set()
    if not new:  # a CA that has to be got: from the CA
        cn = re.search(r"CN=([^,]+?)(?:,O=| and )", step["title"])[1]
        got = authority.issued[cn][-1]
        new = [got] + got.above()
        also = re.search(r"Upload (.*?) as well", step.get("note") or "")
        new += [authority.issued[name][-1] for name in re.findall(r"CN=([^,]+)", also[1] if also else "")]
        gone = {one.sha256 for one in authority.issued[cn]} - {got.sha256}  # one CN, one certificate
    for name in step["trust"]:
        kept = [one for one in cluster.stores[name] if one.sha256 not in gone]
        cluster.stores[name] = kept + [one for one in new if one.sha256 not in {has.sha256 for has in kept}]


def reissue(cluster, step, authority):
    elliptic = "tomcat-ECDSA" in step["title"]
    names_of = {target["node"].lower(): target["sans"] for target in step.get("targets", [])}
    asked = {name.lower() for name in step["nodes"]}
    root = authority.issued["Root"][-1]
    sub = [one for one in authority.issued["Issuing"] if one.issuer is root][-1]
    shared = None
    for node in cluster.list:
        mine = {node["host"], f"{node['host']}.{DOMAIN}", node["ip"], node["advertised"].lower()}
        if not mine & asked:
            continue
        sans = next((names_of[name] for name in mine if name in names_of), step["sans"])
        if names_of or shared is None:
            shared = authority.make(sans[0], sub, sans=sans, key=authority.path("ec.key" if elliptic else "rsa.key"))
        for which in ("web", "tftp"):
            node[which] = [(shared, [sub]) if one.key.endswith("ec.key") == elliptic else (one, chain) for one, chain in node[which]]


def advertise(cluster, step):
    pairs = [(target["node"], target["sans"][0]) for target in step.get("targets", [])] or [(step["nodes"][0], step["sans"][0])]
    for node in cluster.list:
        mine = {node["host"], f"{node['host']}.{DOMAIN}", node["ip"], node["advertised"]}
        for old, new in pairs:
            if old in mine:
                node["advertised"] = new
                cluster.also.append(f"{node['ip']} {new}\n")


def offer_rsa_first(cluster):
    options = cluster.options
    if "--upgrade" in options:
        at = options.index("--upgrade")
        options[at:at + 2] = ["--expressway", options[at + 1].split(",")[1]]
    if "--order" in options:
        options[options.index("--order") + 1] = "rsa-first"
    else:
        options += ["--order", "rsa-first"]


def carry_out(cluster, report, step, authority):
    kind = step["kind"]
    if kind == "store-add":
        add_to_store(cluster, report, step, authority)
    elif kind == "store-remove":
        for name in step["trust"]:
            cluster.stores[name] = [one for one in cluster.stores[name] if one.sha256 not in step["certificates"]]
    elif kind == "reissue":
        reissue(cluster, step, authority)
    elif kind == "advertise":
        advertise(cluster, step)
    elif kind == "cipher":
        offer_rsa_first(cluster)
    elif kind == "restart-tftp":
        for node in cluster.list:
            node["tftp"] = node["web"] + [pair for pair in node["tftp"] if pair[0].key.endswith("ec.key") and len(node["web"]) == 1]
    else:
        raise SystemExit(f"a step that this test does not know: {kind}")


def still_refused(before, after, step):
    """What the step claims to repair and is refused all the same: by IP, port and order, as the address may have changed."""
    key = lambda report, verdict: (verdict["trust"], *(report["observations"][verdict["observation"]][name] for name in ("ip", "port", "order")))
    claimed = {key(before, repair) for repair in step["repairs"]}
    return [key(after, verdict) for verdict in after["verdicts"] if not verdict["accepted"] and key(after, verdict) in claimed and
            after["observations"][verdict["observation"]]["advertised"] and verdict["trust"] in {repair["trust"] for repair in step["repairs"]} and
            after["observations"][verdict["observation"]]["order"] in after["policy"]["orders_in_force"]]


def follow(seed, folder):
    """Sentences: what was promised and did not come true."""
    authority = Authority(folder)
    cluster = Cluster(folder + "/0", *draw(seed, authority))
    report = cluster.audit()
    wrong, states, left = [], {}, refused(report)
    report_now = report
    for number, step in enumerate(report["plan"], 1):
        if step["kind"] in LEFT_TO_PEOPLE:
            continue
        base, count = states[number - step["instead_of"]] if step["instead_of"] else (cluster, left)
        states[number] = (base, count)
        tried = base.copied(f"{folder}/{number}")
        carry_out(tried, report, step, authority)
        now = tried.audit()
        stays = still_refused(report, now, step)
        if stays or count - refused(now) != step["repaired_addresses"]:
            wrong.append(f"step {number}, {step['kind']} ({step['title']}): says {step['repaired_addresses']}, {count} became {refused(now)}, still refused {stays[:3]}")
        if not step["instead_of"]:
            cluster, left, report_now = tried, refused(now), now
    if left:
        wrong.append(f"{left} refused at the end, whose plan is {[step['title'] for step in report_now['plan']]}")
    return wrong, refused(report), sum(step["kind"] not in LEFT_TO_PEOPLE for step in report["plan"])


def main():
    missing = labs.missing() or next((name for name in ("certtool",) if shutil.which(name) is None), None)
    if missing:
        print(f"skipped: {missing} is missing")
        return 77
    first, bad = int(os.environ.get("PLANS_SEED", "1")), 0
    seeds = range(first, first + int(os.environ.get("PLANS", "8")))
    for number, seed in enumerate(seeds, 1):
        with tempfile.TemporaryDirectory(prefix="mra-plan-") as folder:
            wrong, addresses, steps = follow(seed, folder)
        bad += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - seed {seed}: {addresses} refused, {steps} steps do what they say", flush=True)
        for sentence in wrong:
            print("# " + sentence, flush=True)
    print(f"1..{len(seeds)}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a log has shown, carried into the judging (--calibration): with it and without, overridden, saved and replayed, and bad files."""
import hashlib, json, os, shutil, ssl, subprocess, sys, tempfile

top = os.environ.get("top_builddir", ".")
program = os.environ.get("MRA_PREFLIGHT", os.path.join(top, "mra-preflight"))
folder = tempfile.mkdtemp(prefix="mra-calibration.")
bad = 0
# self-signed, dNSName cucm-sub1.example.com, iPAddress 127.0.0.9, good until 2126
PEM = """-----BEGIN CERTIFICATE-----
MIIBzTCCAXSgAwIBAgIULatshoHR9YZqOegiMuWa1Se5C7kwCgYIKoZIzj0EAwIw
IDEeMBwGA1UEAwwVY3VjbS1zdWIxLmV4YW1wbGUuY29tMCAXDTI2MTEyODE2NTEw
NFoYDzIxMjYxMTA0MTY1MTA0WjAgMR4wHAYDVQQDDBVjdWNtLXN1YjEuZXhhbXBs
ZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQg/9dSHN+F2XFxQNbqIe1f
PDUoik/Kh916JuBEUGpM6GOS+TaBRadCzOjSO1F0hANDMT7NARxfA8qjZSOCw+Ij
o4GJMIGGMB0GA1UdDgQWBBT5iv7zUSpXOXipB7rjU9UO/tITeTAfBgNVHSMEGDAW
gBT5iv7zUSpXOXipB7rjU9UO/tITeTAPBgNVHRMBAf8EBTADAQH/MCYGA1UdEQQf
MB2CFWN1Y20tc3ViMS5leGFtcGxlLmNvbYcEfwAACTALBgNVHQ8EBAMCAoQwCgYI
KoZIzj0EAwIDRwAwRAIgeHB36V9R/3ds3LbIbaM5TIBsFgYvahLGoNNQ2QNBExUC
ICwaMY6LqmWY7HLyzAuebi33FjDB6K63wppoDDSVTxAS
-----END CERTIFICATE-----
"""
FINGERPRINT = hashlib.sha256(ssl.PEM_cert_to_DER_cert(PEM)).hexdigest()


def write(name, what):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(what if isinstance(what, str) else json.dumps(what))
    return path


def observation(number, order):
    return {"id": number, "node": "127.0.0.9", "address": "127.0.0.9", "ip": "127.0.0.9", "port": 8443, "order": order, "advertised": True,
            "outcome": "presented", "chain": [FINGERPRINT], "handshake_completed": True, "tls_version": "TLS1.2"}


def log(**rows):
    """A saved log; what is not given was not seen."""
    seen = {"verification": "unproven", "traffic-server": "unknown", "era": "unknown", "ip-san": "not-seen", "order": "not-seen"}
    seen.update({name.replace("_", "-"): value for name, value in rows.items()})
    return write("log%d.json" % len(os.listdir(folder)), {"schema_version": "1.0", "kind": "log",
                              "calibration": [{"id": name, "value": value, "evidence": ""} for name, value in seen.items()]})


def run(*words):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=1800)


def replay(*words, report=None):
    done = run("replay", "-f", "json", "--at", "2027-01-01", *words, report or saved)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise SystemExit("%s: %d %s" % (words, done.returncode, done.stderr))


def check(what, got, wanted):
    global bad
    if got != wanted:
        bad = 1
        print("%s:\n  got    %r\n  wanted %r" % (what, got, wanted))


def accepted(report):
    return {v["accepted"] for v in report["verdicts"]}


saved = write("report.json", {
    "schema_version": "1.0", "started": "2026-11-28T00:00:00Z",
    "trust_stores": [{"name": "exp", "certificates": 1, "fingerprints": [FINGERPRINT]}], "clusters": [],
    "nodes": [{"name": "127.0.0.9", "role": "cucm", "source": "option", "addresses": [{"address": "127.0.0.9", "kind": "ipv4", "advertised": True}]}],
    "certificates": {FINGERPRINT: {"pem": PEM}},
    "observations": [observation(0, "rsa-first"), observation(1, "ecdsa-first")]})

plain = replay()
check("without: refused by name", [[r["id"] for r in v["reasons"]] for v in plain["verdicts"]], [["name-mismatch"]] * 2)
check("without: no calibration", "calibration" in plain["policy"], False)

report = replay("--calibration", log(ip_san="yes"))
check("iPAddress SANs honoured: accepted", (accepted(report), report["status"], report["policy"]["calibration"]["ip_san"]), ({True}, "pass", "yes"))
check("and no finding of it", [f["id"] for f in report["findings"] if "ip-san" in f["id"]], [])
kept = write("kept.json", report)
check("a saved report keeps it", accepted(replay(report=kept)), {True})
again = replay(report=write("again.json", replay(report=kept)))
check("once more, and said once", again["policy"]["calibration"]["text"].count("The saved report says"), 1)
check("but not for another release", accepted(replay("--expressway", "X15.5", report=kept)), {False})
check("a calibration of now takes its place", accepted(replay("--calibration", log(ip_san="no"), report=kept)), {False})
text = run("replay", "--at", "2027-01-01", "--calibration", log(ip_san="yes"), saved).stdout
check("the page says so", "An iPAddress SAN covers a connection to that IP." in " ".join(text.split()), True)

report = replay("--calibration", log(ip_san="no", verification="permissive"))
check("not honoured", (accepted(report), report["policy"]["calibration"]["ip_san"], report["policy"]["calibration"]["verification"]),
      ({False}, "no", "permissive"))
report = replay("--calibration", log())
check("nothing seen: nothing changes", (report["verdicts"], {k: v for k, v in report["policy"].items() if k != "calibration"}),
      (plain["verdicts"], plain["policy"]))

new = log(ip_san="yes", era="openssl3", traffic_server="ats9", order="ecdsa-first", verification="enforced")
policy = replay("--calibration", new)["policy"]
check("era, traffic server, order", (policy["era"], policy["traffic_server"], policy["orders_in_force"]), ("openssl3", "ats9", ["ecdsa-first"]))
policy = replay("--calibration", new, "--era", "openssl1", "--order", "rsa-first")["policy"]
check("options win", (policy["era"], policy["traffic_server"], policy["orders_in_force"]), ("openssl1", "ats8", ["rsa-first"]))
report = replay("--calibration", new, "--expressway", "X14.2")
check("another generation: its iPAddress SANs are not taken over", (accepted(report), report["policy"]["calibration"]["ip_san"], report["policy"]["era"]),
      ({False}, "not-seen", "openssl1"))

for what, path in {
        "no file": os.path.join(folder, "none"), "no JSON": write("x.json", "{"), "a report": saved, "a list": write("l.json", "[]"),
        "no rows": write("r.json", {"kind": "log"}), "an unknown value": log(era="openssl9"), "an unknown order": log(order="both"),
        "an unknown answer": log(ip_san="perhaps"), "rows of another kind": write("k.json", {"kind": "log", "calibration": [1]}),
        "deep": write("d.json", "[" * 100000)}.items():
    for command in (["replay"], []):
        done = run(*command, "--calibration", path, *(["-t", write("t.pem", PEM), "127.0.0.9"] if not command else [saved]))
        check("%s: one sentence, exit 2" % what, (done.returncode, done.stderr.count("\n"), done.stdout), (2, 1, ""))
try:
    import jsonschema
    jsonschema.validate(replay("--calibration", new), json.load(open(os.path.join(os.environ.get("srcdir", "."), "src/saved/report.schema.json"))))
except ImportError:
    print("without jsonschema")
shutil.rmtree(folder)
sys.exit(bad)

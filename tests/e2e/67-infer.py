#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--infer: RSA first is not asked where ECDSA first has got an RSA certificate, and nowhere else; the verdicts are those of a run
without it, the report says so, and replay and diff take it as it is. The servers are OpenSSL's."""
import json
import os
import ssl
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import PROGRAM, certificate, end, folder, ok, run, seconds, serve

NAME = ("-addext", "subjectAltName=DNS:peer.example", "-addext", "basicConstraints=critical,CA:FALSE")
RSA = certificate("rsa", "-newkey", "rsa:2048", *NAME)
EC = certificate("ec", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", *NAME)
TRUST = os.path.join(folder, "trust.pem")
with open(TRUST, "w", encoding="ascii") as out:
    out.write("".join(open(pair[0], encoding="ascii").read() for pair in (RSA, EC)))


class Peer:
    """A server with these certificates that follows its client's order, or its own; it counts its connections."""

    def __init__(self, *pairs, own=None, most=ssl.TLSVersion.TLSv1_2):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.maximum_version = most
        for pair in pairs:
            self.context.load_cert_chain(*pair[:2])
        if own:
            self.context.set_ciphers(":".join("ECDHE-%s-AES256-GCM-SHA384" % kind for kind in own))
        else:
            self.context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
        self.lock, self.count = threading.Lock(), 0
        self.port = serve(self.handle)

    def handle(self, connection):
        with self.lock:
            self.count += 1
        with self.context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)

    def audit(self, *more):
        """The report, and how many connections it took."""
        before = self.count
        report, _, _ = run(["--no-discovery", "--node", "peer.example", "--resolve", "peer.example:127.0.0.1", "-p", str(self.port),
                            "--handshake-timeout", str(seconds(10)), *more], seconds(30), TRUST)
        return report, self.count - before


def verdicts(report):
    seen = {o["id"]: (o["address"], o["order"], o["outcome"], str(o["chain"]), o["cipher_suite"], o["handshake_completed"]) for o in report["observations"]}
    return sorted((seen[v["observation"]], v["accepted"], str(v["reasons"]), v["log"]) for v in report["verdicts"]) + [report["status"]]


def inferred(report):
    return sorted((o["address"], o["order"]) for o in report["observations"] if o["inferred"])


def saved(name, report):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(report, f)
    return path


def said(*argv):
    return subprocess.run([PROGRAM, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout


BOTH = [("127.0.0.1", "rsa-first"), ("peer.example", "rsa-first")]


def rsa_only():
    peer = Peer(RSA)
    whole, made = peer.audit()
    ok((made, inferred(whole)) == (4, []), "without --infer every handshake is made", (made, inferred(whole)))
    for more in ((), ("--parallel", "1"), ("--complete", "all")):
        report, made = peer.audit("--infer", *more)
        ok((made, inferred(report)) == (2, BOTH), "RSA alone: two of four are inferred %s" % " ".join(more), (made, inferred(report)))
        ok(verdicts(report) == verdicts(whole), "... with the same verdicts", (verdicts(report), verdicts(whole)))
    ok(any(f["id"] == "inferred" and f["severity"] == "info" and f["title"].startswith("2 handshakes") for f in report["findings"]),
       "... the report says how many", report["findings"])
    old, new = saved("whole.json", whole), saved("inferred.json", report)
    text = " ".join(said("replay", "-f", "text", new).split())
    ok("is inferred from ECDSA first" in text and " 2 connections" in text, "... replay says it again", text[-600:])
    again = json.loads(said("replay", "-f", "json", new))
    ok(inferred(again) == BOTH and verdicts(again) == verdicts(report), "... replay keeps the mark", again["observations"])
    ok(said("diff", old, new) == "no change\n" and said("diff", new, old) == "no change\n", "... diff: no change", said("diff", old, new))
    merged = json.loads(said("replay", "-f", "json", new, old))
    ok(inferred(merged) == [] and len(merged["observations"]) == 4, "... beside a report that has seen it, the mark goes", merged["observations"])


def others():
    peer = Peer(RSA, EC)
    report, made = peer.audit("--infer")
    kinds = sorted(o["certificate"] for o in report["observations"])
    ok((made, inferred(report)) == (4, []) and kinds == ["tomcat"] * 2 + ["tomcat-ECDSA"] * 2, "both certificates: every handshake is made", (made, kinds))
    report, made = Peer(RSA, EC, own=("ECDSA", "RSA")).audit("--infer")
    ok((made, inferred(report)) == (4, []), "an order of its own, ECDSA first: every handshake is made", made)
    peer = Peer(RSA, EC, own=("RSA", "ECDSA"))
    whole, report = peer.audit()[0], peer.audit("--infer")[0]
    ok(inferred(report) == BOTH and verdicts(report) == verdicts(whole), "an order of its own, RSA first: inferred, and true", (verdicts(report), verdicts(whole)))
    report, made = Peer(RSA, most=ssl.TLSVersion.TLSv1_3).audit("--infer", "--tls", "1.3")
    ok((made, inferred(report)) == (4, []), "TLS 1.3: every handshake is made", made)
    report, made = Peer(RSA).audit("--infer", "--order", "rsa-first")
    ok((made, inferred(report)) == (2, []), "RSA first alone: nothing to infer from", made)


def two_names():
    """Both are sent to clients: neither handshake is ended early, whatever the other one has shown."""
    peer = Peer(RSA)
    report, made = peer.audit("--node", "other.example", "--resolve", "other.example:127.0.0.1")
    early = sorted(o["address"] for o in report["observations"] if o["stopped_early"])
    ok(made == 6 and early == ["127.0.0.1"] * 2, "of two advertised names of one IP each is completed", (made, early))


rsa_only()
others()
two_names()
end()

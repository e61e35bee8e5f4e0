#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The log of a live Traffic Server that ran against the lab, compared with an audit of the same lab (`log --report`): the lines of
its diags.log, word for word, in the frame of an Expressway's diagnostic log. Once as Traffic Server 9 writes them, once in the
words of 1.1.1 with the ERROR line of 8 behind each. Each address and port has to agree; with another trust store some must not."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

SRC = os.path.abspath(os.environ.get("srcdir", "."))
PROGRAM = os.environ.get("MRA_PREFLIGHT", os.path.abspath("mra-preflight"))
LAB = os.path.join(SRC, "fixtures/lab/lab")
sys.dont_write_bytecode = True # the sources may be read-only
sys.path.insert(0, os.path.join(SRC, "tests/parity"))
import ats

ERROR = "ERROR: SSL connection failed for '%s': error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed"
count = bad = 0


def check(what, got, wanted):
    global count, bad
    count += 1
    bad += got != wanted
    print("%s %d - %s" % ("ok" if got == wanted else "not ok", count, what))
    if got != wanted:
        print("# got    %r\n# wanted %r" % (got, wanted))


def run(*words, status):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True)
    if done.returncode not in status:
        raise SystemExit("Bail out! %s ended with %d: %s" % (" ".join(words[:3]), done.returncode, done.stderr))
    return done.stdout


def arguments(folder):
    return subprocess.run([LAB, "audit", folder], check=True, capture_output=True, text=True).stdout.split()


def audit(folder, path, *more):
    """A report in a file, and as an object."""
    text = run("--connect-timeout", "2", "--handshake-timeout", "4", "--retries", "0", "-f", "json", *more, *arguments(folder), status=(1,))
    with open(path, "w") as file:
        file.write(text)
    return json.loads(text)


def replay(report, path, *more):
    """The same evidence, judged otherwise."""
    with open(path, "w") as file:
        file.write(run("replay", "-f", "json", *more, report, status=(0, 1, 3)))
    return path


class Log:
    """The frame as Expressway-C writes it around what its traffic server says."""

    def __init__(self):
        self.lines, self.txn = [], 0

    def line(self, body):
        at = len(self.lines)
        self.lines.append("2026-11-28T%02d:%02d:%02d.123+00:00 vcsc traffic_server[2030]: %s" % (at // 3600, at // 60 % 60, at % 60, body))

    def info(self, detail, rest):
        self.line('UTCTime="" Module="network.http.trafficserver" Level="INFO": Detail="%s" Txn-id="%d" TrackingID="bb0c" %s' % (detail, self.txn, rest))

    def request(self, address, ip, port, answer, eight):
        told = base64.b64encode(("lab.example/https/%s/%d" % (address, port)).encode()).decode().rstrip("=")
        self.txn += 1
        self.info("Receive Request", 'Src-ip="127.0.0.1" Src-port="35766" Last-via-addr="" Msg="GET http://vcsc:8443/%s/x HTTP/1.1"' % told)
        self.info("Sending Request", 'Dst-ip="%s" Dst-port="%d" Msg="GET /x HTTP/1.1"' % (ip, port))
        if answer["accepted"]:
            self.info("Receive Response", 'Src-ip="%s" Src-port="%d" Msg="HTTP/1.1 404 "' % (ip, port))
            self.info("Sending Response", 'Dst-ip="127.0.0.1" Dst-port="35766" Msg="HTTP/1.1 404 Not Found"')
            return
        if answer["line"]:
            line = answer["line"].replace("self-signed", "self signed") if eight else answer["line"]
            self.line("[ET_NET 0] " + line)
            if eight:
                self.line("[ET_NET 0] " + ERROR % address)
        self.info("Sending Response", 'Dst-ip="127.0.0.1" Dst-port="35766" Msg="HTTP/1.1 502 connect failed"')

    def write(self, path):
        with open(path, "w") as file:
            file.write("\n".join(self.lines) + "\n")
        return path


def asked(report, order, pem):
    return [{"id": str(o["id"]), "address": o["address"], "ip": o["ip"], "port": o["port"], "order": order, "store_pem": pem}
            for o in report["observations"] if o["outcome"] == "presented" and o["order"] == order]


def write_log(path, cases, answers, eight):
    log = Log()
    for case in cases:
        log.request(case["address"], case["ip"], case["port"], answers[case["id"]], eight)
    return log.write(path)


def compare(log, report):
    """Exit status 1: the lab has refused addresses."""
    return json.loads(run("log", "-f", "json", "--report", report, log, status=(1,)))


def agreed(what, document, cases):
    check("%s: every address and port of the audit" % what, sorted((s["address"], s["port"]) for s in document["servers"]),
          sorted({(c["address"].lower(), c["port"]) for c in cases}))
    check("%s: each agrees" % what, [s for s in document["servers"] if s["agrees"] is not True], [])
    check("%s: and for the same line" % what, [s for s in document["servers"] if s["last"]["log"] != s["predicted"]["log"]], [])
    check("%s: some are refused, some accepted" % what, {s["last"]["outcome"] for s in document["servers"]}, {"accepted", "refused"})


def calibration(document):
    return {row["id"]: row["value"] for row in document["calibration"]}


def main():
    try:
        ats.program()
    except ats.Missing as reason:
        print("1..0 # SKIP %s" % reason)
        return 77
    top = tempfile.mkdtemp(prefix="mra-loglive.")
    os.chmod(top, 0o755)
    folder, at = os.path.join(top, "lab"), lambda name: os.path.join(top, name)
    try:
        subprocess.run([LAB, "start", folder], check=True, stdout=subprocess.DEVNULL)
        try:
            report = audit(folder, at("nine.json"), "--expressway", "X15.5")
            with open(os.path.join(folder, "pki/expressway-ca.pem"), encoding="ascii") as file:
                pem = file.read()
            cases = {order: asked(report, order, pem) for order in ("rsa-first", "ecdsa-first")}
            answers = ats.ask(cases["rsa-first"] + cases["ecdsa-first"])
        finally:
            subprocess.run([LAB, "stop", folder], check=False)
        eight = replay(at("nine.json"), at("eight.json"), "--expressway", "X14.2")
        with open(at("empty-ish.pem"), "w") as file: # not the store that the traffic server had
            file.write(ats.stranger(top))
        other = replay(at("nine.json"), at("other.json"), "--expressway", "X15.5", "--trust", at("empty-ish.pem"))
        peers = replay(at("nine.json"), at("peers.json"), "--expressway", "X15.5", "--trust", "peer1=" + at("empty-ish.pem"),
                       "--trust", "peer2=" + os.path.join(folder, "pki/expressway-ca.pem"))
        for order in ("rsa-first", "ecdsa-first"):
            log = write_log(at(order + ".9.log"), cases[order], answers, False)
            document = compare(log, at("nine.json"))
            agreed("Traffic Server 9, " + order, document, cases[order])
            seen = calibration(document)
            check("Traffic Server 9, %s: what it tells" % order, (seen["traffic-server"], seen["era"], seen["verification"], seen["order"]),
                  ("ats9", "openssl3", "enforced", order))
            log8 = write_log(at(order + ".8.log"), cases[order], answers, True)
            document = compare(log8, eight)
            agreed("as Traffic Server 8 writes it, " + order, document, cases[order])
            seen = calibration(document)
            check("as Traffic Server 8 writes it, %s: what it tells" % order, (seen["traffic-server"], seen["era"], seen["order"]),
                  ("ats8", "openssl1", order))
        check("this build does not honour iPAddress SANs", seen["ip-san"], "no")
        document = compare(log, other)
        wrong = [s for s in document["servers"] if s["agrees"] is False]
        check("another store: what was accepted is predicted to be refused", {s["address"] for s in wrong} >=
              {s["address"] for s in document["servers"] if s["last"]["outcome"] == "accepted"}, True)
        check("another store: each with its reason", [s for s in wrong if not s["differs"]], [])
        document = compare(log, peers)
        check("two peers: the log is the second's", (document["trust"], [s for s in document["servers"] if s["agrees"] is not True]), ("peer2", []))
        check("two peers: what the first would refuse is told", {s["address"] for s in document["servers"] if s["last"]["outcome"] == "accepted"} <=
              {s["address"] for s in document["servers"] if any(t["trust"] == "peer1" and not t["agrees"] for t in s["stores"])}, True)
        one = replay(at("nine.json"), at("one.json"), "--expressway", "X15.5", "--order", "rsa-first")
        document = compare(log, one) # the log of ECDSA first
        check("the other order: told as such", {s["differs"] for s in document["servers"] if s["agrees"] is False},
              {"The log is as the report predicts for the other cipher order, ecdsa-first."})
    finally:
        shutil.rmtree(top)
    print("1..%d" % count)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Parity on the lab: for every address, port and order, our verdict and log line and those of a real Traffic Server, both
asked in this run (era openssl3, which is Debian's). Only what nobody can compare is left out: addresses that present nothing."""
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


def audit(folder, *more):
    arguments = subprocess.run([LAB, "audit", folder], check=True, capture_output=True, text=True).stdout.split()
    answer = subprocess.run([PROGRAM, "--connect-timeout", "2", "--handshake-timeout", "4", "--retries", "0", "--era", "openssl3",
                             "-f", "json", *more, *arguments], capture_output=True, text=True)
    if answer.returncode != 1:
        raise SystemExit("Bail out! the audit ended with %d: %s" % (answer.returncode, answer.stderr))
    return json.loads(answer.stdout)


def cases(report, store):
    with open(store, encoding="ascii") as file:
        pem = file.read()
    return [{"id": str(o["id"]), "address": o["address"], "ip": o["ip"], "port": o["port"], "order": o["order"], "store_pem": pem}
            for o in report["observations"] if o["outcome"] == "presented"]


def compare(report, answers):
    """TAP lines; how many differed."""
    verdicts = {str(v["observation"]): v for v in report["verdicts"]}
    presented = [o for o in report["observations"] if o["outcome"] == "presented"]
    bad = 0
    for number, o in enumerate(presented, 1):
        ours, theirs = verdicts.get(str(o["id"])), answers[str(o["id"])]
        equal = ours is not None and (ours["accepted"], ours["log"]) == (theirs["accepted"], theirs["line"])
        print("%s %d - %s %d %s: %s" % ("ok" if equal else "not ok", number, o["address"], o["port"], o["order"],
                                        theirs["line"] or "accepted"))
        if not equal:
            bad += 1
            print("# ours   %s\n# theirs %s" % (json.dumps(ours), json.dumps(theirs)))
    print("1..%d" % len(presented))
    return bad


def main():
    try:
        ats.program()
    except ats.Missing as reason:
        print("1..0 # SKIP %s" % reason)
        return 77
    top = tempfile.mkdtemp(prefix="mra-parity.")
    os.chmod(top, 0o755)
    folder = os.path.join(top, "lab")
    try:
        subprocess.run([LAB, "start", "--tomcat", folder], check=True, stdout=subprocess.DEVNULL)
        try:
            report = audit(folder)
            wanted = cases(report, os.path.join(folder, "pki/expressway-ca.pem"))
            if len(wanted) < 60:
                raise SystemExit("Bail out! the audit saw only %d certificates" % len(wanted))
            return 1 if compare(report, ats.ask(wanted)) else 0
        finally:
            subprocess.run([LAB, "stop", folder], check=False)
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    sys.exit(main())

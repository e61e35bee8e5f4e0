#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lines: chains with names of every kind shown to a real Traffic Server; its log and ours, line by line (era openssl3).

PARITY_SEED (a number or "clock"; else always the same) and PARITY_COUNT (else 200). Run in the build folder. Exit 77 without Traffic Server or libcrypto."""
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # the source folder may be read-only
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ats  # noqa: E402
import presenter  # noqa: E402

BUILD, IP, SEED = "tests/parity", "127.77.0.1", 20261121


def read(folder, name):
    with open(os.path.join(folder, name)) as f:
        return f.read()


def ders(pem):
    return [base64.b64decode(block) for block in re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END", pem, re.S)]


def traffic_server(folders):
    """Each folder's (accepted, line, note)."""
    chains, cases = {}, []
    for folder in folders:
        name = read(folder, "name").strip()
        chains[folder] = (name if ats.is_ip(name) else IP, 0, ders(read(folder, "chain.pem")))
    with presenter.Presenter(chains) as shown:
        for folder in folders:
            cases.append({"id": folder, "address": read(folder, "name").strip(), "ip": chains[folder][0],
                          "port": shown.ports[folder], "order": "ecdsa-first", "store_pem": read(folder, "trust.pem")})
        answers = ats.ask(cases)
    # The alert comes, and the key is held against the suite, once the certificate has been verified: accepted.
    return {key: (re.search("alert access denied|wrong certificate type", a["note"]) is not None, a["line"], a["note"])
            for key, a in answers.items()}


def ours(folders):
    done = subprocess.run([BUILD + "/ours", "--lines", IP] + folders, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("ours: exit status %d\n%s" % (done.returncode, done.stderr[-4000:]))
    return {a["case"]: (a["accepted"], a["line"]) for a in map(json.loads, done.stdout.splitlines())}


def compare(folders):
    """The number of differences. A handshake that died without a WARNING has no line to compare: refused will do."""
    bad = died = accepted = beyond = 0
    theirs, mine = traffic_server(folders), ours(folders)
    for folder in folders:
        ok, line, note = theirs[folder]
        accepted += ok
        if not ok and not line:
            died += 1
            if not mine[folder][0]:
                continue
        elif mine[folder] == (ok, line):
            continue
        if "BEYOND" in read(folder, "tags") and not mine[folder][0]:
            beyond += 1
            continue
        bad += 1
        print("DIFFERENCE %s\n  made by: %s\n  ours:           %s %s\n  traffic server: %s %s %s"
              % (folder, read(folder, "tags").strip(), "accepted" if mine[folder][0] else "refused", mine[folder][1],
                 "accepted" if ok else "refused", line, note if not ok and not line else ""))
    print("%d chains: %d accepted by Traffic Server, %d lines, %d handshakes that died otherwise; %d differ,"
          " %d more are signed with what GnuTLS cannot compute"
          % (len(folders), accepted, len(folders) - accepted - died, died, bad, beyond))
    return bad


def main():
    if not os.path.exists(BUILD + "/generate"):
        print("no libcrypto here: no chains")
        return 77
    seed, count = int(time.time() if os.environ.get("PARITY_SEED") == "clock" else os.environ.get("PARITY_SEED") or SEED), int(os.environ.get("PARITY_COUNT") or 200)
    print("PARITY_SEED=%d PARITY_COUNT=%d" % (seed, count), flush=True)
    top, bad = tempfile.mkdtemp(prefix="mra-lines-"), 0
    try:
        made = subprocess.run([BUILD + "/generate", "--names", top, str(seed), str(count)], capture_output=True, text=True)
        if made.returncode != 0:
            sys.exit("generate: " + made.stderr)
        bad = 1
        bad = compare(made.stdout.split())
    except ats.Missing as e:
        print("skipped: %s" % e)
        bad = 0
        return 77
    finally:
        if bad:
            print("kept: " + top)
        else:
            shutil.rmtree(top)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

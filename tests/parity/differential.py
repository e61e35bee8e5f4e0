#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""differential: thousands of chains from a seed, ours against live libcrypto in both eras, and the recorded answers of 1.1.1w.

Era openssl3 is OpenSSL 3.0, which Traffic Server 9 came with; what a newer one does otherwise is in NEWER below.
PARITY_SEED (a number or "clock"; else always the same) and PARITY_COUNT (else 2000) say which chains. Run in the build folder. Exit 77 without libcrypto.
A difference keeps the folder of cases and prints the seed, the case's files and both answers."""
import base64
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = "tests/parity"
SEED = 20261121
SHOWN = 20


def lines(command, folders):
    """One answer per folder, in order."""
    done = subprocess.run(command, input="\n".join(folders) + "\n", capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("%s: exit status %d\n%s" % (command, done.returncode, done.stderr[-4000:]))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if [a["case"] for a in answers] != folders:
        sys.exit("%s: %d answers for %d cases" % (command, len(answers), len(folders)))
    return answers


def first(answer):
    return [answer["ok"], answer["error"], answer["depth"]]


def alike(ours, oracle, whole, text):
    if oracle["error"] == -1:  # the handshake dies on a certificate that cannot be read: anything but accepted will do
        return not ours["ok"]
    return (first(ours) == first(oracle) and (not whole or ours["all"] == oracle["all"])
            and (not text or ours["string"] == oracle["string"]))


def tell(answer):
    return "%s %d@%d \"%s\" %s" % ("accepted" if answer["ok"] else "refused", answer["error"], answer["depth"],
                                   answer["string"], answer["all"])


def shown(folder):
    """The bytes of the chain's certificates."""
    with open(os.path.join(folder, "chain.pem")) as f:
        return b"".join(base64.b64decode(block) for block in re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END", f.read(), re.S))


def unreadable_date(_, ours, oracle):
    """Ours 13 or 14 at a CA, where theirs does not find an issuer at all."""
    return not ours["ok"] and ours["error"] in (13, 14) and ours["depth"] > 0 and first(oracle) == [False, 20, ours["depth"] - 1]


def user_in_uri(folder, ours, oracle):
    """Ours 47 for a URI that a name constraint allows but for what stands before its "@"."""
    return first(ours)[:2] == [False, 47] and (oracle["ok"] or oracle["error"] != 47) and re.search(rb"://[!-?A-~]+@", shown(folder)) is not None


def reworded(_, ours, oracle):
    """The same number, depth and list; the text of 9 has gained words (X509_verify_cert_error_string of 3.6)."""
    return (oracle["string"] == "certificate is not yet valid or the system clock is incorrect"
            and alike(ours, {**oracle, "string": "certificate is not yet valid"}, True, True))


# What OpenSSL 3.5 and 3.6 answer otherwise than 3.0: (what, whether a difference is that). With 3.0 and 3.1 none of these may occur.
NEWER = [("a CA whose dates cannot be read is no issuer", unreadable_date), ("URIs are constrained without their user", user_in_uri),
         ("the text of 9", reworded)]


def openssl_version():
    told = subprocess.run([BUILD + "/oracle", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(n) for n in re.match(r"OpenSSL (\d+)\.(\d+)", told).groups())


class Count:
    def __init__(self, era, source, newer=()):
        self.era, self.source, self.newer = era, source, newer
        self.known = collections.Counter()
        self.cases = self.bad = self.beyond = self.skipped = 0
        self.codes = collections.Counter()

    def compare(self, folder, ours, oracle, tags, whole=True, text=True):
        self.cases += 1
        self.codes[oracle["error"]] += 1
        if alike(ours, oracle, whole, text):
            return
        if "BEYOND" in tags and (oracle["ok"] or not ours["ok"]):
            self.beyond += 1  # signed with what GnuTLS cannot compute: ours refuses
            return
        for what, is_that in self.newer:
            if is_that(folder, ours, oracle):
                self.known[what] += 1
                return
        self.bad += 1
        if self.bad <= SHOWN:
            print("DIFFERENCE era %s, %s, %s%s\n  made by: %s\n  ours:    %s\n  oracle:  %s"
                  % (self.era, self.source, folder, " FALSE PASS" if ours["ok"] and not oracle["ok"] else "",
                     " ".join(tags), tell(ours), tell(oracle)))

    def report(self):
        print("%s, %s: %d cases, %d differ%s%s; refusals by number: %s"
              % (self.era, self.source, self.cases, self.bad,
                 ", %d signed with what GnuTLS cannot compute (refused)" % self.beyond if self.beyond else "",
                 ", %d more only in the recorded table" % self.skipped if self.skipped else "",
                 " ".join("%d:%d" % pair for pair in sorted(self.codes.items()) if pair[0] != 0)))
        for what, count in self.known.items():
            print("  since 3.0 OpenSSL has changed, in %d of these: %s" % (count, what))
        return self.bad


def read_tags(folder):
    with open(os.path.join(folder, "tags")) as f:
        return f.read().split()


def generated(top, seed, count):
    made = subprocess.run([BUILD + "/generate", top, str(seed), str(count)], capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit("generate: " + made.stderr)
    folders = made.stdout.split()
    tags = [read_tags(folder) for folder in folders]
    newer = NEWER if openssl_version() >= (3, 2) else ()
    three, one = Count("openssl3", "seed %d" % seed, newer), Count("openssl1", "seed %d" % seed, newer)
    for folder, tag, ours, oracle in zip(folders, tags, lines([BUILD + "/ours", "openssl3"], folders),
                                         lines([BUILD + "/oracle"], folders)):
        three.compare(folder, ours, oracle, tag)
    for folder, tag, ours, oracle in zip(folders, tags, lines([BUILD + "/ours", "openssl1"], folders),
                                         lines([BUILD + "/oracle", "--as-openssl1"], folders)):
        if "ERAS" in tag:
            one.skipped += 1
        else:  # with a key that 3 cannot read, what follows differs: only the first counts then
            one.compare(folder, ours, oracle, tag, whole=oracle["error"] != 66, text=False)
    return three.report() + one.report()


def recorded(top):
    """Chains on which the eras differ, and some of every other kind, with what 1.1.1w said (recorded, README.md)."""
    with tarfile.open(os.path.join(HERE, "recorded-openssl1.tar.xz")) as tar:
        tar.extractall(top)
    count = Count("openssl1", "recorded with 1.1.1w")
    folders = sorted(os.path.join(top, name) for name in os.listdir(top))
    for folder, ours in zip(folders, lines([BUILD + "/ours", "openssl1"], folders)):
        with open(os.path.join(folder, "expect.openssl1.json")) as f:
            count.compare(folder, ours, json.load(f), read_tags(folder))
    return count.report()


def main():
    if not os.path.exists(BUILD + "/oracle"):
        print("no libcrypto here: nothing to compare with")
        return 77
    seed, count = int(time.time() if os.environ.get("PARITY_SEED") == "clock" else os.environ.get("PARITY_SEED") or SEED), int(os.environ.get("PARITY_COUNT") or 2000)
    print("PARITY_SEED=%d PARITY_COUNT=%d" % (seed, count), flush=True)
    top = tempfile.mkdtemp(prefix="mra-parity-")
    bad = 1
    try:
        os.mkdir(top + "/generated")
        os.mkdir(top + "/recorded")
        bad = generated(top + "/generated", seed, count)
        if os.path.exists(os.path.join(HERE, "recorded-openssl1.tar.xz")):
            bad += recorded(top + "/recorded")
    finally:
        if bad:
            print("kept: " + top)
        else:
            shutil.rmtree(top)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

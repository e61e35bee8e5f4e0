#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""score: score.py PROGRAM FOLDER [ERA...] runs `verify` on every case below FOLDER (chain.pem trust.pem name time
expect.ERA.json) and counts how often verdict, number and depth, and the whole list are the recorded ones.
Trust only. Each process is timed. Exit 1 if a verdict differs or nothing was found."""
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import time

SHOWN, WORKERS = 40, 2


class Outcome:
    """One case in one era."""

    def __init__(self, folder, expect, reasons, took_ms, note=""):
        self.folder, self.expect, self.note, self.took_ms = folder, expect, note, took_ms
        self.answered, self.reasons = reasons is not None, reasons or []
        self.accepted = self.answered and not self.reasons

    def false_pass(self):
        return self.accepted and not self.expect["ok"]

    def verdict(self):
        return (self.answered or self.expect["error"] == -1) and self.accepted == self.expect["ok"]

    def number(self):
        if not self.verdict() or self.expect["ok"] or self.expect["error"] == -1:
            return self.verdict()
        return self.reasons[0] == [self.expect["error"], self.expect["depth"]]

    def whole(self):
        if not self.number() or self.expect["ok"] or self.expect["error"] == -1:
            return self.number()
        return self.reasons == self.expect["all"]

    def tell(self):
        if self.note:
            return self.note
        return "ours %s, recorded %s" % (self.reasons or "accepted", self.expect["all"] or
                                         ("accepted" if self.expect["ok"] else "unreadable"))


def read(folder, name):
    with open(os.path.join(folder, name)) as f:
        return f.read().strip()


def run(program, folder, era):
    expect = json.loads(read(folder, "expect.%s.json" % era))
    started = time.monotonic()
    done = subprocess.run([program, "verify", "-t", folder + "/trust.pem", "--address", read(folder, "name") or "nobody.invalid",
                           "--at", "@" + read(folder, "time"), "--era", era, "-f", "json", folder + "/chain.pem"],
                          capture_output=True, text=True, timeout=1800)
    took_ms = (time.monotonic() - started) * 1000
    try:
        reasons = [[r["openssl"], r["depth"]] for r in json.loads(done.stdout)["verdicts"][0]["reasons"]
                   if r["id"] != "name-mismatch"]
        return Outcome(folder, expect, reasons, took_ms)
    except (ValueError, KeyError, IndexError):
        return Outcome(folder, expect, None, took_ms, "exit status %d: %s" % (done.returncode, done.stderr.strip()[:150]))


def score(program, folders, era, top):
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(lambda folder: run(program, folder, era), folders))
    for outcome in [o for o in outcomes if not o.whole()][:SHOWN]:
        print("%s %s%s: %s" % (era, "FALSE PASS " if outcome.false_pass() else "", os.path.relpath(outcome.folder, top),
                               outcome.tell()))
    refusals = [o for o in outcomes if not o.expect["ok"]]
    times = sorted(o.took_ms for o in outcomes)
    kinds = collections.Counter((o.verdict(), o.number(), o.whole()) for o in outcomes)
    print("%s: %d cases, %d false passes; verdict equal %d (%.2f %%); number and depth equal in %d of %d refusals (%.2f %%); "
          "whole list equal %d (%.2f %%); %.0f ms median, %.0f ms longest"
          % (era, len(outcomes), sum(o.false_pass() for o in outcomes), sum(n for k, n in kinds.items() if k[0]),
             100 * sum(n for k, n in kinds.items() if k[0]) / len(outcomes), sum(o.number() for o in refusals), len(refusals),
             100 * sum(o.number() for o in refusals) / max(1, len(refusals)), sum(n for k, n in kinds.items() if k[2]),
             100 * sum(n for k, n in kinds.items() if k[2]) / len(outcomes), times[len(times) // 2], times[-1]))
    return sum(not o.verdict() for o in outcomes)


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: score.py PROGRAM FOLDER [openssl1|openssl3...]")
    program, top = sys.argv[1:3]
    bad = found = 0
    for era in sys.argv[3:] or ["openssl1", "openssl3"]:
        folders = sorted(base for base, _, files in os.walk(top) if "expect.%s.json" % era in files)
        found += len(folders)
        if folders:
            bad += score(program, folders, era, top)
    if not found:
        sys.exit("no expect.*.json below %s" % top)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""record: record.py ORACLE1 SEED COUNT ARCHIVE. Makes chains, asks an oracle built against OpenSSL 1.1.1 (README.md) and
libcrypto 3 (in the build folder), and keeps those that tell most: where the eras differ, and some for every number."""
import collections
import json
import os
import subprocess
import sys
import tarfile
import tempfile

DIFFERENT, EACH, PER_NUMBER = 260, 6, 7


def answers(command, folders):
    done = subprocess.run(command, input="\n".join(folders) + "\n", capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def essence(answer):
    return json.dumps(answer["all"])


def size(folder):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in ("chain.pem", "trust.pem"))


def choose(folders, ones, derived):
    """Small cases first, at most EACH that are alike in both answers."""
    chosen, alike, numbers, different = [], collections.Counter(), collections.Counter(), 0
    for folder, one, three in sorted(zip(folders, ones, derived), key=lambda row: size(row[0])):
        kind, differs = (essence(one), essence(three)), essence(one) != essence(three)
        if size(folder) > 20000 or alike[kind] >= EACH:
            continue
        if differs and different < DIFFERENT:
            different += 1
        elif not all(numbers[number] >= PER_NUMBER for number, _ in one["all"] or [(one["error"], 0)]):
            pass
        else:
            continue
        alike[kind] += 1
        numbers.update({number for number, _ in one["all"] or [(one["error"], 0)]})
        chosen.append((folder, one))
    return chosen


def main():
    oracle1, seed, count, archive = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as top:
        folders = subprocess.run(["tests/parity/generate", top, seed, count], capture_output=True, text=True,
                                 check=True).stdout.split()
        chosen = choose(folders, answers([oracle1], folders), answers(["tests/parity/oracle", "--as-openssl1"], folders))
        with tarfile.open(archive, "w:xz", preset=9) as tar:
            for number, (folder, one) in enumerate(chosen):
                del one["case"]
                with open(os.path.join(folder, "expect.openssl1.json"), "w") as f:
                    json.dump(one, f)
                for name in ("chain.pem", "trust.pem", "name", "time", "tags", "expect.openssl1.json"):
                    info = tar.gettarinfo(os.path.join(folder, name), "%03d/%s" % (number, name))
                    info.uid = info.gid = info.mtime = 0
                    info.uname = info.gname = ""
                    with open(os.path.join(folder, name), "rb") as f:
                        tar.addfile(info, f)
    print("%d cases, %d bytes" % (len(chosen), os.path.getsize(archive)))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seeds: seeds.py CASES FOLDER turns case folders (tests/parity/generate) into first inputs for each fuzzer."""
import base64
import os
import re
import sys


def blocks(pem):
    return [base64.b64decode(block) for block in re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END", pem, re.S)]


def main():
    cases, out = sys.argv[1:3]
    for fuzzer in ("cert", "store", "name", "chain"):
        os.makedirs(os.path.join(out, fuzzer), exist_ok=True)

    def put(fuzzer, name, data):
        with open(os.path.join(out, fuzzer, name), "wb") as f:
            f.write(data)

    for case in sorted(os.listdir(cases)):
        texts = {name: open(os.path.join(cases, case, name)).read() for name in ("chain.pem", "trust.pem", "name", "time")}
        sent, stored = blocks(texts["chain.pem"]), blocks(texts["trust.pem"])
        if not sent or sum(map(len, sent + stored)) > 12000:
            continue
        put("cert", case, sent[0])
        put("store", case, (texts["trust.pem"] + texts["chain.pem"]).encode())
        put("chain", case, int(texts["time"]).to_bytes(4, "little")
            + b"".join(bytes([kind]) + len(der).to_bytes(2, "big") + der
                       for kind, ders in ((1, stored), (0, sent)) for der in ders))
    patterns = ("a.example.com", "*.example.com", "a*.example.com", "*a.example.com", "xn--a.example.com", "*.com", "10.0.0.1",
                "*.a.b", "a.b.c.", "abcdef")
    for i, address in enumerate(patterns):
        for k, pattern in enumerate(patterns):
            put("name", "%d-%d" % (i, k), b"".join(bytes([kind, len(text)]) + text.encode() for kind, text in
                                                    ((0, address), (1 + (i + k) % 3, pattern))))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seeds: seeds.py CASES FOLDER turns case folders (tests/parity/generate) into first inputs for each fuzzer."""
import base64
import os
import re
import sys


def blocks(pem):
    return [base64.b64decode(block) for block in re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END", pem, re.S)]


GENERATOR = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                          "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5") # of P-256 (SEC 2)
REQUEST = bytes.fromhex("01010004040104030000")    # CertificateRequest: RSA, two signature schemes, any CA
PRIME = bytes.fromhex("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd"
                      "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
                      "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff") # RFC 2409 6.2, 1,024 bits


def put_tls(put):
    """For fuzz_tls: flags, then extensions, parameters, request and another certificate, each behind its length."""
    def number(data):
        return len(data).to_bytes(2, "big") + data
    ecdhe, dhe = b"\x03\x00\x17\x41" + GENERATOR, number(PRIME) + number(b"\x02") + number(b"\x04")
    secure = bytes.fromhex("ff01000100")            # renegotiation_info
    for name, flags, parameters in (("ecdhe-rsa", 0, ecdhe), ("ecdhe-ecdsa", 1, ecdhe), ("dhe-rsa", 2, dhe), ("request", 5, ecdhe),
                                    ("damaged", 8, ecdhe), ("unsigned", 16, ecdhe), ("static", 64, b""), ("finished", 0x81, ecdhe),
                                    ("more", 0x21, ecdhe)):
        put("tls", name, bytes([flags]) + number(secure) + number(parameters) + number(REQUEST) + number(b"") +
            bytes.fromhex("15030300020228"))


def main():
    cases, out = sys.argv[1:3]
    for fuzzer in ("cert", "store", "name", "chain", "tls"):
        os.makedirs(os.path.join(out, fuzzer), exist_ok=True)

    def put(fuzzer, name, data):
        with open(os.path.join(out, fuzzer, name), "wb") as f:
            f.write(data)

    put_tls(put)
    for case in sorted(os.listdir(cases)) if cases else []:
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

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Servers that show a certificate which the trust store would accept, and then do not go through with it, or cannot. What is
no handshake for OpenSSL's own client must be no pass here; what is one, must not be an alarm."""
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import certificate, end, folder, forever, ok, reset, run, seconds, serve

KEEP_USAGE = ("-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:peer.example")
RSA = certificate("rsa", "-newkey", "rsa:2048", *KEEP_USAGE)
EC = certificate("ec", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", *KEEP_USAGE)
ENCIPHER = certificate("encipher", "-newkey", "rsa:2048", *KEEP_USAGE, "-addext", "keyUsage=critical,keyEncipherment")
AGREE = certificate("agree", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *KEEP_USAGE, "-addext", "keyUsage=critical,keyAgreement")
TRUST = os.path.join(folder, "trust.pem")


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, **more).stdout


# --- DER by hand -----------------------------------------------------------------------------------------------------

def element(tag, body):
    size = len(body)
    octets = size.to_bytes((size.bit_length() + 7) // 8 or 1, "big")
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 | len(octets)]) + octets) + body


def integer(value):
    return element(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def parts(der):
    """The elements in this one, whole: [(tag, body, all)]."""
    found = []
    while der:
        size, head = der[1], 2
        if size & 0x80:
            head += size & 0x7F
            size = int.from_bytes(der[2:head], "big")
        found.append((der[0], der[head:head + size], der[:head + size]))
        der = der[head + size:]
    return found


def pem(label, der):
    import base64
    text = base64.encodebytes(der).decode()
    return "-----BEGIN %s-----\n%s-----END %s-----\n" % (label, text, label)


def liar(pair, name):
    """A key file that claims the certificate's public key and computes with another private one."""
    path = os.path.join(folder, name + ".liar")
    if pair is RSA:
        der = openssl("rsa", "-in", pair[1], "-traditional", "-outform", "DER")
        numbers = [int.from_bytes(body, "big") for _, body, _ in parts(parts(der)[0][1])]
        numbers[3] += 2  # d
        numbers[6] += 2  # d mod (p - 1)
        numbers[7] += 2
        text = pem("RSA PRIVATE KEY", element(0x30, b"".join(map(integer, numbers))))
    else:
        der = openssl("ec", "-in", pair[1], "-outform", "DER")
        fields = parts(parts(der)[0][1])
        scalar = bytes([fields[1][1][0] ^ 1]) + fields[1][1][1:]
        text = pem("EC PRIVATE KEY", element(0x30, fields[0][2] + element(4, scalar) + fields[2][2] + fields[3][2]))
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    return path


def info(oid, parameters, key):
    return element(0x30, element(0x30, element(6, oid) + parameters) + element(3, b"\0" + key))


def forged(public):
    """The RSA certificate with another public key: its signature does not fit, which nobody looks at in the handshake."""
    tbs, algorithm, signature = [whole for _, _, whole in parts(parts(RSA[2])[0][1])]
    fields = [whole for _, _, whole in parts(parts(tbs)[0][1])]
    fields[6] = public
    return element(0x30, element(0x30, b"".join(fields)) + algorithm + signature)


RSA_OID, DSA_OID = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a8648ce380401")
NULL = b"\5\0"


def rsa_key(n, e):
    return forged(info(RSA_OID, NULL, element(0x30, integer(n) + integer(e))))


def dsa_key(p, q, g, y):
    return forged(info(DSA_OID, element(0x30, integer(p) + integer(q) + integer(g)), integer(y)))


# --- messages (RFC 5246) ---------------------------------------------------------------------------------------------

def record(kind, body):
    return struct.pack(">BHH", kind, 0x0303, len(body)) + body


def records(body):
    return b"".join(record(22, body[i:i + 16384]) for i in range(0, len(body), 16384))


def message(kind, body):
    return struct.pack(">B", kind) + struct.pack(">I", len(body))[1:] + body


def server_hello(suite=0xC030):
    extensions = b"\xff\x01\x00\x01\x00"
    return message(2, b"\x03\x03" + os.urandom(32) + b"\0" + struct.pack(">HB", suite, 0) + struct.pack(">H", len(extensions)) + extensions)


def certificates(*ders):
    body = b"".join(struct.pack(">I", len(der))[1:] + der for der in ders)
    return message(11, struct.pack(">I", len(body))[1:] + body)


def vector(body):
    return struct.pack(">H", len(body)) + body


POINT = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")  # P-256's generator
ECDHE = message(12, b"\3\0\x17\x41" + POINT + b"\4\1" + vector(os.urandom(256)))  # a signature of noise
DONE = message(14, b"")


def dhe(prime, signature=b"\2\1" + vector(os.urandom(256))):
    octets = prime.to_bytes((prime.bit_length() + 7) // 8, "big")
    return message(12, vector(octets) + vector(b"\2") + vector(octets[:-1] + b"\5") + signature)


def after_hello(*answers, then=forever):
    def handle(connection):
        connection.recv(65536)
        for answer in answers:
            connection.sendall(answer)
        if then:
            then(connection)
    return handle


def real(pair, key=None, change=None, then=None, versions=(ssl.TLSVersion.TLSv1_2,) * 2):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = versions
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(pair[0], key or pair[1])
    if change:
        change(context)

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            (then or forever)(tls)
    return handle


def cut_after(count, pair=RSA, ending=reset):
    """A real server behind a wire that lets so many of its handshake messages through."""
    inner = real(pair)

    def handle(connection):
        near, far = socket.socketpair()
        threading.Thread(target=lambda: quiet(inner, far), daemon=True).start()
        near.sendall(connection.recv(65536))
        plain, left = b"", count
        while left:
            head = exactly(near, 5)
            plain += exactly(near, struct.unpack(">H", head[3:])[0])
            while left and len(plain) >= 4 and len(plain) >= 4 + int.from_bytes(plain[1:4], "big"):
                size = 4 + int.from_bytes(plain[1:4], "big")
                connection.sendall(records(plain[:size]))
                plain, left = plain[size:], left - 1
        if ending:
            ending(connection)
    return handle


def exactly(connection, size):
    got = b""
    while len(got) < size:
        more = connection.recv(size - len(got))
        if not more:
            raise OSError("closed")
        got += more
    return got


def quiet(function, *arguments):
    try:
        function(*arguments)
    except (OSError, ValueError):
        pass


def insist(context):
    context.load_verify_locations(RSA[0])
    context.verify_mode = ssl.CERT_REQUIRED


SHOWN = records(server_hello() + certificates(RSA[2]))
SHOWN_DHE = server_hello(0x009F) + certificates(RSA[2])
BOTH13 = (ssl.TLSVersion.TLSv1_3,) * 2
PRIME_1024 = int("0" + openssl("prime", "-generate", "-bits", "1024", "-hex").decode().strip(), 16)
PRIME_512 = int("0" + openssl("prime", "-generate", "-bits", "512", "-hex").decode().strip(), 16)
HARD = (1 << 65535) + 1

# name: handler, more arguments, reached (the set of what it may be), flaw, finished for OpenSSL's client
UNFINISHED = {
    "reset after Certificate": (after_hello(SHOWN, then=reset), {"certificate"}),
    "closed after Certificate": (after_hello(SHOWN, then=None), {"certificate"}),
    "silent after Certificate": (after_hello(SHOWN), {"certificate"}),
    "handshake_failure after Certificate": (after_hello(SHOWN, record(21, b"\2\x28")), {"certificate"}),
    "close_notify after Certificate": (after_hello(SHOWN, record(21, b"\1\0")), {"certificate"}),
    "reset after ServerKeyExchange": (cut_after(3), {"certificate"}),
    "reset after ServerHelloDone": (cut_after(4), {"certificate", "server-done", "answered"}),
    "closed after ServerHelloDone": (cut_after(4, ending=None), {"server-done", "answered"}),
    "silent after ServerHelloDone": (cut_after(4, ending=forever), {"server-done", "answered"}),
    "a replayed certificate, RSA key transport": (after_hello(records(server_hello(0x009D) + certificates(RSA[2]) + DONE), then=reset),
                                                  {"certificate", "server-done", "answered"}),
}
FLAWED = {
    "a signature of noise": (after_hello(records(server_hello() + certificates(RSA[2]) + ECDHE + DONE)), (), "bad-signature"),
    "another RSA key, TLS 1.2": (real(RSA, liar(RSA, "rsa")), (), "bad-signature"),
    "another EC key, TLS 1.2": (real(EC, liar(EC, "ec")), (), "bad-signature"),
    "another RSA key, TLS 1.3": (real(RSA, liar(RSA, "rsa"), versions=BOTH13), ("--tls", "1.3"), "bad-signature"),
    "another EC key, TLS 1.3": (real(EC, liar(EC, "ec"), versions=BOTH13), ("--tls", "1.3"), "bad-signature"),
    "an RSA certificate under an ECDSA suite": (after_hello(records(server_hello(0xC02C) + certificates(RSA[2]) + ECDHE + DONE)), (), "wrong-certificate-type"),
    "bytes behind the leaf": (after_hello(records(server_hello() + certificates(RSA[2] + b"\0")), then=reset), (), "cert-length-mismatch"),
    "Diffie-Hellman of 512 bits": (after_hello(records(SHOWN_DHE + dhe(PRIME_512) + DONE)), (), "dh-key-too-small"),
    "Diffie-Hellman of 1,023 bits": (after_hello(records(SHOWN_DHE + dhe(PRIME_1024 >> 1 | 1) + DONE)), (), "dh-key-too-small"),
    "Diffie-Hellman of 65,536 bits": (after_hello(records(SHOWN_DHE + dhe(HARD) + DONE)), (), "bad-dh-value"),
    "RSA of 65,536 bits": (after_hello(records(server_hello() + certificates(rsa_key(HARD, HARD - 2)) + ECDHE + DONE)), (), "key-unusable"),
    "RSA of 16,385 bits": (after_hello(records(server_hello() + certificates(rsa_key((1 << 16384) + 1, 65537)) + ECDHE + DONE)), (), "key-unusable"),
    "RSA of 4,096 bits with an exponent as long": (after_hello(records(server_hello() + certificates(rsa_key((1 << 4095) + 1, (1 << 4094) + 1)) + ECDHE + DONE)), (), "key-unusable"),
    "DSA with a prime of 0": (after_hello(records(server_hello(0x00A3) + certificates(dsa_key(0, (1 << 255) + 1, 2, 5)) +
                                                  dhe(PRIME_1024, b"\4\2" + vector(element(0x30, integer(5) + integer(7)))) + DONE)), (), "key-unusable"),
    "an EC certificate without digitalSignature": (after_hello(records(server_hello(0xC02C) + certificates(AGREE[2])), then=reset), (), "bad-ecc-cert"),
}
FINE = {
    "healthy": (real(RSA), (), "finished"),
    "healthy, EC": (real(EC), (), "finished"),
    "healthy, TLS 1.3": (real(EC, versions=BOTH13), ("--tls", "1.3"), "finished"),
    "an RSA certificate for keyEncipherment only": (real(ENCIPHER), (), "finished"),
    "the same in TLS 1.3": (real(ENCIPHER, versions=BOTH13), ("--tls", "1.3"), "finished"),
    "the same with RSA key transport": (real(RSA, change=lambda c: c.set_ciphers("AES256-GCM-SHA384")), (), "finished"),
    "an EC certificate without digitalSignature, TLS 1.3": (real(AGREE, versions=BOTH13), ("--tls", "1.3"), "finished"),
    "insists on a client certificate": (real(RSA, change=insist), (), "answered"),
}


def probe(handle, more):
    """The observations that count and the verdicts on them, findings, exit status."""
    port, timeout = serve(handle), seconds(3)
    report, status, _ = run(["--no-discovery", "--node", "peer.example", "--resolve", "peer.example:127.0.0.1", "--retries", "0",
                "--handshake-timeout", str(timeout), "-p", str(port), *more], timeout + 3, TRUST)
    mine = [o for o in report["observations"] if o["advertised"]]
    return mine, [v["accepted"] for v in report["verdicts"] if v["observation"] in [o["id"] for o in mine]], report["findings"], status


def brief(mine):
    return [(o["outcome"], o["reached"], o["flaw"], o["detail"], o["handshake_completed"]) for o in mine]


with open(TRUST, "w", encoding="ascii") as trust:
    for good in (RSA, EC, ENCIPHER, AGREE):
        trust.write(open(good[0], encoding="ascii").read())

for name, (handle, reached) in UNFINISHED.items():
    mine, accepted, findings, status = probe(handle, ())
    ok(len(mine) == 2 and all(o["outcome"] == "presented" and o["reached"] in reached and o["flaw"] is None and
                              not o["handshake_completed"] for o in mine), name + ": presented, unfinished", brief(mine))
    ok(status == 3 and not accepted and [f for f in findings if f["id"] == "handshake-unfinished"],
       name + ": not known, exit status 3, a finding", (status, accepted, brief(mine)))
for name, (handle, more, flaw) in FLAWED.items():
    mine, accepted, findings, status = probe(handle, more)
    ok(len(mine) == 2 and all(o["outcome"] == "presented" and o["flaw"] == flaw for o in mine), name + ": " + flaw, brief(mine))
    ok(status == 1 and accepted == [False, False], name + ": refused", (status, accepted, brief(mine)))
for name, (handle, more, reached) in FINE.items():
    mine, accepted, findings, status = probe(handle, more)
    ok(len(mine) == 2 and all(o["outcome"] == "presented" and o["reached"] == reached and o["flaw"] is None for o in mine), name + ": " + reached, brief(mine))
    ok(status == 0 and accepted == [True, True], name + ": accepted", (status, accepted, brief(mine)))
end()

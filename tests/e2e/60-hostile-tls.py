#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Peers that are hostile, broken or merely old on the TLS ports: each has its own outcome, none holds up the run."""
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import PROGRAM, certificate, end, folder, forever, ok, reset, run, seconds, serve, serve_all, slowness

PEM, KEY, DER = certificate("rsa")
SUITE = 0xC030  # ECDHE-RSA-AES256-GCM-SHA384


# --- messages (RFC 5246) ---------------------------------------------------------------------------------------------

def record(kind, body, version=0x0303):
    return struct.pack(">BHH", kind, version, len(body)) + body


def message(kind, body):
    return struct.pack(">B", kind) + struct.pack(">I", len(body))[1:] + body


def records(body):
    return b"".join(record(22, body[i:i + 16384]) for i in range(0, len(body), 16384))


def server_hello(version=0x0303, suite=SUITE):
    extensions = b"\xff\x01\x00\x01\x00"  # renegotiation_info
    return message(2, struct.pack(">H", version) + os.urandom(32) + b"\0" + struct.pack(">HB", suite, 0) +
                   struct.pack(">H", len(extensions)) + extensions)


def certificates(*ders):
    body = b"".join(struct.pack(">I", len(der))[1:] + der for der in ders)
    return message(11, struct.pack(">I", len(body))[1:] + body)


def alert(number, level=2):
    return record(21, bytes([level, number]))


# --- peers -----------------------------------------------------------------------------------------------------------

def after_hello(*answers, then=forever):
    """Waits for the ClientHello, sends the answers, does what then says."""
    def handle(connection):
        connection.recv(65536)
        for answer in answers:
            connection.sendall(answer)
        if then:
            then(connection)
    return handle


def drip(connection):
    connection.recv(65536)
    for byte in records(server_hello() + certificates(DER)):
        connection.sendall(bytes([byte]))
        time.sleep(1)


def endless(*pieces):
    def handle(connection):
        connection.recv(65536)
        for piece in pieces[:-1]:
            connection.sendall(piece)
        while True:
            connection.sendall(pieces[-1])
    return handle


def real(change=None, then=None, chain=PEM):
    """A real server, OpenSSL's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, KEY)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if change:
        change(context)

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            if then:
                then(tls)
            else:
                forever(tls)
    return handle


def only_tls13(context):
    context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    context.minimum_version = ssl.TLSVersion.TLSv1_3


def insist(context):
    context.load_verify_locations(PEM)
    context.verify_mode = ssl.CERT_REQUIRED


def chain_file(name, count, der_least=0):
    """The leaf and copies of an unrelated certificate behind it."""
    more = certificate(name, "-newkey", "rsa:4096", *(["-addext", "nsComment=" + "x" * der_least] if der_least else []))[0]
    path = os.path.join(folder, name + ".chain")
    with open(path, "w", encoding="ascii") as out:
        out.write(open(PEM, encoding="ascii").read() + open(more, encoding="ascii").read() * (count - 1))
    return path


SHOWN = records(server_hello() + certificates(DER))
LARGE = certificates(*[DER] * (200000 // len(DER)))
PEERS = {  # name: (handler, outcome, text that the detail holds, more that holds)
    "silent after accept": (forever, "timeout", "first byte", None),
    "one byte a second": (drip, "timeout", "bytes of the handshake", None),
    "stall after ServerHello": (after_hello(records(server_hello())), "timeout", "", None),
    "stall inside Certificate": (after_hello(SHOWN[:-100]), "timeout", "", None),
    "stall after Certificate": (after_hello(SHOWN), "presented", "timed out", lambda o: not o["handshake_completed"] and len(o["chain"]) == 1),
    "endless warnings": (endless(alert(100, 1)), "tls-alert tls-error", "", None),
    "endless warnings after Certificate": (endless(SHOWN, alert(100, 1) * 99), "presented", "", None),
    "endless HelloRequests": (endless(records(message(0, b"")) * 99), "tls-error", "", None),
    "endless empty records": (endless(record(22, b"") * 99), "tls-error", "", None),
    "endless application data": (endless(record(23, b"x" * 999)), "tls-error", "", None),
    "endless message": (endless(record(22, b"\x0b\xff\xff\xff"), record(22, b"\0" * 16384)), "tls-error", "", None),
    "oversized record": (after_hello(struct.pack(">BHH", 22, 0x0303, 65535) + b"\0" * 65535), "tls-error", "", None),
    "RST at once": (reset, "reset", "", None),
    "RST before ServerHello": (after_hello(then=reset), "reset", "", None),
    "RST after ServerHello": (after_hello(records(server_hello()), then=reset), "reset", "", None),
    "RST after the handshake": (real(then=lambda tls: reset(tls)), "presented", "", None),
    "close at once": (lambda c: c.shutdown(socket.SHUT_WR) or forever(c), "closed", "", None),
    "close before ServerHello": (after_hello(then=None), "closed", "without a word", None),
    "close after ServerHello": (after_hello(records(server_hello()), then=None), "closed", "middle", None),
    "plain HTTP": (after_hello(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>", then=None), "not-tls", "HTTP/1.1 400 Bad Request", None),
    "SSH banner": (lambda c: (c.sendall(b"SSH-2.0-OpenSSH_9.2p1 \x1b[31mDebian\r\n"), forever(c)), "not-tls", "SSH-2.0-OpenSSH_9.2p1 .[31mDebian", None),
    "noise": (after_hello(b"\xff\xfe\0\x1b]0;x\x07" * 40), "not-tls", "", None),
    "insists on a client certificate": (real(insist), "presented", "", lambda o: o["client_certificate_requested"] and not o["handshake_completed"]),
    "TLS 1.0 only": (after_hello(record(22, server_hello(0x0301), 0x0301)), "tls-version", "", None),
    "TLS 1.3 only": (real(only_tls13), "presented", "", lambda o: o["tls_version"] == "TLS1.3" and o["tls12_alone"] == "refused" and o["handshake_completed"]),
    "a suite that was not offered": (after_hello(records(server_hello(suite=0x0035))), "tls-error", "0x0035", None),
    "100 certificates": (real(chain=chain_file("many", 100)), "presented", "", lambda o: len(o["chain"]) == 100),
    "Certificate over 102,400 bytes": (real(chain=chain_file("large", 60, 2000)), "presented", "", lambda o: len(o["chain"]) == 60),
    "Certificate over GnuTLS's limit": (after_hello(records(server_hello() + LARGE)), "presented", "", lambda o: len(o["chain"]) > 100),
    "Certificate over any limit": (after_hello(records(server_hello() + message(11, os.urandom(3000000)))), "tls-error", "", None),
    "30,000 certificates of no bytes": (after_hello(records(server_hello() + certificates(*[b""] * 30000))), "presented", "", lambda o: len(o["chain"]) == 30000),
    "5,000 certificates of noise": (after_hello(records(server_hello() + certificates(*[os.urandom(16) for _ in range(5000)]))), "presented", "", lambda o: len(o["chain"]) == 5000),
    "empty Certificate": (after_hello(records(server_hello() + certificates())), "no-certificate", "empty", None),
    "Certificate with lengths that lie": (after_hello(records(server_hello() + message(11, b"\0\0\x09\0\0\xff" + b"x" * 6))), "tls-error", "malformed", None),
    "Certificate of garbage": (after_hello(records(server_hello() + certificates(b"garbage\x1b[31m" * 9))), "presented", "", lambda o: len(o["chain"]) == 1),
    "garbage behind the leaf": (after_hello(records(server_hello() + certificates(DER, b"\x30\x82\xff\xff"))), "presented", "", lambda o: len(o["chain"]) == 2),
    "a certificate of no bytes": (after_hello(records(server_hello() + certificates(b""))), "presented", "", lambda o: len(o["chain"]) == 1),
    "Certificate in records of one byte": (after_hello(b"".join(record(22, bytes([b])) for b in server_hello() + certificates(DER))), "presented", "", None),
    "two Certificates": (after_hello(records(server_hello() + certificates(DER) + certificates(DER, DER))), "presented", "", lambda o: len(o["chain"]) == 1),
    "healthy": (real(), "presented", "", lambda o: o["handshake_completed"] and o["tls_version"] == "TLS1.2" and
                o["cipher_suite"] == "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" and o["detail"] is None),
}
for number, text in ((0, "close_notify"), (10, "unexpected_message"), (40, "handshake_failure"), (42, "bad_certificate"), (47, "illegal_parameter"),
                     (48, "unknown_ca"), (49, "access_denied"), (50, "decode_error"), (51, "decrypt_error"), (71, "insufficient_security"),
                     (80, "internal_error"), (86, "inappropriate_fallback"), (112, "unrecognized_name"), (116, "certificate_required"), (255, "unknown")):
    PEERS["alert %d" % number] = (after_hello(alert(number)), "tls-alert", "alert %d %s" % (number, text), None)
PEERS["close_notify"] = (after_hello(alert(0, 1)), "closed", "", None)
PEERS["alert after Certificate"] = (after_hello(SHOWN, alert(48)), "presented", "alert 48 unknown_ca", lambda o: not o["handshake_completed"])


def zoo():
    port, ips = serve_all([peer[0] for peer in PEERS.values()])
    names = dict(zip(ips, PEERS))
    names["127.0.0.1"], PEERS["nobody"] = "nobody", (None, "refused", "", None)
    nodes = [a for i, ip in enumerate(names) for a in ("--node", "peer%d.example" % i, "--resolve", "peer%d.example:%s" % (i, ip))]
    unit = seconds(3)  # of the peers that answer none may be taken for a silent one
    report, status, _ = run(["--no-discovery", *nodes, "--retries", "0", "--handshake-timeout", str(unit), "-p", str(port)], 3 * unit)
    for ip, name in names.items():
        _, outcome, text, more = PEERS[name]
        found = [o for o in report["observations"] if o["ip"] == ip]
        good = len(found) == 4 and all(o["outcome"] in outcome.split() and text in (o["detail"] or "") and (not more or more(o)) for o in found)
        ok(good, "%s: %s" % (name, outcome), [(o["outcome"], o["detail"], len(o["chain"]), o["handshake_completed"]) for o in found])
    of = {o["id"]: names[o["ip"]] for o in report["observations"]}
    ok(not [v for v in report["verdicts"] if v["accepted"]], "nothing of this is accepted")
    huge = [v for v in report["verdicts"] if of[v["observation"]] == "Certificate over 102,400 bytes"]
    ok(len(huge) == 4, "a Certificate over 102,400 bytes is predicted as refused", huge[:1])
    ok(status == 1, "exit status 1", status)


# --- a run's end, and its manners -----------------------------------------------------------------------------------------

def deadline():
    port = serve(forever)
    report, status, _ = run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "--deadline", "2",
                             "--handshake-timeout", "60", "-p", str(port)], 3)
    ok({o["outcome"] for o in report["observations"]} == {"stopped"} and status == 3, "the deadline stops all: exit status 3", status)


def interrupted(number):
    port = serve(forever)
    good = serve(real())
    process = subprocess.Popen([PROGRAM, "-v", "-t", "none", "-f", "json", "--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node",
                                "peer.example", "--handshake-timeout", "3600", "--deadline", "86400", "-p", "%d,%d" % (port, good)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    for line in process.stderr:
        if b"port %d " % good in line and b": presented" in line:
            break
    sent = time.monotonic()
    process.send_signal(number)
    out, _ = process.communicate(timeout=1800)
    took = time.monotonic() - sent
    ok(took < 1.5 * slowness(), "%s ends the run at once" % number.name, took)
    ok(process.returncode == 1 and b'"stopped"' in out and b'"presented"' in out, "what was known is reported, a failure among it: exit status 1",
       process.returncode)


class Count:
    """A server that is slow on purpose, and counts: a visitor is gone once he has said so."""

    def __init__(self, handle=None):
        self.handle = handle or self.wait
        self.lock, self.now, self.most, self.all = threading.Lock(), 0, 0, 0

    def __call__(self, connection):
        with self.lock:
            self.now += 1
            self.all += 1
            self.most = max(self.most, self.now)
        self.handle(connection)

    def wait(self, connection):
        def gone(tls):
            forever(tls)
            with self.lock:
                self.now -= 1
        time.sleep(0.1)
        real(then=gone)(connection)


def gentle():
    for limit in (1, 2):
        counts = [Count() for _ in range(2)]
        ports = ",".join(str(serve(count)) for count in counts)
        run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "--per-address", str(limit), "--complete", "all", "-p", ports], 10)
        ok(all(c.most <= limit and c.all == 4 for c in counts), "--per-address %d: at most %d at once, 4 in all" % (limit, limit),
           [(c.most, c.all) for c in counts])
    counts = [Count(after_hello(alert(40))), Count(after_hello(then=reset)), Count(after_hello(then=None))]
    ports = ",".join(str(serve(count)) for count in counts)
    run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "--retries", "2", "-p", ports], 15)
    ok([c.all for c in counts] == [4, 12, 4], "tried again after a reset, never after an alert or a close", [c.all for c in counts])
    count = [Count() for _ in range(6)]
    run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "--parallel", "1", "--complete", "all", "-p",
         ",".join(str(serve(c)) for c in count)], 15)
    ok(sum(c.all for c in count) == 24 and max(c.most for c in count) == 1, "--parallel 1: one after the other")


def drops_syns(ip, port):
    """A listener whose queue is full: Linux then drops every SYN. Its sockets are kept."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((ip, port))
    listener.listen(0)
    port = listener.getsockname()[1]
    fill = [socket.socket() for _ in range(4)]
    for one in fill:
        one.setblocking(False)
        one.connect_ex((ip, port))
    drops_syns.kept += [listener, *fill]
    return port


drops_syns.kept = []


def silent_hold_nobody():
    """Silent addresses are asked once, and wait beside the window: 12 of them two at a time would take 6 times the time-out."""
    network = "127.%d.%d." % (os.getpid() % 200 + 20, os.getpid() // 200 % 250 + 1)
    port = serve(real(), network + "100")
    ips = [network + str(i + 1) for i in range(12)]
    for ip in ips:
        drops_syns(ip, port)
    unit = seconds(4)
    report, status, took = run(["--no-discovery", *[a for ip in [*ips, network + "100"] for a in ("--node", ip)], "--order", "rsa-first",
                                "--parallel", "2", "--connect-timeout", str(unit), "--retries", "3", "-p", str(port)], 4 * unit)
    found = {(o["outcome"], o["tries"]) for o in report["observations"] if o["ip"] in ips}
    ok(found == {("timeout", 1)}, "no answer to a connect is not tried again", found)
    ok([o["outcome"] for o in report["observations"] if o["ip"] not in ips] == ["presented"], "who answers is heard", status)
    ok(took < 4 * unit, "silent addresses take no place in the window (%.1f s, time-out %d s)" % (took, unit))


def closed_properly():
    endings = []

    def handle(connection):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM, KEY)
        tls = context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
        try:
            endings.append(tls.recv(100))
        except OSError as error:
            endings.append(error)
        tls.close()
    run(["--no-discovery", "--node", "127.0.0.1", "--resolve", "peer.example:127.0.0.1", "--order", "rsa-first", "--tls", "1.2", "--complete", "all", "-p",
         str(serve(handle))], 5)
    time.sleep(0.2)
    ok(endings == [b"", b""], "each connection ends with close_notify", endings)


def few_descriptors():
    ports = ",".join(str(serve(real())) for _ in range(12))
    report, _, _ = run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "-p", ports], 20,
                       preexec_fn=lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_NOFILE, (20, 20)))
    ok({o["outcome"] for o in report["observations"]} == {"presented"} and len(report["observations"]) == 48, "20 descriptors are enough",
       {(o["outcome"], o["detail"]) for o in report["observations"]})


def host_policy():
    """A system-wide policy of GnuTLS's must not change what is offered."""
    offers = []

    def handle(connection):
        offers.append(connection.recv(65536)[43:])  # behind the random
    port = serve(handle)
    for text in (None, "[overrides]\ntls-disabled-cipher = AES-256-GCM\ntls-disabled-kx = ECDHE-RSA\ndisabled-curve = secp384r1\n"
                 "insecure-sig = RSA-SHA1\nmin-verification-profile = future\ndisabled-version = tls1.2\n",
                 "[global]\noverride-mode = allowlist\n[overrides]\nenabled-version = tls1.3\nsecure-hash = sha256\n"):
        environment = dict(os.environ)
        if text:
            path = os.path.join(folder, "policy")
            with open(path, "w", encoding="ascii") as out:
                out.write(text)
            environment["GNUTLS_SYSTEM_PRIORITY_FILE"] = path
        run(["--no-discovery", "--node", "127.0.0.1", "--resolve", "peer.example:127.0.0.1", "--order", "rsa-first", "--tls", "1.2", "--parallel", "1",
             "--per-address", "1", "-p", str(port)], 5, env=environment)
    ok(len(offers) == 6 and len(set(offers[::2])) == 1 and len(set(offers[1::2])) == 1 and len(offers[0]) > 200,
       "a host's GnuTLS policy changes nothing in the ClientHello", [len(o) for o in offers])


zoo()
deadline()
interrupted(signal.SIGINT)
interrupted(signal.SIGTERM)
gentle()
silent_hold_nobody()
closed_properly()
few_descriptors()
host_policy()
end()

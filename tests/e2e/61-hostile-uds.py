#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Publishers that are hostile, broken or merely in trouble: each has its own outcome, none holds up the run, and the
publisher itself is probed all the same."""
import gzip
import os
import socket
import ssl
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import certificate, end, forever, ok, refused_port, reset, run, seconds, serve

PEM, KEY, DER = certificate("uds")
XML = b"Content-Type: application/xml\r\n"


def servers(*names):
    return b"<servers>" + b"".join(b"<server>" + name + b"</server>" for name in names) + b"</servers>"


def response(body, status=b"200 OK", headers=XML, length=None):
    return b"HTTP/1.1 " + status + b"\r\n" + headers + b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length) + body


def chunk(body):
    return b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


class Server:
    """Says its piece to each request; remembers what was asked."""

    def __init__(self, *pieces, then=None):
        self.pieces, self.then, self.asked = pieces, then, []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(PEM, KEY)

    def __call__(self, connection):
        with self.context.wrap_socket(connection, server_side=True) as tls:
            while True:
                request = b""
                while b"\r\n\r\n" not in request:
                    got = tls.recv(65536)
                    if not got:
                        return
                    request += got
                self.asked.append(request)
                for piece in self.pieces:
                    tls.sendall(piece)
                if self.then:
                    self.then(tls)


def drip(tls):
    for byte in response(servers(b"127.0.0.1")):
        tls.sendall(bytes([byte]))
        time.sleep(drip.pause)


drip.pause = 1


def flood(tls):
    while True:
        tls.sendall(b"<server>x</server>" * 1000)


def flood_headers(tls):
    while True:
        tls.sendall(b"X-Header: y\r\n" * 100)


BOMB = b'<!DOCTYPE servers [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % ((98 + i,) + (97 + i,) * 9) for i in range(12)) + b"]><servers><server>&m;</server></servers>"
elsewhere = Server(response(servers(b"127.0.0.1")))
PEERS = {  # name: (handler, outcome, what the detail holds)
    "slow": (Server(then=drip), "timeout", ""),
    "silent": (forever, "timeout", ""),
    "silent after the request": (Server(then=forever), "timeout", ""),
    "500": (Server(response(servers(b"127.0.0.1"), b"500 Internal Server Error")), "http-status", "500"),
    "404": (Server(response(b"", b"404 Not Found")), "http-status", "404"),
    "401": (Server(response(b"", b"401 Unauthorized", b"WWW-Authenticate: Basic realm=x\r\n")), "http-status", "401"),
    "204": (Server(response(b"", b"204 No Content")), "http-status", "204"),
    "redirect to itself": (Server(response(b"", b"302 Found", b"Location: /cucm-uds/servers\r\n")), "redirect", "302"),
    "redirect elsewhere": (Server(response(b"", b"301 Moved", b"Location: https://127.0.0.1:%d/\x1b[31m\r\n" % serve(elsewhere))), "redirect", "301"),
    "redirect to a file": (Server(response(b"", b"302 Found", b"Location: file:///etc/passwd\r\n")), "redirect", "302"),
    "endless body": (Server(b"HTTP/1.1 200 OK\r\n\r\n<servers>", then=flood), "too-large", ""),
    "100 MB announced": (Server(response(b"<servers>", length=100 << 20), then=flood), "too-large", ""),
    "endless headers": (Server(b"HTTP/1.1 200 OK\r\n", then=flood_headers), "too-large", ""),
    "compressed bomb": (Server(response(gzip.compress(b" " * (50 << 20)), headers=XML + b"Content-Encoding: gzip\r\n")), "not-xml", ""),
    "compressed transfer": (Server(response(gzip.compress(servers(b"127.0.0.1")), headers=XML + b"Transfer-Encoding: gzip\r\n")), "broken", "compressed"),
    "compressed transfer, chunked": (Server(b"HTTP/1.1 200 OK\r\n" + XML + b"transfer-encoding: gzip, chunked\r\n\r\n" + chunk(gzip.compress(servers(b"127.0.0.1")))), "broken", "compressed"),
    "chunked transfer": (Server(b"HTTP/1.1 200 OK\r\n" + XML + b"Transfer-Encoding:  Chunked \r\n\r\n" + chunk(servers())), "no-servers", ""),
    "DOCTYPE": (Server(response(b'<!DOCTYPE servers SYSTEM "file:///etc/passwd"><servers><server>127.0.0.1</server></servers>')), "not-xml", ""),
    "entity bomb": (Server(response(BOMB)), "not-xml", ""),
    "invalid UTF-8": (Server(response(servers(b"127.0.0.1", b"\xff\xfe\xc0"))), "not-xml", ""),
    "control characters": (Server(response(servers(b"127.0.0.1", b"\x1b[31mred"))), "not-xml", ""),
    "cut short": (Server(response(servers(b"127.0.0.1")[:-9])), "not-xml", ""),
    "empty": (Server(response(b"")), "not-xml", ""),
    "JSON": (Server(response(b'{"servers":[]}', headers=b"")), "not-xml", ""),
    "a web page": (Server(response(b"<html><body><server>127.0.0.1</server></body></html>", headers=b"Content-Type: text/html\r\n")), "no-servers", ""),
    "no servers": (Server(response(b"<servers> </servers>")), "no-servers", ""),
    "only unusable names": (Server(response(servers(b"", b" ", b"a b", b"../etc", b"x" * 300, b"-oProxyCommand=x", "\u26a0\u200d".encode(), b"&lt;script&gt;"))), "no-servers", ""),
    "10,000 nodes": (Server(response(servers(*(b"node%d.example" % i for i in range(10000))))), "too-many", ""),
    "a deep tree": (Server(response(b"<servers>" * 50000)), "not-xml", ""),
    "closed without an answer": (Server(then=lambda tls: tls.unwrap()), "broken", ""),
    "reset": (Server(b"HTTP/1.1 200 OK\r\n", then=lambda tls: reset(tls)), "broken", ""),
    "not HTTP": (Server(b"220 smtp.example ESMTP\r\n", then=lambda tls: tls.unwrap()), "broken", ""),
    "plain HTTP": (lambda c: (c.recv(999), c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")), "tls", ""),
    "TLS alert": (lambda c: (c.recv(999), c.sendall(b"\x15\x03\x03\x00\x02\x02\x28"), forever(c)), "tls", ""),
}
good = Server(response(servers(b" 127.0.0.1\n", b"", b"127.0.0.1", b"LOCALHOST.example", b"169.254.1.2", b"bad name", b"localhost.EXAMPLE")))


def hostile():
    ports = {serve(peer[0]): (name, peer) for name, peer in PEERS.items()}
    closed = refused_port()
    ports[closed] = ("nobody", (None, "refused", ""))
    environment = dict(os.environ, https_proxy="http://127.0.0.1:%d" % closed, HTTPS_PROXY="http://127.0.0.1:%d" % closed, ALL_PROXY="http://127.0.0.1:9")
    unit = drip.pause = seconds(1)
    report, status, took = run(["--resolve", "pub.example:127.0.0.1", "--connect-timeout", str(unit), "--handshake-timeout", str(2 * unit), "--retries", "0",
                                "-p", str(closed), "nowhere.invalid", *("pub.example:%d" % port for port in ports)], 12 * unit, env=environment)
    found = {c["port"]: c for c in report["clusters"]}
    for port, (name, (_, outcome, text)) in ports.items():
        discovery = found[port]["discovery"]
        ok(discovery["outcome"] in outcome.split() and text in (discovery["detail"] or ""), "%s: %s" % (name, outcome), discovery)
    ok(found[8443]["discovery"]["outcome"] == "unresolved", "no such name: unresolved", found[8443])
    ok(elsewhere.asked == [], "a redirect is not followed")
    usable = [n["name"] for n in report["nodes"] if n["source"] == "option"]
    ok(sorted(usable) == ["nowhere.invalid", "pub.example"], "the publisher itself is probed", usable)
    entries = {n["name"]: {o["outcome"] for o in report["observations"] if o["node"] == n["name"]} for n in report["nodes"] if n["source"] == "uds"}
    ok(set(entries) == {"a b", "../etc", "x" * 24 + "[... 264 more ...]" + "x" * 12, "-oProxyCommand=x", "\u26a0\\u{200d}", "<script>"} and
       all(outcomes == {"unusable"} for outcomes in entries.values()), "what is no address is named, not checked", entries)
    ok(status == 3, "exit status 3", status)


def healthy():
    port = serve(good)
    unit = seconds(1)
    report, status, _ = run(["--resolve", "pub.example:127.0.0.1", "--resolve", "localhost.example:127.0.0.1", "--connect-timeout", str(unit), "--retries", "0",
                             "-p", str(refused_port()), "pub.example:%d" % port], 8 * unit)
    discovery = report["clusters"][0]["discovery"]
    ok(discovery["outcome"] == "ok" and discovery["entries_dropped"] == 3 and discovery["ip"] == "127.0.0.1" and len(discovery["chain"]) == 1,
       "discovery works, drops what is of no use, keeps the chain", discovery)
    ok([n["name"] for n in report["nodes"]] == ["127.0.0.1", "LOCALHOST.example", "169.254.1.2", "bad name"], "nodes", report["nodes"])
    found = [f for f in report["findings"] if f["id"] == "entry-unusable"]
    ok(status == 3 and len(found) == 1 and found[0]["nodes"] == ["bad name"] and "holds a space" in found[0]["title"], "an entry that is no address: named, exit status 3", found)
    ok(sorted(r.split(b"\r\n")[0] for r in good.asked) == [b"GET /cucm-uds/servers HTTP/1.1", b"GET /cucm-uds/version HTTP/1.1"], "what is asked", good.asked)
    ok(all(b"cookie" not in r.lower() and b"authorization" not in r.lower() and b"encoding" not in r.lower() for r in good.asked),
       "nothing secret is sent, no compression asked for", good.asked)


def slow_version():
    def handle(connection):
        with good.context.wrap_socket(connection, server_side=True) as tls:
            if b"/servers" in tls.recv(65536):
                tls.sendall(response(b'<servers version="14.0.1"><server>127.0.0.1</server></servers>'))
            forever(tls)
    unit = seconds(1)
    report, _, _ = run(["--resolve", "pub.example:127.0.0.1", "--connect-timeout", str(unit), "-p", str(refused_port()), "pub.example:%d" % serve(handle)], 3 * unit)
    ok(report["clusters"][0]["discovery"]["outcome"] == "ok" and report["clusters"][0]["version"] == "14.0.1" and report["nodes"][0]["source"] == "uds",
       "a version that never comes costs little and loses nothing", report["clusters"])


def slow_handshake():
    """As long as the probe waits for a handshake, discovery waits as well; for TCP it does not."""
    unit = seconds(1)

    def handle(connection):
        time.sleep(2.5 * unit)
        good(connection)
    report, _, _ = run(["--resolve", "pub.example:127.0.0.1", "--connect-timeout", str(unit), "--handshake-timeout", str(6 * unit), "-p", str(refused_port()),
                        "pub.example:%d" % serve(handle)], 12 * unit)
    ok(report["clusters"][0]["discovery"]["outcome"] == "ok" and report["nodes"][0]["source"] == "uds", "a handshake slower than the connect timeout loses no node",
       report["clusters"])
    full = socket.socket()  # its queue is full: nobody answers further SYNs
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(full.getsockname())
    report, _, took = run(["--resolve", "pub.example:127.0.0.1", "--connect-timeout", str(unit), "--handshake-timeout", "3600", "-p", str(refused_port()),
                           "pub.example:%d" % full.getsockname()[1]], 4 * unit)
    ok(report["clusters"][0]["discovery"]["outcome"] == "timeout", "a silent TCP connect is not waited for as long as a handshake", report["clusters"])


def deadline():
    unit = seconds(2)
    report, status, _ = run(["--resolve", "pub.example:127.0.0.1", "--connect-timeout", "3600", "--deadline", str(unit), "-p", str(refused_port()),
                             "pub.example:%d" % serve(forever)], unit + 1)
    ok(report["clusters"][0]["discovery"]["outcome"] == "stopped" and status == 3, "the deadline stops discovery: exit status 3", status)


hostile()
healthy()
slow_version()
slow_handshake()
deadline()
end()

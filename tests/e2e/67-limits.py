#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--per-address and --parallel hold however handshakes end: finished, or early, or after a reset. What counts is the
kernel's state of each accepted connection: ESTABLISHED until its client has closed it. A client's FIN goes out before the
SYN of its next connection, so a connection that came after another was closed is never counted beside it."""
import os
import select
import socket
import ssl
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import certificate, end, ok, reset, run, seconds

RSA = certificate("rsa", "-newkey", "rsa:2048", "-addext", "subjectAltName=DNS:peer.example,DNS:other.example")
ESTABLISHED = 1  # include/net/tcp_states.h
SLOW_S = 0.1


def is_open(connection):
    try:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == ESTABLISHED
    except OSError:
        return False  # it was reset by us


class Servers:
    """Servers at ips and ports, each connection held back for a while so that others could come beside it."""

    def __init__(self, places, handle):
        self.handle, self.lock, self.open = handle, threading.Lock(), {}
        self.most, self.all, self.most_together = {}, 0, 0
        self.listeners = {}
        for ip, port in places:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((ip, port))
            listener.listen(512)
            listener.setblocking(False)
            self.listeners[listener] = listener.getsockname()
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while True:
            select.select(list(self.listeners), [], [], 0.005)
            for listener, place in self.listeners.items():
                while self.accept(listener, place):
                    pass
            self.count()

    def accept(self, listener, place):
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return False
        connection.setblocking(True)
        kept = connection.dup()  # its state can be asked for until the end
        self.open.setdefault(place, []).append(kept)
        self.all += 1
        threading.Thread(target=self.serve, args=(connection, kept), daemon=True).start()
        return True

    def count(self):
        together = 0
        for place, sockets in self.open.items():
            now = sum(is_open(one) for one in sockets)
            self.most[place] = max(self.most.get(place, 0), now)
            together += now
        self.most_together = max(self.most_together, together)

    def serve(self, connection, kept):
        time.sleep(SLOW_S)
        try:
            self.handle(connection, kept)
        except (OSError, ValueError):
            pass


def whole(connection, _):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*RSA[:2])
    with context.wrap_socket(connection, server_side=True) as tls:
        while tls.recv(100):
            pass
        tls.shutdown(socket.SHUT_RDWR)


def broken(connection, kept):
    """Reads the ClientHello, then resets: the client tries again."""
    connection.recv(65536)
    kept.close()
    reset(connection)


def free_ports(count):
    keep = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in keep]
    for one in keep:
        one.close()
    return ports


def audit(name, handle, *more):
    ports = free_ports(2)
    servers = Servers([(ip, port) for ip in ("127.0.0.1", "127.0.0.2") for port in ports], handle)
    report, _, _ = run(["--no-discovery", "-p", ",".join(map(str, ports)), "--handshake-timeout", str(seconds(10)), *more,
                        *(word for node, ip in (("peer.example", 1), ("other.example", 1), ("third.example", 2))
                          for word in ("--node", node, "--resolve", f"{node}:127.0.0.{ip}"))], seconds(60), RSA[0])
    made = sum(o["tries"] for o in report["observations"])
    ok(servers.all == made, f"{name}: every connection was seen ({made})", servers.all)
    return servers, report


def limits():
    for which in ("needed", "all"):
        for limit in (1, 2, 3):
            name = f"--complete {which} --per-address {limit}"
            servers, report = audit(name, whole, "--complete", which, "--per-address", str(limit))
            early = sum(o["stopped_early"] for o in report["observations"])
            ok((early > 0) == (which == "needed"), f"{name}: {early} handshakes ended early")
            ok(max(servers.most.values()) == limit, f"{name}: as many at once at one IP and port, never more", servers.most)
        for limit in (1, 3):
            name = f"--complete {which} --parallel {limit}"
            servers, _ = audit(name, whole, "--complete", which, "--parallel", str(limit))
            ok(servers.most_together == limit, f"{name}: as many at once in all, never more", servers.most_together)
    for more, limit in ((("--per-address", "1"), 1), (("--parallel", "1"), 1)):
        name = f"{' '.join(more)}, every connection reset and tried again"
        servers, report = audit(name, broken, "--retries", "2", *more)
        ok(all(o["tries"] == 3 for o in report["observations"]), f"{name}: three times each", [o["tries"] for o in report["observations"]])
        ok(max(servers.most.values()) == limit, f"{name}: one at once", servers.most)


limits()
end()

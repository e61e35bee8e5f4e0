#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts the round trips of a program, whatever the machine's speed: a network in lockstep. Relays on loopback collect what the
program sends until it only waits; then all of it is delivered at once, and all answers when the servers have nothing more to
say. That is one round. Knows no TLS, and of DNS where the question stands.

"Only waits" is read from /proc: the program and its children have slept without a break for longer than its own short pauses are
(LINGER_LAST_MS in gather/probe.c), and nothing that was sent is still on its way. A machine that is busy makes a round
longer, never one more: its kernel may deliver late even on loopback, and a question of DNS that is asked again because a round
took long (c-ares does since 1.32, after 250 ms, and no longer hears what the first is answered) is answered without a round.

connect(2) on loopback is over at once, over a distance it takes a round trip: what comes on a connection in the round in which
it was accepted is delivered in the next.
"""
import collections
import errno
import os
import resource
import selectors
import socket
import sys
import time

PAUSE_S = 0.1         # longer than any pause of the program in which it waits for no answer
SERVERS_PAUSE_S = 0.02
ROUND_MOST_S = 60     # a program that never waits is none to count the rounds of


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            return [int(child) for child in f.read().split()]
    except OSError:
        return []


def sleep_of(pids):
    """None: one of these, or of those below them, runs or waits for a processor. Else the same for as long as none of them has
    run but such as look after their children (the program's first process does so ten times a second, and sends nothing)."""
    switches, found = [], list(pids)
    for pid in found:
        below = children(pid)
        found += below
        try:
            with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as f:
                status = dict(line.split(":", 1) for line in f)
        except OSError:
            continue
        if status["State"].split()[0] not in "SZX":
            return None
        switches.append((pid, None if below else status.get("voluntary_ctxt_switches")))
    return switches


SYN_SENT, SYN_RECV = "02", "03"  # include/net/tcp_states.h


def in_kernel(hosts):
    """Has the kernel still to deliver something to or from these hosts (as /proc writes them)?"""
    for protocol in "tcp", "udp":
        with open("/proc/net/" + protocol, encoding="ascii") as f:
            next(f)
            for line in f:
                _, local, remote, state, queues = line.split()[:5]
                opening = protocol == "tcp" and state in (SYN_SENT, SYN_RECV)
                if (local[:8] in hosts or remote[:8] in hosts) and (opening or queues[:8] != "00000000" or protocol == "udp" and
                                                                    queues[9:] != "00000000"):
                    return True
    return False


def hex_of(host):
    return socket.inet_aton(host)[::-1].hex().upper() if sys.byteorder == "little" else socket.inet_aton(host).hex().upper()


def question(data):
    """Name, type and class (RFC 1035, 4.1.2): the same whenever it is asked."""
    return data[12:data.find(b"\0", 12) + 5].lower()


class Way:
    """One direction of a connection: what has come and is not yet delivered."""

    def __init__(self, into, accepted):
        self.into, self.accepted = into, accepted  # accepted: the round, where it is the program's direction
        self.held, self.ended, self.closed = bytearray(), False, False

    def take(self, source):
        """False: there is no more to come."""
        try:
            data = source.recv(1 << 18)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        self.held += data
        self.ended = self.ended or not data
        return bool(data)

    def is_due(self, now):
        return (self.accepted is None or self.accepted < now) and (self.held or (self.ended and not self.closed))

    def deliver(self):
        try:
            while self.held:
                del self.held[:self.into.send(self.held)]
        except BlockingIOError:
            return  # the rest in the next round; no audit sends that much
        except OSError:
            self.held.clear()
        if self.ended and not self.closed:
            self.closed = True
            try:
                self.into.shutdown(socket.SHUT_WR)
            except OSError:
                pass


class Network:
    """with Network(tcp, udp) as network: tcp and udp map (host, port) of ours to (host, port) of a server."""

    def __init__(self, tcp, udp):
        self.tcp, self.udp = tcp, udp
        self.selector = selectors.DefaultSelector()
        self.round = 1
        self.ways = []                           # those that may still have something
        self.questions = collections.deque()     # (socket of ours, client, server, bytes)
        self.answers = collections.deque()       # (socket of ours, client, bytes)
        self.asked = {}                          # questions, and the round that each has had
        self.sockets = []
        self.connections = 0
        self.hosts = {hex_of(host) for pair in (*tcp.items(), *udp.items()) for host, _ in pair}  # ours and the servers'
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536) if hard != resource.RLIM_INFINITY else 65536, hard))

    def __enter__(self):
        for (host, port), target in self.tcp.items():
            server = socket.create_server((host, port), backlog=1024)
            self.watch(server, self.accept, target)
        for (host, port), target in self.udp.items():
            front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            front.bind((host, port))
            self.watch(front, self.ask, target)
        return self

    def __exit__(self, *_):
        for one in self.sockets:
            one.close()
        self.selector.close()

    def watch(self, one, fn, arg):
        one.setblocking(False)
        self.sockets.append(one)
        self.selector.register(one, selectors.EVENT_READ, (fn, arg))

    def accept(self, server, target):
        near, _ = server.accept()
        far = socket.create_connection(target)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections += 1
        for source, into, accepted in ((near, far, self.round), (far, near, None)):
            way = Way(into, accepted)
            self.ways.append(way)
            self.watch(source, self.read, way)

    def read(self, source, way):
        if not way.take(source):
            self.selector.unregister(source)

    def ask(self, front, target):
        data, client = front.recvfrom(65536)
        asked = self.asked.get(question(data), -1)
        if asked >= self.round - 1:
            self.forward(front, client, target, data, at_once=asked < self.round)
        else:
            self.questions.append((front, client, target, data))

    def forward(self, front, client, target, data, at_once=False):
        back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        back.connect(target)
        back.send(data)
        self.watch(back, self.answer, (front, client, at_once))

    def answer(self, back, asked):
        front, client, at_once = asked
        try:
            data = back.recv(65536)
        except OSError:
            return
        if at_once:
            front.sendto(data, client)
        else:
            self.answers.append((front, client, data))

    def settle(self, pids, pause_s, ended):
        """Reads until nothing has come, and all have slept, for so long. False: ended() says that it is over."""
        quiet = begun = time.monotonic()
        slept = None
        while True:
            for key, _ in self.selector.select(pause_s / 4):
                try:
                    key.data[0](key.fileobj, key.data[1])
                except OSError as error:
                    if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                        raise
                quiet = time.monotonic()
            if ended():
                return False
            now = time.monotonic()
            before, slept = slept, sleep_of(pids)
            if slept is None or slept != before:
                quiet = now
            if now - quiet >= pause_s:
                if not in_kernel(self.hosts):
                    return True
                quiet = now
            if now - begun > ROUND_MOST_S:
                raise SystemExit("rounds: it never waits")

    def deliver(self, to_servers):
        """True: there was something to deliver, or a connection whose round trip it is."""
        moved = to_servers and any(way.accepted == self.round for way in self.ways)
        for way in self.ways:
            if (way.accepted is not None) == to_servers and way.is_due(self.round):
                way.deliver()
                moved = True
        while to_servers and self.questions:
            front, client, target, data = self.questions.popleft()
            self.asked[question(data)] = self.round
            self.forward(front, client, target, data)
            moved = True
        while not to_servers and self.answers:
            front, client, data = self.answers.popleft()
            front.sendto(data, client)
        self.ways = [way for way in self.ways if not way.closed]
        return moved

    def count(self, child, servers):
        """Rounds until child (a Popen) ends; servers: pids of those that answer."""
        rounds, ended = 0, lambda: child.poll() is not None
        while self.settle([child.pid], PAUSE_S, ended):
            if not self.deliver(True):
                continue  # it waits for time to pass
            rounds += 1
            self.settle(servers, SERVERS_PAUSE_S, lambda: False)
            self.deliver(False)
            self.round += 1
        return rounds

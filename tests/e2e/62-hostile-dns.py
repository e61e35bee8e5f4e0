#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""DNS that lies, stalls, loops or says too much: each is data, none holds up the run."""
import os
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import end, ok, refused_port, run, seconds, serve, slowest

A, CNAME, PTR, AAAA, SRV = 1, 5, 12, 28, 33
PORT = refused_port()
LATE_S, LATER_S = 1.2, 6


def encode(name):
    return b"".join(bytes([len(label)]) + label for label in (part.encode() if isinstance(part, str) else part for part in name) if label) + b"\0"


def dotted(name):
    return encode(name.split("."))


def answer(owner, kind, data):
    return owner + struct.pack(">HHIH", kind, 1, 5, len(data)) + data


def a(owner, *ips):
    return [answer(owner, A, socket.inet_aton(ip)) for ip in ips]


def aaaa(owner, *ips):
    return [answer(owner, AAAA, socket.inet_pton(socket.AF_INET6, ip)) for ip in ips]


def srv(owner, *targets):
    """(priority, weight, port, encoded target) each."""
    return [answer(owner, SRV, struct.pack(">HHH", *target[:3]) + target[3]) for target in targets]


def reply(query, answers=(), rcode=0, truncated=False):
    flags = 0x8580 | rcode | (0x0200 if truncated else 0)
    end_of_question = query.index(b"\0", 12) + 5
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(answers), 0, 0) + query[12:end_of_question] + b"".join(answers)


def read_name(query):
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
        at += 1 + query[at]
    return ".".join(labels).lower(), struct.unpack(">H", query[at + 1:at + 3])[0]


def only(kind, make):
    """Answers for one kind of record, nothing for the other."""
    return lambda query, name, asked, tcp: reply(query, make(dotted(name)) if asked == kind else [])


NAMES = {
    "good.example": only(A, lambda n: a(n, "127.0.0.1")),
    "servfail.example": lambda q, *_: reply(q, rcode=2),
    "refused.example": lambda q, *_: reply(q, rcode=5),
    "formerr.example": lambda q, *_: reply(q, rcode=1),
    "late.example": only(A, lambda n: a(n, "127.0.0.1")),
    "later.example": only(A, lambda n: a(n, "127.0.0.1")),
    "silent.example": lambda *_: None,
    "empty.example": lambda q, *_: reply(q),
    "noise.example": lambda q, *_: q[:2] + os.urandom(200),
    "short.example": lambda q, *_: q[:5],
    "many.example": lambda q, n, k, tcp: reply(q, a(dotted(n), *("127.77.1.%d" % i for i in range(1, 101))) if k == A and tcp else [], truncated=not tcp and k == A),
    "truncated.example": lambda q, n, k, tcp: None if tcp else reply(q, truncated=True),
    "chain.example": only(A, lambda n: [answer(n, CNAME, dotted("c1.example"))] + [answer(dotted("c%d.example" % i), CNAME, dotted("c%d.example" % (i + 1))) for i in range(1, 9)] +
                          a(dotted("c9.example"), "127.0.0.1")),
    "loop.example": only(A, lambda n: [answer(n, CNAME, dotted("loop2.example")), answer(dotted("loop2.example"), CNAME, n)]),
    "self.example": only(A, lambda n: [answer(n, CNAME, n)]),
    "six.example": only(AAAA, lambda n: aaaa(n, "::1")),
    "both.example": lambda q, n, k, tcp: reply(q, a(dotted(n), "127.0.0.1") if k == A else aaaa(dotted(n), "100::1")),
    "halfsilent.example": lambda q, n, k, tcp: reply(q, a(dotted(n), "127.0.0.1")) if k == A else None,
    "linklocal.example": only(A, lambda n: a(n, "169.254.99.99", "0.0.0.0", "255.255.255.255", "224.0.0.1")),
    "pointer.example": lambda q, n, k, tcp: q[:2] + struct.pack(">HHHHH", 0x8580, 1, 1, 0, 0) + q[12:q.index(b"\0", 12) + 5] + b"\xc0\x0c" * 2 + b"\xff" * 9,
    "short1.search.example": only(A, lambda n: a(n, "127.0.0.2")),
    "elsewhere.lab.example": only(A, lambda n: a(n, "127.0.0.9")),
    "2.0.0.127.in-addr.arpa": lambda q, n, k, tcp: reply(q, [answer(dotted(n), PTR, dotted("short1.search.example"))]),
    "3.0.0.127.in-addr.arpa": lambda q, n, k, tcp: reply(q, [answer(dotted(n), PTR, encode([b"\x1b[31mred", b"x\0y", b"example"]))]),
    "4.0.0.127.in-addr.arpa": lambda q, n, k, tcp: reply(q, [answer(dotted(n), PTR, dotted("elsewhere.lab.example"))]),
    "5.0.0.127.in-addr.arpa": lambda *_: None,
    "6.0.0.127.in-addr.arpa": lambda q, n, k, tcp: reply(q, [answer(dotted(n), PTR, dotted("nowhere.example"))]),
    "7.0.0.127.in-addr.arpa": lambda q, n, k, tcp: reply(q, [answer(dotted(n), PTR, dotted("good7.lab.example"))]),
    "_cisco-uds._tcp.weird.example": only(SRV, lambda n: srv(n, (1, 0, 8443, encode([b"\x1b[31mred", b"x\0y", b"example"])), (0, 0, PORT, dotted("good.example")),
                                                             (2, 0, 8443, encode([b"a b", b"example"])), (3, 0, 0, b"\0"))),
    "_cisco-uds._tcp.cut.example": only(SRV, lambda n: [answer(n, SRV, b"\0\1\0")]),
    "_cisco-uds._tcp.loop.example": only(SRV, lambda n: [answer(n, SRV, b"\0\1\0\1\x20\xfb\xc0\x0c" + b"\xc0\xff")]),
    "_cisco-uds._tcp.silent.example": lambda *_: None,
    "_cisco-uds._tcp.servfail.example": lambda q, *_: reply(q, rcode=2),
    "_cisco-uds._tcp.noise.example": lambda q, *_: q[:2] + os.urandom(100),
    "_cisco-uds._tcp.huge.example": lambda q, n, k, tcp: reply(q, srv(b"\xc0\x0c", *((i, 0, 1, dotted("h%d.example" % i)) for i in range(1500))) if tcp else [], truncated=not tcp),
    "good7.lab.example": only(A, lambda n: a(n, "127.0.0.7")),
}


def respond(query, tcp):
    try:
        name, kind = read_name(query)
    except (IndexError, struct.error):
        return None
    entry = NAMES.get(name)
    if name.endswith(".zone"):
        octets = (80 if ".quick." in name else 81, int(name[1:name.index(".")]))
        return reply(query, a(dotted(name), "127.0.%d.%d" % octets) if kind == A else [])
    if name.endswith(".81.0.127.in-addr.arpa"):
        return None
    return entry(query, name, kind, tcp) if entry else reply(query, rcode=3)


def dns_server():
    def over_tcp(connection):
        while True:
            query = connection.recv(65536)
            if not query:
                return
            said = respond(query[2:], True)
            if said:
                connection.sendall(struct.pack(">H", len(said)) + said)
    while True:
        port = serve(over_tcp)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(("127.0.0.1", port))
            break
        except OSError:
            continue

    def over_udp():
        while True:
            query, peer = udp.recvfrom(65536)
            said = respond(query, False)
            delay = next((s for label, s in ((b"\4late", LATE_S), (b"\5later", LATER_S)) if label in query), 0)
            if said and delay:  # who asks again is answered later still, as by a resolver that forwards
                threading.Timer(delay, udp.sendto, (said, peer)).start()
            elif said:
                udp.sendto(said, peer)
    threading.Thread(target=over_udp, daemon=True).start()
    return port


def hostile(port):
    names = [n for n in NAMES if n.endswith(".example") and n.count(".") == 1 and not n.startswith("late")] + ["nxdomain.example", "short1", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6", "127.0.0.7"]
    report, status, _ = run(["--no-discovery", "--dns-server", "127.0.0.1:%d" % port, "--search", "search.example", "--connect-timeout", "1", "--retries", "0",
                             "-p", str(PORT), *(x for n in names for x in ("--node", n))], 14)
    nodes = {n["name"]: n for n in report["nodes"]}

    def first(name):
        return nodes[name]["addresses"][0]
    for name, problem in (("servfail.example", "SERVFAIL"), ("refused.example", "refused by the DNS server"), ("silent.example", "timeout"),
                          ("empty.example", "no such record"), ("loop.example", "no such record"), ("self.example", "no such record"),
                          ("truncated.example", "timeout"), ("nxdomain.example", "NXDOMAIN")):
        ok(first(name)["unresolved"] == problem and first(name)["ips"] == [], "%s: %s" % (name, problem), first(name))
    for name in ("noise.example", "short.example", "pointer.example", "formerr.example"):
        ok(first(name)["unresolved"] and first(name)["ips"] == [], "%s: unresolved" % name, first(name))
    for name, ips in (("good.example", ["127.0.0.1"]), ("chain.example", ["127.0.0.1"]), ("six.example", ["::1"]), ("both.example", ["127.0.0.1", "100::1"]),
                      ("halfsilent.example", ["127.0.0.1"]), ("linklocal.example", ["0.0.0.0", "169.254.99.99", "224.0.0.1", "255.255.255.255"]),
                      ("short1", ["127.0.0.2"])):
        ok(first(name)["ips"] == ips, "%s: %s" % (name, ", ".join(ips)), first(name))
    many = first("many.example")
    ok(many["ips"] == ["127.77.1.%d" % i for i in range(1, 9)] and many["ips_left_out"] == 92, "100 addresses over TCP: 8 are taken, 92 counted", many)
    ok([(x["address"], x["advertised"]) for x in nodes["short1"]["addresses"]] == [("short1", True), ("short1.search.example", False), ("127.0.0.2", False)],
       "a short name: its FQDN and its IP besides", nodes["short1"])
    ok(nodes["short1"]["reverse_dns"] == [{"ip": "127.0.0.2", "name": "short1.search.example", "problem": None, "agrees": True}], "... and back", nodes["short1"]["reverse_dns"])
    for name, wanted in (("127.0.0.3", (None, False)), ("127.0.0.4", ("elsewhere.lab.example", False)), ("127.0.0.5", (None, False)),
                         ("127.0.0.6", ("nowhere.example", False)), ("127.0.0.7", ("good7.lab.example", True))):
        back = nodes[name]["reverse_dns"][0]
        ok((back["name"], back["agrees"]) == wanted, "%s back: %s" % (name, wanted), back)
    ok([x["address"] for x in nodes["127.0.0.4"]["addresses"]] == ["127.0.0.4"], "a name that leads elsewhere is not connected to", nodes["127.0.0.4"])
    ok([(x["address"], x["advertised"]) for x in nodes["127.0.0.7"]["addresses"]] == [("127.0.0.7", True), ("good7.lab.example", False)],
       "one that leads back is", nodes["127.0.0.7"])
    ok(all(o["outcome"] in ("refused", "unresolved", "unreachable", "timeout", "presented", "closed") for o in report["observations"]), "every observation has its outcome",
       {o["outcome"] for o in report["observations"]})
    pairs = [(o["address"].lower(), o["ip"], o["order"]) for o in report["observations"] if o["ip"]]
    ok(len(pairs) == len(set(pairs)), "nothing is probed twice", [p for p in pairs if pairs.count(p) > 1])
    ok(status == 3, "exit status 3", status)


def services(port):
    names = ("weird", "cut", "loop", "silent", "servfail", "noise", "huge")
    unit = seconds(1)
    report, status, _ = run(["--dns-server", "127.0.0.1:%d" % port, "--connect-timeout", str(unit), "--handshake-timeout", str(unit), "--retries", "0", "-p", str(PORT),
                             *(x for n in names for x in ("--domain", n + ".example"))], 40 * unit)
    found = {}
    for cluster in report["clusters"]:
        found.setdefault(cluster["publisher"].replace("_cisco-uds._tcp.", "").replace("_cuplogin._tcp.", "login."), cluster["discovery"]["outcome"])
    ok(found.get("good.example") == "refused", "SRV: a good target among strange ones is asked", found)
    ok(all(found.get(n + ".example") == "unresolved" for n in ("cut", "loop", "silent", "servfail", "noise")), "SRV: what cannot be read is a list that is missing", found)
    ok(len([n for n in found if n.startswith("h") and n[1].isdigit()]) == 16 and len(report["nodes"]) >= 900, "SRV: of 1,500 targets 16 are asked, and the list ends at 1,000",
       (len(found), len(report["nodes"])))
    unusable = sorted({o["address"] for o in report["observations"] if o["outcome"] == "unusable"})
    ok(len(unusable) == 2 and all("\x1b" not in n for n in unusable), "SRV: targets that are no host name are named, not probed", unusable)
    ok(status == 3, "SRV: exit status 3", status)


def sixteen_domains(port):
    report, _, _ = run(["--no-discovery", "--dns-server", "127.0.0.1:%d" % port, "--connect-timeout", str(seconds(1)), "--retries", "0", "-p", str(PORT), "--node", "short1",
                        *(x for i in range(15) for x in ("--search", "s%d.example" % i)), "--search", "search.example"], 20 * seconds(1))
    ok(report["nodes"][0]["addresses"][0]["ips"] == ["127.0.0.2"], "the last of 16 search domains is used", report["nodes"])


def silent_reverse(port):
    """Reverse lookups that nobody answers are not waited for: they run beside the probes, and never for longer than two seconds."""
    took = {}
    for zone in ("quick", "slow"):  # PTRs of the one do not exist, those of the other are never answered
        report, _, took[zone] = run(["--no-discovery", "--dns-server", "127.0.0.1:%d" % port, "--retries", "0", "-p", str(PORT),
                                     *(x for i in range(120) for x in ("--node", "n%d.%s.zone" % (i, zone)))], 30)
        ok([n["reverse_dns"][0]["problem"] for n in report["nodes"]] == [{"quick": "NXDOMAIN", "slow": "timeout"}[zone]] * 120 and
           {o["outcome"] for o in report["observations"]} == {"refused"}, "120 nodes of %s.zone: all are probed, and no PTR is said to be wrong" % zone, report["nodes"][0])
    ok(took["slow"] - took["quick"] < 4 * slowest[0], "120 silent PTRs cost %.1f s" % (took["slow"] - took["quick"]), took)


def late(port):
    """A quick server that has to ask somebody slow for one name: that answer is waited for all the same."""
    report, _, _ = run(["--no-discovery", "--dns-server", "127.0.0.1:%d" % port, "-p", str(PORT), *(x for i in range(120) for x in ("--node", "n%d.quick.zone" % i)),
                        "--node", "late.example"], 12)
    ok(report["nodes"][120]["addresses"][0]["ips"] == ["127.0.0.1"], "a name whose answer takes %.1f s among quick ones" % LATE_S, report["nodes"][120])


def later(port):
    """A server that takes longer than the 5 seconds of the default: --connect-timeout is for DNS, too."""
    for given, wanted in ((1, ("timeout", [])), (40, (None, ["127.0.0.1"]))):
        report, _, _ = run(["--no-discovery", "--dns-server", "127.0.0.1:%d" % port, "--connect-timeout", str(given), "-p", str(PORT), "--node", "later.example"], 45)
        address = report["nodes"][0]["addresses"][0]
        ok((address["unresolved"], address["ips"]) == wanted, "a name whose answer takes %.1f s, --connect-timeout %d" % (LATER_S, given), address)


def deadline(port):
    report, status, _ = run(["--no-discovery", "--dns-server", "127.0.0.1:%d" % port, "--deadline", "1", "-p", str(PORT), "--node", "silent.example"], 2)
    ok(status == 3 and report["nodes"][0]["addresses"][0]["unresolved"] == "stopped" and {o["outcome"] for o in report["observations"]} == {"stopped"}, "the deadline stops resolution", report["nodes"])
    dead = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    dead.bind(("127.0.0.1", 0))
    report, status, _ = run(["--no-discovery", "--dns-server", "127.0.0.1:%d" % dead.getsockname()[1], "-p", str(PORT),
                             *(x for i in range(600) for x in ("--node", "node%d.example" % i))], 7)
    ok({n["addresses"][0]["unresolved"] for n in report["nodes"]} == {"timeout"} and len(report["nodes"]) == 600, "a DNS server that is dead is not waited for 600 times")
    begun = time.monotonic()
    report, status, _ = run(["--dns-server", "127.0.0.1:%d" % PORT, "-p", str(PORT), "pub.example"], 9)
    ok(report["clusters"][0]["discovery"]["outcome"] == "unresolved", "no DNS server there: unresolved after %.1f s" % (time.monotonic() - begun), report["clusters"])


dns = dns_server()
hostile(dns)
services(dns)
sixteen_domains(dns)
silent_reverse(dns)
late(dns)
later(dns)
deadline(dns)
end()

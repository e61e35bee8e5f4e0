#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--domain: publishers and IM&P nodes by SRV records of a real DNS server (dnsmasq), in a network namespace of its own."""
import os
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import Uds, dnsmasq, end, enter_namespace, ok, resolv_conf, run, seconds

enter_namespace(["192.0.2.0/24", "198.51.100.0/24", "10.9.9.0/24"])
PORT = 8443
RECORDS = {"pub.example.com": "10.9.9.1", "sub1.example.com": "10.9.9.2", "sub2.example.com": "10.9.9.3", "imp.example.com": "10.9.9.4", "imp2.example.net": "192.0.2.4",
           "stranger.example.net": "198.51.100.1", "inner.example.org": "10.9.9.5"}
SRV = [("_cisco-uds._tcp.example.com", "sub1.example.com", PORT, 20, 0), ("_cisco-uds._tcp.example.com", "pub.example.com", PORT, 10, 5),
       ("_cisco-uds._tcp.example.com", "sub2.example.com", PORT, 10, 50), ("_cuplogin._tcp.example.com", "imp.example.com", 8443, 0, 0),
       ("_cuplogin._tcp.example.com", "imp2.example.net", 8443, 0, 0),
       ("_cisco-uds._tcp.port.example.com", "pub.example.com", 9443, 0, 0), ("_cisco-uds._tcp.foreign.example.com", "stranger.example.net", PORT, 0, 0),
       ("_cisco-uds._tcp.foreign.example.com", "inner.example.org", PORT, 1, 0), ("_cisco-uds._tcp.loop.example.com", "_cisco-uds._tcp.loop.example.com", PORT, 0, 0),
       ("_cisco-uds._tcp.alone.example.com", "sub1.example.com", PORT, 0, 0), ("_cisco-uds._tcp.ip.example.com", "10.9.9.1", PORT, 0, 0)]
SRV += [("_cisco-uds._tcp.many.example.com", "m%02d.example.com" % i, PORT, i, 0) for i in range(20)]
SRV += [("_cisco-uds._tcp.long.example.com", "l%02d-%s.example.com" % (i, "x" * 50), PORT, i, 0) for i in range(40)]  # 3,600 octets: by TCP


def audit(*options):
    uds.connected.clear()
    unit = seconds(2)
    report, status, _ = run(["--dns-server", "127.0.0.1", "--connect-timeout", str(unit), "--retries", "0", "-p", str(PORT), *options], 30 * unit)
    return report, status, set(uds.connected)


def clusters(report):
    return [(c["publisher"], c["port"], c["discovery"]["outcome"]) for c in report["clusters"]]


uds = Uds(PORT)
Uds(9443)
uds.lists.update({"10.9.9.1": ["pub.example.com", "sub1.example.com"], "10.9.9.3": ["pub.example.com", "sub1.example.com", "sub2.example.com"]})
server = dnsmasq(*("--host-record=%s,%s" % record for record in RECORDS.items()), *("--srv-host=%s,%s,%d,%d,%d" % record for record in SRV),
                 "--srv-host=_cisco-uds._tcp.none.example.com")
try:
    report, status, _ = audit("--domain", "example.com")
    ok(clusters(report) == [("sub2.example.com", PORT, "ok"), ("pub.example.com", PORT, "ok"), ("sub1.example.com", PORT, "covered")],
       "publishers by priority and weight; a server without a list of its own stands in another's", clusters(report))
    ok({c["source"] for c in report["clusters"]} == {"srv"} and "missing" not in report["answer"], "... and nothing is missing", report["answer"])
    nodes = [(n["name"], n["role"], n["source"]) for n in report["nodes"]]
    ok(sorted(nodes) == [("imp.example.com", "imp", "srv"), ("imp2.example.net", "imp", "srv"), ("pub.example.com", "cucm", "uds"), ("sub1.example.com", "cucm", "uds"),
                         ("sub2.example.com", "cucm", "uds")], "nodes of all of them, IM&P by _cuplogin", nodes)
    ok({o["address"] for o in report["observations"] if o["outcome"] == "foreign"} == {"imp2.example.net"}, "a target outside the domain is not probed", report["observations"])

    report, status, reached = audit("--domain", "port.example.com", "-t", "x=none")
    ok(clusters(report) == [("pub.example.com", 9443, "broken")] and [n["name"] for n in report["nodes"]] == ["pub.example.com"], "the record's port is asked", clusters(report))
    report, status, _ = audit("--domain", "alone.example.com")
    ok(clusters(report)[0][2] in ("broken", "timeout") and "the node list is missing" in report["answer"] and report["nodes"][0]["source"] == "srv", "no list at the only target: it is missing",
       (clusters(report), report["answer"]))
    for domain, why in (("nowhere.example.com", "NXDOMAIN"), ("none.example.com", "no such service"), ("example.com.", None)):
        report, status, reached = audit("--domain", domain)
        discovery = report["clusters"][0]["discovery"]
        ok(why is None or (status == 3 and clusters(report) == [("_cisco-uds._tcp." + domain, 53, "unresolved")] and why in discovery["detail"] and
                           report["nodes"] == [] and "the node list is missing: discovery at _cisco-uds._tcp." + domain in report["answer"]), "%s: %s" % (domain, why or "the root's dot is no harm"),
           (report["clusters"], report["answer"]))
        ok(why is not None or len(clusters(report)) == 3, "%s: clusters" % domain, clusters(report))
    report, status, reached = audit("--domain", "foreign.example.com")
    ok(dict((p, o) for p, _, o in clusters(report))["stranger.example.net"] == "foreign" and "198.51.100.1" not in reached and "10.9.9.5" in reached,
       "a publisher outside the domain is not asked, one in a private range is", (clusters(report), reached))
    report, status, reached = audit("--domain", "foreign.example.com", "--foreign")
    ok("198.51.100.1" in reached, "... with --foreign it is", reached)
    report, status, _ = audit("--domain", "loop.example.com")
    ok(clusters(report)[0][2] == "unresolved", "a record that leads to itself", clusters(report))
    report, status, _ = audit("--domain", "many.example.com")
    ok([c[0] for c in clusters(report)] == ["m%02d.example.com" % i for i in range(16)] and len(report["nodes"]) == 20, "20 targets: 16 are asked, all are nodes", clusters(report))
    report, status, _ = audit("--domain", "long.example.com")
    ok(len(report["nodes"]) == 40, "an answer that no datagram takes is whole", [n["name"] for n in report["nodes"]])
    report, status, _ = audit("--domain", "example.com", "sub2.example.com")
    ok(clusters(report)[0] == ("sub2.example.com", PORT, "ok") and report["clusters"][0]["source"] == "option" and len(report["clusters"]) == 3, "a publisher named besides is asked once", clusters(report))
    resolv_conf("nameserver 127.0.0.1\nsearch nowhere.example example.com\n")
    report, status, _ = audit("--no-discovery", "--node", "sub1")
    ok([x["address"] for x in report["nodes"][0]["addresses"]] == ["sub1", "sub1.example.com", "10.9.9.2"],
       "a short name is looked for in the search domains of the host", report["nodes"])
    resolv_conf("nameserver 127.0.0.1\n")
    socket.sethostname("jump.example.com")
    report, status, _ = audit("--no-discovery", "--node", "sub1")
    ok([x["address"] for x in report["nodes"][0]["addresses"]] == ["sub1", "sub1.example.com", "10.9.9.2"],
       "... without any, in the domain of the host's own name", report["nodes"])
finally:
    server.terminate()
    server.wait()
end()

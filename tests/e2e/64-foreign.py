#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server list cannot aim the probe at strangers. In a network namespace of its own, where addresses of the documentation
ranges are local, real listeners count who connects; dnsmasq answers."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import Uds, dnsmasq, end, enter_namespace, ok, run, seconds

enter_namespace(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.9.9.0/24", "2001:db8::/32"])
PORT = 8443
RECORDS = {
    "pub.example.com": "192.0.2.1", "sub1.example.com": "203.0.113.1", "near.example.net": "192.0.2.200", "private.example.net": "10.9.9.8",
    "stranger.example.net": "198.51.100.1", "half.example.net": "198.51.100.4", "stranger.example.org": "198.51.100.5", "ptr.example.net": "198.51.100.6",
}
def audit(*options):
    uds.connected.clear()
    unit = seconds(2)
    report, status, _ = run(["--dns-server", "127.0.0.1", "--connect-timeout", str(unit), "--retries", "0", "-p", str(PORT), "--search", "corp.example", *options], 20 * unit)
    foreign = sorted({o["address"] for o in report["observations"] if o["outcome"] == "foreign"})
    return report, status, foreign, {ip for ip in uds.connected if not ip.startswith("127.")}


uds = Uds(PORT)
server = dnsmasq(*("--host-record=%s,%s" % record for record in RECORDS.items()), "--host-record=half.example.net,10.9.9.7",
                 "--ptr-record=9.9.9.10.in-addr.arpa,ptr.example.net", "--host-record=ptr.example.net,10.9.9.9")
try:
    INSIDE = {"192.0.2.1", "203.0.113.1", "192.0.2.200", "10.9.9.8", "192.0.2.9", "10.9.9.9"}
    ORDINARY = ["pub.example.com", "sub1.example.com", "near.example.net", "private.example.net", "192.0.2.9", "10.9.9.9"]
    uds.lists["192.0.2.1"] = ORDINARY
    report, status, foreign, reached = audit("pub.example.com")
    ok(foreign == [] and reached == INSIDE and not [f for f in report["findings"] if f["id"] == "node-foreign"], "an ordinary cluster: all nodes are inside", (foreign, reached))
    ok([a["ips"] for n in report["nodes"] for a in n["addresses"] if a["address"] == "ptr.example.net"] == [["10.9.9.9"]], "a name from reverse DNS brings no stranger's address", report["nodes"])

    STRANGERS = ["198.51.100.1", "198.51.100.2", "198.51.100.4", "2001:db8::5"]
    uds.lists["192.0.2.1"] = ORDINARY + ["stranger.example.net", "198.51.100.2", "half.example.net", "2001:db8::5"]
    report, status, foreign, reached = audit("pub.example.com")
    ok(foreign == ["198.51.100.2", "2001:db8::5", "half.example.net", "stranger.example.net"], "strangers are listed", foreign)
    ok(reached == INSIDE, "... and never connected to", reached)
    found = [f for f in report["findings"] if f["id"] == "node-foreign"]
    ok(len(found) == 1 and sorted(found[0]["nodes"]) == foreign, "... and named in one finding", found)
    ok(all(n["addresses"][0]["unresolved"] and not n["addresses"][0]["ips"] for n in report["nodes"] if n["name"] in foreign), "... with the reason", report["nodes"])

    uds.lists["192.0.2.1"] = ["pub.example.com", "198.51.100.2"]
    report, status, foreign, _ = audit("pub.example.com", "--no-discovery")
    ok(foreign == [] and report["status"] in ("pass", "fail"), "what a person names is inside", report["answer"])
    report, status, foreign, reached = audit("192.0.2.1")
    ok(foreign == ["198.51.100.2"] and reached == {"192.0.2.1"}, "a publisher given by IP: its network", (foreign, reached))

    uds.lists["192.0.2.1"] = ["pub.example.com", "stranger.example.net", "stranger.example.org", "198.51.100.2"]
    for options, wanted in ((["--foreign"], []), (["--search", "example.net"], ["198.51.100.2", "stranger.example.org"]),
                            (["--node", "stranger.example.org"], ["198.51.100.2", "stranger.example.net"]),
                            (["--resolve", "stranger.example.net:198.51.100.77"], ["198.51.100.2", "stranger.example.org"])):
        report, status, foreign, reached = audit("pub.example.com", *options)
        ok(foreign == sorted(wanted), "%s: %s left out" % (" ".join(options), wanted or "nobody"), foreign)
        ok(("198.51.100.1" in reached) == (options[0] != "--resolve" and "stranger.example.net" not in wanted), "... and connected to accordingly", reached)
finally:
    server.terminate()
    server.wait()
end()

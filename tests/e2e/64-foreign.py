#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server list cannot aim the probe at strangers. In a network namespace of its own, where addresses of the documentation
ranges are local, real listeners count who connects; dnsmasq answers."""
import os
import shutil
import socket
import subprocess
import sys

if "MRA_IN_NAMESPACE" not in os.environ:
    if not shutil.which("dnsmasq") or subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True).returncode != 0:
        print("1..0 # SKIP no dnsmasq, or this kernel gives no network namespace")
        sys.exit(0)
    os.environ["MRA_IN_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", "-rn", sys.executable, os.path.abspath(__file__)])

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import certificate, end, folder, ok, run, seconds, serve, until  # noqa: E402
import ssl  # noqa: E402

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.9.9.0/24", "2001:db8::/32"):
    subprocess.run(["ip", "route", "add", "local", network, "dev", "lo"], check=True)
PEM, KEY, _ = certificate("uds")
PORT = 8443
RECORDS = {
    "pub.example.com": "192.0.2.1", "sub1.example.com": "203.0.113.1", "near.example.net": "192.0.2.200", "private.example.net": "10.9.9.8",
    "stranger.example.net": "198.51.100.1", "half.example.net": "198.51.100.4", "stranger.example.org": "198.51.100.5", "ptr.example.net": "198.51.100.6",
}
connected = []


def serve_everywhere():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM, KEY)

    def handle(connection):
        connected.append(connection.getsockname()[0].replace("::ffff:", ""))
        with context.wrap_socket(connection, server_side=True) as tls:
            if tls.recv(65536):
                body = b"<servers>" + b"".join(b"<server>%s</server>" % name.encode() for name in listed) + b"</servers>"
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    serve(handle, "::", PORT)


def serve_dns():
    more = ["--host-record=half.example.net,10.9.9.7", "--ptr-record=9.9.9.10.in-addr.arpa,ptr.example.net", "--host-record=ptr.example.net,10.9.9.9"]
    dnsmasq = subprocess.Popen(["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=" + os.path.join(folder, "pid"), "--user=", "--group=",
                                "--log-facility=" + os.path.join(folder, "dnsmasq.log"), "--no-resolv", "--no-hosts",
                                "--port=53", "--listen-address=127.0.0.1", "--bind-interfaces", "--local=/#/",
                                *("--host-record=%s,%s" % record for record in RECORDS.items()), *more])

    def answers():
        try:
            with socket.create_connection(("127.0.0.1", 53), 1):
                return True
        except OSError:
            return False
    until(answers, "dnsmasq starts")
    return dnsmasq


def audit(*options):
    connected.clear()
    unit = seconds(2)
    report, status, _ = run(["--dns-server", "127.0.0.1", "--connect-timeout", str(unit), "--retries", "0", "-p", str(PORT), "--search", "corp.example", *options], 20 * unit)
    foreign = sorted({o["address"] for o in report["observations"] if o["outcome"] == "foreign"})
    return report, status, foreign, {ip for ip in connected if not ip.startswith("127.")}


listed = ["pub.example.com", "sub1.example.com", "near.example.net", "private.example.net", "192.0.2.9", "10.9.9.9", "2001:db8::5"]
serve_everywhere()
dnsmasq = serve_dns()
try:
    INSIDE = {"192.0.2.1", "203.0.113.1", "192.0.2.200", "10.9.9.8", "192.0.2.9", "10.9.9.9"}
    ORDINARY = ["pub.example.com", "sub1.example.com", "near.example.net", "private.example.net", "192.0.2.9", "10.9.9.9"]
    listed = ORDINARY
    report, status, foreign, reached = audit("pub.example.com")
    ok(foreign == [] and reached == INSIDE and not [f for f in report["findings"] if f["id"] == "node-foreign"], "an ordinary cluster: all nodes are inside", (foreign, reached))
    ok([a["ips"] for n in report["nodes"] for a in n["addresses"] if a["address"] == "ptr.example.net"] == [["10.9.9.9"]], "a name from reverse DNS brings no stranger's address", report["nodes"])

    STRANGERS = ["198.51.100.1", "198.51.100.2", "198.51.100.4", "2001:db8::5"]
    listed = ORDINARY + ["stranger.example.net", "198.51.100.2", "half.example.net", "2001:db8::5"]
    report, status, foreign, reached = audit("pub.example.com")
    ok(foreign == ["198.51.100.2", "2001:db8::5", "half.example.net", "stranger.example.net"], "strangers are listed", foreign)
    ok(reached == INSIDE, "... and never connected to", reached)
    found = [f for f in report["findings"] if f["id"] == "node-foreign"]
    ok(len(found) == 1 and sorted(found[0]["nodes"]) == foreign, "... and named in one finding", found)
    ok(all(n["addresses"][0]["unresolved"] and not n["addresses"][0]["ips"] for n in report["nodes"] if n["name"] in foreign), "... with the reason", report["nodes"])

    listed = ["pub.example.com", "198.51.100.2"]
    report, status, foreign, _ = audit("pub.example.com", "--no-discovery")
    ok(foreign == [] and report["status"] in ("pass", "fail"), "what a person names is inside", report["answer"])
    report, status, foreign, reached = audit("192.0.2.1")
    ok(foreign == ["198.51.100.2"] and reached == {"192.0.2.1"}, "a publisher given by IP: its network", (foreign, reached))

    listed = ["pub.example.com", "stranger.example.net", "stranger.example.org", "198.51.100.2"]
    for options, wanted in ((["--foreign"], []), (["--search", "example.net"], ["198.51.100.2", "stranger.example.org"]),
                            (["--node", "stranger.example.org"], ["198.51.100.2", "stranger.example.net"]),
                            (["--resolve", "stranger.example.net:198.51.100.77"], ["198.51.100.2", "stranger.example.org"])):
        report, status, foreign, reached = audit("pub.example.com", *options)
        ok(foreign == sorted(wanted), "%s: %s left out" % (" ".join(options), wanted or "nobody"), foreign)
        ok(("198.51.100.1" in reached) == (options[0] != "--resolve" and "stranger.example.net" not in wanted), "... and connected to accordingly", reached)
finally:
    dnsmasq.terminate()
    dnsmasq.wait()
end()

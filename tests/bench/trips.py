#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How many round trips an audit takes, counted (rounds.py), not measured: UDS by name, DNS, 8 handshakes a node. As a test: at
most 9 for 1 node, 10 for 21, 12 for 200."""
import collections
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab as labs
import rounds

RELAY_NET = 32
BOUNDS = {1: 9, 21: 10, 200: 12}


def command(program, lab, dns):
    """Its time-outs are for people; here a round takes as long as the machine makes it."""
    return [program, "--connect-timeout", "600", "--handshake-timeout", "600", "--deadline", "3600", "-t", lab.certs + "/trust.pem",
            "--dns-server", dns, "-p", "%d,%d" % lab.ports, "--uds-port", str(lab.ports[0]), "-f", "json", labs.node_name(1)]


def check(lab, status, said, errors):
    presented = said.count(b'"presented"')
    if status != 0 or presented != lab.nodes * 8:
        others = collections.Counter(re.findall(rb'"(?:outcome|detail|dns_error)": "(?!presented)[^"]*"', said))
        raise SystemExit(f"the audit ended with {status} and {presented} certificates of {lab.nodes * 8}: "
                         f"{dict(others)} {errors.decode(errors='replace')[-500:]}")


def count(program, certs, folder, nodes):
    labs.make_certificates(certs, nodes, names=max(BOUNDS))
    with labs.Lab(folder, certs, nodes, names_net=RELAY_NET) as lab:
        host, port = f"127.{RELAY_NET}.255.1", lab.dns_port
        tcp = {(labs.node_ip(i, RELAY_NET), p): (lab.ip(i), p) for i in range(1, nodes + 1) for p in lab.ports}
        with rounds.Network(tcp, {(host, port): (lab.dns_host, lab.dns_port)}) as network, \
                tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
            child = subprocess.Popen(command(program, lab, f"{host}:{port}"), stdout=said, stderr=errors)
            try:
                trips = network.count(child, [server.pid for server in lab.children])
            finally:
                child.kill()
                child.wait()
            for one in (said, errors):
                one.seek(0)
            check(lab, child.returncode, said.read(), errors.read())
    return trips, network.connections


def main():
    if labs.missing():
        print(f"skipped: {labs.missing()} is missing")
        return 77
    program = os.path.abspath(os.environ.get("top_builddir", ".") + "/mra-preflight")
    missed = 0
    with tempfile.TemporaryDirectory(prefix="mra-trips-") as folder:
        for nodes, most in BOUNDS.items():
            for again in range(3):  # a busy machine can make a round more, never one less
                trips, connections = count(program, folder + "/certs", f"{folder}/{nodes}.{again}", nodes)
                if trips <= most:
                    break
            missed += trips > most
            print(f"{'ok' if trips <= most else 'not ok'}: {trips} round trips for {nodes} nodes (at most {most}), "
                  f"{connections} connections", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

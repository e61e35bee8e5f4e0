#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures mra-preflight beside other ways to the same handshakes, in one run on one generated cluster on loopback.

  BENCH_NODES="21 200 1000"   sizes, a table each
  BENCH_PROGRAM=PATH          the program (default: top_builddir/mra-preflight)
  BENCH_DIR=DIR               certificates are kept here between runs
  BENCH_CURVE=secp384r1       of the EC certificates (prime256v1)
  BENCH_SANS=60               names a certificate (1)
  BENCH_RUNS=3                runs of ours and of the s_client loop a size, in turn (one at 1,000 nodes); the best of each is told
  BENCH_PARTS="table trips"   what to do; trips counts round trips

A run is the whole audit: discovery, DNS, 8 handshakes a node (FQDN and IP, two ports, two orders), verdicts, report.
"Bounds" are the project's own; the exit status is 1 when one is missed.
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab as labs
import trips

BUILD = os.environ.get("top_builddir", ".")
PROGRAM = os.path.abspath(os.environ.get("BENCH_PROGRAM", BUILD + "/mra-preflight"))
MEASURE = os.path.abspath(os.environ.get("BENCH_MEASURE", BUILD + "/tests/bench/measure"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
SIZES = [int(n) for n in os.environ.get("BENCH_NODES", "21 200 1000").split()]
ORDERS = {"rsa-first": "ECDHE-RSA-AES256-GCM-SHA384:EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH",
          "ecdsa-first": "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH"}
HANDSHAKES = 8  # a node


class Measured:
    """What one command took; cpu_ms of it and its children, peak of the largest process among them."""

    def __init__(self, wall_s, user_s, system_s, peak_kib, status, scale=1.0):
        self.wall_s, self.cpu_s = wall_s * scale, (user_s + system_s) * scale
        self.user_s, self.system_s = user_s * scale, system_s * scale
        self.peak_mib, self.status = peak_kib / 1024, int(status)


def measure(argv, scale=1.0, stdin=None, allowed=(0,)):
    with tempfile.NamedTemporaryFile("r") as told, tempfile.TemporaryFile() as errors:
        with open(stdin or os.devnull, "rb") as given:
            subprocess.run([MEASURE, told.name, *argv], stdin=given, stdout=subprocess.DEVNULL, stderr=errors, check=True)
        result = Measured(*[float(x) for x in told.read().split()], scale=scale)
        if allowed is not None and result.status not in allowed:
            errors.seek(0)
            raise SystemExit(f"{argv[0]} ended with {result.status}: {errors.read().decode(errors='replace')[-2000:]}")
    return result


def best(runs):
    """Noise only ever adds: the shortest wall and the least CPU, but the largest peak."""
    chosen = min(runs, key=lambda run: run.cpu_s)
    chosen.wall_s = min(run.wall_s for run in runs)
    chosen.peak_mib = max(run.peak_mib for run in runs)
    return chosen


def in_turn(runs, *measures):
    """Each in turn, so that what else the machine does falls on all of them; for each, the best of its runs."""
    rounds = [[measured() for measured in measures] for _ in range(runs)]
    return [best([one[i] for one in rounds]) for i in range(len(measures))]


def ours(lab, folder, complete="needed"):
    argv = [PROGRAM, "-t", lab.certs + "/trust.pem", "--dns-server", lab.dns, "-p", "%d,%d" % lab.ports,
            "--uds-port", str(lab.ports[0]), "-f", "json", "-o", "text:" + folder + "/report.txt", "-q", "--complete", complete, labs.node_name(1)]
    before = lab.cpu_s()
    run = measure(argv, allowed=(1,))
    run.servers_s = lab.cpu_s() - before
    return run


def s_client(lab, folder):
    """The loop that people write. No shell in between, so that only s_client is counted; -connect takes the IP, so that it
    need not ask DNS; -CAfile, because an answer is wanted."""
    lines = folder + "/s_client.lines"
    with open(lines, "w", encoding="ascii") as f:
        for i in range(1, lab.nodes + 1):
            for port in lab.ports:
                for ciphers in ORDERS.values():
                    for sni in (f"-servername {labs.node_name(i)}", "-noservername"):
                        f.write(f"-connect {lab.ip(i)}:{port} -cipher {ciphers} {sni}\n")
    before = lab.cpu_s()
    run = measure(["xargs", "-a", lines, "-P", "16", "-L", "1", "openssl", "s_client", "-tls1_2", "-CAfile", lab.certs + "/trust.pem"],
                  allowed=(0, 123))
    run.servers_s = lab.cpu_s() - before
    return run


def sslscan(lab, nodes=2):
    """It opens about a hundred connections an endpoint: a few are enough, scaled to all."""
    targets = [f"{lab.ip(i)}:{port}" for i in range(1, nodes + 1) for port in lab.ports]
    return measure(["sh", "-c", 'for t; do sslscan --no-colour "$t" || exit 1; done', "sh", *targets], scale=lab.nodes / nodes)


def s_time(lab, suite, seconds=3):
    """For comparison, no floor: one process, handshakes one after the other, nothing looked at. Gives (user, system) microseconds."""
    with tempfile.NamedTemporaryFile("r") as told:
        out = subprocess.run([MEASURE, told.name, "openssl", "s_time", "-connect", f"{lab.ip(1)}:{lab.ports[0]}", "-new", "-tls1_2",
                              "-time", str(seconds), "-cipher", suite], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        used = Measured(*[float(x) for x in told.read().split()])
    count = int(out.split(" connections in ")[0].split()[-1])
    return used.user_s / count * 1e6, used.system_s / count * 1e6


class Bounds:
    def __init__(self):
        self.missed = 0

    def tell(self, what, value, limit, holds, unit=""):
        self.missed += not holds
        print(f"  {'ok  ' if holds else 'MISS'} {what}: {value:.2f}{unit} (bound {limit}{unit})")


def row(name, run, handshakes, against=None, note=""):
    ratio = "" if against is None else f"{run.wall_s / against.wall_s:8.1f} {run.cpu_s / against.cpu_s:7.1f}"
    print(f"  {name:<24}{run.wall_s:8.2f} s {run.cpu_s:8.2f} s {run.cpu_s / handshakes * 1e3:8.3f} ms {run.peak_mib:7.1f} MiB {ratio:>17}  {note}")


def table(nodes, certs, folder, bounds, floor):
    handshakes = nodes * HANDSHAKES
    labs.make_certificates(certs, nodes)
    with labs.Lab(folder, certs, nodes) as lab:
        if not floor:
            floor.update(rsa=s_time(lab, "ECDHE-RSA-AES256-GCM-SHA384"), ecdsa=s_time(lab, "ECDHE-ECDSA-AES256-GCM-SHA384"))
            for kind, (user, system) in floor.items():
                print(f"s_time -new -tls1_2, {kind.upper()}: {user:.0f} us user + {system:.0f} us system a handshake")
        mine, whole, loop = in_turn(RUNS if nodes < 1000 else 1, lambda: ours(lab, folder), lambda: ours(lab, folder, "all"), lambda: s_client(lab, folder))
        scan = sslscan(lab) if shutil.which("sslscan") else None
    floor_ms = sum(sum(pair) for pair in floor.values()) / len(floor) / 1e3  # half of the handshakes are of each kind
    print(f"\n{nodes} nodes, {handshakes} handshakes")
    print(f"  {'':<24}{'wall':>10} {'CPU':>10} {'CPU/handshake':>11} {'peak':>10} {'wall x':>9} {'CPU x':>7}")
    row("mra-preflight", mine, handshakes)
    row("  --complete all", whole, handshakes, mine)
    row("s_client, xargs -P 16", loop, handshakes, mine, "peak of one process of 16")
    if scan is not None:
        row("sslscan", scan, handshakes, mine, f"2 nodes measured, scaled to {nodes}; its handshakes are others")
    print(f"  {'s_time -new':<24}{'':>10} {'':>10} {floor_ms:8.3f} ms  mean of RSA and ECDSA, for comparison")
    for name, run in (("needed", mine), ("all", whole), ("s_client", loop)):
        print(f"  the servers (nginx, DNS), {name:<18} {run.servers_s:8.2f} s {run.servers_s / handshakes * 1e3:8.3f} ms  on the same cores")
    cpu_ms = mine.cpu_s / handshakes * 1e3
    if nodes == 200:
        bounds.tell("wall of the s_client loop / ours", loop.wall_s / mine.wall_s, ">= 4", loop.wall_s >= 4 * mine.wall_s)
        bounds.tell("CPU of the s_client loop / ours", loop.cpu_s / mine.cpu_s, ">= 6", loop.cpu_s >= 6 * mine.cpu_s)
        bounds.tell("CPU a handshake / s_time's", cpu_ms / floor_ms, "<= 1.5, aim 1.2", cpu_ms <= 1.5 * floor_ms)
    most = 32 if nodes <= 200 else 100
    bounds.tell("peak memory", mine.peak_mib, f"< {most}", mine.peak_mib < most, " MiB")
    return nodes, mine


def growth(rows, bounds):
    """Linear: twice the nodes, twice the CPU; the share that does not grow (start, stores) makes it look less."""
    print("\nGrowth")
    for nodes, run in rows:
        print(f"  {nodes:>6} nodes: {run.wall_s / nodes * 1e3:8.2f} ms wall, {run.cpu_s / nodes * 1e3:8.2f} ms CPU, "
              f"{run.peak_mib * 1024 / nodes:8.1f} KiB a node; user {run.user_s:.2f} s, system {run.system_s:.2f} s")
    if len(rows) > 1:
        (few, small), (many, large) = rows[-2], rows[-1]
        growth_of = (large.cpu_s / small.cpu_s) / (many / few)
        bounds.tell(f"CPU a node at {many} / at {few} nodes", growth_of, "<= 1.25", growth_of <= 1.25)


def main():
    parts = os.environ.get("BENCH_PARTS", "table trips").split()
    for program in ("openssl", "xargs"):
        if shutil.which(program) is None:
            raise SystemExit(f"bench: {program} is missing")
    bounds, floor, rows = Bounds(), {}, []
    keep = os.path.abspath(os.environ.get("BENCH_DIR", BUILD + "/tests/bench/work"))
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; {subprocess.run([PROGRAM, '--version'], stdout=subprocess.PIPE, text=True).stdout.strip()}")
    with tempfile.TemporaryDirectory(prefix="mra-bench-") as folder:
        if "table" in parts:
            rows = [table(nodes, keep + f"/certs-{labs.CURVE}-{labs.SANS}", f"{folder}/{nodes}", bounds, floor) for nodes in SIZES]
            growth(rows, bounds)
        if "trips" in parts:
            print("\nRound trips, counted (trips.py)")
            for nodes, most in trips.BOUNDS.items():
                count, _ = trips.count(PROGRAM, keep + f"/certs-{labs.CURVE}-{labs.SANS}", f"{folder}/trips{nodes}", nodes)
                bounds.tell(f"{nodes} nodes", count, f"<= {most}", count <= most)
    print(f"\n{bounds.missed} bounds missed")
    return 1 if bounds.missed else 0


if __name__ == "__main__":
    sys.exit(main())

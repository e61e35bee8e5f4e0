#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is all that is done without a network linear in the number of nodes, and does a node stay cheap?

CPU (user and system, of the child alone) at two sizes, eight times apart. A step that compares each with each shows as a
ratio of 64 where 8 is linear; the limit is 8 ** 1.15, about 11. What another process does to the machine cannot make a
program that is linear fail: each size is measured again, the least kept, until the ratio is within the limit or the
rounds are over. Memory is the difference of the two peaks, so that what the program needs at all is not in it.

GROWTH=full: 1,000 and 10,000 nodes, every kind of cluster and format by itself, as a table.
"""
import base64
import math
import os
import subprocess
import sys
import tempfile

top = os.path.abspath(os.environ.get("top_builddir", "."))
program = os.path.abspath(os.environ.get("MRA_PREFLIGHT", os.path.join(top, "mra-preflight")))
cluster = os.path.join(top, "tests/growth/cluster")
measure = os.path.join(top, "tests/bench/measure")
full = os.environ.get("GROWTH") == "full"
sizes = (1000, 10000) if full else (500, 4000)
ROUNDS = 8
EXPONENT = 1.08 if full else 1.15
KIB_A_NODE = 20
KIB_A_STORE = 4  # for a second one: every observation has a verdict more
formats = "text json html markdown csv junit nagios prometheus certificates".split()
kinds = "self-signed orphaned ending accepted refused names unreachable stores shared".split()
folder = None
bad = 0
tests = 0


def say(good, name):
    global bad, tests
    tests += 1
    bad += not good
    print(f"{'ok' if good else 'not ok'} {tests} - {name}", flush=True)


def made(kind, nodes, names=1):
    path = os.path.join(folder, f"{kind}-{nodes}-{names}.json")
    if not os.path.exists(path):
        with open(path, "wb") as out:
            subprocess.run([cluster, kind, str(nodes), str(names)], stdout=out, check=True)
    return path


def made_fleet(kind, nodes):
    path = os.path.join(folder, f"fleet-{kind}-{nodes}")
    if not os.path.exists(path):
        os.mkdir(path)
        subprocess.run([cluster, kind, "20", "1", path, str(nodes // 20)], check=True)
    return sorted(os.path.join(path, name) for name in os.listdir(path))


def made_log(nodes):
    """What an Expressway-C logs that refuses every second node, on 6972."""
    path = os.path.join(folder, f"log-{nodes}.txt")
    if os.path.exists(path):
        return path
    with open(path, "w", encoding="ascii") as out:
        for i in range(nodes):
            name, ip = f"cucm-{i:05}.c000.example.com", f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"
            told = base64.b64encode(f"c000.example.com/https/{name}/6972".encode()).decode().rstrip("=")
            second = i % 3600
            frame = f"2026-11-28T10:{second // 60:02}:{second % 60:02}.000+00:00 expc traffic_server[2030]: "
            event = frame + 'UTCTime="2026-11-28 10:00:00,000" Module="network.http.trafficserver" Level="INFO": '
            out.write(f'{event}Detail="Receive Request" Txn-id="{i}" TrackingID="x" Src-ip="127.0.0.1" Src-port="4000" '
                      f'Last-via-addr="" Msg="GET http://vcs_control.example.com:8443/{told}/CSF.cnf.xml HTTP/1.1"\n')
            out.write(f'{event}Detail="Sending Request" Txn-id="{i}" TrackingID="x" Dst-ip="{ip}" Dst-port="6972" '
                      f'Msg="GET /CSF.cnf.xml HTTP/1.1"\n')
            if i % 2:
                out.write(f"{frame}[ET_NET 0] WARNING: Core server certificate verification failed for ({name}). "
                          f"Action=Terminate Error=self signed certificate server={name}({ip}) depth=0\n")
                out.write(f"{frame}[ET_NET 0] ERROR: SSL connection failed for '{name}': error:1416F086:SSL "
                          "routines:tls_process_server_certificate:certificate verify failed\n")
                out.write(f'{event}Detail="Sending Response" Txn-id="{i}" TrackingID="" Dst-ip="127.0.0.1" '
                          'Dst-port="4000" Msg="HTTP/1.1 502 connect failed"\n')
            else:
                out.write(f'{event}Detail="Receive Response" Txn-id="{i}" TrackingID="" Src-ip="{ip}" Src-port="6972" '
                          'Msg="HTTP/1.1 200 "\n')
    return path


def judged(kind, nodes):
    """A report of the program's own, with its verdicts."""
    path = os.path.join(folder, f"judged-{kind}-{nodes}.json")
    if not os.path.exists(path):
        subprocess.run([program, "replay", made(kind, nodes), "-o", f"json:{path}", "-q"], stdout=subprocess.DEVNULL,
                       check=False)
    return path


def cost(arguments):
    """Seconds of CPU and KiB of a run."""
    result = os.path.join(folder, "result")
    with open(os.path.join(folder, "said"), "wb") as said:
        subprocess.run([measure, result, program] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=said, check=True)
    with open(result, encoding="ascii") as text:
        _, user, system, peak, status = text.read().split()
    if status not in ("0", "1", "3"):
        with open(os.path.join(folder, "said"), encoding="utf-8", errors="replace") as said:
            sys.exit(f"Bail out! {' '.join(arguments)[:200]}: exit status {status}: {said.read()[:500]}")
    return float(user) + float(system), int(peak)


with open(program, "rb") as binary:
    sanitized = b"__asan_init" in binary.read()  # keeps what is freed: memory tells nothing then


def grows(name, arguments, memory=None):
    """arguments(nodes): a command line. memory: the most KiB a node."""
    small, big = [math.inf, math.inf], [math.inf, math.inf]
    ratio = sizes[1] / sizes[0]
    for _ in range(ROUNDS):
        for nodes, best in zip(sizes, (small, big)):
            best[:] = map(min, best, cost(arguments(nodes)))
        exponent = math.log(big[0] / small[0], ratio)
        if exponent <= EXPONENT:
            break
    kib = (big[1] - small[1]) / (sizes[1] - sizes[0])
    numbers = f"{small[0]:.2f} s, {big[0]:.2f} s, power {exponent:.2f}; {kib:.1f} KiB a node"
    say(exponent <= EXPONENT, f"{name}: {numbers}")
    if memory is not None and not sanitized and kib > memory:
        say(False, f"{name}: {kib:.1f} KiB a node, at most {memory} are wanted")


def replay(source, *names):
    """Into one format or more: judging is done once."""
    return ["replay", *source] + [word for name in names for word in ("-o", f"{name}:/dev/null")]


def every_one():
    for kind in kinds if full else kinds[:3]:
        for name in formats if full else ["text"]:
            grows(f"{kind}, {name}", lambda nodes: replay([made(kind, nodes)], name),
                  KIB_A_NODE + KIB_A_STORE * (kind == "stores"))
    grows("mixed, every format in one run", lambda nodes: replay([made("mixed", nodes)], *formats))
    for name in formats if full else ["html", "prometheus", "json"]:
        grows(f"mixed, {name}", lambda nodes: replay([made("mixed", nodes)], name), KIB_A_NODE)
    for name in ("html", "csv", "json") if full else ["html", "json"]:
        grows(f"fleet of clusters of 20 nodes, {name}", lambda nodes: replay(made_fleet("mixed", nodes), name), KIB_A_NODE)
    grows("diff", lambda nodes: ["diff", judged("accepted", nodes), judged("refused", nodes)], 2 * KIB_A_NODE)
    grows("log", lambda nodes: ["log", made_log(nodes), "-o", "html:/dev/null"], KIB_A_NODE)
    grows("log beside a report", lambda nodes: ["log", "--report", judged("mixed", nodes), made_log(nodes)])


def main():
    global folder
    for needed in (cluster, measure):
        if not os.access(needed, os.X_OK):
            print(f"1..0 # SKIP no {needed}")
            return 77
    with tempfile.TemporaryDirectory(prefix="mra-growth.") as folder:
        every_one()
    print(f"1..{tests}")
    return 1 if bad else 0


sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures mra-preflight beside other ways to the same handshakes, in one run on one generated cluster on loopback, and prints
the tables of README; what goes on while it does goes to standard error.

  --readme FILE               put the tables between FILE's "bench: begin" and "bench: end" as well
  BENCH_NODES=50              nodes, of 8 handshakes each; 200 and 1000 take longer
  BENCH_NAMES="1 20 60 200"   names a certificate: 1: each node has its own, more: one for all nodes
  BENCH_RUNS=2                runs of everything, in turn; the best of each is told
  BENCH_PARTS="cpu instructions servers trips"
  BENCH_PROGRAM=PATH          the program (default: top_builddir/mra-preflight)
  BENCH_DIR=DIR               certificates are kept here between runs

A run of ours is the whole audit: discovery, DNS, handshakes with FQDN and IP on two ports in two orders, verdicts, report.
The exit status is 1 when one of the project's own bounds is missed.
"""
import ctypes
import datetime
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab as labs
import trips

BUILD = os.environ.get("top_builddir", ".")
PROGRAM = os.path.abspath(os.environ.get("BENCH_PROGRAM", BUILD + "/mra-preflight"))
HERE = os.path.abspath(BUILD + "/tests/bench")
NODES = int(os.environ.get("BENCH_NODES", "50"))
NAMES = [int(n) for n in os.environ.get("BENCH_NAMES", "1 20 60 200").split()]
RUNS = int(os.environ.get("BENCH_RUNS", "2"))
PARTS = os.environ.get("BENCH_PARTS", "cpu instructions servers trips").split()
CERTS = os.path.join(os.path.abspath(os.environ.get("BENCH_DIR", HERE + "/work")), "certs")
KEYS = {"rsa": "RSA 2048", "p384": "EC P-384"}
CIPHERS = {"rsa": "ECDHE-RSA-AES256-GCM-SHA384:EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH",
           "ecdsa": "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH"}
HANDSHAKES = 8  # a node
PARALLEL = 800  # --parallel's default: the others get as many
BEGIN, END = "<!-- bench: begin (`make bench-readme` writes what follows) -->", "<!-- bench: end -->"


def tell(text):
    print(text, file=sys.stderr, flush=True)


# --- one command -------------------------------------------------------------------------------------------------------

class Measured:
    """What one command took, its children included; the peak is that of the largest process among them."""

    def __init__(self, wall_s, user_s, system_s, peak_kib, status):
        self.wall_s, self.cpu_s, self.peak_mib, self.status = wall_s, user_s + system_s, peak_kib / 1024, int(status)


def measure(argv, stdin=None, allowed=(0,)):
    with tempfile.NamedTemporaryFile("r") as told, tempfile.TemporaryFile() as errors:
        with open(stdin or os.devnull, "rb") as given:
            subprocess.run([HERE + "/measure", told.name, *argv], stdin=given, stdout=subprocess.DEVNULL, stderr=errors, check=True)
        result = Measured(*[float(x) for x in told.read().split()])
        if result.status not in allowed:
            errors.seek(0)
            raise SystemExit(f"{argv[0]} ended with {result.status}: {errors.read().decode(errors='replace')[-2000:]}")
    return result


def best(runs):
    """Noise only ever adds: the shortest wall and the least CPU, but the largest peak."""
    chosen = min(runs, key=lambda run: run.cpu_s)
    chosen.wall_s = min(run.wall_s for run in runs)
    chosen.peak_mib = max(run.peak_mib for run in runs)
    return chosen


def count_once(argv, folder, stdin, allowed):
    """None: a process has not told, since ours ends the one that gathers when it takes long to end, as valgrind makes it."""
    with open(stdin or os.devnull, "rb") as given:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={folder}/count.%p", *argv],
                              stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in allowed:
        raise SystemExit(f"{argv[0]} under valgrind ended with {done.returncode}: {done.stderr[-2000:]}")
    counts = []
    for path in glob.glob(folder + "/count.*"):
        with open(path, encoding="ascii", errors="replace") as log:
            counts.append(log.read().partition("I   refs:")[2].split())
        os.unlink(path)
    return sum(int(words[0].replace(",", "")) for words in counts) if all(counts) else None


def instructions(argv, folder, stdin=None, allowed=(0,)):
    """Those of argv's processes."""
    for _ in range(10):
        counted = count_once(argv, folder, stdin, allowed)
        if counted is not None:
            return counted
    raise SystemExit(f"{argv[0]}: its processes are not counted by valgrind")


# --- the ways ----------------------------------------------------------------------------------------------------------

def ours(lab, *more, publishers=(1,)):
    return [PROGRAM, "-t", lab.certs + "/trust.pem", "--dns-server", lab.dns, "-p", "%d,%d" % lab.ports, "--uds-port", str(lab.ports[0]),
            "-f", "json", "-o", "text:" + lab.folder + "/report.txt", "-q", *more, *[labs.node_name(i) for i in publishers]]


def lines(lab, nodes, form):
    """A line a handshake, in a file."""
    path = f"{lab.folder}/{form.__name__}.{nodes}.lines"
    with open(path, "w", encoding="ascii") as f:
        for i in range(1, nodes + 1):
            for port in lab.ports:
                for order in ("rsa", "ecdsa"):
                    for name in (labs.node_name(i), None):
                        f.write(form(lab.ip(i), port, name, order) + "\n")
    return path


def plain_line(ip, port, name, order):
    return f"{ip} {port} {name or '-'} {order}"


def s_client_line(ip, port, name, order):
    """-connect takes the IP, so that it need not ask DNS."""
    return f"-connect {ip}:{port} -cipher {CIPHERS[order]} " + (f"-servername {name}" if name else "-noservername")


def plain(kind):
    return [f"{HERE}/plain_{kind}", str(PARALLEL)]


# The loop that people write; no shell in between, so that only s_client is counted. -CAfile, because an answer is wanted.
def s_client(lab, path):
    return ["xargs", "-a", path, "-P", "16", "-L", "1", "openssl", "s_client", "-tls1_2", "-CAfile", lab.certs + "/trust.pem"]


WAYS = ("hello", "openssl", "gnutls", "all", "needed", "s_client")


def measure_way(way, lab):
    if way in ("hello", "openssl", "gnutls"):
        return measure(plain(way), stdin=lines(lab, lab.nodes, plain_line))
    if way == "s_client":
        return measure(s_client(lab, lines(lab, lab.nodes, s_client_line)), allowed=(0, 123))
    return measure(ours(lab, "--complete", way), allowed=(0, 1))


FEW, MANY = 1, 3  # nodes: what the larger run takes more, start and end being the same


def count_way(way, lab, folder):
    if way == "s_client":
        argv = s_client_line(lab.ip(1), lab.ports[0], labs.node_name(1), "rsa").split()
        return instructions(["openssl", "s_client", "-tls1_2", "-CAfile", lab.certs + "/trust.pem", *argv], folder)
    if way in ("hello", "openssl", "gnutls"):
        few, many = (instructions(plain(way), folder, stdin=lines(lab, nodes, plain_line)) for nodes in (FEW, MANY))
    else:
        # One at a time at each address: as slow as they are here, a second one would not wait for what the first shows (HOLD_MS).
        few, many = (instructions(ours(lab, "--complete", way, "--no-discovery", "--per-address", "1", publishers=range(1, nodes + 1)), folder,
                                  allowed=(0, 1)) for nodes in (FEW, MANY))
    return (many - few) / ((MANY - FEW) * HANDSHAKES)


# --- the tables --------------------------------------------------------------------------------------------------------

class Page:
    def __init__(self):
        self.text, self.missed = "", 0

    def say(self, paragraph):
        self.text += textwrap.fill(paragraph, 125, break_on_hyphens=False, break_long_words=False) + "\n\n"

    def table(self, heads, rows):
        lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *["| " + " | ".join(row) + " |" for row in rows]]
        self.text += "\n".join(lines) + "\n\n"

    def bound(self, what, value, most):
        self.missed += value > most
        tell(f"{'ok  ' if value <= most else 'MISS'} {what}: {value:.2f} (at most {most})")


HEADS = ["certificate", "names", "Certificate only", "OpenSSL", "GnuTLS", "`--complete all`", "this program", "`s_client`"]


def configurations(folder, nodes):
    """Every certificate in turn, with its lab."""
    for key, title in KEYS.items():
        for names in NAMES:
            certs = f"{CERTS}-{key}-{names}"
            labs.make_certificates(certs, nodes, kinds=(key,), names=names)
            with labs.Lab(f"{folder}/{key}-{names}-{nodes}", certs, nodes, kinds=(key,)) as lab:
                tell(f"{nodes} nodes, {title}, {names} names")
                yield title, names, lab


def cpu(page, folder):
    rows, handshakes = [], NODES * HANDSHAKES
    for title, names, lab in configurations(folder, NODES):
        rounds = [{way: measure_way(way, lab) for way in WAYS} for _ in range(RUNS)]
        got = {way: best([one[way] for one in rounds]) for way in WAYS}
        mine = got["needed"]
        rows.append([title, str(names), *[f"{got[way].cpu_s / handshakes * 1e3:.2f}" for way in WAYS],
                     f"{got['s_client'].cpu_s / mine.cpu_s:.1f}", f"{got['s_client'].wall_s / mine.wall_s:.1f}",
                     " / ".join(f"{got[way].peak_mib:.0f}" for way in ("openssl", "gnutls", "needed"))])
        if NODES <= 200:
            page.bound(f"MiB, {title}, {names} names", mine.peak_mib, 32)
        page.bound(f"CPU of ours / s_client's, {title}, {names} names", mine.cpu_s / got["s_client"].cpu_s, 0.34)
    page.say(f"CPU a handshake (user and system, in ms; the best of {RUNS} runs), how many times more `s_client` needs than this program, and the "
             "peak of the largest process (OpenSSL, GnuTLS, this program):")
    page.table([*HEADS, "CPU ×", "wall ×", "MiB"], rows)


def count(page, folder):
    rows = []
    for title, names, lab in configurations(folder, MANY):
        got = {way: count_way(way, lab, folder) for way in WAYS}
        rows.append([title, str(names), *[f"{got[way] / 1e3:,.0f}" for way in WAYS]])
        page.bound(f"instructions of ours / GnuTLS's, {title}, {names} names", got["all"] / got["gnutls"], 1.25)
    page.say("Instructions a handshake (in thousands, counted by valgrind; what more handshakes add, but for `s_client`, which starts for each):")
    page.table(HEADS, rows)


def servers(page, folder):
    """What the other side has of it."""
    nodes, names = 25, 60
    certs = f"{CERTS}-both-{names}"
    labs.make_certificates(certs, nodes, kinds=tuple(KEYS), names=names)
    ways = {"this program": lambda lab: measure(ours(lab), allowed=(0, 1)),
            "`--infer`": lambda lab: measure(ours(lab, "--infer"), allowed=(0, 1)),
            "`--complete all`": lambda lab: measure(ours(lab, "--complete", "all"), allowed=(0, 1)),
            "`s_client`": lambda lab: measure(s_client(lab, lines(lab, nodes, s_client_line)), allowed=(0, 123))}
    got = {way: [] for way in ways}
    kinds = [("nginx", True)] + [("haproxy", null) for null in (True, False)] * (shutil.which("haproxy", path=labs.SYSTEM_PATH) is not None)
    for server, null in kinds:
        with labs.Lab(f"{folder}/servers-{server}-{null}", certs, nodes, kinds=tuple(KEYS), web=("rsa",),
                      server=server, null=null) as lab:
            tell(f"{nodes} nodes of {server}")
            for way, run in ways.items():
                before = lab.cpu_s(), lab.log_lines(), lab.connections() if server == "haproxy" else 0
                run(lab)
                made, logged = lab.log_lines() - before[1], lab.cpu_s() - before[0]
                if null:
                    got[way].append(f"{logged:.2f} s")
                if server == "haproxy":
                    got[way].append(str(made))
                if server == "haproxy" and not null:
                    got[way].insert(0, str(lab.connections() - before[2]))
    page.say(f"What a run costs the servers: {nodes} nodes, {names} names a certificate, on 8443 RSA 2048 alone, on 6972 EC P-384 as well, as CUCM has it:")
    heads = ["", "connections", "CPU of nginx and dnsmasq", "of HAProxy and dnsmasq", "lines in HAProxy's log, `option dontlognull`", "without"]
    page.table(heads[:1] + heads[1:][:len(next(iter(got.values())))], [[way, *cells] for way, cells in got.items()])


def count_trips(page, folder):
    told = []
    for nodes, most in trips.BOUNDS.items():
        rounds, _ = trips.count(PROGRAM, CERTS + "-trips", f"{folder}/trips{nodes}", nodes)
        page.bound(f"round trips, {nodes} nodes", rounds, most)
        told.append(f"{rounds} for {nodes} node{'s' * (nodes > 1)}")
    page.say(f"Round trips of an audit, counted (`tests/bench/trips.py`): {', '.join(told)}.")


def version(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def conditions(load):
    gnutls = ctypes.CDLL("libgnutls.so.30")
    gnutls.gnutls_check_version.restype = ctypes.c_char_p
    return (f"`make bench` on {datetime.date.today()}: {NODES} nodes, {NODES * HANDSHAKES} TLS 1.2 handshakes. The certificates have two intermediates; "
            f"with one name each node has its own, with more all nodes show the same. {os.cpu_count()} cores, shared with the servers, load {load:.1f} "
            f"before; GnuTLS {gnutls.gnutls_check_version(None).decode()}, {' '.join(version('openssl', 'version').split()[:2])}. *Certificate only* ends "
            "after the Certificate message and computes nothing: the floor. *OpenSSL* and *GnuTLS* are one plain process each: as many connections at "
            "once as this program has, the handshake, the chain, and no verdict. This program's part is the whole audit, with `--complete all` and "
            "without. `s_client` is a process a handshake, 16 at once.")


def put_into(path, text):
    with open(path, encoding="utf-8") as f:
        whole = f.read()
    before, rest = whole.split(BEGIN + "\n", 1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(before + BEGIN + "\n" + text + END + rest.split(END, 1)[1])


def main():
    missing = [name for name in ("openssl", "xargs", "valgrind", "nginx", "dnsmasq") if shutil.which(name, path=labs.SYSTEM_PATH) is None]
    if missing:
        raise SystemExit(f"bench: {missing[0]} is missing")
    page, parts = Page(), {"cpu": cpu, "instructions": count, "servers": servers, "trips": count_trips}
    page.say(conditions(os.getloadavg()[0]))
    with tempfile.TemporaryDirectory(prefix="mra-bench-") as folder:
        for part in PARTS:
            parts[part](page, folder)
    print(page.text, end="")
    if sys.argv[1:2] == ["--readme"]:
        put_into(sys.argv[2], page.text)
    tell(f"{page.missed} bounds missed")
    return 1 if page.missed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whatever happens to the process that talks to the servers: it is said of the server that did it, the others are seen as ever,
and the run ends in time. tests/faults/hole.c gives the program a hole of every kind; signals do the rest. Into a static program
nothing can be preloaded: MRA_HOLED names one into which the hole is linked (src/dist/portable)."""
import json
import os
import platform
import signal
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import NO_DNS, PROGRAM, certificate, end, folder, forever, ok, seconds, serve, serve_all, slowness

HOLE = os.path.abspath("tests/faults/hole.so")
PROGRAM = os.environ.get("MRA_HOLED", PROGRAM)
PEM, KEY, _ = certificate("peer", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
SANITIZED = b"__asan_init" in open(PROGRAM, "rb").read()
ASAN = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip() if SANITIZED else ""


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(PEM, KEY)
    return made


def good(connection):
    with context().wrap_socket(connection, server_side=True) as tls:
        forever(tls)


def uds(names):
    body = "<servers version='14.0.1'>%s</servers>" % "".join("<server>%s</server>" % name for name in names)

    def handle(connection):
        with context().wrap_socket(connection, server_side=True) as tls:
            tls.recv(4096)
            tls.sendall(("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" %
                         (len(body), body)).encode())
    return handle


def hole(kind):
    def handle(connection):
        connection.recv(4096)
        connection.sendall(b"\x16\x03\x03\x00\x0aMRA-HOLE-" + kind.encode())  # libcurl's GnuTLS reads the head of a record alone
        answers.append(connection.recv(4096))
        forever(connection)
    return handle


answers = []


def start(arguments, **more):
    preload = {} if "MRA_HOLED" in os.environ else {"LD_PRELOAD": (ASAN + " " + HOLE).strip()}
    environment = dict(os.environ, **preload, HOLE_FILE=folder + "/intruder", HOLE_VICTIM=folder + "/victim",
                       ASAN_OPTIONS="handle_segv=0:handle_abort=0:detect_leaks=0:allocator_may_return_null=1")
    if "--dns-server" not in arguments:
        arguments = ["--dns-server", NO_DNS, *arguments]
    return subprocess.Popen([PROGRAM, "-t", "none", "-f", "json", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=environment, **more)


def finish(process, within, begun):
    """Report, stderr; held to its time."""
    try:
        out, err = process.communicate(timeout=within * slowness() * 2 + 30)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    took, factor = time.monotonic() - begun, slowness()
    ok(took <= within * factor, "  ends within %.1f s, %.1f times as slow (%.1f s)" % (within, factor, took))
    try:
        return json.loads(out), err.decode(errors="replace")
    except ValueError:
        ok(False, "  leaves a report", "%s\n%s" % (process.returncode, err.decode(errors="replace")))
        return {"observations": [], "clusters": [{}], "status": "none"}, err.decode(errors="replace")


def run(arguments, within):
    begun = time.monotonic()
    process = start(arguments)
    report, said = finish(process, within, begun)
    ok(process.returncode in (1, 3), "  exit status %d" % process.returncode, said)
    return report, said


def outcomes(report):
    found = {}
    for one in report["observations"]:
        found.setdefault(one["ip"], set()).add(one["outcome"])
    return found


def nodes(ips):
    return [word for ip in ips for word in ("--node", ip)]


def details(report, ip):
    return {one["detail"] for one in report["observations"] if one["ip"] == ip}


def handshake():
    """So much of a processor a process uses before it is said to hang: on a slow machine that takes its time as well, so it is not
    stretched as far as what a clock bounds."""
    return ["--handshake-timeout", str(min(seconds(2), 10))]


def common():
    return ["--no-discovery", "--connect-timeout", str(seconds(5)), *handshake(), "--retries", "0"]


def one_bad_server():
    kinds = [("S", "signal 11"), ("A", "signal 6"), ("X", "before it was done"), ("K", "signal 9"), ("L", "no sign of life"),
             ("G", "not a fact"), ("F", "not a fact|no sign of life")]
    if not SANITIZED:
        kinds.append(("M", "out of memory|signal"))
    for kind, cause in kinds:
        print("# a server whose bytes do %s" % kind)
        port, ips = serve_all([good, hole(kind), good, good])
        report, said = run(common() + nodes(ips) + ["-p", str(port), "--deadline", "86400"] + ["-v"] * (kind != "F"), seconds(20))
        found = outcomes(report)
        ok(all(found.get(ip) == {"presented"} for ip in ips[:1] + ips[2:]), "%s: the others are seen as ever" % kind, found)
        ok(found.get(ips[1]) == {"crashed"} and all(any(part in text for part in cause.split("|")) for text in details(report, ips[1])),
           "%s: it is said of this one, with the cause" % kind, (found.get(ips[1]), details(report, ips[1]), said))
        ok(said.count("the process that talks to the servers") == {"G": 2, "F": 0}.get(kind, 1), "%s: it cost no more processes than it had to" % kind, said)


def deadline():
    print("# a server that is computed with for ever, and a deadline")
    port, ips = serve_all([good, hole("L"), good])
    begun = time.monotonic()
    process = start(["--no-discovery", *nodes(ips), "-p", str(port), "--handshake-timeout", "60", "--deadline", "3"])
    report, _ = finish(process, 4, begun)
    found = outcomes(report)
    ok(process.returncode in (1, 3) and found.get(ips[1]) == {"stopped"}, "what was not answered is stopped", found)


def discovery():
    print("# a publisher whose bytes kill")
    port, ips = serve_all([hole("S"), good, good])
    more = ["--uds-port", str(port), "-p", str(port), *handshake(), "--retries", "0",
            "--deadline", "86400"]
    report, _ = run([*more, *nodes(ips[1:2]), ips[0]], seconds(20))
    ok(report["clusters"][0].get("outcome") == "broken" or report["clusters"][0].get("discovery", {}).get("outcome") == "broken",
       "its discovery is broken", report["clusters"])
    ok("signal 11" in json.dumps(report["clusters"]), "and the cause named")
    ok(outcomes(report).get(ips[1]) == {"presented"}, "the node that was given is seen", outcomes(report))
    print("# two publishers, one of which kills")
    port, ips = serve_all([hole("S"), lambda connection: uds([ips_of[2]])(connection), good])
    ips_of[:] = ips
    more[1] = more[3] = str(port)
    report, _ = run([*more, ips[0], ips[1]], seconds(25))
    told = [cluster.get("discovery", cluster).get("outcome") for cluster in report["clusters"]]
    ok(told == ["broken", "ok"], "the other is read", told)
    ok(outcomes(report).get(ips[2]) == {"presented"}, "and its node seen", outcomes(report))


ips_of = []


def dns():
    import socket
    print("# a DNS server whose bytes kill")
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer():
        while True:
            _, peer = server.recvfrom(4096)
            server.sendto(b"MRA-HOLE-S", peer)
    threading.Thread(target=answer, daemon=True).start()
    port, ips = serve_all([good])
    report, _ = run([*common(), "--dns-server", "127.0.0.1:%d" % server.getsockname()[1], "--node", "cucm.peer.example", *nodes(ips),
                     "-p", str(port), "--deadline", "86400"], seconds(15))
    told = {one["address"]: (one["outcome"], one["detail"]) for one in report["observations"]}
    outcome, detail = told.get("cucm.peer.example", ("", ""))
    ok(outcome in ("unresolved", "crashed", "stopped") and "signal 11" in detail, "the name is not known, and why", told)


def many():
    print("# forty servers that kill")
    port, ips = serve_all([hole("S")] * 40)
    report, _ = run([*common(), *nodes(ips), "-p", str(port), "--deadline", "86400"], seconds(30))
    ok(len(outcomes(report)) == 40 and all(found == {"crashed"} for found in outcomes(report).values()), "the number of processes is bounded",
       outcomes(report))


def child_of(pid):
    while True:
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
                children = f.read().split()
        except OSError:
            return None
        if children:
            return int(children[0])
        time.sleep(0.01)


def signals():
    for number, times in ((signal.SIGKILL, 1), (signal.SIGSEGV, 1), (signal.SIGSTOP, 1), (signal.SIGTERM, 3), (signal.SIGINT, 3),
                          (signal.SIGKILL, 1000)):
        print("# %s to the process, %d times" % (signal.Signals(number).name, times))
        left, holder = [times], []

        def handle(connection):
            if left[0] > 0:
                left[0] -= 1
                child = child_of(holder[0].pid)
                if child:
                    os.kill(child, number)
            good(connection)
        port, ips = serve_all([handle, good, good])
        begun = time.monotonic()
        process = start([*common(), *nodes(ips), "-p", str(port), "--deadline", "86400"])
        holder.append(process)
        report, said = finish(process, seconds(15), begun)
        found = outcomes(report)
        if times < 10:  # at that moment it may have been busy with one's bytes
            crashed = [ip for ip in ips if found.get(ip) != {"presented"}]
            ok(len(crashed) <= 1 and all(found.get(ip) <= {"presented", "crashed"} for ip in crashed), "all are seen all the same", (found, said))
        else:
            ok(set().union(*found.values()) <= {"crashed", "presented"} and "signal 9" in json.dumps(report["observations"]),
               "it is given up, with the cause", found)
    print("# signals to the program")
    for number, group in ((signal.SIGTERM, False), (signal.SIGINT, True)):
        port, ips = serve_all([good, forever])
        begun = time.monotonic()
        process = start(["--no-discovery", *nodes(ips), "-p", str(port), "--handshake-timeout", str(seconds(60))], start_new_session=True)
        time.sleep(1.5 * slowness())
        sent = time.monotonic()
        os.killpg(process.pid, number) if group else process.send_signal(number)
        report, _ = finish(process, sent - begun + 1.5, begun)
        found = outcomes(report)
        ok(process.returncode in (1, 3) and found.get(ips[0]) == {"presented"} and found.get(ips[1]) == {"stopped"},
           "%s: what is known is reported" % signal.Signals(number).name, found)


def parent_dies():
    print("# the program is killed")
    port, ips = serve_all([forever])
    process = start(["--no-discovery", *nodes(ips), "-p", str(port), "--handshake-timeout", "60"])
    child = child_of(process.pid)
    process.kill()
    process.communicate()
    until = time.monotonic() + seconds(10)
    while os.path.exists("/proc/%d" % child) and time.monotonic() < until:
        time.sleep(0.05)
    ok(not os.path.exists("/proc/%d" % child), "its process goes with it")


def full_pipe():
    print("# nobody reads for a while")
    port, ips = serve_all([good])
    many_nodes = ["127.99.%d.%d" % (i // 250, i % 250 + 1) for i in range(1000)]
    begun = time.monotonic()
    process = start([*common(), *nodes(many_nodes), *nodes(ips), "-p", str(port), "-v", "--deadline", "86400"])
    child_of(process.pid)
    process.send_signal(signal.SIGSTOP)
    time.sleep(4)
    process.send_signal(signal.SIGCONT)
    report, said = finish(process, seconds(30), begun)
    ok(len(report["observations"]) == 2002 and outcomes(report).get(ips[0]) == {"presented"}, "nothing is lost", len(report["observations"]))
    ok("the process that talks" not in said, "and nobody is ended for it", said[-500:])


def intruder():
    print("# what an intruder can do")
    with open(folder + "/victim", "w", encoding="ascii") as f:
        f.write("still here\n")
    port, ips = serve_all([hole("T")])
    answers.clear()
    _, said = run([*common(), *nodes(ips), "-p", str(port), "--order", "rsa-first", "-v", "--deadline", str(seconds(20))], seconds(10))
    line = answers[0].decode(errors="replace").strip() if answers else ""
    if "seccomp" not in said or SANITIZED:
        print("# system calls are not filtered here: %s" % said.splitlines()[:1])
        return
    blind = platform.machine() in ("i386", "i686") or struct.calcsize("P") == 4 and platform.machine() == "x86_64"  # socketcall(2)
    ok(line == "create=0 mkdir=0 unlink=0 rename=0 chmod=0 program=0 kill=0 unix=%d raw=%d wx=0 core=0 stderr=0" % (blind, blind),
       "it writes, removes, renames, starts and kills nothing", line)
    ok(not os.path.exists(folder + "/intruder") and open(folder + "/victim", encoding="ascii").read() == "still here\n", "the files are as they were")


if not os.path.exists(HOLE):
    print("Bail out! tests/faults/hole.so is missing: make check builds it")
    sys.exit(99)
for test in (one_bad_server, deadline, discovery, dns, many, signals, parent_dies, full_pipe, intruder):
    if len(sys.argv) < 2 or test.__name__ in sys.argv[1:]:
        test()
end()

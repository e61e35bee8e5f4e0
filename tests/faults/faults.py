#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lets each call of a class fail in turn (shim.c) in representative runs of the program, and holds what must then be true:

  - it ends: by itself, in time, never by a signal;
  - exit 0 only with the complete right output, "accepted": true only where the undisturbed run says so;
  - exit 2 comes with a sentence on stderr;
  - an output file is the old one or the complete new one, and no temporary file stays;
  - under a sanitizer build: no report, no leak.

  FAULTS_SECONDS=50     how long to go on (a spread sample); 0: every call of every class
  FAULTS_SEED=N         which sample
  FAULTS_ONLY=RUN/CLASS[/HOW[/N]]    that alone, and what it printed
  FAULTS_SHIM, FAULTS_PROGRAM, FAULTS_WORK   built things, where to work
"""
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "../bench"))
import lab as labs

BUILD = os.environ.get("top_builddir", ".")
PROGRAM = os.path.abspath(os.environ.get("FAULTS_PROGRAM", BUILD + "/mra-preflight"))
SHIM = os.path.abspath(os.environ.get("FAULTS_SHIM", BUILD + "/tests/faults/shim.so"))
SECONDS = float(os.environ.get("FAULTS_SECONDS", "50"))
SEED = int(os.environ.get("FAULTS_SEED", str(random.randrange(10**6))))
DEADLINE_S = 8
OLD = b"the old report\n"
EINTR, ENOMEM = 4, 12

FORMATS = tuple(re.findall(r"^  ([a-z]+) ", subprocess.run([PROGRAM, "--help"], capture_output=True, text=True).stdout.partition(
    "\nFormats:\n")[2], re.M)) if os.path.exists(PROGRAM) else ()

# (class, how, errno): what fails and in which way. "once" leaves the rest whole, "on" never recovers; "kill" and "term"
# are signals that come just then.
FILE_FAULTS = [("alloc", "once", 0), ("alloc", "on", 0), ("read", "once", 0), ("read", "once", EINTR), ("read", "short", 0),
               ("write", "once", 0), ("write", "once", EINTR), ("write", "on", 0), ("write", "short", 0), ("open", "once", 0),
               ("open", "on", 0), ("rename", "once", 0), ("fsync", "once", 0), ("close", "once", 0), ("stat", "once", 0),
               ("random", "once", 0), ("random", "on", 0), ("mkdir", "once", 0), ("write", "kill", 0), ("rename", "kill", 0),
               ("fsync", "kill", 0), ("close", "kill", 0), ("write", "term", 0)]
NET_FAULTS = FILE_FAULTS + [("connect", "once", 0), ("connect", "on", 0), ("socket", "once", 0), ("socket", "on", 0),
                            ("poll", "once", 0), ("poll", "once", EINTR), ("poll", "on", 0), ("option", "once", 0),
                            ("option", "on", 0), ("thread", "once", 0), ("name", "once", 0), ("read", "on", 0),
                            ("poll", "term", 0), ("connect", "term", 0), ("read", "term", 0)]
# Of these the program must not even notice: the right answer stays owed.
HARMLESS = {("read", "once", EINTR), ("read", "short", 0), ("write", "once", EINTR), ("write", "short", 0), ("poll", "once", EINTR)}


def normal(text):
    """Without what differs between two right runs: times and durations."""
    text = re.sub(rb'"(started|took_ms|at)": ?("[^"]*"|\d+)', b'"time"', text)
    text = re.sub(rb"(?<!\d)\d+(\.\d+)? ?(ms|s|seconds?)\b", b"TIME", text)
    text = re.sub(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?( UTC|Z)?", b"TIME", text)
    text = re.sub(rb'time=("[0-9.]+"|[0-9.]+s)', b"TIME", text)
    return re.sub(rb"seconds\S* [0-9.e+]+", b"TIME", text)


def accepted(text):
    """Which questions a JSON text answers with accepted; a broken text counts by its occurrences (None: no JSON at all)."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    seen = {o["id"]: (o["address"], o["ip"], o["port"], o["order"]) for o in document.get("observations", [])}
    return {(seen.get(v.get("observation"), v.get("address")), v["trust"]) for v in document["verdicts"] if v["accepted"]}


def passes(text, expected):
    """A pass: every advertised address as in the undisturbed run; the others are warnings, and may be missing."""
    def advertised(text):
        document = json.loads(text)
        wanted = {o["id"]: (o["address"], o["ip"], o["port"], o["order"]) for o in document["observations"] if o["advertised"]}
        return document["status"], [n["name"] for n in document["nodes"]], \
            {(wanted[v["observation"]], v["trust"]) for v in document["verdicts"] if v["accepted"] and v["observation"] in wanted}
    try:
        return advertised(text) == advertised(expected)
    except (ValueError, KeyError):
        return False


def sanitized():
    """A sanitizer brings its own malloc, without src/base/heap.c: what libraries make of NULL is then not ours to hold."""
    with open(PROGRAM, "rb") as f:
        return b"__asan_init" in f.read()


def preload():
    """A sanitizer's library wants to be the first; the shim behind it is reached all the same."""
    needed = subprocess.run(["ldd", PROGRAM], stdout=subprocess.PIPE, text=True).stdout if sanitized() else ""
    return ":".join(re.findall(r"=> (\S*/lib[atu]san\S*)", needed) + [SHIM])


PRELOAD = preload()


class Run:
    """A representative run: argv with {dir} for its private folder; outs are the files it writes there."""

    def __init__(self, name, argv, faults, outs=(), setup=None):
        self.name, self.argv, self.faults, self.outs, self.setup = name, argv, faults, outs, setup

    def go(self, folder, fault_class, at, how="once", error=0):
        os.makedirs(folder)
        for out in self.outs:
            with open(f"{folder}/{out}", "wb") as f:
                f.write(OLD)
        tally = folder + ".tally"
        with open(tally, "wb") as f:
            f.write(bytes(8))
        env = dict(os.environ, FAULT_CLASS=fault_class, FAULT_AT=str(at), FAULT_HOW=how, FAULT_TALLY=tally, LD_PRELOAD=PRELOAD,
                   ASAN_OPTIONS="exitcode=99:detect_leaks=1", UBSAN_OPTIONS="exitcode=99")
        if error:
            env["FAULT_ERRNO"] = str(error)
        begun = time.monotonic()
        child = subprocess.Popen([PROGRAM] + [word.replace("{dir}", folder) for word in self.argv], env=env, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
        try:
            stdout, stderr = child.communicate(timeout=DEADLINE_S + 60)
        except subprocess.TimeoutExpired:
            child.kill()
            stdout, stderr = child.communicate()
        result = Result(self, child.returncode, stdout, stderr, time.monotonic() - begun, folder)
        with open(tally, "rb") as f:
            result.calls = struct.unpack("Q", f.read(8))[0]
        os.unlink(tally)
        shutil.rmtree(folder)
        return result


class Result:
    def __init__(self, run, status, stdout, stderr, took_s, folder):
        self.run, self.status, self.stdout, self.stderr, self.took_s = run, status, stdout, stderr, took_s
        self.files, self.calls = {}, 0
        for here, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(here, name), "rb") as f:
                    self.files[os.path.relpath(os.path.join(here, name), folder)] = f.read()

    def same_output(self, other):
        return normal(self.stdout) == normal(other.stdout) and self.files.keys() == other.files.keys() and \
            all(normal(text) == normal(other.files[name]) for name, text in self.files.items())


def breaches(result, right, fault_class, how, error):
    """What does not hold, one sentence each."""
    # Only a message that cannot be written may end in abort(3): then there is nobody to tell.
    killed = how == "kill" and result.status == -signal.SIGKILL
    if result.status < 0 and not killed:
        yield f"died of {signal.Signals(-result.status).name}"
        return
    if how == "term" and result.status == 2:
        yield "SIGTERM leaves no report"
    if result.status not in (0, 1, 2, 3) and not killed:
        yield f"exit {result.status}"
    if result.took_s > DEADLINE_S + 2 + 4 * right.took_s:  # what is left to do then, on this machine as busy as it is
        yield f"took {result.took_s:.1f} s"
    network_pass = "report.json" in result.files and passes(result.files["report.json"], right.files.get("report.json", b""))
    if result.status == 0 and not (right.status == 0 and (result.same_output(right) or (result.run.faults is NET_FAULTS and network_pass))):
        yield "exit 0 without the complete right output"
    if result.status == 2 and not result.stderr.startswith(b"mra-preflight: ") and fault_class != "write":
        yield "exit 2 without a sentence"
    if (fault_class, how, error) in HARMLESS and not (result.status == right.status and result.same_output(right)):
        yield "a short or interrupted call changed the answer"
    for name, text in [("stdout", result.stdout), *result.files.items()]:
        expected = right.stdout if name == "stdout" else right.files.get(name)
        if expected is None:
            if not killed:
                yield f"left {name} behind"
            continue
        if name != "stdout" and text != OLD and name in result.run.outs and normal(text) != normal(expected) and \
                (result.status == 2 or killed or not whole(name, text)):
            yield f"{name} is neither the old one nor a whole new one"
        if name not in ("stdout", *result.run.outs) and text != expected:
            yield f"{name} is not whole"
        more = (accepted(text) or set()) - (accepted(expected) or set())
        if more:
            yield f"{name} accepts {sorted(more, key=str)[0]}"
        if accepted(text) is None and len(re.findall(rb'"accepted": ?true', text)) > len(re.findall(rb'"accepted": ?true', expected)):
            yield f"{name} accepts too much"
    if b"Sanitizer" in result.stderr or b"runtime error" in result.stderr:
        yield "a sanitizer reports"


def whole(name, text):
    """A complete file of its format, with less in it (a fault in the network is data)."""
    if name.endswith(".json"):
        return accepted(text) is not None
    return text.endswith(b"\n")


def runs_of(lab, work):
    certs = lab.certs
    at = ["--at", f"@{int(time.time()) + 3600}"]  # one for all: the days that a certificate has left are in the reports
    verify = ["verify", *at, "--address", labs.node_name(1)]
    audit = [*at, "--dns-server", lab.dns, "-p", "%d,%d" % lab.ports, "--uds-port", str(lab.ports[0]), "--deadline", str(DEADLINE_S),
             "--connect-timeout", "2", "--handshake-timeout", "3", "--retries", "0"]
    every = [word for name in FORMATS for word in ("-o", f"{name}:{{dir}}/report.{name}")]
    files = ["-o", "json:{dir}/report.json", "-o", "text:{dir}/report.text"]
    return [
        Run("verify", verify + ["-t", certs + "/trust.pem", certs + "/rsa/1.pem"], FILE_FAULTS),
        Run("verify-json", verify + ["-t", certs + "/trust.pem", "-f", "json", certs + "/rsa/1.pem"], FILE_FAULTS),
        Run("verify-refused", verify + ["-t", certs + "/p256/root.pem", "-f", "json", certs + "/rsa/1.pem"], FILE_FAULTS),
        Run("audit", [*audit, "-t", certs + "/trust.pem", *files, labs.node_name(1)], NET_FAULTS, ("report.json", "report.text")),
        Run("audit-refused", [*audit, "-t", certs + "/rsa/root.pem", "-f", "json", labs.node_name(1)], NET_FAULTS),
        Run("replay", ["replay", *at, "-t", certs + "/trust.pem", *files, work + "/report.json"], FILE_FAULTS, ("report.json", "report.text")),
        Run("replay-formats", ["replay", *at, "-t", "none", "--export", "{dir}/export", *every, work + "/report.json"], FILE_FAULTS,
            tuple("report." + name for name in FORMATS)),
        Run("diff", ["diff", work + "/report.json", work + "/report.json"], FILE_FAULTS),
        Run("replay-refused", ["replay", *at, "-t", certs + "/rsa/root.pem", "-f", "json", work + "/report.json"], FILE_FAULTS),
    ]


def prepare(lab, work):
    """A saved report to replay, and what each run says undisturbed."""
    runs = {run.name: run for run in runs_of(lab, work)}
    rights = {}
    for name, run in runs.items():
        for _ in range(2):  # the second shows that two undisturbed runs say the same
            result = run.go(f"{work}/right-{name}", "none", 0)
            if name == "audit" and "report.json" in result.files:
                with open(work + "/report.json", "wb") as f:
                    f.write(result.files["report.json"])
            if name in rights and not result.same_output(rights[name]):
                show(result, rights[name])
                raise SystemExit(f"{name}: two undisturbed runs differ")
            rights[name] = result
        if result.status != (1 if "refused" in name or name == "replay-formats" else 0):
            show(result)
            raise SystemExit(f"{name}: the undisturbed run ended with {result.status}")
    return runs, rights


def show(result, other=None):
    for one in (result, other):
        if one is not None:
            print(f"exit {one.status}\n--- stderr\n{one.stderr.decode(errors='replace')}\n--- stdout\n{one.stdout.decode(errors='replace')[:4000]}")


def cases_of(runs, work):
    """Every (run, class, how, errno, N), and for each group how many there are."""
    groups = []
    for run in runs.values():
        counts = {}
        for fault_class, how, error in run.faults:
            if fault_class == "alloc" and sanitized():
                continue
            if fault_class not in counts:
                counts[fault_class] = run.go(f"{work}/count", fault_class, 0).calls
            # in a run with a network the count varies a little: a few past the end do no harm
            groups.append([(run.name, fault_class, how, error, n) for n in range(1, counts[fault_class] + 1)])
    return [group for group in groups if group]


def sample(groups, chance):
    """Round-robin over the groups, so that a short run has seen all of them; within a group the ends first, then anywhere."""
    for group in groups:
        middle = group[3:-2]
        chance.shuffle(middle)
        group[:] = group[:3] + group[-2:] + middle if len(group) > 5 else group
    position = 0
    while any(position < len(group) for group in groups):
        for group in groups:
            if position < len(group):
                yield group[position]
        position += 1


class Tally:
    def __init__(self, groups):
        self.all = {group[0][:4]: len(group) for group in groups}
        self.done, self.statuses, self.bad, self.lies = {}, {}, [], 0

    def add(self, case, result, right, found):
        key = case[:4]
        self.done[key] = self.done.get(key, 0) + 1
        self.statuses.setdefault(key, {}).setdefault(result.status, 0)
        self.statuses[key][result.status] += 1
        self.lies += result.status == 1 and right.status == 0
        self.bad += [(case, sentence) for sentence in found]

    def tell(self):
        for key, count in self.all.items():
            name, fault_class, how, error = key
            exits = ", ".join(f"exit {s}: {n}" for s, n in sorted(self.statuses.get(key, {}).items()))
            print(f"  {name:<15} {fault_class:<8} {how + (' EINTR' if error == EINTR else ''):<11} {self.done.get(key, 0):>6} of {count:<6} {exits}")
        for case, sentence in self.bad[:60]:
            print(f"BREACH {'/'.join(str(part) for part in case)}: {sentence}")
        print(f"{sum(self.done.values())} faults of {sum(self.all.values())} injected, {len(self.bad)} breaches; "
              f"{self.lies} runs that should pass ended with exit 1")


def one_case(runs, rights, work, case):
    name, fault_class, how, error, at = case
    result = runs[name].go(f"{work}/{'-'.join(str(part) for part in case)}", fault_class, at, how, error)
    return result, list(breaches(result, rights[name], fault_class, how, error))


def inject(runs, rights, work, groups):
    tally, until = Tally(groups), time.monotonic() + SECONDS

    def worker(case):
        if SECONDS and time.monotonic() > until:
            return None
        return case, *one_case(runs, rights, work, case)

    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(worker, sample(groups, random.Random(SEED))):
            if done is not None:
                tally.add(done[0], done[1], rights[done[0][0]], done[2])
    return tally


def closed_descriptors(runs, rights, work):
    """With stdout, stderr or stdin closed, what is meant for people must not reach a socket of that number."""
    bad = []
    for name, fd, expected in (("audit", 1, 2), ("audit", 2, 0), ("audit", 0, 0), ("verify", 1, 2)):
        folder = f"{work}/closed-{name}-{fd}"
        os.makedirs(folder)
        argv = [PROGRAM, *(word.replace("{dir}", folder) for word in runs[name].argv)] + (["-v"] if name == "audit" else [])
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=lambda fd=fd: os.close(fd))
        if done.returncode != expected or (expected == 0 and normal(open(folder + "/report.json", "rb").read()) != normal(rights[name].files["report.json"])):
            bad.append(f"{name} with descriptor {fd} closed: exit {done.returncode}, or another report")
        shutil.rmtree(folder)
    return bad


def only(wanted, runs, rights, work):
    name, fault_class, *rest = wanted.split("/")
    how, error, at = (rest + ["once", "0", "1"][len(rest):])
    result, found = one_case(runs, rights, work, (name, fault_class, how, int(error), int(at)))
    show(result)
    print("\n".join(found) or "holds")
    return 1 if found else 0


def main():
    if labs.missing():
        print(f"skipped: {labs.missing()} is missing")
        return 77
    with tempfile.TemporaryDirectory(prefix="mra-faults-") as work:
        labs.make_certificates(work + "/certs", 2)
        with labs.Lab(work + "/lab", work + "/certs", 2, net=33) as lab:
            runs, rights = prepare(lab, work)
            if os.environ.get("FAULTS_ONLY"):
                return only(os.environ["FAULTS_ONLY"], runs, rights, work)
            print(f"seed {SEED}, {SECONDS:.0f} s")
            tally = inject(runs, rights, work, cases_of(runs, work))
            closed = closed_descriptors(runs, rights, work)
    tally.tell()
    print("\n".join("BREACH " + sentence for sentence in closed) or "closed standard descriptors do no harm")
    return 1 if tally.bad or closed else 0


if __name__ == "__main__":
    sys.exit(main())

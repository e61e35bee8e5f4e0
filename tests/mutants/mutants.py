#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutants: do the tests notice? Changes one line of src/ at a time (an operator, a constant, a return, a condition, a statement
left out), compiles that file alone, links it anew and runs the fast tests that cover it. What still passes has survived.

In the build folder: mutants.py [PATTERN...], or `make check-mutants`. PATTERN: a room ("pki") or a file ("src/pki/key.c"), or with
a line ("src/pki/key.c:135"). Environment: MUTANTS_SEED (a number or "clock"), MUTANTS_SECONDS (else 100; 0: every mutant, however
long), MUTANTS_JOBS. A sample only reports; with MUTANTS_SECONDS=0 the exit status is 1 where a room stays below its goal.

What must not change is judged twice: by the tests, and by the program's own answers before the change (chains judged in both eras,
name lines, reports in every format), which the tests of `make check` have held against the real programs."""
import collections
import concurrent.futures
import glob
import os
import random
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time

SRC = os.path.abspath(os.environ.get("srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")))
SEED = os.environ.get("MUTANTS_SEED", "20261128")
SECONDS = float(os.environ.get("MUTANTS_SECONDS", "100"))
JOBS = int(os.environ.get("MUTANTS_JOBS", "2"))
GOAL = collections.defaultdict(lambda: 90, pki=95, judge=95, advise=95, saved=95)
TIMEOUT = 60

# --- what is changed -------------------------------------------------------------------------------------------------------

SWAPS = [(r" == ", " != "), (r" != ", " == "), (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" && ", " || "),
         (r" \|\| ", " && "), (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " + "), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
         (r"\+= ", "-= "), (r" & ", " | "), (r" << ", " >> "), (r" >> ", " << ")]


def code_only(line):
    """The line with strings, characters and comments blanked, at the same places."""
    return re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?(?:\*/|$)|//.*', lambda m: "\x01" * len(m.group()), line)


def changes(line):
    """Every line that one change makes of it, with the name of the change."""
    code = code_only(line)
    for pattern, other in SWAPS:
        for found in re.finditer(pattern, code):
            if "\t*" not in code[:found.start() + 1]:
                yield line[:found.start()] + other + line[found.end():], "%s to %s" % (found.group().strip(), other.strip())
    for found in re.finditer(r"(?<![\w.\"x])(\d+)(?![\w.])", code):
        yield line[:found.start()] + str(int(found.group()) + 1) + line[found.end():], "%s plus 1" % found.group()
    found = re.match(r"(\s*(?:} else )?(?:if|while) )\((.*)\)( \{)?$", code.rstrip("\n"))
    if found and balanced(found.group(2)):
        end = found.end(2)
        yield line[:found.start(2)] + "!(" + line[found.start(2):end] + ")" + line[end:], "condition turned round"
    found = re.match(r"(\s*return )([^;]+);$", code.rstrip("\n"))
    if found and not re.fullmatch(r"-?\w+", found.group(2)) and balanced(found.group(2)) and re.search(r"[=<>!&|]|_ok\(|is_", found.group(2)):
        yield "%s!(%s);\n" % (found.group(1), line[found.start(2):found.end(2)]), "return turned round"
    if re.match(r"\t+[\w>\-.\[\]*]+ [|&+-]?= [^;{]+;$", code.rstrip("\n")) or re.match(r"\t+\w+\([^;{]*\);$", code.rstrip("\n")):
        yield re.match(r"\t+", line).group() + ";\n", "statement left out"


def balanced(text):
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0:
            return False
    return depth == 0


def mutants_of(path):
    """(path, line number, the whole mutated text, what was changed)"""
    with open(os.path.join(SRC, path)) as file:
        lines = file.readlines()
    depth, comment = 0, False
    for at, line in enumerate(lines):
        code = code_only(line)
        was_comment, comment = comment, (comment or "/*" in line) and "*/" not in line
        inside, depth = depth, depth + code.count("{") - code.count("}")
        if was_comment or comment or inside == 0 or line.startswith(("#", "static const", "/*", " *")) or "assert(" in code:
            continue
        for other, what in changes(line):
            if other != line:
                yield path, at + 1, "".join(lines[:at] + [other] + lines[at + 1:]), what


# --- how it is built: with make's own commands ------------------------------------------------------------------------------

def make_says(target, changed):
    said = subprocess.run(["make", "-n", "V=1", "-W", changed, target], capture_output=True, text=True).stdout.replace("\\\n", " ")
    return [line for line in said.splitlines() if " -o %s " % target in line]


class Build:
    def __init__(self):
        self.tests = sorted(t[:-2] for t in glob.glob("tests/unit/*_test.c", root_dir=SRC))
        self.programs = self.tests + ["mra-preflight", "tests/golden/write", "tests/parity/ours"]
        subprocess.run(["make", "-s"] + self.programs, check=True, stdout=subprocess.DEVNULL)
        said = make_says("src/pki/key.o", os.path.join(SRC, "src/pki/key.c"))[-1]
        words = shlex.split(re.sub(r"^.*?\b(?=gcc |clang |cc )", "", said).split(" -MT ")[0])
        self.compile = [w for w in words if not w.startswith(("-W", "-O", "-g"))] + ["-w", "-O1", "-c", "-o"]
        self.objects = subprocess.run(["ar", "t", "libmra.a"], capture_output=True, text=True).stdout.split()
        self.links = {p: shlex.split(make_says(p, "libmra.a")[-1]) for p in self.programs}

    def object_paths(self):
        return [p[:-2] + ".o" for p in sorted(set(glob.glob("src/*/*.c", root_dir=SRC) + glob.glob("src/*.c", root_dir=SRC)))
                if os.path.exists(p[:-2] + ".o") and p not in ("src/main.c", "src/base/heap.c")]

    def mutate(self, folder, path, text):
        """A library with one object replaced; False where it does not compile: no mutant then."""
        source = os.path.join(folder, os.path.basename(path))
        with open(source, "w") as file:
            file.write(text)
        done = subprocess.run(self.compile + [os.path.join(folder, "mutant.o"), source], stderr=subprocess.DEVNULL)
        if done.returncode != 0:
            return False
        objects = [os.path.abspath(o) if o != path[:-2] + ".o" else os.path.join(folder, "mutant.o") for o in self.object_paths()]
        subprocess.run(["ar", "rcsT", os.path.join(folder, "libmra.a")] + objects, check=True, stderr=subprocess.DEVNULL)
        return True

    def link(self, folder, program):
        words = list(self.links[program])
        words[words.index("-o") + 1] = os.path.join(folder, os.path.basename(program))
        words = [os.path.join(folder, "libmra.a") if w == "libmra.a" else w for w in words if w not in ("-g", "-pie")]
        return subprocess.run(words, stderr=subprocess.DEVNULL).returncode == 0


# --- what it has to do as before ---------------------------------------------------------------------------------------------

def limits():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT, TIMEOUT))
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def output(command, folder, stdin=""):
    """What it says and how it ends; None after a timeout."""
    try:
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, timeout=TIMEOUT, preexec_fn=limits, cwd=folder,
                              env={**os.environ, "srcdir": SRC})
    except subprocess.TimeoutExpired:
        return None
    return done.returncode, done.stdout


class Checks:
    """The chains of tests/verdict and of the differential; files; reports. Expected is what the unchanged program says."""

    def __init__(self, build, work):
        self.build, self.work = build, work
        self.sound, self.lock = set(), threading.Lock()
        cases = os.path.abspath("tests/mutants/cases") # kept: making their keys takes a while
        newest = max(os.path.getmtime(f) for f in glob.glob(os.path.join(SRC, "tests/verdict/*")))
        if not os.path.isdir(cases) or os.path.getmtime(cases) < newest:
            shutil.rmtree(cases, ignore_errors=True)
            subprocess.run([sys.executable, os.path.join(SRC, "tests/verdict/check.py"), "--export", cases], stdout=subprocess.DEVNULL)
        folders = sorted(glob.glob(os.path.join(cases, "*")))
        if os.path.exists("tests/parity/generate"):
            made = os.path.join(work, "made")
            os.mkdir(made)
            subprocess.run(["tests/parity/generate", made, "20261121", "1200"], check=True, stdout=subprocess.DEVNULL)
            folders += sorted(glob.glob(os.path.join(made, "*")))
        self.folders = "\n".join(folders) + "\n"
        self.expected = {}
        for name in ("chains", "golden"):
            self.expected[name] = getattr(self, name)(os.getcwd(), "tests/parity/ours" if name == "chains" else "tests/golden/write")

    def chains(self, folder, program=None):
        program = os.path.join(folder, program or "ours")
        return [output([program] + words, self.work, self.folders) for words in (["openssl1"], ["openssl3"], ["--lines", "192.0.2.1", "openssl1"])]

    def golden(self, folder, program=None):
        with tempfile.TemporaryDirectory(dir=self.work) as out:
            said = output([os.path.join(folder, program or "write"), out], self.work)
            texts = []
            for name in sorted(os.listdir(out)):
                with open(os.path.join(out, name), "rb") as file:
                    texts.append((name, file.read()))
            return said[0] if said else None, texts

    def covering(self, path):
        """Names of tests, those first that are likeliest to notice."""
        room, stem = path.split("/")[1], os.path.basename(path)[:-2]
        units = [os.path.basename(t) for t in self.build.tests]
        own = {"pki": ["der", "decode", "pki", "trust", "name", "judge"], "judge": ["judge"], "advise": ["examine", "plan", "order", "compare"],
               "saved": ["reader", "compare", "facts"], "base": ["base"], "model": ["model", "release"], "out": ["out", "answer"]}.get(room, [])
        first = [u for u in units if u[:-5] in own or u.startswith(stem.split("_")[0])]
        slow = [u for u in units if u not in first and room in ("wire", "gather")]
        others = [u for u in units if u not in first and u not in slow and u not in ("tls_test", "probe_test", "loop_test", "wire_test", "dns_test")]
        more = ["chains"] if room in ("pki", "judge", "model", "base") else []
        more += ["golden"] if room in ("out", "saved", "advise", "model", "base") or path.startswith("src/formats") else []
        scripts = {"pki": ["31-files.sh"], "saved": [], "advise": []}.get(room, [])
        if not room.endswith(".c"):
            return first + more + others + slow + scripts
        return first + others + ["10-bad-input.sh", "31-files.sh"]

    def must_be_sound(self, test):
        """A test that fails without any change notices nothing."""
        with self.lock:
            if test in self.sound:
                return
            with tempfile.TemporaryDirectory(dir=self.work) as folder:
                with open(os.path.join(SRC, "src/pki/key.c")) as file:
                    self.build.mutate(folder, "src/pki/key.c", file.read())
                if self.notices(folder, test):
                    print("%s fails without any change: mend that first" % test, flush=True)
                    os._exit(2)
            self.sound.add(test)

    def notices(self, folder, test):
        if test in ("chains", "golden"):
            program = "tests/parity/ours" if test == "chains" else "tests/golden/write"
            return not self.build.link(folder, program) or getattr(self, test)(folder) != self.expected[test]
        if test.endswith(".sh"):
            self.build.link(folder, "mra-preflight")
            done = output(["env", "MRA_PREFLIGHT=" + os.path.join(folder, "mra-preflight"), "sh", os.path.join(SRC, "tests/e2e", test)], folder)
        elif self.build.link(folder, "tests/unit/" + test):
            done = output([os.path.join(folder, test)], os.getcwd())
        else:
            return True
        return done is None or done[0] != 0


def try_one(build, checks, mutant):
    """The test that noticed, "" if none did, None if it does not compile."""
    path, line, text, what = mutant
    with tempfile.TemporaryDirectory(dir=checks.work) as folder:
        if not build.mutate(folder, path, text):
            return None
        for test in checks.covering(path):
            if checks.notices(folder, test):
                checks.must_be_sound(test)
                return test
    return ""


# --- the run -----------------------------------------------------------------------------------------------------------------

def all_mutants(patterns):
    for path in sorted(glob.glob("src/*/*.c", root_dir=SRC) + glob.glob("src/*.c", root_dir=SRC)):
        if path in ("src/main.c", "src/base/heap.c"):
            continue
        for mutant in mutants_of(path):
            here = "%s:%d" % (path, mutant[1])
            if not patterns or any(p in (path, here, path.split("/")[1]) for p in patterns):
                yield mutant


def main():
    begun = time.monotonic()
    build = Build()
    mutants = list(all_mutants(sys.argv[1:]))
    seed = random.SystemRandom().randrange(1 << 30) if SEED == "clock" else int(SEED)
    random.Random(seed).shuffle(mutants)
    rooms, survivors, stillborn = collections.defaultdict(lambda: [0, 0]), [], 0
    with tempfile.TemporaryDirectory(prefix="mra-mutants.") as work:
        checks = Checks(build, work)
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            waiting, rest = {}, iter(mutants)

            def more():
                while len(waiting) < JOBS and not (SECONDS and time.monotonic() - begun > SECONDS):
                    mutant = next(rest, None)
                    if mutant is None:
                        return
                    waiting[pool.submit(try_one, build, checks, mutant)] = mutant
            more()
            while waiting:
                done, _ = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    path, line, text, what = waiting.pop(future)
                    noticed = future.result()
                    if noticed is None:
                        stillborn += 1
                        continue
                    room = path.split("/")[1] if path.count("/") > 1 else "run"
                    rooms[room][0] += 1
                    rooms[room][1] += noticed != ""
                    if noticed == "":
                        survivors.append((path, line, what))
                        print("survived: %s:%d: %s: %s" % (path, line, what, text.splitlines()[line - 1].strip()), flush=True)
                more()
    report(rooms, survivors, len(mutants), stillborn, seed, time.monotonic() - begun)


def report(rooms, survivors, possible, stillborn, seed, seconds):
    missed = []
    for room, (tried, killed) in sorted(rooms.items()):
        score = 100 * killed / tried
        missed += [room] if score < GOAL[room] else []
        print("%-8s %4d of %4d killed, %5.1f %% (goal %d %%)" % (room, killed, tried, score, GOAL[room]))
    tried = sum(t for t, _ in rooms.values())
    print("all      %4d of %4d killed, %d survived; %d of %d mutants tried (%d more do not compile), seed %d, %.0f s" %
          (tried - len(survivors), tried, len(survivors), tried, possible, stillborn, seed, seconds))
    sys.exit(1 if tried == 0 or (SECONDS == 0 and missed) else 0)


if __name__ == "__main__":
    main()

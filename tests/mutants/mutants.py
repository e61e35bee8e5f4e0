#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutants: do the tests notice? Changes one line of src/ at a time (an operator, a constant, a return, a condition, a
statement left out) and runs the tests that reach the function it is in, until one fails. What still passes has survived.

In the build folder: mutants.py [PATTERN...], or `make check-mutants`. PATTERN: a room ("pki"), a file ("src/pki/key.c") or
a line ("src/pki/key.c:135"). Environment:
  MUTANTS_SECONDS  when to stop (else 100; 0: never)      MUTANTS_COUNT  so many of each room (else all), chosen by
  MUTANTS_SEED     a number or "clock"                    MUTANTS_JOBS   how many at once (else 2)
  MUTANTS_SLOW=1   with the tests of check-e2e that take long (tests/e2e/6*)
  MUTANTS_QUICK=1  unit tests and tests/golden alone: what survives them the others may notice
A sample only reports; with MUTANTS_SECONDS=0 the exit status is 1 where a room stays below its goal.

How it is fast: the whole of src/ is built once as libmra.so. The tests and the program, linked with it, look into a
libmutant.so before it, which is empty; a mutant is one file compiled alone into a libmutant.so of its own. Each function
of libmra.so notes that it was entered, so a test is run only for what it reaches.

How it is honest: a test is run without any change first and has to pass; what a test of the network noticed it has to
notice twice; local variables start as garbage, not as zero; unit tests and chains run under the sanitizers. Left out of
the count is what does not compile, what gives the same machine code with -O2, and what equivalent.txt (or, of two kinds,
changes_nothing below) argues to change nothing. Chains and reports are judged by the program's own answers before the change, which the tests of `make check`
have held against the real programs."""
import bisect
import collections
import concurrent.futures
import contextlib
import glob
import hashlib
import math
import os
import pickle
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.path.abspath(os.environ.get("srcdir", os.path.join(HERE, "..", "..")))
SEED = os.environ.get("MUTANTS_SEED", "20261128")
SECONDS = float(os.environ.get("MUTANTS_SECONDS", "100"))
COUNT = int(os.environ.get("MUTANTS_COUNT", "0"))
JOBS = int(os.environ.get("MUTANTS_JOBS", "2"))
GOAL = collections.defaultdict(lambda: 90, pki=95, judge=95, advise=95, saved=95)
KEPT = os.path.abspath("tests/mutants")  # what is made once: in the build folder
NOT_MUTATED = ("src/main.c", "src/base/heap.c")  # not in the library that the tests link

# --- what is changed -------------------------------------------------------------------------------------------------

SWAPS = [(r" == ", " != "), (r" != ", " == "), (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
         (r" && ", " || "), (r" \|\| ", " && "), (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " + "),
         (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\+= ", "-= "), (r" & ", " | "), (r" << ", " >> "),
         (r" >> ", " << ")]
Mutant = collections.namedtuple("Mutant", "path line function old new text what")


def code_only(line):
    """The line with strings, characters and comments blanked, at the same places."""
    return re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?(?:\*/|$)|//.*', lambda m: "\x01" * len(m.group()), line)


def balanced(text):
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0:
            return False
    return depth == 0


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
    if (found and not re.fullmatch(r"-?\w+", found.group(2)) and balanced(found.group(2))
            and re.search(r"[=<>!&|]|_ok\(|is_", found.group(2))):
        yield "%s!(%s);\n" % (found.group(1), line[found.start(2):found.end(2)]), "return turned round"
    if re.match(r"\t+[\w>\-.\[\]*]+ [|&+-]?= [^;{]+;$", code.rstrip("\n")) or re.match(r"\t+\w+\([^;{]*\);$", code.rstrip("\n")):
        yield re.match(r"\t+", line).group() + ";\n", "statement left out"


LESSER = re.compile(r"([\w.>\-]+(?: [+\-] [\w.>\-]+)?) ([<>]=?) ([\w.>\-]+(?: [+\-] [\w.>\-]+)?) \? (?:\1 : \3|\3 : \1)[;,)]")


def opened(text):
    """How many brackets are open at its end."""
    return sum(text.count(c) for c in "([{") - sum(text.count(c) for c in ")]}")


def declared_array(head):
    """The array whose size begins where HEAD, the beginning of a statement, ends; None: that is not what begins there."""
    found = re.match(r"\s+(?!return|else|goto|case)(?:const |static |unsigned |struct |enum )*\w+ (\**\w.*)\[$", code_only(head), re.S)
    last = found and re.search(r"(?:^|,\s)\s*\**(\w+)$", found.group(1))
    return last.group(1) if last and opened(found.group(1)) == 0 else None


def changes_nothing(line, other, what, before, function, text):
    """The lesser or greater of two that are equal, another place to begin a binary search at, a larger buffer or
    allocation that nobody asks for its size, or whether a descriptor may be 0: main() has seen to it that 0 to 2 are taken.
    BEFORE: the lines of its statement that precede it. FUNCTION: the text of the one it is in; of none: a member, anywhere in TEXT."""
    for found in re.finditer(r"\bfd (<|>=) 0\b", line):
        for bound in ("<= 0", "< 1") if found.group(1) == "<" else ("> 0", ">= 1"):
            if other == line[:found.start(1)] + bound + line[found.end():]:
                return True
    if what in ("< to <=", "<= to <", "> to >=", ">= to >") and LESSER.search(line):
        at = LESSER.search(line)
        return other == line[:at.start(2)] + what.split()[2] + line[at.end(2):]
    if not what.endswith(" plus 1"):
        return False
    if re.search(r"\bmiddle = low \+ \(high - low\) / 2;", line):
        return what.startswith("2 ")
    head = os.path.commonprefix([line, other]).rstrip("0123456789")
    asked = re.search(r"\b(?:mem_alloc|mem_zalloc|mem_array|pool_new)\((.*)$", head)
    if asked and balanced(asked.group(1)) and not re.search(r"[-/%?:[]\s*$", head):
        return True
    buffer = declared_array(before + head)
    return buffer is not None and not re.search(r"sizeof[ (]*%s%s\b" % ("" if function else r"[\w.>\[\]-]*[.>]", buffer), function or text)


def begun(lines, at):
    """The lines of the statement that LINES[AT] continues."""
    first = at
    while first > 0 and not re.search(r"(?:^|[;{}:]|\*/)\s*$", lines[first - 1]):
        first -= 1
    return "".join(lines[first:at])


def around(lines, at):
    """The whole function that LINES[AT] is in."""
    first = next(i for i in range(at, -1, -1) if i == 0 or lines[i].startswith("{"))
    return "".join(lines[first:next((i for i in range(at, len(lines)) if lines[i].startswith("}")), len(lines))])


def mutants_of(path):
    with open(os.path.join(SRC, path)) as file:
        lines = file.readlines()
    depth, comment, function, head = 0, False, "", ""
    for at, line in enumerate(lines):
        code = code_only(line)
        was_comment, comment = comment, (comment or "/*" in line) and "*/" not in line
        inside, depth = depth, depth + code.count("{") - code.count("}")
        if inside == 0 and re.match(r"\w", line):
            head, function = line, ""
        if inside == 0 and line.startswith("{"):
            function = (re.findall(r"(\w+)\(", head) or [""])[0]
        if was_comment or comment or inside == 0 or line.startswith(("#", "static const", "/*", " *")) or "assert(" in code:
            continue
        for other, what in changes(line):
            if other != line and not changes_nothing(line, other, what, begun(lines, at), function and around(lines, at), "".join(lines)):
                yield Mutant(path, at + 1, function, line.strip(), other.strip(), "".join(lines[:at] + [other] + lines[at + 1:]), what)


def functions_of(path):
    with open(os.path.join(SRC, path)) as file:
        return set(re.findall(r"^[\w *]*?(\w+)\([^;=]*?\)\n{", file.read(), re.M))


def sources():
    return [p for p in sorted(glob.glob("src/*/*.c", root_dir=SRC) + glob.glob("src/*.c", root_dir=SRC)) if p not in NOT_MUTATED]


def room_of(path):
    return path.split("/")[1] if path.count("/") > 1 else "run"


def equivalents():
    """{(file, function, old line, new line): why} of equivalent.txt"""
    known, at, old, key = {}, ("", ""), "", None
    with open(os.path.join(HERE, "equivalent.txt")) as file:
        for line in file:
            text = line[1:].strip()
            if line.startswith("@"):
                at = tuple((text.split() + [""])[:2])  # in no function: a table
            elif line.startswith("-"):
                old = text
            elif line.startswith("+"):
                key = at + (old, text)
                known[key] = ""
            elif text and key and not line.startswith("#"):
                known[key] = (known[key] + " " + text).strip()
    made = {path: {(m.path, m.function, m.old, m.new) for m in mutants_of(path)} for path in {key[0] for key in known}}
    for key, why in known.items():
        if not why:
            sys.exit("equivalent.txt: no reason for %s" % (key,))
        if key not in made[key[0]]:
            print("equivalent.txt: %s: %s() has no such mutant any more: %s" % (key[0], key[1], key[3]))
    return known


# --- how it is built -------------------------------------------------------------------------------------------------

COVER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#define NONE __attribute__((no_instrument_function))
static unsigned char *map;
static char *base;
static const size_t size = 16 << 20;
NONE __attribute__((constructor)) static void start(void)
{
	const char *name = getenv("MUTANTS_COVER");
	int fd = name == NULL ? -1 : open(name, O_RDWR);
	Dl_info info;
	void *at;
	if (fd < 0 || !dladdr((void *)start, &info))
		return;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	base = info.dli_fbase;
	map = at == MAP_FAILED ? NULL : at;
}
NONE void __cyg_profile_func_enter(void *function, void *site)
{
	(void)site;
	if (map != NULL && (size_t)((char *)function - base) < size)
		map[(char *)function - base] = 1;
}
NONE void __cyg_profile_func_exit(void *function, void *site)
{
	(void)function;
	(void)site;
}
"""


def make_says(target, changed):
    said = subprocess.run(["make", "-n", "V=1", "-W", changed, target], capture_output=True, text=True).stdout.replace("\\\n", " ")
    return [line for line in said.splitlines() if " -o %s " % target in line]


def digest_of(names):
    digest = hashlib.sha256()
    for name in sorted(names):
        with open(name, "rb") as file:
            digest.update(os.path.basename(name).encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest()


class Build:
    """libmra.so, and what is linked with it: made anew where a source has changed."""

    def __init__(self):
        self.tests = sorted(t[:-2] for t in glob.glob("tests/unit/*_test.c", root_dir=SRC))
        self.programs = self.tests + ["mra-preflight", "tests/golden/write", "tests/parity/ours"]
        subprocess.run(["make", "-s", "-j%d" % JOBS] + self.programs, check=True, stdout=subprocess.DEVNULL)
        words = shlex.split(re.sub(r"^.*?\b(?=gcc |clang |cc )", "",
                                   make_says("src/pki/key.o", os.path.join(SRC, "src/pki/key.c"))[-1]).split(" -MT ")[0])
        self.compiler = [w for w in words if not w.startswith(("-W", "-O", "-g", "-fPI", "-U_FORT", "-D_FORT", "-fstack", "-fcf", "-ftriv"))]
        self.compiler += ["-w", "-DMEM_EXACT", "-fPIC", "-ftrivial-auto-var-init=pattern"]
        headers = glob.glob(os.path.join(SRC, "src/**/*.[hd]*"), recursive=True) + ["config.h"]
        self.headers = digest_of(h for h in headers if h.endswith((".h", ".def"))) + " ".join(self.compiler)
        self.folder = os.path.join(KEPT, "base")
        os.makedirs(self.folder, exist_ok=True)
        self.library()
        self.link_programs()

    def compile(self, source, path, out, *how):
        """SOURCE's text as the file PATH."""
        text = ('#line 1 "%s"\n' % path) + source
        return subprocess.run(self.compiler + list(how) + ["-c", "-o", out, "-x", "c", "-"], input=text.encode(),
                              stderr=subprocess.DEVNULL).returncode == 0

    def object_of(self, path, how="-O0"):
        """The unchanged file's object, kept."""
        with open(path if path == "src/attached.c" else os.path.join(SRC, path)) as file:
            source = file.read()
        out = os.path.join(self.folder, path.replace("/", "+")[:-2] + how + ".o")
        key = hashlib.sha256((self.headers + source).encode()).hexdigest()
        if not os.path.exists(out) or not os.path.exists(out + ".key") or open(out + ".key").read() != key:
            if not self.compile(source, path, out, how, *(["-finstrument-functions"] if how == "-O0" else [])):
                sys.exit("%s does not compile" % path)
            with open(out + ".key", "w") as file:
                file.write(key)
        return out

    def library(self):
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            objects = list(pool.map(self.object_of, sources() + ["src/attached.c"]))
        self.so = os.path.join(self.folder, "libmra.so")
        key = digest_of(o + ".key" for o in objects) + hashlib.sha256(COVER.encode()).hexdigest()
        self.key = os.path.join(self.folder, "key")
        if not os.path.exists(self.key) or open(self.key).read() != key:
            cover = os.path.join(self.folder, "cover.c")
            with open(cover, "w") as file:
                file.write(COVER)
            subprocess.run(["gcc", "-O1", "-fPIC", "-shared", "-o", self.so, cover] + objects, check=True)
            subprocess.run(["gcc", "-shared", "-o", os.path.join(self.folder, "libmutant.so"), "-x", "c", "/dev/null"], check=True)
            with open(self.key, "w") as file:
                file.write(key)
        said = subprocess.run(["nm", "--defined-only", self.so], capture_output=True, text=True, check=True).stdout
        self.functions = sorted((int(w[0], 16), w[2]) for w in map(str.split, said.splitlines()) if len(w) == 3 and w[1] in "tT")

    def link_programs(self):
        for program in self.programs:
            out = os.path.join(self.folder, os.path.basename(program))
            if os.path.exists(out) and os.path.getmtime(out) > max(os.path.getmtime(program), os.path.getmtime(self.so)):
                continue
            words = shlex.split(make_says(program, "libmra.a")[-1])
            words[words.index("-o") + 1] = out
            mine = ["-Wl,--no-as-needed", "-L" + self.folder, "-lmutant", "-lmra", "-Wl,-rpath,$ORIGIN:" + self.folder]
            words = [w for word in words for w in (mine if word == "libmra.a" else [word]) if w != "-g"]
            subprocess.run(words, check=True, stderr=subprocess.DEVNULL)

    def mutate(self, folder, mutant, *how):
        """Its libmutant.so in that folder; False where it does not compile."""
        out = os.path.join(folder, "mutant.o")
        return self.compile(mutant.text, mutant.path, out, "-O0", *how) and subprocess.run(
            ["gcc", "-shared", "-o", os.path.join(folder, "libmutant.so"), out], stderr=subprocess.DEVNULL).returncode == 0

    def same_code(self, folder, mutant):
        out = os.path.join(folder, "optimized.o")
        if not self.compile(mutant.text, mutant.path, out, "-O2"):
            return False
        with open(out, "rb") as ours, open(self.object_of(mutant.path, "-O2"), "rb") as theirs:
            return ours.read() == theirs.read()

    def program(self, folder, name):
        """PROGRAM in that folder, so that it finds the libmutant.so there."""
        out = os.path.join(folder, os.path.basename(name))
        if not os.path.exists(out):
            os.link(os.path.join(self.folder, os.path.basename(name)), out)
        return out


# --- what it has to do as before ---------------------------------------------------------------------------------------

class TimedOut(Exception):
    pass


class OutOfTime(Exception):
    """SECONDS are over before a mutant is decided: it is not counted."""


def output(command, folder, seconds, stdin="", **environment):
    """What it says and how it ends. SECONDS: how long it takes unchanged; much more of them and it hangs."""
    def limits():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (int(5 + 10 * seconds), int(6 + 10 * seconds)))  # where both are one it is SIGKILL
        if "LD_PRELOAD" not in environment:  # AddressSanitizer's shadow is larger, and has a limit of its own
            resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
    run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=limits,
                           cwd=folder, start_new_session=True, env={**os.environ, "srcdir": SRC, "top_builddir": ".", **environment})
    try:
        said = run.communicate(stdin.encode(), timeout=15 + 20 * seconds)[0]
    except subprocess.TimeoutExpired:
        raise TimedOut from None
    finally:
        try:
            os.killpg(run.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        run.wait()
    if run.returncode == -signal.SIGXCPU:
        raise TimedOut
    return run.returncode, said


FAST_SCRIPTS = ["10-bad-input.sh", "32-outputs.sh", "34-calibration.py", "32-log.py", "30-verify.sh", "31-files.sh"]
SLOW_SCRIPTS = ["20-lab.sh", "66-tls-versions.py", "67-complete.py", "63-orders.py", "62-hostile-dns.py", "65-srv.py", "67-client.py",
                "60-hostile-tls.py", "61-hostile-uds.py", "65-unfinished-tls.py"]
FIRST = {"pki": ["der", "decode", "key", "pki", "certfile", "trust", "client", "name", "chains"],
         "judge": ["judge", "client", "chains"],
         "advise": ["examine", "listed", "findings", "steps", "advice", "client_advice", "plan", "compare", "order"],
         "saved": ["members", "inputs", "compare", "facts", "export", "reader"], "base": ["base", "safe", "loop"],
         "model": ["model", "words", "release"], "out": ["out", "answer", "golden"], "log": ["line", "story", "read", "agree", "log"], "run": ["options", "run_report", "run", "inputs", "answer"],
         "wire": ["wire", "seen", "tls", "handshake", "http", "dns", "live"], "gather": ["probe", "discover", "resolve", "facts", "pack", "inside", "handover", "worker", "handshake", "live", "run"]}


# Unit tests and chains run under the sanitizers, as CI does: what is read beyond its end or not freed counts as a failure.
ASAN = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip()
WATCHED = {"LD_PRELOAD": ASAN, "ASAN_OPTIONS": "hard_rss_limit_mb=4000:exitcode=99"} if os.path.isabs(ASAN) else {}
SANITIZE = ["-fsanitize=address,bounds,shift,integer-divide-by-zero,null", "-fno-sanitize-recover=all", "-fsanitize-undefined-trap-on-error"] \
    if WATCHED else []


class Checks:
    def __init__(self, build, work):
        self.build, self.work, self.lock = build, work, threading.Lock()
        self.tests = [os.path.basename(t) for t in build.tests] + ["golden"]
        if not os.environ.get("MUTANTS_QUICK"):
            self.tests += ["chains"] + [s for s in FAST_SCRIPTS + (SLOW_SCRIPTS if os.environ.get("MUTANTS_SLOW") else [])
                                        if os.path.exists(os.path.join(SRC, "tests/e2e", s))]
        self.locks = {test: threading.Lock() for test in self.tests}
        self.reached, self.seconds, self.expected = {}, collections.defaultdict(lambda: 60), {}
        self.cases, self.under = None, {}

    def make_cases(self):
        """The chains of tests/verdict, of the record and of the generator: their keys take a while."""
        cases = os.path.join(KEPT, "cases")
        inputs = [f for f in glob.glob(os.path.join(SRC, "tests/verdict/*")) + glob.glob(os.path.join(SRC, "tests/parity/**"), recursive=True)
                  if os.path.isfile(f) and "__pycache__" not in f]
        key = digest_of(inputs)
        if not os.path.exists(cases + ".key") or open(cases + ".key").read() != key:
            made = tempfile.mkdtemp(prefix="cases.", dir=KEPT)  # another run may be at it as well
            subprocess.run([sys.executable, os.path.join(SRC, "tests/verdict/check.py"), "--export", made + "/1-verdict"], stdout=subprocess.DEVNULL)
            for folder in ("2-made", "3-recorded"):
                os.makedirs(os.path.join(made, folder))
            subprocess.run(["make", "-s", "tests/parity/generate"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if os.path.exists("tests/parity/generate"):
                subprocess.run(["tests/parity/generate", made + "/2-made", "20261121", "1200"], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["tar", "-xf", os.path.join(SRC, "tests/parity/recorded-openssl1.tar.xz"), "-C", made + "/3-recorded"], check=True)
            shutil.rmtree(cases, ignore_errors=True)
            os.rename(made, cases)
            with open(cases + ".key", "w") as file:
                file.write(key)
        self.cases = ["\n".join(sorted(glob.glob("%s/%s/*" % (cases, part)))) + "\n" for part in ("1-verdict", "2-made", "3-recorded")]

    def chains(self, folder, **environment):
        """Its answers, one after the other."""
        program = self.build.program(folder, "ours")
        for cases in self.cases:
            names = ["--reasons"] if cases is self.cases[0] else []  # all that check.py compares
            for words in (names + ["openssl1"], names + ["openssl3"], ["--lines", "192.0.2.1"]):
                yield output([program] + words, self.work, self.seconds["chains"], cases, **(WATCHED if self.watched("chains") else {}), **environment)

    def golden(self, folder, **environment):
        with tempfile.TemporaryDirectory(dir=self.work) as out:
            yield output([self.build.program(folder, "write"), out], self.work, self.seconds["golden"], **environment)[0]
            for name in sorted(os.listdir(out)):
                with open(os.path.join(out, name), "rb") as file:
                    yield name, file.read()

    def watched(self, test):
        return self.under.get(test, False)

    def passes(self, test, folder, **environment):
        if test.endswith((".sh", ".py")):
            program = self.build.program(folder, "mra-preflight")
            return output([os.path.join(SRC, "tests/e2e", test)], os.getcwd(), self.seconds[test], MRA_PREFLIGHT=program, **environment)[0] == 0
        return output([self.build.program(folder, test)], os.getcwd(), self.seconds[test], **(WATCHED if self.watched(test) else {}), **environment)[0] == 0

    def notices(self, test, folder):
        if test not in ("chains", "golden"):
            return not self.passes(test, folder)
        answers = iter(self.expected[test])
        for said in getattr(self, test)(folder):
            if said != next(answers, None):
                return True
        return next(answers, None) is not None

    def learn(self, test):
        """What it reaches, how long it takes, what it says without any change; kept until the code or the test is another."""
        with self.locks[test]:
            if test in self.reached:
                return
            if test == "chains":
                self.make_cases()
            inputs = glob.glob(os.path.join(SRC, "tests/e2e/*")) + glob.glob(os.path.join(SRC, "fixtures/*/*")) if "." in test else \
                [os.path.join(self.build.folder, {"chains": "ours", "golden": "write"}.get(test, test))]
            key = digest_of([self.build.key] + [name for name in inputs if os.path.isfile(name)]) + str(self.cases)
            kept = os.path.join(KEPT, "learned." + test)
            try:
                with open(kept, "rb") as file:
                    known = pickle.load(file)
            except OSError:
                known = [None]
            if known[0] != key:
                known = [key, *self.first_run(test)]
                with open(kept, "wb") as file:
                    pickle.dump(known, file)
            _, self.reached[test], self.seconds[test], self.expected[test], self.under[test] = known

    def first_run(self, test):
        """It has to pass: under the sanitizers, or else without."""
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            os.link(os.path.join(self.build.folder, "libmutant.so"), os.path.join(folder, "libmutant.so"))
            cover = os.path.join(folder, "cover")
            for watched, seconds in ((True, 1), (False, 60)) if WATCHED and (test == "chains" or test.endswith("_test")) else ((False, 60),):
                with open(cover, "wb") as file:
                    file.truncate(16 << 20)
                os.chmod(cover, 0o666)
                self.under[test], self.seconds[test] = watched, 60 if test == "chains" else seconds
                begun, expected = time.monotonic(), []
                try:
                    if test in ("chains", "golden"):
                        expected = list(getattr(self, test)(folder, MUTANTS_COVER=cover))
                    elif not self.passes(test, folder, MUTANTS_COVER=cover):
                        continue
                except TimedOut:
                    continue
                return self.entered(cover), time.monotonic() - begun, expected, watched
        print("%s fails without any change: left out; mend that first" % test, flush=True)
        return set(), 0, [], False

    def entered(self, cover):
        names, starts = set(), [start for start, _ in self.build.functions]
        with open(cover, "rb") as file:
            for hit in re.finditer(b"\x01", file.read()):
                names.add(self.build.functions[bisect.bisect_right(starts, hit.start()) - 1][1])
        return names

    def covering(self, mutant):
        """The tests that reach its function, those first that are likeliest to notice."""
        room, stem = room_of(mutant.path), os.path.basename(mutant.path)[:-2]
        own = FIRST.get(room, [])
        def rank(test):
            name = test[:-5] if test.endswith("_test") else test
            if name == stem:
                return -1
            return own.index(name) if name in own else 50 if test.endswith("_test") else 60 + self.tests.index(test)
        known = {name for _, name in self.build.functions}
        # a table, or a function that a macro names (OPTION_SETTER): whatever stands beside it, else the room's own tests
        functions = {mutant.function} & known or functions_of(mutant.path) & known
        for test in sorted(self.tests, key=rank):
            if test not in self.reached and time.monotonic() > self.until:
                raise OutOfTime
            self.learn(test)
            if functions & self.reached[test] or (not functions and rank(test) < 50):
                yield test


def try_one(build, checks, mutant):
    """The test that noticed; "" if none did; None if it does not compile or is the same code."""
    with tempfile.TemporaryDirectory(dir=checks.work) as folder:
        sanitized = True
        if not build.mutate(folder, mutant, *SANITIZE):
            return None
        for test in checks.covering(mutant):
            if sanitized and not checks.watched(test):
                sanitized = build.mutate(folder, mutant) and False
            elif checks.watched(test) and not sanitized:
                sanitized = build.mutate(folder, mutant, *SANITIZE)
            try:
                if checks.notices(test, folder) and (test not in SLOW_SCRIPTS or checks.notices(test, folder)):
                    return test
            except TimedOut:
                return "time-out"
        return "same code" if build.same_code(folder, mutant) else ""


# --- the run -----------------------------------------------------------------------------------------------------------

def chosen(patterns, seed):
    """Of each room its mutants in a random order, COUNT at most; the rooms take turns."""
    rooms = collections.defaultdict(list)
    for path in sources():
        if patterns and not any(p.split(":")[0] in (path, room_of(path)) for p in patterns):
            continue
        for mutant in mutants_of(path):
            here = "%s:%d" % (path, mutant.line)
            if not patterns or any(p in (path, here, room_of(path)) for p in patterns):
                rooms[room_of(path)].append(mutant)
    for room, mutants in rooms.items():
        random.Random("%d %s" % (seed, room)).shuffle(mutants)
    ranked = [((at + 0.5) / len(mutants), mutant) for mutants in rooms.values() for at, mutant in enumerate(mutants[:COUNT or None])]
    return [mutant for _, mutant in sorted(ranked, key=lambda r: r[0])], sum(map(len, rooms.values()))


class Tally:
    def __init__(self):
        self.rooms = collections.defaultdict(collections.Counter)
        self.killers = collections.Counter()

    def add(self, mutant, noticed):
        kind = {None: "stillborn", "": "survived", "same code": "same", "time-out": "late", "argued": "argued"}.get(noticed, "killed")
        self.rooms[room_of(mutant.path)][kind] += 1
        self.killers[noticed] += 1
        if noticed == "":
            print("survived: %s:%d: %s(): %s: %s" % (mutant.path, mutant.line, mutant.function, mutant.what, mutant.new or ";"), flush=True)

    def report(self):
        missed = []
        print("%-8s %6s %6s %9s %11s %9s" % ("room", "tried", "killed", "time-out", "equivalent", "survived"))
        for room, count in sorted(self.rooms.items()):
            killed = count["killed"] + count["late"]
            tried = killed + count["survived"]
            score = 100 * killed / tried if tried else 100
            missed += [room] if score < GOAL[room] else []
            print("%-8s %6d %6d %9d %5d+%5d %9d   %5.1f %% (goal %d %%)" % (room, tried, killed, count["late"], count["same"], count["argued"],
                                                                     count["survived"], score, GOAL[room]))
        print("equivalent: by the same code with -O2 + as equivalent.txt argues; %d more do not compile" %
              sum(c["stillborn"] for c in self.rooms.values()))
        return missed


def main():
    begun = time.monotonic()
    seed = random.SystemRandom().randrange(1 << 30) if SEED == "clock" else int(SEED)
    argued, build, tally = equivalents(), Build(), Tally()
    mutants, possible = chosen(sys.argv[1:], seed)
    with tempfile.TemporaryDirectory(prefix="work.", dir=KEPT) as work:
        checks = Checks(build, work)
        checks.until = begun + (SECONDS or math.inf)
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            waiting, rest = {}, iter(mutants)
            while True:
                while len(waiting) < JOBS and time.monotonic() < checks.until:
                    mutant = next(rest, None)
                    if mutant is None:
                        break
                    if (mutant.path, mutant.function, mutant.old, mutant.new) in argued:
                        tally.add(mutant, "argued")
                    else:
                        waiting[pool.submit(try_one, build, checks, mutant)] = mutant
                if not waiting:
                    break
                for future in concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)[0]:
                    mutant = waiting.pop(future)
                    with contextlib.suppress(OutOfTime):
                        tally.add(mutant, future.result())
    missed = tally.report()
    done = sum(sum(c.values()) for c in tally.rooms.values())
    print("%d of %d mutants, seed %d, %.0f s; noticed by: %s" % (done, possible, seed, time.monotonic() - begun,
          " ".join("%s:%d" % pair for pair in tally.killers.most_common() if pair[0])))
    sys.exit(1 if done == 0 or (SECONDS == 0 and missed) else 0)


if __name__ == "__main__":
    main()

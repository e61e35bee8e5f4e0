#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ats: asks a real Apache Traffic Server (Debian's trafficserver) what it makes of a TLS server. Knows nothing of ours.

As a program: a JSON list of cases on stdin, a JSON object on stdout.
  case:   {"id": any string, "address": name or IP, "ip": loopback IP, "port": N, "order": "rsa-first"|"ecdsa-first",
           "store_pem": PEM text}
  answer: {id: {"line": the log from "WARNING:" on, "" when accepted,
                "accepted": true|false, "note": "" or why there is no such line, with the ERROR line}}
As a module: `from ats import ask; answers = ask(cases)`. README.md beside this file tells more.

Each run has folders, ports and processes of its own below a temporary folder, and takes all away at the end."""
import concurrent.futures
import functools
import hashlib
import ipaddress
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

# Expressway's default cipher string (Maintenance > Security > Ciphers); level 1 is what its OpenSSL runs at, Debian's own default is 2.
DEFAULT_CIPHERS = "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH:@SECLEVEL=1"
CIPHERS = {"ecdsa-first": DEFAULT_CIPHERS, "rsa-first": "ECDHE-RSA-AES256-GCM-SHA384:" + DEFAULT_CIPHERS}
START_S, REQUEST_S, WORKERS = 20, 20, 16

RECORDS = """CONFIG proxy.config.http.server_ports STRING {port}:ip-in=127.0.0.1
CONFIG proxy.config.admin.user_id STRING {user}
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 2
CONFIG proxy.config.http.cache.http INT 0
CONFIG proxy.config.http.connect_attempts_max_retries INT 0
CONFIG proxy.config.http.connect_attempts_max_retries_dead_server INT 0
CONFIG proxy.config.http.connect_attempts_rr_retries INT 0
CONFIG proxy.config.http.connect_attempts_timeout INT 10
CONFIG proxy.config.http.down_server.cache_time INT 0
CONFIG proxy.config.http.keep_alive_enabled_out INT 0
CONFIG proxy.config.http.server_session_sharing.match STRING none
CONFIG proxy.config.http.transaction_no_activity_timeout_out INT 10
CONFIG proxy.config.http.no_dns_just_forward_to_parent INT 0
CONFIG proxy.config.url_remap.remap_required INT 1
CONFIG proxy.config.hostdb.ip_resolve STRING ipv4;ipv6
CONFIG proxy.config.dns.nameservers STRING 127.0.0.1:{dns}
CONFIG proxy.config.dns.resolv_conf STRING {resolv}
CONFIG proxy.config.dns.round_robin_nameservers INT 0
CONFIG proxy.config.dns.search_default_domains INT 0
CONFIG proxy.config.log.logging_enabled INT 0
CONFIG proxy.config.diags.show_location INT 0
CONFIG proxy.config.diags.debug.enabled INT 1
CONFIG proxy.config.diags.debug.tags STRING ssl.error
CONFIG proxy.config.diags.output.debug STRING L
CONFIG proxy.config.ssl.session_cache INT 0
CONFIG proxy.config.ssl.origin_session_cache INT 0
CONFIG proxy.config.ssl.client.verify.server.policy STRING ENFORCED
CONFIG proxy.config.ssl.client.verify.server.properties STRING ALL
CONFIG proxy.config.ssl.client.cipher_suite STRING {ciphers}
CONFIG proxy.config.ssl.client.TLSv1_3 INT 0
"""


@functools.lru_cache(None)
def stranger(folder):
    """A certificate that nobody knows."""
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                           "-keyout", os.path.join(folder, "stranger.key"), "-subj", "/CN=stranger.invalid"],
                          capture_output=True, check=True)
    return made.stdout.decode()


def store_name(pem):
    return hashlib.sha256(pem.encode()).hexdigest() + ".pem"


class Unavailable(Exception):
    """Traffic Server does not start."""


class Missing(Unavailable):
    """No Traffic Server on this machine: Debian 13 has none."""


def program():
    """Its path; Missing where there is none."""
    path = shutil.which("traffic_server", path=os.environ.get("PATH", "") + ":/usr/bin")
    if path is None:
        raise Missing("trafficserver is missing")
    return path


def is_ip(address):
    try:
        ipaddress.ip_address(address)
        return True
    except ValueError:
        return False


def in_brackets(address):
    return "[%s]" % address if ":" in address else address


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Names(threading.Thread):
    """A DNS server for one table of names. (ATS's own hosts file is read a second after its start, too late.)"""

    def __init__(self, table):
        super().__init__(daemon=True)
        self.table = {name.rstrip(".").lower(): ipaddress.ip_address(ip) for name, ip in table.items()}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(4096)
            if len(query) <= 12:
                return
            self.socket.sendto(self.answer(query), peer)

    def answer(self, query):
        at, labels = 12, []
        while query[at] != 0:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
            at += 1 + query[at]
        question, kind = query[12:at + 5], query[at + 1:at + 3]
        ip = self.table.get(".".join(labels).lower())
        code = b"\x81\x83" if ip is None else b"\x81\x80"
        if ip is None or kind != (b"\0\1" if ip.version == 4 else b"\0\x1c"):
            return query[:2] + code + b"\0\1\0\0\0\0\0\0" + question
        record = b"\xc0\x0c" + kind + b"\0\1\0\0\x0e\x10" + len(ip.packed).to_bytes(2, "big") + ip.packed
        return query[:2] + code + b"\0\1\0\1\0\0\0\0" + question + record

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b"stop", ("127.0.0.1", self.port))
        self.join(2)
        self.socket.close()


class Server:
    """One Traffic Server: one cipher order, one table of names."""

    def __init__(self, top, order, cases):
        self.top, self.order, self.cases, self.process = top, order, cases, None
        self.port = free_port()
        self.user = "trafficserver" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.read_at = 0
        self.names = Names({c["address"]: c["ip"] for c in cases if not is_ip(c["address"])})
        self.names.start()

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)
        return self.path(name)

    def store(self, pem):
        """Stores are shared by content. An empty one gets a stranger: ATS fails on a file without certificates."""
        if "-----BEGIN" not in pem:
            pem = stranger(self.top)
        path = self.path("stores", store_name(pem))
        if not os.path.exists(path):
            with open(path, "w") as f:
                f.write(pem)
        return path

    def configure(self):
        folders = ["etc", "run", "log", "cache", "stores"]
        for name in folders:
            os.makedirs(self.path(name))
        root = {"prefix": "/usr", "exec_prefix": "/usr", "bindir": "/usr/bin", "sbindir": "/usr/bin",
                "sysconfdir": self.path("etc"), "datadir": self.path("cache"), "includedir": "/usr/include",
                "libdir": "/usr/lib", "libexecdir": "/usr/lib/trafficserver/modules",
                "localstatedir": self.path("run"), "runtimedir": self.path("run"), "logdir": self.path("log"),
                "cachedir": self.path("cache")}
        self.write("runroot.yaml", "".join("%s: %s\n" % pair for pair in root.items()))
        self.write("etc/records.config", RECORDS.format(port=self.port, user=self.user, dns=self.names.port,
                                                        resolv=self.write("etc/resolv.conf", ""),
                                                        ciphers=CIPHERS[self.order]))
        self.write("etc/remap.config", "".join(
            "map http://c%d.invalid/ https://%s:%d/ @plugin=conf_remap.so "
            "@pparam=proxy.config.ssl.client.CA.cert.filename=%s\n"
            % (i, in_brackets(c["address"]), c["port"], self.store(c["store_pem"])) for i, c in enumerate(self.cases)))
        self.write("etc/ip_allow.yaml", "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n")
        for name in ("plugin.config", "ssl_multicert.config", "storage.config"):
            self.write("etc/" + name, "")
        if os.geteuid() == 0:
            owner = pwd.getpwnam(self.user)
            for base, dirs, files in os.walk(self.top):
                for name in [base] + [os.path.join(base, f) for f in files]:
                    os.chown(name, owner.pw_uid, owner.pw_gid)

    def start(self):
        self.configure()
        with open(self.path("stdout"), "wb") as out:
            self.process = subprocess.Popen([program()], stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                            env={"TS_RUNROOT": self.top, "PATH": os.environ.get("PATH", "/usr/bin"),
                                                 "LC_ALL": "C"}, start_new_session=True)

    def wait(self):
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if "fully initialized" in self.log(0) and self.request("warm-up") == 404:
                return
            time.sleep(0.05)
        with open(self.path("stdout"), errors="replace") as f:
            raise Unavailable("Traffic Server does not start: " + (f.read() + self.log(0))[-2000:])

    def stop(self):
        self.names.stop()
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def log(self, at):
        try:
            with open(self.path("log", "diags.log"), "rb") as f:
                f.seek(at)
                return f.read().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return ""

    def new_lines(self):
        text = self.log(self.read_at)
        text = text[:text.rfind("\n") + 1]
        self.read_at += len(text.encode("utf-8", "surrogateescape"))
        return text.splitlines()

    def request(self, name):
        """The status of the answer, or 0. What is asked for matters not: only the handshake behind it does."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), REQUEST_S) as s:
                s.sendall(b"GET / HTTP/1.1\r\nHost: %s.invalid\r\nConnection: close\r\n\r\n" % name.encode())
                head = b""
                while b"\r\n" not in head:
                    got = s.recv(4096)
                    if not got:
                        break
                    head += got
            return int(head.split(b" ", 2)[1]) if head.startswith(b"HTTP/") else 0
        except (OSError, ValueError, IndexError):
            return 0

    def ask(self):
        """Lines name address and IP, but no port and no store: cases that share these go in one wave after the other."""
        waves, seen = [], {}
        for i, case in enumerate(self.cases):
            key = case["address"].lower()
            turn = seen.get(key, 0)
            seen[key] = turn + 1
            if turn == len(waves):
                waves.append([])
            waves[turn].append(i)
        answers = {}
        self.new_lines()
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for wave in waves:
                status = dict(zip(wave, pool.map(self.request, ["c%d" % i for i in wave])))
                answers.update(self.attribute(wave, status))
        return answers

    def attribute(self, wave, status):
        found, errors, rest = {}, {}, []
        missing = wave
        for patience in (0, 0.05, 0.3):
            time.sleep(patience)
            for line in self.new_lines():
                self.sort_line(line, found, errors, rest)
            missing = [i for i in wave if status[i] in (0, 502) and self.cases[i]["address"].lower() not in found]
            if not missing:
                break
        return {self.cases[i]["id"]: self.answer(self.cases[i], status[i], found, errors, rest) for i in wave}

    @staticmethod
    def sort_line(line, found, errors, rest):
        warning = re.search(r"WARNING: (?:Core server|SNI).*server=(.*)\(([^()]*)\)(?: depth=\d+)?$", line)
        error = re.search(r"SSL connection failed for '(.*?)': .*", line)
        text = line[line.find("WARNING:"):] if warning else "ERROR: " + error.group(0) if error else ""
        if warning:
            found.setdefault(warning.group(1).strip("[]").lower(), text)
        elif error:
            errors.setdefault(error.group(1).strip("[]").lower(), text)
        elif "invalid client CA Certificate file" in line:
            rest.append(line)

    @staticmethod
    def answer(case, status, found, errors, rest):
        key = case["address"].lower()
        if key in found:
            return {"line": found[key], "accepted": False, "note": ""}
        if key in errors:
            return {"line": "", "accepted": False, "note": errors[key]}
        if status in (0, 400, 500, 502, 503, 504):  # Traffic Server's own words: nothing came from upstream
            store = [line[line.find("ERROR:"):] for line in rest if store_name(case["store_pem"]) in line]
            return {"line": "", "accepted": False, "note": "; ".join(["status %d" % status] + store[:1])}
        return {"line": "", "accepted": True, "note": "status %d" % status}


def split(cases):
    """Batches that one server can take: one order, and each name with one IP."""
    batches = []
    for case in cases:
        for batch in batches:
            if batch["order"] == case["order"] and batch["names"].get(case["address"], case["ip"]) == case["ip"]:
                break
        else:
            batch = {"order": case["order"], "names": {}, "cases": []}
            batches.append(batch)
        batch["names"][case["address"]] = case["ip"]
        batch["cases"].append(case)
    return batches


def ask(cases):
    """Every case's answer by id. At most two servers run at once."""
    program()
    top = tempfile.mkdtemp(prefix="mra-ats-")
    os.chmod(top, 0o755)
    batches, answers = split(cases), {}
    try:
        for at in range(0, len(batches), 2):
            servers = []
            try:
                for i, batch in enumerate(batches[at:at + 2]):
                    home = os.path.join(top, str(at + i))
                    os.mkdir(home)
                    servers.append(Server(home, batch["order"], batch["cases"]))
                    servers[-1].start()
                for server in servers:
                    server.wait()
                with concurrent.futures.ThreadPoolExecutor(2) as pool:
                    for part in pool.map(Server.ask, servers):
                        answers.update(part)
            finally:
                for server in servers:
                    server.stop()
    finally:
        if os.environ.get("ATS_KEEP"):
            print("kept", top, file=sys.stderr)
        else:
            shutil.rmtree(top, ignore_errors=True)
    return answers


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    try:
        json.dump(ask(json.load(sys.stdin)), sys.stdout, indent=1)
    except Unavailable as e:
        print("ats.py: %s" % e, file=sys.stderr)
        return 77
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())

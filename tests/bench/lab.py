#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A generated cluster on loopback for measuring: nginx or HAProxy (8443 and 6972, RSA and EC) and dnsmasq (forward and reverse).
Knows nothing of what is measured on it.

The keys are shared (two of them): making 2,000 would take longer than all that is measured. The certificates come from a CA of
their kind and are sent with its two intermediates. With one name a certificate, each node has its own; with more, all nodes
show the same, as those of a cluster with a multi-server certificate do.
"""
import glob
import os
import random
import shutil
import socket
import subprocess
import time

DOMAIN = "bench.test"
WILDCARD_FROM = 64  # nodes: nginx then binds the wildcard once, not a socket a node (a relay could not have the same ports)


def node_name(i):
    return f"n{i:04d}.{DOMAIN}"


def node_ip(i, net):
    """Node i (from 1) in 127.NET.0.0/16; 250 a third octet."""
    return f"127.{net}.{(i - 1) // 250}.{(i - 1) % 250 + 1}"


SYSTEM_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"  # where Debian keeps the servers


def missing():
    """The first program that the lab needs and this machine lacks, or None."""
    return next((name for name in ("openssl", "xargs", "nginx", "dnsmasq") if shutil.which(name, path=SYSTEM_PATH) is None), None)


def run(*argv, **how):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout


CURVES = {"rsa": None, "p256": "prime256v1", "p384": "secp384r1"}

LEAF = """\
set -eu
cd "$1"; i=$2; name=$3; san=$4
[ -s $i.pem ] && exit 0
openssl req -x509 -config req.cnf -key leaf.key -CA sub2.pem -CAkey sub2.key -days 825 -sha256 -subj "/O=Bench/CN=$name" \\
	-addext "subjectAltName=$san" -addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature,keyEncipherment \\
	-addext extendedKeyUsage=serverAuth,clientAuth -out $i.tmp
cat sub2.pem sub1.pem >> $i.tmp
mv $i.tmp $i.pem
"""


def make_key(kind, path):
    if CURVES[kind] is None:
        run("openssl", "genrsa", "-out", path, "2048")
    else:
        run("openssl", "ecparam", "-name", CURVES[kind], "-genkey", "-noout", "-out", path)


def make_ca(folder, kind):
    """root, sub1, sub2, each signed by the one before; leaf.key."""
    path = lambda name: os.path.join(folder, name)
    os.makedirs(folder, exist_ok=True)
    with open(path("req.cnf"), "w", encoding="ascii") as f:
        f.write("[req]\ndistinguished_name = dn\n[dn]\n")
    for name in ("root", "sub1", "sub2", "leaf"):
        make_key(kind, path(name + ".key"))
    for name, by in (("root", None), ("sub1", "root"), ("sub2", "sub1")):
        signer = () if by is None else ("-CA", path(by + ".pem"), "-CAkey", path(by + ".key"))
        run("openssl", "req", "-x509", "-config", path("req.cnf"), "-days", "3650", "-sha256", "-key", path(name + ".key"), *signer,
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign",
            "-subj", f"/O=Bench/CN=Bench {kind} {name}", "-out", path(name + ".pem"))


def make_certificates(folder, nodes, kinds=("rsa", "p256"), names=1):
    """Certificates of nodes 1 to nodes (names: 1), or one for them all. Idempotent: what is there from an earlier run is kept.
    folder/trust.pem has the roots of these kinds."""
    for kind in kinds:
        below = os.path.join(folder, kind)
        if not os.path.exists(os.path.join(below, "sub2.pem")):
            make_ca(below, kind)
        if names == 1:
            rows = [(i, node_name(i), f"DNS:{node_name(i)}") for i in range(1, nodes + 1)]
        else:
            rows = [("all", "bench-ms." + DOMAIN, ",".join(f"DNS:{node_name(i)}" for i in range(1, names + 1)))]
        run("xargs", "-P", "2", "-L", "1", "sh", "-c", LEAF, "sh", input="".join(f"{below} {i} {name} {san}\n" for i, name, san in rows))
    with open(os.path.join(folder, "trust.pem"), "w", encoding="ascii") as trust:
        for kind in kinds:
            with open(os.path.join(folder, kind, "root.pem"), encoding="ascii") as root:
                trust.write(root.read())


def free_port(host="127.0.0.1", kind=socket.SOCK_STREAM):
    for _ in range(100):
        port = random.randrange(20000, 32000)
        with socket.socket(socket.AF_INET, kind) as s:
            try:
                s.bind((host, port))
                return port
            except OSError:
                continue
    raise SystemExit("no free port")


SERVER = """server {{
	listen {ip}:{port} ssl;
	{pairs}
	{more}
}}
"""

NGINX = """daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err warn; worker_processes 2; {user}
worker_rlimit_nofile 20000;
events {{ worker_connections 9000; }}
http {{
	access_log off; ssl_protocols TLSv1.2; ssl_session_tickets off; ssl_session_cache off; keepalive_timeout 5s;
	client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
	default_type application/xml; root {folder}/www;
	{every}
	include {folder}/nodes.conf;
}}
"""


HAPROXY = """global
	stats socket {folder}/stats level user
	log stdout format raw local0
	ssl-load-extra-files bundle
	nbthread 2
	maxconn 8000
defaults
	mode http
	log global
	option httplog
	{null}
	timeout connect 9s
	timeout client 99s
	timeout server 99s
"""
FRONTEND = """frontend f{port}-{i}
	bind {ip}:{port} ssl crt {folder}/pem/{i}-{port}.pem ssl-max-ver TLSv1.2 prefer-client-ciphers {more}
	http-request return status 200 content-type application/xml file {folder}/www/cucm-uds/servers if {{ path /cucm-uds/servers }}
	http-request return status 404
"""


class Lab:
    """with Lab(folder, certs, nodes) as lab: ... lab.dns is ADDR:PORT, lab.ports the two ports. kinds: the certificates that a node
    has, web: those of them that the first port shows. server: nginx, or haproxy, whose log is folder/server.log (null: a connection without a request makes no line)."""

    def __init__(self, folder, certs, nodes, net=31, names_net=None, kinds=("rsa", "p256"), web=None, server="nginx", null=True):
        self.folder, self.certs, self.nodes, self.net, self.server, self.null = folder, certs, nodes, net, server, null
        self.kinds = (kinds if web is None else web, kinds)  # of each port
        self.names_net = net if names_net is None else names_net  # where DNS sends people: a relay's net
        self.ports = (free_port("0.0.0.0"), free_port("0.0.0.0"))
        self.dns_host, self.dns_port = f"127.{net}.255.1", free_port(f"127.{net}.255.1", socket.SOCK_DGRAM)
        self.children = []

    @property
    def dns(self):
        return f"{self.dns_host}:{self.dns_port}"

    def ip(self, i):
        return node_ip(i, self.net)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as f:
            f.write(text)

    def certificate(self, kind, i):
        own = os.path.join(self.certs, kind, f"{i}.pem")
        return own if os.path.exists(own) else os.path.join(self.certs, kind, "all.pem")

    def key(self, kind):
        return os.path.join(self.certs, kind, "leaf.key")

    def configure_nginx(self):
        asks = ("", "ssl_verify_client optional_no_ca;")
        self.write("nodes.conf", "".join(
            SERVER.format(ip=self.ip(i), port=port, more=more, pairs="\n\t".join(
                f"ssl_certificate {self.certificate(kind, i)}; ssl_certificate_key {self.key(kind)};" for kind in kinds))
            for i in range(1, self.nodes + 1) for port, more, kinds in zip(self.ports, asks, self.kinds)))
        wildcard = "server {{ listen {} backlog=4096; listen {} backlog=4096; return 404; }}".format(*self.ports)
        self.write("nginx.conf", NGINX.format(folder=self.folder, every=wildcard if self.nodes >= WILDCARD_FROM and self.names_net == self.net else "",
                                              user="user root;" if os.getuid() == 0 else ""))

    def configure_haproxy(self):
        text = HAPROXY.format(folder=self.folder, null="option dontlognull" if self.null else "no option dontlognull")
        asks = ("", f"verify optional ca-file {self.certs}/trust.pem crt-ignore-err all")
        for i in range(1, self.nodes + 1):
            for port, more, kinds in zip(self.ports, asks, self.kinds):
                for kind in kinds:
                    with open(self.certificate(kind, i), encoding="ascii") as chain, open(self.key(kind), encoding="ascii") as key:
                        self.write(f"pem/{i}-{port}.pem.{'rsa' if kind == 'rsa' else 'ecdsa'}", chain.read() + key.read())
                text += FRONTEND.format(folder=self.folder, i=i, ip=self.ip(i), port=port, more=more)
        self.write("haproxy.cfg", text)

    def configure(self):
        every = range(1, self.nodes + 1)
        if self.server == "nginx":
            self.configure_nginx()
        else:
            self.configure_haproxy()
        self.write("hosts", "".join(f"{node_ip(i, self.names_net)} {node_name(i)}\n" for i in every))
        self.write("www/cucm-uds/servers", '<?xml version="1.0"?><servers version="14.0.1" uri="x">' +
                   "".join(f"<server>{node_name(i)}</server>" for i in every) + "</servers>\n")
        self.write("www/cucm-uds/version", '<versionInformation uri="x" version="14.0.1"><version>14.0.1</version></versionInformation>\n')

    def start(self, *argv):
        with open(self.folder + "/server.log", "ab") as log, open(self.folder + "/lab.err", "ab") as errors:
            self.children.append(subprocess.Popen(argv, stdout=log, stderr=errors))

    def start_server(self):
        if self.server == "nginx":
            self.start(shutil.which("nginx", path=SYSTEM_PATH), "-p", self.folder, "-c", self.folder + "/nginx.conf", "-e", self.folder + "/nginx.err")
        else:
            self.start(shutil.which("haproxy", path=SYSTEM_PATH), "-db", "-f", self.folder + "/haproxy.cfg")

    def await_port(self, host, port):
        until = time.monotonic() + 600
        while time.monotonic() < until:
            with socket.socket() as s:
                s.settimeout(1)
                if s.connect_ex((host, port)) == 0:
                    return
            if any(child.poll() is not None for child in self.children):
                break
            time.sleep(0.05)
        raise SystemExit("the lab does not start: " + open(self.folder + "/lab.err", errors="replace").read()[-2000:])

    def __enter__(self):
        self.configure()
        dnsmasq = shutil.which("dnsmasq", path=SYSTEM_PATH)
        try:
            self.start_server()
            self.start(dnsmasq, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file=",
                       f"--addn-hosts={self.folder}/hosts", f"--listen-address={self.dns_host}", "--bind-interfaces",
                       f"--port={self.dns_port}", f"--local=/{DOMAIN}/", "--local=/127.in-addr.arpa/", "--user=",
                       "--dns-forward-max=5000")
            self.await_port(self.ip(1), self.ports[1])
            self.await_port(self.dns_host, self.dns_port)  # dnsmasq opens UDP and TCP together
        except BaseException:
            self.__exit__()
            raise
        return self

    def cpu_s(self):
        """User and system time of the servers so far, their workers included."""
        ticks = 0
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(stat, encoding="utf-8", errors="replace") as f:
                    pid, rest = f.read().split(" ", 1)
            except OSError:
                continue
            fields = rest.rsplit(")", 1)[1].split()
            mine = [child.pid for child in self.children]
            if int(pid) in mine or int(fields[1]) in mine:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def log_lines(self):
        """When no more come. HAProxy's line for a connection is written when that is closed."""
        count, same = -1, 0
        while same < 4:
            with open(self.folder + "/server.log", encoding="utf-8", errors="replace") as f:
                now = f.read().count("\n")
            same, count = (same + 1 if now == count else 0), now
            time.sleep(0.1)
        return count

    def connections(self):
        """That HAProxy has accepted so far."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.folder + "/stats")
            s.sendall(b"show info\n")
            told = s.makefile(encoding="ascii").read()
        return int(told.split("CumSslConns: ")[1].split()[0])

    def __exit__(self, *_):
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.children = []

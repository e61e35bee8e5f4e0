#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A generated cluster on loopback for measuring: nginx (8443 and 6972, RSA and EC, a certificate of its own for each
node) and dnsmasq (forward and reverse). Knows nothing of what is measured on it.

The keys are shared (two of them), the certificates are not: making 2,000 keys would take longer than all that is measured.
The RSA certificates come from an intermediate, which is sent; the EC ones are self-signed, as CUCM makes them.
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


# A P-384 signature costs OpenSSL's server half a millisecond, a P-256 one next to nothing: on two cores, which server and
# client share, the former would measure the server.
CURVE = os.environ.get("BENCH_CURVE", "prime256v1")
# A multi-server certificate names every node of its cluster: so many names besides the node's own.
SANS = int(os.environ.get("BENCH_SANS", "1"))
SYSTEM_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"  # where Debian keeps the servers


def missing():
    """The first program that the lab needs and this machine lacks, or None."""
    return next((name for name in ("openssl", "xargs", "nginx", "dnsmasq") if shutil.which(name, path=SYSTEM_PATH) is None), None)


def run(*argv, **how):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout


CERTIFICATE = """\
set -eu
cd "$1"; i=$2 name=$3 sans=${4-}
[ -s ec/$i.pem ] && exit 0
openssl req -x509 -config req.cnf -key rsa.key -CA sub.pem -CAkey sub.key -days 825 -sha256 -subj "/O=Bench/CN=$name" \\
	-addext "subjectAltName=DNS:$name$sans" -addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature,keyEncipherment \\
	-addext extendedKeyUsage=serverAuth,clientAuth -out rsa/$i.tmp
cat rsa/$i.tmp sub.pem > rsa/$i.pem
rm rsa/$i.tmp
openssl req -x509 -config req.cnf -key ec.key -days 1825 -sha256 -subj "/O=Bench/CN=${name%%.*}-EC.${name#*.}" \\
	-addext "subjectAltName=DNS:$name$sans" -addext basicConstraints=critical,CA:TRUE,pathlen:0 \\
	-addext keyUsage=digitalSignature,keyCertSign -addext extendedKeyUsage=serverAuth,clientAuth -out ec/$i.tmp
mv ec/$i.tmp ec/$i.pem
"""


def make_certificates(folder, nodes):
    """Idempotent: what is there from an earlier run is kept."""
    for sub in ("", "rsa", "ec"):
        os.makedirs(os.path.join(folder, sub), exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    with open(path("req.cnf"), "w", encoding="ascii") as f:
        f.write("[req]\ndistinguished_name = dn\n[dn]\n")
    if not os.path.exists(path("trust.pem")):
        for key in ("root", "sub", "rsa"):
            run("openssl", "genrsa", "-out", path(key + ".key"), "2048")
        run("openssl", "ecparam", "-name", CURVE, "-genkey", "-noout", "-out", path("ec.key"))
        ca = ("-config", path("req.cnf"), "-days", "3650", "-sha256", "-addext", "basicConstraints=critical,CA:TRUE",
              "-addext", "keyUsage=keyCertSign,cRLSign")
        run("openssl", "req", "-x509", *ca, "-key", path("root.key"), "-subj", "/O=Bench/CN=Bench Root", "-out", path("root.pem"))
        run("openssl", "req", "-x509", *ca, "-key", path("sub.key"), "-CA", path("root.pem"), "-CAkey", path("root.key"),
            "-subj", "/O=Bench/CN=Bench Issuing CA", "-out", path("sub.pem"))
        shutil.copy(path("root.pem"), path("trust.pem"))
    others = "".join(f",DNS:other{i:03d}.{DOMAIN}" for i in range(1, SANS))
    lines = "".join(f"{folder} {i} {node_name(i)} {others}".rstrip() + "\n" for i in range(1, nodes + 1))
    run("xargs", "-P", "2", "-L", "1", "sh", "-c", CERTIFICATE, "sh", input=lines)


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
	ssl_certificate {certs}/rsa/{i}.pem; ssl_certificate_key {certs}/rsa.key;
	ssl_certificate {certs}/ec/{i}.pem; ssl_certificate_key {certs}/ec.key;
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


class Lab:
    """with Lab(folder, certs, nodes, net) as lab: ... lab.dns is ADDR:PORT, lab.ports the two ports."""

    def __init__(self, folder, certs, nodes, net=31, names_net=None):
        self.folder, self.certs, self.nodes, self.net = folder, certs, nodes, net
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

    def configure(self):
        every = range(1, self.nodes + 1)
        asks = "ssl_verify_client optional_no_ca;"
        self.write("nodes.conf", "".join(
            SERVER.format(ip=self.ip(i), port=port, certs=self.certs, i=i, more=more)
            for i in every for port, more in ((self.ports[0], ""), (self.ports[1], asks))))
        wildcard = "server {{ listen {} backlog=4096; listen {} backlog=4096; return 404; }}".format(*self.ports)
        self.write("nginx.conf", NGINX.format(folder=self.folder, every=wildcard if self.nodes >= WILDCARD_FROM and self.names_net == self.net else "",
                                              user="user root;" if os.getuid() == 0 else ""))
        self.write("hosts", "".join(f"{node_ip(i, self.names_net)} {node_name(i)}\n" for i in every))
        self.write("www/cucm-uds/servers", '<?xml version="1.0"?><servers version="14.0.1" uri="x">' +
                   "".join(f"<server>{node_name(i)}</server>" for i in every) + "</servers>\n")
        self.write("www/cucm-uds/version", '<versionInformation uri="x" version="14.0.1"><version>14.0.1</version></versionInformation>\n')

    def start(self, *argv):
        self.children.append(subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=open(self.folder + "/lab.err", "ab")))

    def await_port(self, port):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as s:
                s.settimeout(1)
                if s.connect_ex((self.ip(1), port)) == 0:
                    return
            if any(child.poll() is not None for child in self.children):
                break
            time.sleep(0.05)
        raise SystemExit("the lab does not start: " + open(self.folder + "/lab.err", errors="replace").read()[-2000:])

    def __enter__(self):
        self.configure()
        nginx = shutil.which("nginx", path=SYSTEM_PATH)
        dnsmasq = shutil.which("dnsmasq", path=SYSTEM_PATH)
        try:
            self.start(nginx, "-p", self.folder, "-c", self.folder + "/nginx.conf", "-e", self.folder + "/nginx.err")
            self.start(dnsmasq, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file=",
                       f"--addn-hosts={self.folder}/hosts", f"--listen-address={self.dns_host}", "--bind-interfaces",
                       f"--port={self.dns_port}", f"--local=/{DOMAIN}/", "--local=/127.in-addr.arpa/", "--user=",
                       "--dns-forward-max=5000")
            self.await_port(self.ports[1])
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

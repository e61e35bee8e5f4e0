# SPDX-License-Identifier: MIT
"""What the hostile-peer tests share: TAP, a private folder, servers in threads, the program's run with its clock held."""
import glob
import json
import math
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = os.environ.get("MRA_PREFLIGHT", os.path.abspath("mra-preflight"))
NO_DNS = "127.0.0.1:1"  # nobody is there, and that is told at once
folder = tempfile.mkdtemp(prefix="mra-hostile.", dir=os.environ.get("TMPDIR", "/tmp"))
TOMCAT = next((path[:-len("/bin/bootstrap.jar")] for path in sorted(glob.glob("/usr/share/tomcat1[01]/bin/bootstrap.jar"))), None)
counted = {"all": 0, "bad": 0}


def ok(good, name, said=""):
    counted["all"] += 1
    counted["bad"] += not good
    print("%s %d - %s" % ("ok" if good else "not ok", counted["all"], name))
    if not good:
        print("# " + str(said).replace("\n", "\n# ")[:700])
    sys.stdout.flush()


def skip(name, package):
    """Named with the package that is missing: tests/tally knows whether this Debian has it."""
    counted["all"] += 1
    print("ok %d - %s # SKIP %s is missing" % (counted["all"], name, package))


def end():
    print("1..%d" % counted["all"])
    shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    os._exit(1 if counted["bad"] else 0)  # threads of hostile peers end with us


LOOP, LOOP_S = 2000000, 0.06  # an additions' loop, and what it takes where nothing else runs
slowest = [1.0]


def slowness():
    """How many times slower than an idle machine this one is: measured, and never less than it was before."""
    begun, n = time.monotonic(), 0
    for i in range(LOOP):
        n += i
    slowest[0] = max(slowest[0], (time.monotonic() - begun) / LOOP_S)
    return slowest[0]


def seconds(n):
    """n seconds of an idle machine, in whole seconds of this one: for the program's own time-outs, which have to be longer
    than what peers need that are meant to answer, and for whatever is bounded by them. At most 600: a time-out may have 3600,
    and some are given six of these."""
    factor = slowness()
    return math.ceil(min(n * (1 if factor < 1.5 else 2 * factor), max(n, 600)))


def until(true, what, within=60):
    """Waits for an event, not for a time: true() is asked again and again; whether it came."""
    end_at = time.monotonic() + seconds(within)
    while not true():
        if time.monotonic() > end_at:
            ok(False, what)
            return False
        time.sleep(0.01)
    return True


def run(arguments, within, trust="none", **more):
    """The report, exit status and seconds; held to its time: within, what the time-outs that it was given add up to, times
    the slowness of the machine."""
    if "--dns-server" not in arguments:  # an IP's name is asked for: never the machine's own server
        arguments = ["--dns-server", NO_DNS, *arguments]
    if "--deadline" not in arguments:  # where time-outs are stretched, the default would come before them
        arguments = ["--deadline", "86400", *arguments]
    begun = time.monotonic()
    with open(os.path.join(folder, "err"), "w+b") as err:
        process = subprocess.Popen([PROGRAM, "-t", trust, "-f", "json", *arguments], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=err, **more)
        try:
            out, _ = process.communicate(timeout=within * slowness() + 20)
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
        took = time.monotonic() - begun
        err.seek(0)
        said = err.read().decode(errors="replace")
    factor = slowness()
    ok(took <= within * factor, "ends within %.1f s, %.1f times as slow (%.1f s)" % (within, factor, took), said)
    ok(process.returncode in (0, 1, 3) and said == "", "ends with a report, exit status %d" % process.returncode, said)
    try:
        return json.loads(out), process.returncode, took
    except ValueError as error:
        ok(False, "the report is JSON", error)
        end()


def enter_namespace(networks):
    """Runs the script again in a network namespace of its own, where nothing but loopback is; the networks are local there, and
    mounts and the host's name are its own. To be called first of all."""
    if "MRA_IN_NAMESPACE" not in os.environ:
        if not shutil.which("dnsmasq") or subprocess.run(["unshare", "-rnmu", "ip", "link", "set", "lo", "up"], capture_output=True).returncode != 0:
            print("1..0 # SKIP no dnsmasq, or this kernel gives no network namespace")
            sys.exit(77)
        os.environ["MRA_IN_NAMESPACE"] = "1"
        os.rmdir(folder)
        os.execvp("unshare", ["unshare", "-rnmu", sys.executable, os.path.abspath(sys.argv[0])])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for network in networks:
        subprocess.run(["ip", "route", "add", "local", network, "dev", "lo"], check=True)


def resolv_conf(text):
    """The host's, from now on; only in a namespace."""
    path = os.path.join(folder, "resolv.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    subprocess.run(["mount", "--bind", path, "/etc/resolv.conf"], check=True)


def dnsmasq(*options):
    """A DNS server on 127.0.0.1 that knows what its options say and nothing else; only in a namespace. To be terminated."""
    process = subprocess.Popen(["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=" + os.path.join(folder, "pid"), "--user=", "--group=",
                                "--log-facility=" + os.path.join(folder, "dnsmasq.log"), "--no-resolv", "--no-hosts", "--port=53", "--listen-address=127.0.0.1",
                                "--bind-interfaces", "--local=/#/", "--cache-size=0", *options])

    def answers():
        try:
            with socket.create_connection(("127.0.0.1", 53), 1):
                return True
        except OSError:
            return False
    until(answers, "dnsmasq starts")
    return process


class Uds:
    """On every local address: whoever connects is noted, and told the list of lists that belongs to the address, if there is one."""

    def __init__(self, port):
        self.connected, self.lists, self.port = [], {}, port
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*certificate("uds")[:2])
        serve(self, "::", port)

    def __call__(self, connection):
        ip = connection.getsockname()[0].replace("::ffff:", "")
        self.connected.append(ip)
        with self.context.wrap_socket(connection, server_side=True) as tls:
            if tls.recv(65536) and ip in self.lists:
                body = b"<servers>" + b"".join(b"<server>%s</server>" % name.encode() for name in self.lists[ip]) + b"</servers>"
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def certificate(name, *more):
    """Files of a self-signed certificate and its key, and its DER."""
    pem, key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    kind = list(more) or ["-newkey", "rsa:2048"]
    subprocess.run(["openssl", "req", "-x509", "-nodes", "-keyout", key, "-out", pem, "-subj", "/CN=peer.example", "-days", "9",
                    *kind], check=True, capture_output=True)
    der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True, capture_output=True).stdout
    return pem, key, der


def serve(handle, ip="127.0.0.1", port=0):
    """handle(connection) in a thread per connection; returns the port."""
    listener = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((ip, port))
    listener.listen(64)

    def one(connection):
        try:
            handle(connection)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def accept():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def serve_all(handles):
    """Each on an IP of its own, all on one port: (port, [ip, ...])."""
    network = "127.%d.%d." % (os.getpid() % 200 + 20, os.getpid() // 200 % 250)
    ips = [network + str(i + 1) for i in range(len(handles))]
    while True:
        port = serve(handles[0], ips[0])
        try:
            for handle, ip in list(zip(handles, ips))[1:]:
                serve(handle, ip, port)
            return port, ips
        except OSError:  # taken by somebody: another one
            continue


def refused_port():
    """A port of 127.0.0.1 where nobody listens: kept by a socket that does not."""
    keeper = socket.socket()
    keeper.bind(("127.0.0.1", 0))
    refused_port.keepers.append(keeper)
    return keeper.getsockname()[1]


refused_port.keepers = []


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def forever(connection):
    connection.settimeout(3600)
    while connection.recv(65536):
        pass

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--complete: a handshake is ended early only where another one, to the same IP and port, has shown the same chain and was
finished; the verdicts are those of --complete all. What that leaves in the logs of a real HAProxy and a real Tomcat."""
import glob
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import TOMCAT, certificate, end, folder, ok, refused_port, run, seconds, serve, skip, until

NAME = ("-addext", "subjectAltName=DNS:peer.example,DNS:other.example", "-addext", "basicConstraints=critical,CA:FALSE")
RSA = certificate("rsa", "-newkey", "rsa:2048", *NAME)
EC = certificate("ec", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", *NAME)
OTHER = certificate("other", "-newkey", "rsa:2048", *NAME)
TRUST = os.path.join(folder, "trust.pem")
with open(TRUST, "w", encoding="ascii") as out:
    out.write("".join(open(pair[0], encoding="ascii").read() for pair in (RSA, EC, OTHER)))
started = []


def free_port():
    port = refused_port()
    refused_port.keepers.pop().close()
    return port


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    return path


def start(log, *command):
    with open(os.path.join(folder, log), "ab") as out:
        started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out))


def lines(log):
    with open(os.path.join(folder, log), encoding="utf-8", errors="replace") as f:
        return f.read().count("\n")


def audit(port, which, *more):
    """peer.example is probed under its name and under its IP: two handshakes an order."""
    report, _, _ = run(["--no-discovery", "--node", "peer.example", "--resolve", "peer.example:127.0.0.1", "--complete", which, "-p", str(port),
                        "--handshake-timeout", str(seconds(10)), *more], seconds(30), TRUST)
    return report


def said(report):
    """What the report says of each handshake, without what differs by nature."""
    seen = {o["id"]: tuple(str(o[key]) for key in ("address", "ip", "order", "outcome", "chain", "cipher_suite", "reached", "flaw",
                                                   "client_certificate_requested", "client_ca_names", "handshake_completed"))
            for o in report["observations"]}
    return sorted((seen[v["observation"]], v["accepted"], str(v["reasons"]), v["log"]) for v in report["verdicts"]) + [report["status"]]


def early(report):
    return [o["stopped_early"] for o in sorted(report["observations"], key=lambda o: (o["order"], not o["advertised"]))]


# --- real servers ------------------------------------------------------------------------------------------------------

def haproxy(ports):
    for ending, pair in (("rsa", RSA), ("ecdsa", EC)):
        write("hap.pem." + ending, open(pair[0], encoding="ascii").read() + open(pair[1], encoding="ascii").read())
    start("haproxy.log", "haproxy", "-db", "-f", write("haproxy.cfg", "global\n ssl-load-extra-files bundle\n log stdout format raw local0\ndefaults\n"
          " mode http\n option httplog\n log global\n timeout connect 9s\n timeout client 99s\n timeout server 99s\n" + "".join(
              "frontend f%d\n bind 127.0.0.1:%d ssl crt %s/hap.pem ssl-max-ver TLSv1.2 prefer-client-ciphers\n %s option dontlognull\n"
              " http-request return status 200\n" % (port, port, folder, no) for port, no in ports)))


def haproxy_version():
    told = subprocess.run(["haproxy", "-v"], capture_output=True, text=True, check=True).stdout
    return tuple(int(n) for n in re.search(r"version (\d+)\.(\d+)", told).groups())


def tomcat(port):
    for name in ("conf", "logs", "temp", "work", "webapps"):
        os.makedirs(os.path.join(folder, "tomcat", name), exist_ok=True)
    write("tomcat/conf/server.xml", '<Server port="-1"><Service name="Catalina"><Connector port="%d" address="127.0.0.1" SSLEnabled="true" maxThreads="9"'
          ' protocol="org.apache.coyote.http11.Http11NioProtocol" sslImplementationName="org.apache.tomcat.util.net.jsse.JSSEImplementation">'
          '<SSLHostConfig protocols="TLSv1.2">%s</SSLHostConfig></Connector><Engine name="Catalina" defaultHost="localhost">'
          '<Host name="localhost" appBase="webapps"/></Engine></Service></Server>' %
          (port, "".join('<Certificate type="%s" certificateFile="%s" certificateKeyFile="%s"/>' % (kind, pair[0], pair[1])
                         for kind, pair in (("RSA", RSA), ("EC", EC)))))
    home, base = TOMCAT, os.path.join(folder, "tomcat")
    java = shutil.which("java") or sorted(glob.glob("/usr/lib/jvm/*/bin/java"))[0]
    start("tomcat.log", java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Dcatalina.home=" + home, "-Dcatalina.base=" + base,
          "-Djava.io.tmpdir=" + base + "/temp", "-cp", home + "/bin/bootstrap.jar:" + home + "/bin/tomcat-juli.jar", "org.apache.catalina.startup.Bootstrap", "start")


def answers(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 9)) as tls:
            return tls.version() is not None
    except OSError:
        return False


def settled(log):
    """How many lines it has when no more come."""
    count, same = lines(log), 0
    while same < 3:
        time.sleep(0.3)
        now = lines(log)
        same, count = (same + 1 if now == count else 0), now
    return count


def real(name, log, port, whole=0, stopped=0):
    """With so many lines in its log for a whole handshake and for one that is ended early."""
    if not until(lambda: answers(port), name + " answers"):
        return
    told = {}
    for which in ("all", "needed"):
        before = settled(log)
        report = audit(port, which)
        told[which] = said(report)
        made = sum(o["tries"] for o in report["observations"])
        wanted = whole * (made - sum(early(report))) + stopped * sum(early(report))
        until(lambda: lines(log) - before >= wanted, "the log has its lines")
        logged = settled(log) - before
        ok(early(report) == [False, which == "needed"] * 2, "%s, %s: %d of %d handshakes ended early" % (name, which, sum(early(report)), made), report["observations"])
        ok(logged == wanted, "%s, %s: %d lines in its log for %d connections" % (name, which, logged, made), open(os.path.join(folder, log)).read()[-600:])
    ok(told["all"] == told["needed"], name + ": the same verdicts", told)


# --- servers of our own ---------------------------------------------------------------------------------------------------

def by_name(named, nameless):
    """A TLS server whose certificate depends on the name that is asked for."""
    contexts = []
    for pair in (named, nameless):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(*pair[:2])
        contexts.append(context)
    contexts[1].sni_callback = lambda connection, name, _: setattr(connection, "context", contexts[0 if name else 1])

    def handle(connection):
        with contexts[1].wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)
    return handle


def cut(cuts, port):
    """Hands on the ClientHello and what the server says to it, but nothing more of clients for whom cuts(hello) holds."""
    def handle(client):
        hello = client.recv(65536)
        with socket.create_connection(("127.0.0.1", port)) as server:
            server.sendall(hello)

            def back():
                try:
                    while data := server.recv(65536):
                        client.sendall(data)
                    client.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # the other direction was cut
            thread = threading.Thread(target=back, daemon=True)
            thread.start()
            while data := client.recv(65536):
                if cuts(hello):
                    client.shutdown(socket.SHUT_RDWR)
                    return
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            thread.join()
    return handle


def ours():
    same = serve(by_name(RSA, RSA))
    report = audit(same, "needed")
    ok(early(report) == [False, True] * 2 and report["status"] == "pass", "one certificate for all: the second handshake is ended early", report["observations"])
    ok(early(audit(same, "needed", "--parallel", "1")) == [False, True] * 2, "... one connection at a time as well")
    ok(not any(early(audit(same, "all"))), "--complete all: none is")
    report = audit(serve(by_name(RSA, OTHER)), "needed")
    ok(not any(early(report)) and all(o["handshake_completed"] for o in report["observations"]), "another certificate for the IP: all completed", report["observations"])
    report = audit(serve(cut(lambda hello: b"peer.example" in hello, same)), "needed", "--retries", "0")
    ok(not any(early(report)) and [o["handshake_completed"] for o in report["observations"]] == [o["address"] == "127.0.0.1" for o in report["observations"]],
       "the first cannot be finished: the second is completed, the first is no pass", report["observations"])
    ok(report["status"] == "incomplete", "... incomplete", report["status"])
    report = audit(serve(cut(lambda hello: b"other.example" in hello, same)), "needed", "--retries", "0", "--node", "other.example",
                   "--resolve", "other.example:127.0.0.1")
    ok(report["status"] == "incomplete" and not any(o["handshake_completed"] for o in report["observations"] if o["address"] == "other.example"),
       "of two names that clients are sent to, the second cannot be finished: no pass on the strength of the first", report["observations"])


try:
    ours()
    if shutil.which("haproxy"):
        ports = [free_port(), free_port()]
        haproxy(list(zip(ports, ("", "no"))))
        real("HAProxy, dontlognull", "haproxy.log", ports[0], 0, 1 if haproxy_version() < (3, 0) else 0)  # 2.6, and 3.0
        real("HAProxy, no dontlognull", "haproxy.log", ports[1], 1, 1)
    if TOMCAT:
        port = free_port()
        tomcat(port)
        real("Tomcat", "tomcat.log", port)
    else:
        skip("Tomcat", "tomcat10-common")
finally:
    for process in started:
        process.terminate()
end()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real nginx, HAProxy and Apache Tomcat with an RSA and an EC certificate, each with TLS 1.2, with 1.3 and with both, in the
client's order and in their own: what they show is what OpenSSL's own client gets that offers what Expressway offers."""
import glob
import os
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import TOMCAT, certificate, end, folder, ok, refused_port, run, seconds, skip

DEFAULT = "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH"
STRINGS = {"rsa-first": "ECDHE-RSA-AES256-GCM-SHA384:" + DEFAULT, "ecdsa-first": DEFAULT}
RSA = certificate("rsa")
EC = certificate("ec", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384")
VERSIONS = {"1.2": ["1.2"], "1.3": ["1.3"], "both": ["1.2", "1.3"]}
started = []


def free_port():
    """One that nobody has just now; kept until a server takes it over."""
    port = refused_port()
    refused_port.keepers.pop().close()
    return port


def write(name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    return path


def start(*command, **more):
    with open(os.path.join(folder, "server.log"), "ab") as log:
        started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more))


def nginx(places):
    hosts = "".join("server { listen 127.0.0.1:%d ssl; ssl_protocols %s; ssl_prefer_server_ciphers %s; }\n" %
                    (port, " ".join("TLSv" + v for v in versions), "on" if own else "off") for port, versions, own in places)
    pairs = "".join("ssl_certificate %s; ssl_certificate_key %s;\n" % pair[:2] for pair in (RSA, EC))
    temporary = "".join("%s_temp_path %s;" % (what, folder) for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path = write("nginx.conf", "daemon off; master_process off; pid %s/nginx.pid; error_log stderr;\nevents {}\nhttp { access_log off; %s\n%s"
                 "ssl_ciphers ALL:@SECLEVEL=0;\n%s}\n" % (folder, temporary, pairs, hosts))
    start("nginx", "-c", path, "-p", folder, "-e", "stderr")


def haproxy(places):
    for ending, pair in (("rsa", RSA), ("ecdsa", EC)):
        write("hap.pem." + ending, open(pair[0], encoding="ascii").read() + open(pair[1], encoding="ascii").read())
    fronts = "".join("frontend f%d\n bind 127.0.0.1:%d ssl crt %s/hap.pem ssl-min-ver TLSv%s ssl-max-ver TLSv%s ciphers ALL:@SECLEVEL=0 %s\n"
                     " http-request return status 200\n" % (port, port, folder, versions[0], versions[-1],
                                                            "" if own else "prefer-client-ciphers") for port, versions, own in places)
    path = write("haproxy.cfg", "global\n ssl-load-extra-files bundle\ndefaults\n mode http\n timeout connect 9s\n timeout client 99s\n timeout server 99s\n" + fronts)
    start("haproxy", "-db", "-f", path)


def tomcat(places):
    connectors = "".join(
        '<Connector port="%d" address="127.0.0.1" protocol="org.apache.coyote.http11.Http11NioProtocol" SSLEnabled="true" maxThreads="9"'
        ' sslImplementationName="org.apache.tomcat.util.net.jsse.JSSEImplementation">\n'
        '<SSLHostConfig protocols="%s" honorCipherOrder="%s" ciphers="ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:'
        'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256">\n%s</SSLHostConfig></Connector>\n' %
        (port, "+".join("TLSv" + v for v in versions), "true" if own else "false",
         "".join('<Certificate type="%s" certificateFile="%s" certificateKeyFile="%s"/>\n' % (kind, pair[0], pair[1]) for kind, pair in (("RSA", RSA), ("EC", EC))))
        for port, versions, own in places)
    for name in ("conf", "logs", "temp", "work", "webapps"):
        os.makedirs(os.path.join(folder, "tomcat", name), exist_ok=True)
    write("tomcat/conf/server.xml", '<Server port="-1"><Service name="Catalina">%s<Engine name="Catalina" defaultHost="localhost">'
          '<Host name="localhost" appBase="webapps"/></Engine></Service></Server>' % connectors)
    home, base = TOMCAT, os.path.join(folder, "tomcat")
    java = shutil.which("java") or sorted(glob.glob("/usr/lib/jvm/*/bin/java"))[0]
    start(java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Dcatalina.home=" + home, "-Dcatalina.base=" + base, "-Djava.io.tmpdir=" + base + "/temp",
          "-cp", home + "/bin/bootstrap.jar:" + home + "/bin/tomcat-juli.jar", "org.apache.catalina.startup.Bootstrap", "start")


def ask(port, order, *more):
    """(certificate, version) as OpenSSL's client gets them; None: no handshake."""
    said = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % port, "-cipher", STRINGS[order] + ":@SECLEVEL=1",
                           "-servername", "peer.example", *more], input=b"", capture_output=True, timeout=1800).stdout.decode()
    version = re.search(r"New, (TLSv1\.[23]), Cipher is", said)
    pem = re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", said, re.S)
    if not version or not pem:
        return None
    mine = "".join(pem[0].split()) == "".join(open(EC[0], encoding="ascii").read().split())
    return "tomcat-ECDSA" if mine else "tomcat", version[1].replace("v", "")


def up(port):
    for _ in range(200):
        if ask(port, "rsa-first") is not None:
            return True
        time.sleep(0.1 * seconds(1))
    return False


def check(name, ports):
    """ports: {label: port}"""
    report, _, _ = run(["--no-discovery", "--node", "peer.example", "--resolve", "peer.example:127.0.0.1", "--handshake-timeout", str(seconds(10)),
                        "-p", ",".join(map(str, ports.values()))], seconds(20))
    deaf = set()  # without TLS 1.3
    for label, port in ports.items():
        for order in STRINGS:
            both, alone = ask(port, order), ask(port, order, "-no_tls1_3")
            wanted = {("1.2+1.3",) + both} | ({("1.2",) + alone} if alone and alone[0] != both[0] else set())
            mine = [o for o in report["observations"] if o["advertised"] and o["port"] == port and o["order"] == order]
            got = {("+".join(o["tls_versions_offered"]), o["certificate"], o["tls_version"]) for o in mine}
            ok(got == wanted and all(o["handshake_completed"] and o["reached"] == "finished" for o in mine),
               "%s, %s, %s: %s" % (name, label, order, ", ".join(" ".join(w) for w in sorted(wanted))), (got, wanted, mine))
            noted = mine[0]["tls12_alone"] if mine else None
            if order == "ecdsa-first":
                deaf.update([str(port)] if alone is None else [])
            ok(noted == ("refused" if alone is None else "same" if alone[0] == both[0] else "other"), "... 1.2 alone: %s" % noted, (both, alone))
    told = [f for f in report["findings"] if f["id"] == "tls13-only"]
    ok(deaf and len(told) == 1 and set(told[0]["ports"]) == {int(p) for p in deaf}, name + ": where X14.2 without TLS 1.3 would get nothing", (told, deaf))


try:
    for name, run_it in (("nginx", nginx), ("HAProxy", haproxy), ("Tomcat", tomcat)):
        if name == "Tomcat" and not TOMCAT:
            skip(name, "tomcat10-common")
            continue
        ports = {"%s%s" % (label, ", own order" if own else ""): free_port() for label in VERSIONS for own in (False, True)}
        run_it([(port, VERSIONS[label.split(",")[0]], label.endswith("order")) for label, port in ports.items()])
        if all([up(port) for port in ports.values()]):
            check(name, ports)
        else:
            ok(False, name + " starts", open(os.path.join(folder, "server.log"), encoding="utf-8", errors="replace").read()[-900:])
finally:
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=1800)
end()

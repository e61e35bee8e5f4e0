#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which of a server's two certificates is presented: for servers with all kinds of cipher lists, ours must be the one that
OpenSSL's own client gets with Expressway's own cipher string, in both orders, and the suite the same. Then TLS 1.3 and IPv6."""
import os
import re
import socket
import ssl
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import certificate, end, forever, ok, refused_port, run, serve

DEFAULT = "EECDH:EDH:HIGH:-AES256+SHA:!MEDIUM:!LOW:!3DES:!MD5:!PSK:!eNULL:!aNULL:!aDH"
STRINGS = {"rsa-first": "ECDHE-RSA-AES256-GCM-SHA384:" + DEFAULT, "ecdsa-first": DEFAULT}
RSA = certificate("rsa")
ECDSA = certificate("ecdsa", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384")
SERVERS = [  # cipher list, whether the server insists on its own order
    ("DEFAULT", False), ("DEFAULT", True),
    ("ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256", False),
    ("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384", False),
    ("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256", False),
    ("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256", True),
    ("ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-CHACHA20-POLY1305", False),
    ("ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384", False),
    ("ECDHE-ECDSA-AES128-SHA256:AES256-GCM-SHA384", False),
    ("ECDHE-ECDSA-AES128-SHA:DHE-RSA-AES256-GCM-SHA384", False),
    ("ECDHE-ECDSA-AES256-CCM8:ECDHE-RSA-AES128-GCM-SHA256", False),
    ("AES128-GCM-SHA256:AES256-GCM-SHA384", False),
    ("AES128-SHA:ECDHE-ECDSA-AES128-SHA", True),
    ("AES256-SHA:ECDHE-RSA-AES256-SHA:ECDHE-ECDSA-AES256-SHA", False),  # none that Expressway offers
    ("ECDHE-ECDSA-AES256-GCM-SHA384", False), ("ECDHE-RSA-AES256-GCM-SHA384", False),
]


# Since 3.2 OpenSSL takes the suites of CCM8 for weak: with Expressway's string its client does not offer them, as 1.1.1 and 3.0 do.
if ssl.OPENSSL_VERSION_INFO >= (3, 2):
    SERVERS = [one for one in SERVERS if "CCM8" not in one[0]]
    print("# without CCM8: this OpenSSL does not offer it")


def server(ciphers, own_order):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(RSA[0], RSA[1])
    context.load_cert_chain(ECDSA[0], ECDSA[1])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers + ":@SECLEVEL=0")
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if own_order:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            forever(tls)
    return handle


def ask_openssl(port, order):
    """(certificate, suite) as OpenSSL's client gets them; (None, None): no handshake."""
    said = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % port, "-tls1_2", "-cipher", STRINGS[order] + ":@SECLEVEL=1",
                           "-curves", "P-256:P-384:P-521", "-servername", "peer.example"], input=b"", capture_output=True, timeout=1800).stdout.decode()
    suite = re.search(r"Cipher is (\S+)", said)
    if not suite or suite[1] == "(NONE)":
        return None, None
    name = subprocess.run(["openssl", "ciphers", "-stdname", suite[1]], check=True, capture_output=True, text=True).stdout.split()
    pem = re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", said, re.S)[0]
    ours = "tomcat-ECDSA" if "".join(pem.split()) == "".join(open(ECDSA[0], encoding="ascii").read().split()) else "tomcat"
    return ours, name[[i for i, word in enumerate(name) if word == suite[1]][0] - 2]


def compare():
    for number, (ciphers, own_order) in enumerate(SERVERS):
        port = serve(server(ciphers, own_order))
        report, _, _ = run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "-p", str(port)], 6)
        for order in STRINGS:
            wanted = ask_openssl(port, order)
            got = {(o["certificate"], o["cipher_suite"]) for o in report["observations"] if o["order"] == order}
            ok(got == {wanted}, "server %d (%s%s), %s: %s" % (number, ciphers, ", its own order" if own_order else "", order, wanted[0]), (got, wanted))


OWN_STRINGS = ["EECDH+aRSA:EDH+aRSA:HIGH+aRSA", "ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA", "EECDH+aECDSA:AES256-SHA",
               "EDH+aRSA:EECDH", "kRSA:EECDH", "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA256", "EECDH:!AESGCM"]


def own_strings():
    """--cipher-string: the certificate that OpenSSL's client gets with that very string."""
    for ciphers, own_order in (("DEFAULT", True), ("ALL", False), ("AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-SHA256", True)):
        port = serve(server(ciphers, own_order))
        for string in OWN_STRINGS:
            STRINGS["own"] = string
            wanted = ask_openssl(port, "own")
            report, _, _ = run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "--tls", "1.2",
                                "--cipher-string", string, "-p", str(port)], 6)
            got = {(o["certificate"], o["cipher_suite"]) for o in report["observations"]}
            ok(got == {wanted}, "%s%s, --cipher-string %s: %s" % (ciphers[:9], ", its own order" if own_order else "", string, wanted[0]), (got, wanted))
    del STRINGS["own"]


def tls13():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(RSA[0], RSA[1])
    context.load_cert_chain(ECDSA[0], ECDSA[1])
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            forever(tls)
    port = str(serve(handle))
    for server, more in (("ats8", set()), ("ats9", {("rsa-first", "rsa-first", "tomcat", "TLS1.3", True)})):
        report, _, _ = run(["--no-discovery", "--resolve", "peer.example:127.0.0.1", "--node", "peer.example", "--tls", "1.3",
                            "--traffic-server", server, "-p", port], 6)
        got = {(o["order"], o["signature_order"], o["certificate"], o["tls_version"], o["handshake_completed"]) for o in report["observations"]}
        ok(got == more | {(order, "ecdsa-first", "tomcat-ECDSA", "TLS1.3", True) for order in STRINGS},
           "TLS 1.3, %s: the certificate follows the signatures' order" % server, got)


def ipv6():
    names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(RSA[0], RSA[1])
    context.sni_callback = lambda tls, name, _: names.append(name)
    body = b"<servers><server>0:0:0:0:0:0:0:1</server><server>six.example</server></servers>"

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as tls:
            while tls.recv(65536):
                tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    try:
        port = serve(handle, "::1")
    except OSError:
        ok(True, "IPv6 # SKIP this machine has none")
        return
    report, _, _ = run(["--resolve", "six.example:::1", "-p", str(port), "[::1]:%d" % port], 6)
    ok(report["clusters"][0]["discovery"]["outcome"] == "ok" and report["clusters"][0]["discovery"]["url"] == "https://[::1]:%d/cucm-uds/servers" % port,
       "discovery over IPv6", report["clusters"])
    ok([(n["name"], [a["address"] for a in n["addresses"]]) for n in report["nodes"]] == [("::1", ["::1"]), ("six.example", ["six.example"])], "nodes", report["nodes"])
    ok({(o["address"], o["ip"], o["outcome"]) for o in report["observations"]} == {("::1", "::1", "presented"), ("six.example", "::1", "presented")}, "probed", report["observations"])
    ok(set(names) == {None, "six.example"}, "SNI for the name, none for the IP", names)
    report, _, _ = run(["-4", "--no-discovery", "--node", "::1", "-p", str(refused_port())], 6)
    ok({o["outcome"] for o in report["observations"]} == {"unresolved"}, "-4: an IPv6 address is not connected to", report["observations"])


compare()
own_strings()
tls13()
ipv6()
end()

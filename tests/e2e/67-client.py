#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Would CUCM accept Expressway-C's certificate: what is predicted from a real HAProxy's CertificateRequest (verify required, verify
optional, none; TLS 1.2 and 1.3), against the alert that it sends to an OpenSSL client that really shows that certificate."""
import json
import os
import re
import socket
import subprocess
import sys
from xml.etree import ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile import PROGRAM, end, folder, ok, seconds, until

PORT, LONG_AGO, PAST, FUTURE, FAR = 6972, "20200101000000Z", "20210101000000Z", "20340101000000Z", "20350101000000Z"
BOTH_USES = "serverAuth,clientAuth"
started = []


def path(name):
    return os.path.join(folder, name)


def write(name, text):
    with open(path(name), "w", encoding="ascii") as out:
        out.write(text)
    return path(name)


def read(name):
    with open(path(name), encoding="ascii") as text:
        return text.read()


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, timeout=1800, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())


def make(name, issuer, extensions, start="20250101000000Z", until_="20340601000000Z", subject=None):
    """NAME.pem and NAME.key, signed by ISSUER.pem or by itself."""
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject or "/O=Other Side/CN=" + name)
    write("index", "")
    write("serial", os.urandom(8).hex() + "\n")
    write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n"
          "unique_subject=no\n[p]\ncommonName=supplied\norganizationName=optional\n[x]\n" + extensions)
    signer = ["-selfsign", "-keyfile", name + ".key"] if issuer is None else ["-cert", issuer + ".pem", "-keyfile", issuer + ".key"]
    openssl("ca", "-batch", "-config", "ca.cnf", "-preserveDN", "-in", name + ".csr", *signer, "-startdate", start, "-enddate", until_, "-notext", "-out", name + ".pem")


def authority(name, issuer=None, more="", subject=None):
    make(name, issuer, "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n" + more, subject=subject)


def client(name, issuer, uses=BOTH_USES, usage="digitalSignature,keyEncipherment", **dates):
    make(name, issuer, "subjectAltName=DNS:%s.lab.example\nkeyUsage=%s\n%s" % (name, usage, "extendedKeyUsage=%s\n" % uses if uses else ""), **dates)


def certificates():
    authority("root")
    authority("other")
    authority("issuing", "root")
    authority("otherissuing", "other")
    authority("serversonly", "root", "extendedKeyUsage=serverAuth\n")
    client("good", "root")
    client("anyuse", "root", None)
    client("serveronly", "root", "serverAuth")
    client("anyeku", "root", "anyExtendedKeyUsage")
    client("encipher", "root", usage="keyEncipherment")
    client("expired", "root", start=LONG_AGO, until_=PAST)
    client("tocome", "root", start=FUTURE, until_=FAR)
    client("expiredserver", "root", "serverAuth", start=LONG_AGO, until_=PAST)
    client("unlisted", "other")
    client("unlistedexpired", "other", start=LONG_AGO, until_=PAST)
    client("byissuing", "issuing")
    client("byother", "otherissuing")
    client("byserversonly", "serversonly")
    make("self", None, "subjectAltName=DNS:self.lab.example\nbasicConstraints=CA:TRUE\n")
    make("server", "root", "subjectAltName=%s\n" % ",".join("DNS:%s.lab.example" % s for s in SERVERS))


# client: the files of its chain behind the certificate itself
CLIENTS = {"good": [], "anyuse": [], "serveronly": [], "anyeku": [], "encipher": [], "expired": [], "tocome": [], "expiredserver": [], "unlisted": ["other"],
           "unlistedexpired": [], "byissuing": ["issuing"], "byother": ["otherissuing", "other"], "byserversonly": ["serversonly"], "self": []}
# server: HAProxy's words, the authorities of its ca-file
SERVERS = {"required": ("verify required", ["root"]), "optional": ("verify optional", ["root"]), "none": ("", []),
           "required12": ("verify required ssl-max-ver TLSv1.2", ["root"]), "optional12": ("verify optional ssl-max-ver TLSv1.2", ["root"]),
           "both": ("verify required", ["issuing", "root"]), "issuing": ("verify required", ["issuing"]), "self": ("verify required ssl-max-ver TLSv1.2", ["self"])}

PAGES = ["byissuing", "unlisted"]  # Expressway-C's web pages that show these


def network():
    """Some 127.x.y nobody listens on."""
    for octet in range(os.getpid() % 200 + 20, 255):
        place = "127.67.%d." % octet
        try:
            for i in range(1, len(SERVERS) + 1):
                with socket.socket() as probe:
                    probe.bind((place + str(i), PORT))
            return place
        except OSError:
            continue
    raise RuntimeError("no free network")


def haproxy(places):
    write("both.pem", read("server.pem") + read("server.key"))
    fronts = ""
    for name, ip in places.items():
        words, authorities = SERVERS[name]
        if authorities:
            words += " ca-file " + write("ca-%s.pem" % name, "".join(read(a + ".pem") for a in authorities))
        fronts += "frontend %s\n bind %s:%d ssl crt %s %s\n http-request return status 200\n" % (name, ip, PORT, path("both.pem"), words)
    for i, name in enumerate(PAGES):
        write("page-%s.pem" % name, read(name + ".pem") + "".join(read(c + ".pem") for c in CLIENTS[name]) + read(name + ".key"))
        fronts += "frontend page%s\n bind %s:%d ssl crt %s\n http-request return status 404\n" % (name, places["none"], PORT + 1 + i, path("page-%s.pem" % name))
    config = write("haproxy.cfg", "defaults\n mode http\n timeout connect 99s\n timeout client 99s\n timeout server 99s\n" + fronts)
    with open(path("haproxy.log"), "ab") as log:
        started.append(subprocess.Popen(["haproxy", "-db", "-f", config], stdin=subprocess.DEVNULL, stdout=log, stderr=log))


def listens(ip):
    try:
        with socket.create_connection((ip, PORT), 5):
            return True
    except OSError:
        return False


def asked(ip, version, name):
    """What HAProxy says to somebody who shows this certificate (None: none): the number of its alert, or 200."""
    show = [] if name is None else ["-cert", path(name + ".pem"), "-key", path(name + ".key")]
    if name is not None and CLIENTS[name]:
        show += ["-cert_chain", write("chain.pem", "".join(read(c + ".pem") for c in CLIENTS[name]))]
    with subprocess.Popen(["openssl", "s_client", "-ign_eof", "-connect", "%s:%d" % (ip, PORT), "-tls1_3" if version == "TLS1.3" else "-tls1_2", *show],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        said, _ = process.communicate(b"GET / HTTP/1.0\r\n\r\n", timeout=1800)
    alert = re.search(rb"alert number (\d+)", said)
    return int(alert[1]) if alert else 200 if b"HTTP/1.1 200" in said else said


def program(*arguments):
    done = subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds(120), check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def audit(places, names, *more):
    hosts = [x for s in names for x in ("--node", s + ".lab.example", "--resolve", "%s.lab.example:%s" % (s, places[s]))]
    return ["--no-discovery", "-t", path("root.pem"), "-p", str(PORT), "--handshake-timeout", str(seconds(10)), "--deadline", "86400", *hosts, *more]


def file_of(name):
    return write("file-%s.pem" % name, read(name + ".pem") + "".join(read(c + ".pem") for c in CLIENTS[name]))


def predictions(report):
    """{(server, client, version): (outcome, alert)}"""
    found = {}
    for verdict in report["client_verdicts"]:
        seen = report["observations"][verdict["observation"]]
        if seen["advertised"]:
            found.setdefault((seen["node"].split(".")[0], verdict["name"], seen["tls_version"]), set()).add((verdict["outcome"], verdict["alert"]))
    return found


def confirm(places, report):
    reals, wrong, counted = {}, [], {}
    for (server, name, version), said in sorted(predictions(report).items()):
        real = reals.setdefault((server, name, version), asked(places[server], version, None if name == "none" else name))
        outcome, alert = next(iter(said))
        counted[outcome] = counted.get(outcome, 0) + 1
        good = len(said) == 1 and (real == 200 and alert is None if outcome == "accepted" else real == alert if outcome == "refused" else alert is None)
        if not good and not (server == "issuing" and name == "byissuing"):
            wrong.append((server, name, version, said, real))
    ok(not wrong and counted.get("refused", 0) > 40 and counted.get("accepted", 0) > 20, "%s: as HAProxy then answered" % counted, wrong)


def judged():
    clients = [x for c in CLIENTS for x in ("--client-certificate", "%s=%s" % (c, file_of(c)))] + ["--client-certificate", "none"]
    status, out, err = program(*audit(places, SERVERS, *clients, "-f", "json"))
    ok(status == 1 and err == "", "an audit with every certificate", err + out[:300])
    write("report.json", out)
    report = json.loads(out)
    confirm(places, report)
    wanted = {"expressway-ca-not-accepted", "expressway-client-auth-missing", "expressway-certificate-ends", "expressway-certificate-required"}
    ok(wanted <= {f["id"] for f in report["findings"] if f["severity"] == "fail"}, "findings of each kind", [f["id"] for f in report["findings"]])
    ok({"expressway-chain", "expressway-reissue"} <= {s["kind"] for s in report["plan"]}, "the plan says what to do", report["plan"])
    return report


def one_each():
    for server, name, wanted, title in (("required", "good", 0, None), ("optional", "good", 0, None), ("none", "unlisted", 0, None), ("both", "byissuing", 0, None),
                                        ("required", "unlisted", 1, "expressway-ca-not-accepted"), ("optional12", "serveronly", 1, "expressway-client-auth-missing"),
                                        ("required12", "expired", 1, "expressway-certificate-ends"), ("required12", "byother", 1, "expressway-ca-not-accepted")):
        status, out, _ = program(*audit(places, [server], "--client-certificate", file_of(name), "-f", "json"))
        report = json.loads(out)
        fails = [f["id"] for f in report["findings"] if f["severity"] == "fail"]
        ok(status == wanted and report["status"] == ("fail" if wanted else "pass") and fails == ([title] if title else []),
           "%s shown to %s: exit status %d%s" % (name, server, wanted, ", " + title if title else ""), (status, report["answer"], fails))
    status, out, _ = program(*audit(places, ["required12"], "--client-certificate", file_of("unlisted")))
    out = " ".join(out.split())
    ok("No: CUCM would refuse Expressway-C's own certificate at 1 of 1 advertised address" in out and
       "ERROR: SSL connection failed for 'required12.lab.example': error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca" in out,
       "the first sentence and the line of the log", out)
    for name, failures in (("unlisted", 1), ("good", 0)):
        tree = ElementTree.fromstring(program(*audit(places, ["required12"], "--client-certificate", file_of(name), "-f", "junit"))[1])
        ok(len(tree.findall(".//failure")) == failures == int(tree.get("failures")) and len(tree.findall(".//testcase")) == int(tree.get("tests")) and
           len(tree.findall("testsuite[@name=\"Expressway-C's own certificate\"]/testcase")) == 1, "JUnit has %d failures" % failures, ElementTree.tostring(tree))
    status, out, _ = program(*audit(places, ["required"], "-f", "json"))
    finding = [f for f in json.loads(out)["findings"] if f["id"] == "client-certificate-requested"]
    ok(len(finding) == 1 and "CN=root,O=Other Side" in finding[0]["detail"] and "--client-certificate" in finding[0]["action"],
       "without the option: what the lists say, and how to use it", finding)


def replayed(report):
    status, out, err = program("replay", "-f", "json", path("report.json"))
    again = json.loads(out) if out else {}
    ok(status == 1 and again.get("client_verdicts") == report["client_verdicts"] and again["client_certificates"] == report["client_certificates"],
       "replay reads them back and judges the same", err)
    status, out, err = program("replay", "-f", "json", "--client-certificate", file_of("good"), path("report.json"))
    good = json.loads(out)
    ok({v["name"] for v in good["client_verdicts"]} == {"file-good.pem"}, "replay with another certificate: that one alone", err)
    at = json.loads(program("replay", "-f", "json", "--at", "2020-06-01", path("report.json"))[1])
    of = predictions(at)
    ok(next(iter(of[("required", "expired", "TLS1.3")])) == ("accepted", None) and next(iter(of[("required", "good", "TLS1.3")])) == ("refused", 42),
       "--at counts for the certificate too", (of[("required", "expired", "TLS1.3")], of[("required", "good", "TLS1.3")]))


def snapshot(name, tomcat, call, **more):
    trusts = [{"service": service, "certificate_data": [{"filename": a + ".pem", "certificate": read(a + ".pem")} for a in authorities]}
              for service, authorities in (("tomcat-trust", tomcat), ("CallManager-trust", call), ("ipsec-trust", ["other"]))]
    return write(name, json.dumps({"trackingId": "1", "server": "cucm", "identities": [], "trusts": trusts, **more}))


def snapshots():
    rows = (("in both", ["root"], ["root"], "byissuing", "required", ("accepted", None)), ("in neither", [], [], "good", "required", ("refused", 48)),
            ("the issuing CA alone", ["issuing"], ["issuing"], "byissuing", "issuing", ("refused", 48)),
            ("in one, and the list has it", ["root"], [], "good", "required", ("accepted", None)),
            ("in one, and the list lacks it", ["other"], [], "unlisted", "required", ("refused", 48)),
            ("no clientAuth", ["root"], ["root"], "serveronly", "required", ("refused", 43)), ("expired", ["root"], ["root"], "expired", "required", ("refused", 45)))
    for title, tomcat, call, name, server, wanted in rows:
        file = snapshot("snapshot.json", tomcat, call)
        _, out, err = program(*audit(places, [server], "--client-certificate", "x=" + file_of(name), "--trust-snapshot", file, "-f", "json"))
        report = json.loads(out)
        got = {(v["outcome"], v["alert"]) for v in report["client_verdicts"]}
        ok(got == {wanted}, "snapshot, %s: %s" % (title, wanted), (got, err))
    write("snapshot-report.json", out)
    again = json.loads(program("replay", "-f", "json", path("snapshot-report.json"))[1])
    ok(again["trust_snapshots"] == report["trust_snapshots"] and again["client_verdicts"] == report["client_verdicts"] and
       len(again["trust_snapshots"][0]["tomcat_trust"]) == 1, "a snapshot is read back", again["trust_snapshots"])


def web_pages():
    resolve = ["--resolve", "exp.lab.example:" + places["none"]]
    for i, (name, wanted) in enumerate((("byissuing", 0), ("unlisted", 1))):
        host = "exp.lab.example:%d" % (PORT + 1 + i)
        status, out, err = program(*audit(places, ["required"], "--expressway-host", host, *resolve, "-f", "json"))
        report = json.loads(out)
        pem = report["certificates"][report["client_certificates"][0]["chain"][0]]["pem"]
        ok(status == wanted and pem.split() == read(name + ".pem").split() and report["client_certificates"][0]["source"] == "web-page" and
           {v["name"] for v in report["client_verdicts"]} == {host}, "the web page shows %s: exit status %d" % (name, wanted), (status, err, report["client_certificates"]))
        if wanted:
            ok(any("client store" in (f["detail"] or "") for f in report["findings"]), "... and X15.5's client store may differ", report["findings"])
    status, out, _ = program(*audit(places, ["required"], "--expressway-host", "exp.lab.example:%d" % (PORT + 9), *resolve, "-f", "json"))
    report = json.loads(out)
    ok(status == 0 and "expressway-not-fetched" in [f["id"] for f in report["findings"]] and {v["outcome"] for v in report["client_verdicts"]} == {"unknown"},
       "nobody there: not known, and said", report["client_certificates"])


def inventory():
    """The server's one certificate is for any use; of Expressway-C's three one each has clientAuth, serverAuth alone, no extension."""
    files = [x for c in ("good", "serveronly", "anyuse") for x in ("--client-certificate", c + "=" + file_of(c))]
    _, out, _ = program(*audit(places, ["none"], *files, "-f", "json"))
    found = [f for f in json.loads(out)["findings"] if f["id"] == "client-auth-inventory"]
    ok(len(found) == 1 and found[0]["severity"] == "info" and found[0]["title"] ==
       "Certificates for clientAuth too: 1 of 4; for serverAuth only: 1" and found[0]["detail"].startswith("Without an extended key usage, which allows any use: 2.") and
       "Expressway-C of good: has clientAuth, issued by CN=root,O=Other Side, until 2034-06-01T00:00:00Z." in found[0]["detail"], "the inventory", found)
    html = program(*audit(places, ["none"], *files, "-f", "html"))[1]
    ok(html.count("Extended key usage:</span> serverAuth, clientAuth</p>") == 1 and html.count("Extended key usage:</span> serverAuth</p>") == 1 and
       "Key usage:</span> digitalSignature, keyEncipherment</p>" in html and "Expressway-C&#39;s own certificates" in html.replace("'", "&#39;"),
       "the page tells each certificate's usages", html[-3000:])
    rows = [line for line in program(*audit(places, ["none"], *files, "-f", "certificates"))[1].splitlines() if '"expressway"' in line]
    ok(len(rows) == 3 and '"serverAuth clientAuth"' in rows[0], "the CSV has them", rows)


def refuses(title, words, *arguments):
    status, out, err = program(*audit(places, ["required"], *arguments))
    ok(status == 2 and out == "" and err.count("\n") == 1 and words in err and "PRIVATE" not in err and read("good.key")[60:90] not in err,
       "bad input: " + title, (status, err))


def bad_input():
    openssl("pkcs12", "-export", "-in", "good.pem", "-inkey", "good.key", "-passout", "pass:x", "-out", "good.pfx")
    refuses("a key in the file", "private key", "--client-certificate", write("key.pem", read("good.pem") + read("good.key")))
    refuses("a PKCS#12", "private key", "--client-certificate", path("good.pfx"))
    refuses("a CA alone", "is a CA's", "--client-certificate", path("root.pem"))
    refuses("only CAs", "is a CA's", "--client-certificate", write("cas.pem", read("issuing.pem") + read("root.pem")))
    refuses("two servers behind a CA", "first", "--client-certificate", write("two.pem", read("root.pem") + read("good.pem") + read("anyuse.pem")))
    refuses("no certificate", "certificate", "--client-certificate", write("empty.pem", "nothing\n"))
    refuses("no such file", "missing.pem", "--client-certificate", path("missing.pem"))
    refuses("one name twice", "NAME=FILE", "--client-certificate", "x=" + path("good.pem"), "--client-certificate", "x=" + path("anyuse.pem"))
    refuses("a snapshot that is no JSON", "certificate API", "--trust-snapshot", path("good.pem"))
    refuses("a snapshot of something else", "certificate API", "--trust-snapshot", write("else.json", '{"trusts": 3}'))
    refuses("a snapshot without CallManager-trust", "CallManager-trust", "--trust-snapshot", write("half.json", '{"trusts": [{"service": "tomcat-trust", "certificate_data": []}]}'))
    upside_down = write("upside-down.pem", read("root.pem") + read("issuing.pem") + read("byissuing.pem"))
    report = json.loads(program(*audit(places, ["required"], "--client-certificate", upside_down, "-f", "json"))[1])
    leaf = report["certificates"][report["client_certificates"][0]["chain"][0]]["common_name"]
    ok(leaf == "byissuing" and {v["outcome"] for v in report["client_verdicts"]} == {"accepted"}, "CAs first: the certificate that is no CA's is Expressway-C's", leaf)
    openssl("crl2pkcs7", "-nocrl", "-certfile", file_of("byissuing"), "-certfile", "root.pem", "-outform", "DER", "-out", "chain.p7b")
    status, out, err = program(*audit(places, ["required"], "--client-certificate", path("chain.p7b"), "-f", "json"))
    ok(status == 0 and {v["outcome"] for v in json.loads(out)["client_verdicts"]} == {"accepted"}, "PKCS#7, in whatever order", err)


try:
    certificates()
    net = network()
    places = {name: net + str(i + 1) for i, name in enumerate(SERVERS)}
    haproxy(places)
    if all(until(lambda ip=ip: listens(ip), "HAProxy starts") for ip in places.values()):
        whole = judged()
        one_each()
        replayed(whole)
        snapshots()
        web_pages()
        inventory()
        bad_input()
finally:
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=1800)
end()

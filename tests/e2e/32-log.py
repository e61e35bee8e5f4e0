#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`mra-preflight log` on logs made here: frames, copies, archives, rotation, ambiguity, hostile bytes."""
import base64, bz2, gzip, io, json, lzma, os, random, shutil, subprocess, sys, tarfile, tempfile, zipfile

top = os.environ.get("top_builddir", ".")
src = os.environ.get("srcdir", ".")
program = os.environ.get("MRA_PREFLIGHT", os.path.join(top, "mra-preflight"))
folder = tempfile.mkdtemp(prefix="mra-log.")
bad = 0


def frame(s, pid=2030):
    return "2022-07-11T18:%02d:%02d.123+02:00 vcsc traffic_server[%d]: " % (55 + s // 60, s % 60, pid)


def info(s, detail, rest, pid):
    return frame(s, pid) + 'UTCTime="2022-07-11 16:%02d:%02d,000" Module="network.http.trafficserver" Level="INFO": Detail="%s" %s' % (
        55 + s // 60, s % 60, detail, rest)


def told(s, txn, address, port, pid=2030, url=False):
    plain = ("steven.lab/https/%s/%s" % (address, port)).encode()
    text = (base64.urlsafe_b64encode if url else base64.b64encode)(plain).decode().rstrip("=")
    return info(s, "Receive Request", 'Txn-id="%d" TrackingID="bb0c" Src-ip="127.0.0.1" Src-port="35766" Last-via-addr="" '
                'Msg="GET http://vcs_control.steven.lab:8443/%s/x.xml HTTP/1.1"' % (txn, text), pid)


def sent(s, txn, ip, port, pid=2030):
    return info(s, "Sending Request", 'Txn-id="%d" TrackingID="bb0c" Dst-ip="%s" Dst-port="%s" Msg="GET /x.xml HTTP/1.1"' % (txn, ip, port), pid)


def answer(s, txn, ip, port, pid=2030):
    return info(s, "Receive Response", 'Txn-id="%d" TrackingID="" Src-ip="%s" Src-port="%s" Msg="HTTP/1.1 200 "' % (txn, ip, port), pid)


def client(s, txn, what, pid=2030):
    return info(s, "Sending Response", 'Txn-id="%d" TrackingID="" Dst-ip="127.0.0.1" Dst-port="35766" Msg="HTTP/1.1 %s"' % (txn, what), pid)


def warning(s, name, ip, text, depth=0, action="Terminate", pid=2030):
    return frame(s, pid) + "[ET_NET 0] WARNING: Core server certificate verification failed for (%s). Action=%s Error=%s server=%s(%s) depth=%d" % (
        name, action, text, name, ip, depth)


def error(s, name, what="1416F086:SSL routines:tls_process_server_certificate:certificate verify failed", pid=2030):
    return frame(s, pid) + "[ET_NET 0] ERROR: SSL connection failed for '%s': error:%s" % (name, what)


def write(name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else ("\n".join(data) + "\n").encode())
    return path


def log(*words, stdin=None):
    done = subprocess.run([program, "log", "-f", "json", *words], input=stdin, capture_output=True, timeout=1800)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, None


def check(what, got, wanted):
    global bad
    if got != wanted:
        bad = 1
        print("%s:\n  got    %r\n  wanted %r" % (what, got, wanted))


def short(document):
    return sorted((s["address"], s["port"] or 0, s["last"]["outcome"], s["last"]["reason"], s["last"]["depth"]) for s in document["servers"])


ip, name = "10.48.36.215", "cucm.steven.lab"
lines = [
    told(1, 189, name, 8443), sent(2, 189, ip, 8443), answer(3, 189, ip, 8443), client(4, 189, "200 OK"),
    told(5, 191, name, 6972), sent(6, 191, ip, 6972), warning(7, name, ip, "self signed certificate"), error(7, name),
    client(8, 191, "502 connect failed"),
    frame(9) + "[ET_NET 2] WARNING: SNI (%s) not in certificate. Action=Terminate server=%s(%s)" % (ip, ip, ip), error(9, ip)]
wanted = [(ip, 0, "refused", "name-mismatch", None), (name, 6972, "refused", "self-signed", 0), (name, 8443, "accepted", None, None)]

plain = write("plain.log", lines)
text = open(plain, "rb").read()
status, document = log(plain)
check("status", status, 1)
check("vendor's sample", short(document), wanted)
check("facts", [document[k] for k in ("verification", "traffic_server", "era", "lines")], ["enforced", "ats8", "openssl1", 11])
refused = [s for s in document["servers"] if s["port"] == 6972][0]
check("line", refused["last"]["log"], "WARNING: Core server certificate verification failed for (cucm.steven.lab). Action=Terminate "
      "Error=self signed certificate server=cucm.steven.lab(10.48.36.215) depth=0")
check("error", refused["last"]["error"], "ERROR: SSL connection failed for 'cucm.steven.lab': error:1416F086:SSL routines:"
      "tls_process_server_certificate:certificate verify failed")
try:
    import jsonschema
    jsonschema.validate(document, json.load(open(os.path.join(src, "src/saved/log.schema.json"))))
except ImportError:
    jsonschema = None
    print("without jsonschema")

# the log of another peer of the cluster, with the same process and transaction numbers at the same time
second = write("second.log", [line.replace(" vcsc ", " vcsc2 ") for line in (
    told(5, 191, name, 6972), sent(6, 191, ip, 6972), answer(7, 191, ip, 6972), client(8, 191, "200 OK"))])
_, document = log(plain, second)
merged = [s for s in document["servers"] if s["port"] == 6972][0]
check("two peers", (merged["requests"], merged["accepted"], merged["refused"], merged["last"]["outcome"],
                    merged["last"]["peer"], [(peer["peer"], peer["outcome"]) for peer in merged["other_peers"]]),
      (2, 1, 1, "refused", "vcsc", [("vcsc2", "accepted")]))
jsonschema is None or jsonschema.validate(document, json.load(open(os.path.join(src, "src/saved/log.schema.json"))))

# a syslog server's frame (RFC 3164) has no year: WARNING lines are as old as the line before them, and peers have names
def bsd(lines, host="vcsc"):
    return [line.replace("2022-07-11T", "Jul 11 ").replace(".123+02:00", "").replace(" vcsc ", " %s " % host) for line in lines]


refusal = lines[4:9]
later = [told(180, 192, name, 6972), sent(181, 192, ip, 6972), answer(182, 192, ip, 6972), client(183, 192, "200 OK")]
check("syslog server: repaired", [(s["last"]["outcome"], s["refused"]) for s in log(write("bsd.log", bsd(refusal + later)))[1]["servers"]], [("accepted", 1)])
status, document = log(write("bsd2.log", bsd(refusal) + bsd(later, "vcsc2")))
check("syslog server: another peer", (status, [(s["last"]["outcome"], s["last"]["peer"], s["last"]["time"]) for s in document["servers"]]),
      (1, [("refused", "vcsc", "2022-07-11T16:55:06Z")]))
check("syslog server: overlapping", [(s["last"]["outcome"], s["requests"], s["refused"]) for s in log(
    write("bsd.log", bsd(refusal)), write("bsd2.log", bsd(refusal + later)))[1]["servers"]], [("accepted", 2, 1)])

# packed, in archives, from standard input
packed = [write("a.gz", gzip.compress(text)), write("a.xz", lzma.compress(text)), write("a.bz2", bz2.compress(text))]
for ending in ("", ".gz", ".xz"):
    path = os.path.join(folder, "t.tar" + ending)
    with tarfile.open(path, "w:" + ending[1:]) as tar:
        for member, data in (("other/readme", b"nothing\n"), ("logs/plain.log", text)):
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    packed.append(path)
nested = os.path.join(folder, "nested.tar")
with tarfile.open(nested, "w") as tar:
    tar.add(packed[4], "diagnostic_log.tar.gz")
with zipfile.ZipFile(os.path.join(folder, "a.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("plain.log", text)
if shutil.which("zstd"):
    packed.append(write("a.zst", subprocess.run(["zstd", "-q", "-c"], input=text, capture_output=True, check=True).stdout))
for path in packed + [nested, os.path.join(folder, "a.zip")]:
    check(os.path.basename(path), short(log(path)[1]), wanted)
check("standard input", short(log("-", stdin=gzip.compress(text))[1]), wanted)

# copies: broken in the middle of words, without blanks, without pid and colon
for width in (23, 61, 77, 80):
    check("wrapped at %d" % width, short(log(write("wrapped.log", [l[i:i + width] for l in lines for i in range(0, len(l), width)]))[1]), wanted)
check("without blanks", short(log(write("blankless.log", [l.replace(" ", "") for l in lines]))[1]), wanted)
check("without pid", short(log(write("pidless.log", [l.replace("[2030]:", "") for l in lines]))[1]), wanted)

# rotated: any order, overlapping
status, document = log(write("late.log", lines[5:]), write("early.log", lines[:8]))
check("rotated", short(document), wanted)
check("counted once", document["lines"], 11)

# retries are one request's; phrases; the two forms of lines; the other side
retry = [told(1, 1, name, 8443)] + [x for i in range(3) for x in (sent(2 + i, 1, ip, 8443), warning(2 + i, name, ip, "certificate has expired"), error(2 + i, name))]
document = log(write("retry.log", retry + [client(6, 1, "502 connect failed")]))[1]
check("retries", [(s["requests"], s["refused"]) for s in document["servers"]], [(1, 1)])
document = log(write("phrase.log", [told(1, 1, name, 8443), sent(2, 1, ip, 8443), client(3, 1, "502 Connection refused")]))[1]
check("phrase", [(s["last"]["outcome"], s["last"]["phrase"]) for s in document["servers"]], [("connect-failed", "502 Connection refused")])
new = [told(1, 1, name, 8443), sent(2, 1, ip, 8443), warning(3, name, ip, "self-signed certificate"), client(4, 1, "502 connect failed")]
document = log(write("new.log", new))[1]
check("new form", (short(document), document["traffic_server"], document["era"]), ([(name, 8443, "refused", "self-signed", 0)], "ats9", "openssl3"))
document = log(write("third.log", [frame(1) + "[ET_NET 1] WARNING: Origin hostname (%s) not in certificate. Action=Terminate server=%s(%s)" % (name, name, ip)]))[1]
check("third text", (short(document), document["traffic_server"]), ([(name, 0, "refused", "name-mismatch", None)], "ats9"))
peer = [told(1, 1, name, 6972), sent(2, 1, ip, 6972), error(3, name, "14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca"), client(4, 1, "502 connect failed")]
document = log(write("peer.log", peer))[1]
check("the other side", [(s["port"], s["last"]["outcome"], s["last"]["alert"], s["refused_by_peer"]) for s in document["servers"]], [(6972, "refused-by-peer", 48, 1)])

# two requests, one after the other, whose lines are equal to the letter; a file that holds everything twice
same = [told(1, 1, name, 8443), sent(1, 1, ip, 8443), warning(1, name, ip, "self signed certificate"), error(1, name), client(1, 1, "502 connect failed"),
        told(1, 2, name, 6972), sent(1, 2, ip, 6972), warning(1, name, ip, "self signed certificate"), error(1, name), client(1, 2, "502 connect failed")]
check("one instant", short(log(write("same.log", same))[1]), [(name, p, "refused", "self-signed", 0) for p in (6972, 8443)])
check("everything twice", short(log(write("twice.log", lines + lines))[1]), wanted)

# two open requests that differ in their port alone: the port is not known, and no other port is blamed
two = [told(1, 1, name, 8443), sent(1, 1, ip, 8443), told(2, 2, name, 6972), sent(2, 2, ip, 6972), warning(3, name, ip, "self signed certificate"),
       error(3, name), client(4, 2, "502 connect failed"), client(5, 1, "502 connect failed")]
status, document = log(write("two.log", two))
check("ambiguous", short(document), [(name, 0, "refused", "self-signed", 0), (name, 6972, "unknown", None, None), (name, 8443, "unknown", None, None)])

# a kept connection proves nothing; another process, or a long pause, does
after = [told(10, 9, name, 6972), sent(11, 9, ip, 6972), answer(12, 9, ip, 6972)]
check("kept connection", short(log(write("kept.log", lines[4:9] + after))[1]), [(name, 6972, "refused", "self-signed", 0)])
fresh = [told(10, 9, name, 6972, 7), sent(11, 9, ip, 6972, 7), answer(12, 9, ip, 6972, 7)]
check("another process", log(write("fresh.log", lines[4:9] + fresh))[0], 0)

# permissive; nothing; hostile
document = log(write("permissive.log", [told(1, 1, name, 8443), sent(2, 1, ip, 8443), warning(3, name, ip, "self signed certificate", action="Continue"), answer(4, 1, ip, 8443)]))[1]
check("permissive", (document["verification"], short(document)), ("permissive", [(name, 8443, "accepted", None, None)]))
check("nothing", log(write("nothing.log", ["hello"]))[0], 3)
check("no file", log(os.path.join(folder, "none"))[0], 2)
long = lines[0].encode() + b" " + b"A" * (20 << 20) + b"\n" + text + b"\0\n" + os.urandom(1 << 20) + b"\n" + text
check("hostile", short(log(write("hostile.log", long))[1]), wanted)
evil = warning(1, "a\x1b[31m", ip, "\x1b]0;x\x07", 0)
shown = subprocess.run([program, "log", write("evil.log", lines + [evil, error(2, name, "0A000418:\x1b[31mred")])], capture_output=True, timeout=1800).stdout
check("escape sequences", b"\x1b" in shown, False)
for form in ("text", "html"):
    done = subprocess.run([program, "log", "-f", form, plain], capture_output=True, timeout=1800)
    check(form, (done.returncode, b"self-signed" in done.stdout), (1, True))

# the edge configuration: only of edgeconfigprovisioning, several addresses a line, over several lines
xml = "<service><name>_cisco-uds</name><server><address>a.steven.lab</address></server><server><address>b.steven.lab</address></server></service>"
edge = "2022-07-11T18:57:00.123+02:00 vcsc edgeconfigprovisioning: UTCTime=\"2022-07-11 16:57:00,000\" Level=\"DEBUG\": HTTPMSG:"
for what, written in {"in bars": [edge, "|" + xml + "|"], "over lines": [edge, "|<a>"] + xml.replace("><", ">\n<").split("\n") + ["|"], "in one line": [edge + "|" + xml + "|"]}.items():
    document = log(write("edge.log", lines + written))[1]
    check("edge configuration " + what, [s["address"] for s in document["servers"] if s["told"] and s["ip"] == ""], ["a.steven.lab", "b.steven.lab"])
other = "2022-07-11T18:57:00.123+02:00 vcsc httpd: Level=\"DEBUG\": HTTPMSG:"
check("XML of another program", short(log(write("other.log", lines + [other, "|" + xml + "|"]))[1]), wanted)

# preallocated: zeros in front, which make it an empty tar archive, or a line that is too long
for zeros in (10, 1024, 1 << 20):
    check("%d zeros in front" % zeros, short(log(write("zeros.log", b"\0" * zeros + text))[1]), wanted)
# thousands of members in no order: bounded passes, each line once
numbers = list(range(2000))
random.Random(11).shuffle(numbers)
path = os.path.join(folder, "many.tar.gz")
with tarfile.open(path, "w:gz", compresslevel=1) as tar:
    for number in numbers:
        data = ("2022-07-11T%02d:%02d:00.000+02:00 vcsc traffic_server[1]: nothing\n" % (number // 60 % 24, number % 60)).encode() * 200
        entry = tarfile.TarInfo("m%d" % number)
        if number == 1000:
            data = text
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
check("thousands of members", short(log(path)[1]), wanted)
# a bomb is not unpacked to its end, and said; the files beside it are read
bomb = write("bomb.gz", gzip.compress(b"\0" * (64 << 20)) * 64)
done = subprocess.run([program, "log", "-f", "json", bomb, plain], capture_output=True, timeout=1800)
check("a bomb", (short(json.loads(done.stdout)), done.stderr.count(b"500 times its size"), done.stderr.count(b"\n")), (wanted, 1, 1))
# in an archive as well; but members of which none is more than 500 times its size are no bomb, however much they are in all
def archive_of(members):
    path = os.path.join(folder, "members.tar")
    with tarfile.open(path, "w") as tar:
        for at, data in enumerate(members):
            entry = tarfile.TarInfo("m%d.gz" % at)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path
much = gzip.compress(b"A" * (16 << 20))
with open(program, "rb") as file:
    brief = b"__asan_init" in file.read() or "ANOTHER_BUILD" in os.environ  # a GiB takes its time, and its lines were read before
for what, members, noted in () if brief else (("a bomb in an archive", [much * 80], 1),
                                                  ("much in an archive", [gzip.compress(text + os.urandom(1 << 20)) + much * 22] * 3, 0)):
    done = subprocess.run([program, "log", "-f", "json", archive_of(members), plain], capture_output=True, timeout=1800)
    check(what, (short(json.loads(done.stdout)), done.stderr.count(b"500 times its size"), done.stderr.count(b"\n")), (wanted, noted, noted))

# told, never sent, for want of an IP address: an address that clients were told all the same
check("told and never sent", short(log(write("unsent.log", lines + [told(59, 900, "gone.steven.lab", 8443), client(60, 900, "502 Cannot find server.")]))[1]),
      sorted(wanted + [("gone.steven.lab", 8443, "connect-failed", None, None)]))

# --from-log: what clients were told is a node, by its path IM&P's or Unity Connection's; the edge configuration too; nothing leaves this machine
imp = base64.b64encode(b"steven.lab/https/imp1.steven.lab/8443").decode().rstrip("=")
allowed = frame(40) + ' Event="Request Allowed" Detail="Access allowed" Reason="In allow list" Request="https://cuc1.steven.lab:443/vmrest/users" UTCTime="2022-07-11 16:55:26,000"'
more = lines + [info(30, "Receive Request", 'Txn-id="300" Msg="GET http://vcs:8443/%s/EPASSoap/service/v105 HTTP/1.1"' % imp, 2030),
                sent(31, 300, "127.0.0.1", 8443), answer(32, 300, "127.0.0.1", 8443), allowed]
cert = write("root.pem", subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null",
                                         "-subj", "/CN=x"], capture_output=True, check=True).stdout)
here = ["--resolve", name + ":127.0.0.1", "--resolve", "imp1.steven.lab:127.0.0.1", "--resolve", "cuc1.steven.lab:127.0.0.1", "--ports", "1",
        "--dns-server", "127.0.0.1:1", "--retries", "0"]
done = subprocess.run([program, "-f", "json", "--no-discovery", "--from-log", write("more.log", more), "-t", cert, *here], capture_output=True, timeout=1800)
report = json.loads(done.stdout)
check("nodes of the log", sorted((n["name"], n["role"], n["source"], n["addresses"][0]["advertised"]) for n in report["nodes"]),
      [("cuc1.steven.lab", "unity", "log", True), (name, "cucm", "log", True), ("imp1.steven.lab", "imp", "log", True)])
check("and what only a line of the traffic server names is none", ip in {n["name"] for n in report["nodes"]}, False)
check("they are tried", {o["outcome"] for o in report["observations"]}, {"refused"})
done = subprocess.run([program, "--no-discovery", "--from-log", write("quiet.log", ["hello"]), "-t", cert], capture_output=True, timeout=1800)
check("a log without requests: one sentence", (done.returncode, done.stderr.count(b"\n"), done.stdout), (2, 1, b""))
shutil.rmtree(folder)
sys.exit(bad)

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each case of tests/verdict/*.case: builds its certificates, lets `mra-preflight verify` judge them in both eras and compares
the reasons by name.  `check.py --export DIR` writes the chains instead, for an oracle (README.md); `check.py --ask ERA ORACLE`
compares what is recorded for that era with what tests/parity's oracle says.  With ANOTHER_BUILD in the environment (all of them
were judged by another build of the same code) every third is judged.  Needs python3 and openssl."""
import base64, concurrent.futures, ctypes, ctypes.util, glob, hashlib, json, os, re, subprocess, sys, tempfile

NOW = 1780272000  # 2026-06-01T00:00:00Z: all dates are days from here
SRC = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("MRA_PREFLIGHT") or os.path.join(os.environ.get("top_builddir", "."), "mra-preflight")

def length(n):
    if n < 128:
        return bytes([n])
    octets = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([128 | len(octets)]) + octets

def tlv(tag, *parts):
    body = b"".join(parts)
    return bytes([tag]) + length(len(body)) + body

def seq(*parts): return tlv(0x30, *parts)
def octets(body): return tlv(4, body)
def bits(body, unused=0): return tlv(3, bytes([unused]), body)
def integer(n): return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))

def oid(text):
    arcs = [int(a) for a in text.split(".")]
    out = b""
    for arc in [arcs[0] * 40 + arcs[1]] + arcs[2:]:
        part = [arc & 127]
        while arc > 127:
            arc >>= 7
            part.insert(0, 128 | arc & 127)
        out += bytes(part)
    return tlv(6, out)

def raw(text):
    """Octets in hex; TAG{ ... } puts TAG and the length in front of what is inside."""
    out = [b""]
    tags = []
    for token in re.findall(r"[0-9a-fA-F]{2}\{|[0-9a-fA-F]{2}|[^\s]", text):
        if token.endswith("{"):
            tags.append(int(token[:2], 16))
            out.append(b"")
        elif token == "}":
            body = out.pop()
            out[-1] += tlv(tags.pop(), body)
        else:
            out[-1] += bytes.fromhex(token)
    return out[0]

TYPES = {"CN": "2.5.4.3", "O": "2.5.4.10", "OU": "2.5.4.11", "C": "2.5.4.6", "E": "1.2.840.113549.1.9.1"}
STRINGS = {"utf8": (12, "utf-8"), "printable": (19, "latin-1"), "t61": (20, "latin-1"), "ia5": (22, "latin-1"), "bmp": (30, "utf-16-be")}

def name(text, kind="utf8"):
    tag, code = STRINGS[kind]
    return seq(*[tlv(0x31, seq(oid(TYPES[part.split("=")[0]]), tlv(tag, part.split("=", 1)[1].encode(code))))
                 for part in text.split("/") if part])

def date(days):
    if not days.lstrip("+-").isdigit():
        return tlv(23, days.encode())  # a date as it is to stand there
    import time
    when = time.gmtime(NOW + 86400 * int(days))
    return tlv(23, time.strftime("%y%m%d%H%M%SZ", when).encode())

def general(text):
    kind, value = text.split(":", 1)
    if kind == "dir":
        return tlv(0xa4, name(value))
    if kind == "ip":
        return tlv(0x87, bytes(int(b) for part in value.split("/") for b in part.split(".")))
    return tlv({"email": 0x81, "dns": 0x82, "uri": 0x86, "ip-text": 0x87, "rid": 0x88}[kind], value.encode())

def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout

class Keys:
    """One key per name; the kind is what stands before the name: ec, rsa2048, rsa3200e65 (an exponent of 65 bits), ed25519,
    ed448, x25519, dsa (all with the same parameters), p384, explicit, or a curve."""
    def __init__(self, folder):
        self.folder, self.known = folder, {}
        self.made = {} # certificates: rows share all but one

    def get(self, kind, label):
        path = os.path.join(self.folder, kind + "-" + label)
        if path not in self.known:
            if kind.startswith("rsa"):
                bits, _, exponent = kind[3:].partition("e")
                make = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + bits]
                make += ["-pkeyopt", "rsa_keygen_pubexp:%d" % ((1 << int(exponent) - 1) + 1)] if exponent else []
            elif kind in ("ed25519", "ed448", "x25519"):
                make = ["-algorithm", kind.upper()]
            elif kind == "dsa":
                shared = os.path.join(self.folder, "dsa")
                if not os.path.exists(shared):
                    openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024", "-out", shared)
                make = ["-paramfile", shared]
            else:
                curve = {"ec": "P-256", "p384": "P-384", "explicit": "P-256"}.get(kind, kind)
                make = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve]
                make += ["-pkeyopt", "ec_param_enc:" + ("explicit" if kind == "explicit" else "named_curve")]
            openssl("genpkey", *make, "-out", path)
            self.known[path] = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")
        return path, self.known[path]

def without_parameters(spki):
    """A DSA key that leaves its parameters to the next one above it (RFC 3279 2.3.2)."""
    key = spki[4 + int.from_bytes(spki[6:8], "big") + 4:]
    assert spki[:2] == b"\x30\x82" and spki[4:6] == b"\x30\x82" and key[:1] == b"\x03"
    return seq(seq(oid("1.2.840.10040.4.1")), key)

SIGNATURES = {"ec": {"sha256": "1.2.840.10045.4.3.2", "sha1": "1.2.840.10045.4.1", "sha384": "1.2.840.10045.4.3.3"},
              "rsa": {"sha256": "1.2.840.113549.1.1.11", "sha1": "1.2.840.113549.1.1.5", "md5": "1.2.840.113549.1.1.4"}}

def algorithm(kind, digest):
    if kind in ("ed25519", "ed448"):
        return seq(oid("1.3.101.112" if kind == "ed25519" else "1.3.101.113"))
    if kind.startswith("rsa"):
        return seq(oid(SIGNATURES["rsa"][digest]), tlv(5))
    if kind == "dsa":
        return seq(oid("2.16.840.1.101.3.4.3.2"))
    return seq(oid(SIGNATURES["ec"][digest]))

CRYPTO = ctypes.util.find_library("crypto")
if CRYPTO:
    CRYPTO = ctypes.CDLL(CRYPTO)
    for function in ("BIO_new_mem_buf", "PEM_read_bio_PrivateKey", "EVP_MD_CTX_new", "EVP_get_digestbyname"):
        getattr(CRYPTO, function).restype = ctypes.c_void_p

def sign_in_process(key, digest, tbs):
    """A thousand certificates are signed: a process for each would take longer than all the rest."""
    pem_text, size, none = open(key, "rb").read(), ctypes.c_size_t(0), ctypes.c_void_p()
    bio = ctypes.c_void_p(CRYPTO.BIO_new_mem_buf(pem_text, len(pem_text)))
    private = ctypes.c_void_p(CRYPTO.PEM_read_bio_PrivateKey(bio, none, none, none))
    context = ctypes.c_void_p(CRYPTO.EVP_MD_CTX_new())
    md = ctypes.c_void_p(CRYPTO.EVP_get_digestbyname(digest.encode())) if digest else none
    assert CRYPTO.EVP_DigestSignInit(context, none, md, none, private) == 1
    assert CRYPTO.EVP_DigestSign(context, none, ctypes.byref(size), tbs, ctypes.c_size_t(len(tbs))) == 1
    out = ctypes.create_string_buffer(size.value)
    assert CRYPTO.EVP_DigestSign(context, out, ctypes.byref(size), tbs, ctypes.c_size_t(len(tbs))) == 1
    CRYPTO.EVP_MD_CTX_free(context)
    CRYPTO.EVP_PKEY_free(private)
    CRYPTO.BIO_free(bio)
    return out.raw[:size.value]

def sign(key, kind, digest, tbs):
    if CRYPTO:
        return sign_in_process(key, "" if kind in ("ed25519", "ed448") else digest, tbs)
    with tempfile.NamedTemporaryFile() as file:
        file.write(tbs)
        file.flush()
        if kind in ("ed25519", "ed448"):
            return openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", file.name)
        return openssl("dgst", "-" + digest, "-sign", key, file.name)

USAGES = {"digital-signature": 0x8000, "key-encipherment": 0x2000, "key-agreement": 0x0800, "cert-sign": 0x0400, "crl-sign": 0x0200}
PURPOSES = {"server": "1.3.6.1.5.5.7.3.1", "client": "1.3.6.1.5.5.7.3.2", "any": "2.5.29.37.0", "sgc": "1.3.6.1.4.1.311.10.3.3"}

def usage(words):
    value = sum(USAGES[w] for w in words if w)
    return bits(value.to_bytes(2, "big")[:1] if value else b"", 0)

class Cert:
    """WORDS: what the line `cert NAME WORD...` says: a word alone, or word=value."""
    def __init__(self, label, words, others, keys):
        self.label, self.words = label, dict(w.split("=", 1) if "=" in w else (w, "") for w in words)
        w = self.words
        self.kind = w.get("key", "ec")
        self.key, self.spki = keys.get(self.kind, w.get("same-key", label))
        self.spki = raw(w["spki"]) if "spki" in w else without_parameters(self.spki) if "inherit" in w else self.spki
        self.subject = raw(w["name"]) if "name" in w else name(w.get("subject", "CN=" + label), w.get("string", "utf8"))
        self.serial = int(w.get("serial", "1"))
        by = w.get("by", label)
        issuer = self if by == label else others[by]
        self.issuer = name(w["issuer"], w.get("string", "utf8")) if "issuer" in w else issuer.subject
        self.issuer = raw(w["issuer-name"]) if "issuer-name" in w else self.issuer
        signer = others[w["signer"]] if "signer" in w else issuer
        digest = w.get("digest", "sha256")
        inner = algorithm(signer.kind, digest)
        tbs = seq(b"" if "v1" in w else tlv(0xa0, integer(2)), integer(self.serial), inner, self.issuer,
                  seq(date(w.get("from", "-30")), date(w.get("until", "300"))), self.subject, self.spki, self.extensions(issuer))
        signature = sign(signer.key, signer.kind, digest, tbs)
        if "bad-signature" in w:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        outer = algorithm(signer.kind, w.get("outer", digest))
        if "outer-no-null" in w:
            outer = seq(oid(SIGNATURES["rsa"][digest]))
        self.der = seq(tbs, outer, bits(signature))
        if "cut" in w:
            self.der = self.der[:-3]

    def extensions(self, issuer):
        w, out = self.words, []
        if "extensions" in w:
            return raw(w["extensions"])
        def add(number, value, critical=False):
            out.append(seq(oid(number), tlv(1, b"\xff") if critical else b"", octets(value)))
        if "ca" in w:
            add("2.5.29.19", seq(tlv(1, b"\xff"), integer(int(w["pathlen"])) if "pathlen" in w else b""), True)
        elif "not-ca" in w:
            add("2.5.29.19", seq(integer(int(w["pathlen"])) if "pathlen" in w else b""))
        if "usage" in w:
            add("2.5.29.15", usage(w["usage"].split(",")), True)
        if "purpose" in w:
            add("2.5.29.37", seq(*[oid(PURPOSES[p]) for p in w["purpose"].split(",")]))
        if "netscape" in w:
            add("2.16.840.1.113730.1.1", bits(bytes([int(w["netscape"], 16)])))
        if "key-ids" in w:
            add("2.5.29.14", octets(hashlib.sha1(self.spki).digest()))
            add("2.5.29.35", seq(tlv(0x80, w["key-ids"].encode() or hashlib.sha1(issuer.spki).digest())))
        if "issuer-serial" in w:
            add("2.5.29.35", seq(tlv(0x81, tlv(0xa4, issuer.issuer)), tlv(0x82, integer(int(w["issuer-serial"]))[2:])))
        for _ in range(2 if "san-twice" in w else 1):
            if "san" in w:
                many = ["dns:n%d.example.com" % i for i in range(int(w.get("san-many", "0")))]
                add("2.5.29.17", seq(*[general(g) for g in w["san"].split(",") + many]))
        if "permit" in w or "exclude" in w:
            many = ["dns:c%d.example.org" % i for i in range(int(w.get("exclude-many", "0")))]
            lists = {k: w[k].split(",") + (many if k == "exclude" else []) for k in ("permit", "exclude") if k in w}
            least = tlv(0x80, integer(int(w["minimum"]))[2:]) if "minimum" in w else b""
            add("2.5.29.30", seq(*[tlv(0xa0 + i, *[seq(general(g), least) for g in lists[k]])
                                   for i, k in enumerate(("permit", "exclude")) if k in w]), True)
        if "critical" in w:
            add(w["critical"], tlv(5), True)
        if "ext" in w: # OID:HEX
            add(w["ext"].split(":")[0], raw(w["ext"].split(":")[1]))
        if "proxy" in w:
            length = integer(int(w["proxy"])) if w["proxy"] else b""
            add("1.3.6.1.5.5.7.1.14", seq(length, seq(oid("1.3.6.1.5.5.7.21.1"))), True)
        if "addresses" in w:
            prefixes = [bits(bytes(int(b) for b in prefix.split("."))) for prefix in w["addresses"].split(",")]
            add("1.3.6.1.5.5.7.1.7", seq(seq(octets(b"\0\1"), seq(*prefixes))), True)
        if "as" in w or "rdi" in w:
            numbers = lambda text: tlv(5) if text == "inherit" else seq(*[integer(int(n)) for n in text.split(",")])
            add("1.3.6.1.5.5.7.1.8", seq(*[tlv(0xa0 + i, numbers(w[k])) for i, k in enumerate(("as", "rdi")) if k in w]), True)
        return tlv(0xa3, seq(*out)) if out else b""

def pem(cert):
    return "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(cert.der).decode()

def read_row(base, line, where):
    """row HEX (-: none) : what 1.1.1 says : what 3 says: the case with HEX for %"""
    text, *want = [part.strip() for part in line[4:].split(" : ")]
    text = "" if text == "-" else text
    certs = [[w.replace("%", text.replace(" ", "")) for w in words] for words in base["cert"]]
    wants = {era: [w for w in said.split() if w != "accepted"] for era, said in zip(("openssl1", "openssl3"), want + want)}
    return {**base, "cert": certs, "want": wants, "where": where, "title": base["title"] + ": " + text, "row": True}

def read_cases():
    """case TITLE / cert ... / send ... / store ... / at DAYS / address A / ERA REASON@DEPTH... or accepted, or rows"""
    cases = []
    for path in sorted(glob.glob(os.path.join(SRC, "*.case"))):
        base = None
        for number, line in enumerate(open(path), 1):
            where = "%s:%d" % (os.path.basename(path), number)
            words = line.split("#")[0].split()
            if words[:1] == ["row"]:
                base = base or cases.pop()
                cases.append(read_row(base, line.split("#")[0].strip(), where))
                continue
            if not words:
                continue
            if words[0] in ("send", "store"): # NAME*COUNT
                words = [w for word in words for w in [word.split("*")[0]] * int((word.split("*") + ["1"])[1])]
            if words[0] == "case":
                base = None
                cases.append({"title": line.strip()[5:], "where": where, "cert": [], "want": {},
                              "send": [], "store": [], "at": "0", "address": "leaf.example.com"})
            elif words[0] == "cert":
                cases[-1]["cert"].append(words[1:])
            elif words[0] in ("send", "store"):
                cases[-1][words[0]] = words[1:]
            elif words[0] in ("at", "address"):
                cases[-1][words[0]] = words[1]
            else:
                for era in ("openssl1", "openssl3") if words[0] == "both" else words[:1]:
                    cases[-1]["want"][era] = [w for w in words[1:] if w != "accepted"]
    return cases

def build(case, folder, keys):
    os.makedirs(folder)
    certs = {}
    for words in case["cert"]:
        values = dict(w.split("=", 1) for w in words if "=" in w)
        made = (tuple(words), certs.get(values.get("by")), certs.get(values.get("signer")))
        certs[words[0]] = keys.made[made] if made in keys.made else Cert(words[0], words[1:], certs, keys)
        keys.made[made] = certs[words[0]]
    for file, labels in (("chain.pem", case["send"]), ("trust.pem", case["store"])):
        with open(os.path.join(folder, file), "w") as out:
            out.write("".join(pem(certs[label]) for label in labels))
    for file, text in (("time", NOW + 86400 * int(case["at"])), ("name", case["address"])):
        with open(os.path.join(folder, file), "w") as out:
            out.write("%s\n" % text)

# A host's GnuTLS policy must change no verdict: this one disables what most cases are made of.
POLICY = """[global]
override-mode = blocklist
[overrides]
insecure-hash = sha1
insecure-hash = sha256
insecure-sig = rsa-sha256
insecure-sig-for-cert = ecdsa-sha256
disabled-curve = secp256r1
disabled-curve = secp384r1
min-verification-profile = ultra
"""

def judge(case, folder, era, policy=None):
    store = os.path.join(folder, "trust.pem") if case["store"] else "none"
    run = subprocess.run([PROGRAM, "verify", "--trust", store, "--address", case["address"], "--at", "@%d" % (NOW + 86400 * int(case["at"])),
                          "--era", era, "-f", "json", os.path.join(folder, "chain.pem")], capture_output=True, timeout=1800,
                         env={**os.environ, "GNUTLS_SYSTEM_PRIORITY_FILE": policy} if policy else None)
    try:
        verdict = json.loads(run.stdout)["verdicts"][0]
    except ValueError:
        return ["exit %d: %s" % (run.returncode, run.stderr.decode(errors="replace").strip())]
    return ["%s@%d" % (r["id"], r["depth"]) for r in verdict["reasons"] + verdict["handshake"]]

def ask(era, oracle):
    """What is recorded of trust (the oracle knows no names and no handshake) against the real program."""
    rows = re.findall(r'^REASON\(\w+, "([\w-]+)", (?:TRUST|RULE), (\d+), (\d+),', open(os.path.join(SRC, "../../src/model/reason.def")).read(), re.M)
    names = {int(three if era == "openssl3" else one): name for name, one, three in rows}
    with tempfile.TemporaryDirectory(prefix="mra-verdict.") as work:
        cases, keys, bad = read_cases(), Keys(work), 0
        folders = [os.path.join(work, "case-%03d" % i) for i in range(len(cases))]
        for case, folder in zip(cases, folders):
            build(case, folder, keys)
        done = subprocess.run([oracle], input="\n".join(folders) + "\n", stdout=subprocess.PIPE, text=True, check=True)
        for case, answer in zip(cases, map(json.loads, done.stdout.splitlines())):
            all_said = answer["all"] or ([] if answer["ok"] else [[answer["error"], answer["depth"]]])
            said = list(dict.fromkeys("%s@%d" % (names.get(error, error), depth) for error, depth in all_said))
            case["said"] = ["unreadable"] if answer["error"] == -1 else said
            want = [w for w in case["want"].get(era, ["?"]) if w.split("@")[0] in [*names.values(), "?"]]
            if answer["error"] == -1 and case["want"].get(era) or said == want:
                continue
            bad += 1
            print("%s: %s (%s)\n   recorded %s\n   %s says %s" % (case["where"], case["title"], era, " ".join(want) or "accepted", oracle,
                                                             " ".join(case["said"]) or "accepted"))
    print("%d cases, %d not as %s says" % (len(cases), bad, oracle))
    return cases

def main():
    if sys.argv[1:2] == ["--ask"]:
        ask(*sys.argv[2:4])
        return
    with tempfile.TemporaryDirectory(prefix="mra-verdict.") as work:
        bad, keys = 0, Keys(work)
        export = sys.argv[2] if sys.argv[1:2] == ["--export"] else None
        cases = read_cases()[::3 if "ANOTHER_BUILD" in os.environ and len(sys.argv) < 2 else 1]
        policy_file = os.path.join(work, "policy")
        with open(policy_file, "w") as file:
            file.write(POLICY)
        runs = []
        for i, case in enumerate(cases):
            folder = os.path.join(export or work, "case-%03d" % i)
            build(case, folder, keys)
            eras = (("openssl1", None), ("openssl3", None), ("openssl3", policy_file))
            runs += [(case, folder, era, policy) for era, policy in (eras[:2] if "row" in case else eras)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for (case, folder, era, policy), got in zip(runs, pool.map(lambda run: judge(*run), runs) if not export else ()):
                if got != case["want"].get(era):
                    bad += 1
                    print("%s: %s (%s%s)" % (case["where"], case["title"], era, ", under a GnuTLS policy" if policy else ""))
                    print("   wanted %s\n   got    %s" % (" ".join(case["want"].get(era, ["?"])) or "accepted", " ".join(got) or "accepted"))
        print("%d cases in two eras, %d not as recorded" % (len(cases), bad))
        sys.exit(bad > 0 or not cases)

if __name__ == "__main__":
    main()

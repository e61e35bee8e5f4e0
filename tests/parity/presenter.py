# SPDX-License-Identifier: MIT
"""presenter: TLS 1.2 servers that show any bytes as certificates, and then end it. Knows no key and no verdict.

It answers a ClientHello with ServerHello and Certificate; a client that has verified these is sent the fatal alert
access_denied, which is how one sees that it accepted. So chains can be shown that no real server would load."""
import selectors
import socket
import threading

ACCESS_DENIED = b"\x15\x03\x03\x00\x02\x02\x31"
EC_KEY = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"  # id-ecPublicKey, as a SubjectPublicKeyInfo has it


def three(length):
    return length.to_bytes(3, "big")


def handshake(kind, body):
    return bytes([kind]) + three(len(body)) + body


def records(message):
    parts = [message[at:at + 16384] for at in range(0, len(message), 16384)]
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in parts)


def hello(leaf):
    """ECDHE-ECDSA- or ECDHE-RSA-AES256-GCM-SHA384, and RFC 5746's secure renegotiation."""
    suite = b"\xc0\x2c" if EC_KEY in leaf else b"\xc0\x30"
    return b"\x03\x03" + b"presenter".ljust(32, b".") + b"\0" + suite + b"\0" + b"\0\x05\xff\x01\0\x01\0"


def answer(ders):
    """The bytes for a chain: the flight up to Certificate, and the alert."""
    chain = b"".join(three(len(der)) + der for der in ders)
    return records(handshake(2, hello(ders[0] if ders else b""))) + records(handshake(11, three(len(chain)) + chain)) + ACCESS_DENIED


class Presenter(threading.Thread):
    """with Presenter({(ip, port): [der, ...]}) as p: p.ports names the real port where 0 was asked for."""

    def __init__(self, chains):
        super().__init__(daemon=True)
        self.selector, self.ports, self.stopping = selectors.DefaultSelector(), {}, False
        for key, (ip, port, ders) in chains.items():
            listener = socket.create_server((ip, port), backlog=16)
            listener.setblocking(False)
            self.ports[key] = listener.getsockname()[1]
            self.selector.register(listener, selectors.EVENT_READ, answer(ders))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.join(3)
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()

    def run(self):
        while not self.stopping:
            for key, _ in self.selector.select(0.2):
                try:
                    client, _ = key.fileobj.accept()
                except OSError:
                    continue
                threading.Thread(target=self.serve, args=(client, key.data), daemon=True).start()

    @staticmethod
    def serve(client, flight):
        try:
            with client:
                client.settimeout(10)
                client.recv(8192)
                client.sendall(flight)
                while client.recv(8192):  # until the client has had its say: a reset would overtake the alert
                    pass
        except OSError:
            pass

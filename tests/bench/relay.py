#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A network that takes its time: TCP and UDP relays on loopback that hold every byte back, each way (no netem here).

A connect(2) on loopback returns at once, over a distance it takes a round trip. So that trip is charged here: what the client
sends is not passed on before a whole round trip has gone by since accept(2), and then travels as long as everything else.

  relay.py DELAY_MS tcp:LISTEN:PORT=TARGET:PORT... udp:LISTEN:PORT=TARGET:PORT...     prints "ready" once it listens
"""
import asyncio
import os
import signal
import sys


async def pump(reader, writer, delay_s, not_before):
    """Bytes in their order, each delay_s after it came, none before not_before + delay_s. An end travels as bytes do."""
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    async def deliver():
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    delivery = asyncio.create_task(deliver())
    try:
        while True:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            queue.put_nowait((max(loop.time(), not_before) + delay_s, data))
            if not data:
                break
        await delivery
    except OSError:
        pass
    finally:
        delivery.cancel()


under_way = set()  # asyncio itself holds its tasks weakly


async def connection(reader, writer, target, delay_s):
    opened = asyncio.get_running_loop().time()
    under_way.add(asyncio.current_task())
    asyncio.current_task().add_done_callback(under_way.discard)
    try:
        far_reader, far_writer = await asyncio.open_connection(*target)
    except OSError:
        writer.transport.abort()
        return
    await asyncio.gather(pump(reader, far_writer, delay_s, opened + 2 * delay_s), pump(far_reader, writer, delay_s, 0))
    for end in (writer, far_writer):
        end.close()


class Asker(asyncio.DatagramProtocol):
    """One question's way to the target and its answer's way back."""

    def __init__(self, front, client, question, delay_s):
        self.front, self.client, self.question, self.delay_s = front, client, question, delay_s

    def connection_made(self, transport):
        self.transport = transport
        transport.sendto(self.question)
        asyncio.get_running_loop().call_later(5, transport.close)

    def datagram_received(self, data, _address):
        asyncio.get_running_loop().call_later(self.delay_s, self.front.sendto, data, self.client)
        self.transport.close()


class Front(asyncio.DatagramProtocol):
    def __init__(self, target, delay_s):
        self.target, self.delay_s = target, delay_s

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        asyncio.get_running_loop().call_later(self.delay_s, self.ask, data, address)

    def ask(self, data, address):
        asyncio.ensure_future(asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Asker(self.transport, address, data, self.delay_s), remote_addr=self.target))


def endpoint(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


async def serve(delay_ms, rules):
    delay_s = delay_ms / 1000
    loop = asyncio.get_running_loop()
    servers = []
    for rule in rules:
        kind, pair = rule.split(":", 1)
        listen, target = (endpoint(text) for text in pair.split("="))
        if kind == "udp":
            servers.append(await loop.create_datagram_endpoint(lambda target=target: Front(target, delay_s), local_addr=listen))
        else:
            servers.append(await asyncio.start_server(
                lambda reader, writer, target=target: connection(reader, writer, target, delay_s), *listen, backlog=1024))
    loop.add_signal_handler(signal.SIGTERM, os._exit, 0)  # what is under way is nobody's any more
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(float(sys.argv[1]), sys.argv[2:]))
    except KeyboardInterrupt:
        pass

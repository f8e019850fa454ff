"""The processes that the tail benchmarks start: a server that only sends, and three relays.

Frames are made by hand and sent in large blocks, so that neither the server nor the reading client
is what is measured.
"""

import asyncio
import base64
import hashlib
import json
import os
import socket
import struct
import sys
import threading
import time
import zlib

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BLOCK = 1 << 20
GOODBYE = b"\x88\x02\x03\xe8"
STAMPED = b'"delta": "'
IDS = {"response_id": "resp_0001", "item_id": "item_0001", "output_index": 0, "content_index": 0}


def event(kind, number, **fields):
    """One event of a server as JSON."""
    return json.dumps({"type": kind, "event_id": f"event_{number:06d}", **fields})


def part_events(size):
    """The two events that announce the part, and a delta of about ``size`` bytes."""
    part = {"type": "audio", "transcript": ""}
    kind = "response.output_audio.delta"
    if size < 1000:
        part, kind = {"type": "text", "text": ""}, "response.output_text.delta"
    item = {"id": "item_0001", "object": "realtime.item", "type": "message",
            "status": "in_progress", "role": "assistant", "content": []}  # fmt: skip
    places = {key: IDS[key] for key in ("response_id", "output_index")}
    yield event("response.output_item.added", 3, **places, item=item)
    yield event("response.content_part.added", 4, **IDS, part=part)
    bare = len(event(kind, 5, **IDS, delta=""))
    noise = base64.b64encode(os.urandom(size)).decode()
    words = " and so on it goes with one more word of the answer" * (size // 40)
    yield event(kind, 5, **IDS, delta=(words if size < 1000 else noise)[: max(4, size - bare) & ~3])


def response(status, modality):
    """A response object."""
    return {"object": "realtime.response", "id": "resp_0001", "status": status,
            "status_details": None, "output": [], "conversation_id": "conv_0001",
            "output_modalities": [modality], "max_output_tokens": "inf", "usage": None,
            "metadata": None}  # fmt: skip


def modality_of(size):
    """Small deltas are text, large ones audio."""
    return "text" if size < 1000 else "audio"


def preface(size):
    """What comes before any answer."""
    session = {"type": "realtime", "id": "sess_0001", "object": "realtime.session",
               "model": "gpt-realtime", "output_modalities": [modality_of(size)]}  # fmt: skip
    yield event("session.created", 1, session=session)
    yield event("response.created", 2, response=response("in_progress", modality_of(size)))


def ending(size):
    """How the response ends."""
    return event("response.done", 9, response=response("cancelled", modality_of(size)))


def frame(payload, deflate=None):
    """One unmasked text frame, compressed when ``deflate`` is a compressor."""
    first = 0x81
    if deflate:
        # After a full flush nothing refers back: the same bytes are right any number of times.
        payload = deflate.compress(payload) + deflate.flush(zlib.Z_FULL_FLUSH)
        first, payload = 0xC1, payload[:-4]
    if len(payload) < 126:
        return bytes((first, len(payload))) + payload
    if len(payload) < 1 << 16:
        return bytes((first, 126)) + struct.pack(">H", len(payload)) + payload
    return bytes((first, 127)) + struct.pack(">Q", len(payload)) + payload


def read_head(sock):
    """An HTTP head."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(4096)
        if not more:
            raise EOFError(data)
        data += more
    return data


def answer(sock):
    """Answer an upgrade; its query as a dict, and whether to compress."""
    head = read_head(sock)
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
    accept = base64.b64encode(hashlib.sha1(headers["sec-websocket-key"].encode() + GUID).digest())
    squeeze = "permessage-deflate" in headers.get("sec-websocket-extensions", "")
    agreed = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if squeeze else ""
    sock.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n" + agreed.encode() + b"\r\n"
    )
    query = lines[0].split(" ")[1].partition("?")[2]
    return dict(pair.split("=") for pair in query.split("&")), squeeze


def send_many(sock, size, count, squeeze):
    """The preface, ``count`` deltas (eight and their repetition), the response's end, a close."""
    deflate = zlib.compressobj(wbits=-15) if squeeze else None
    *first, delta = part_events(size)
    for text in (*preface(size), *first):
        sock.sendall(frame(text.encode(), deflate))
    ids = (f'"event_{number:06d}"'.encode() for number in range(100, 108))
    some = [frame(delta.encode().replace(b'"event_000005"', id_), deflate) for id_ in ids]
    few = b"".join(some)
    at_once = max(1, BLOCK // len(few))
    block = few * at_once
    rounds, rest = divmod(count // len(some), at_once)
    for _ in range(rounds):
        sock.sendall(block)
    sock.sendall(few * rest)
    sock.sendall(frame(ending(size).encode(), deflate) + GOODBYE)
    sock.recv(4096)


def pace(sock, size, count, gap):
    """``count`` deltas, one every ``gap`` seconds, each stamped with the time it was sent."""
    *first, delta = part_events(size)
    for text in (*preface(size), *first):
        sock.sendall(frame(text.encode()))
    before, after = delta.encode().split(STAMPED, 1)
    due = time.perf_counter()
    for number in range(count):
        due += gap
        time.sleep(max(0, due - time.perf_counter()))
        start = before.replace(b"event_000005", b"event_%06d" % number)
        stamp = STAMPED + b"%020d" % time.perf_counter_ns()
        sock.sendall(frame(start + stamp + after[20:]))
    sock.sendall(frame(ending(size).encode()) + GOODBYE)
    sock.recv(4096)


def serve_one(sock):
    """One connection of the server."""
    with sock:
        try:
            query, squeeze = answer(sock)
            size, count = int(query["size"]), int(query["count"])
            if "gap" in query:
                pace(sock, size, count, float(query["gap"]))
            else:
                send_many(sock, size, count, squeeze)
        except (OSError, EOFError):
            pass


def server():
    """Serve for ever; the port is the first line of output."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        say(listener.getsockname()[1])
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve_one, args=(sock,), daemon=True).start()


def say(value):
    """One line for the process that reads this one."""
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


class Half(asyncio.BufferedProtocol):
    """Half of a byte splice that does nothing else: what is physically possible with asyncio."""

    BUFFER = memoryview(bytearray(256 * 1024))

    def __init__(self, made):
        self.made, self.other = made, None

    def connection_made(self, transport):
        self.transport = transport
        self.made(self)

    def get_buffer(self, hint):
        return self.BUFFER

    def buffer_updated(self, size):
        self.other.transport.write(bytes(self.BUFFER[:size]))

    def pause_writing(self):
        self.other.transport.pause_reading()

    def resume_writing(self):
        self.other.transport.resume_reading()

    def eof_received(self):
        self.other.transport.close()

    def connection_lost(self, error):
        if self.other:
            self.other.transport.close()


async def splice(port):
    """The byte splice."""
    loop = asyncio.get_running_loop()

    async def join(app):
        _, app.other = await loop.create_connection(
            lambda: Half(lambda half: None), "127.0.0.1", port
        )
        app.other.other = app
        app.transport.resume_reading()

    def accepted(app):
        app.transport.pause_reading()
        app.task = asyncio.ensure_future(join(app))

    listener = await loop.create_server(lambda: Half(accepted), "127.0.0.1", 0)
    say(listener.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def pass_through(port):
    """A bare pass-through, message by message, as one writes it with websockets."""
    from websockets.asyncio.client import connect
    from websockets.asyncio.server import serve

    async def pump(source, sink):
        async for message in source:
            await sink.send(message)
        await sink.close()

    async def handle(app):
        squeeze = "deflate" if app.request.headers.get("Sec-WebSocket-Extensions") else None
        url = f"ws://127.0.0.1:{port}{app.request.path}"
        async with connect(url, compression=squeeze, max_size=None, ping_interval=None) as upstream:
            await asyncio.gather(pump(app, upstream), pump(upstream, app))

    async with serve(handle, "127.0.0.1", 0, max_size=None, ping_interval=None) as listener:
        say(listener.sockets[0].getsockname()[1])
        await asyncio.Event().wait()


async def tail(port, capture="", rules="rules"):
    """rtdebug's relay with every message judged; a line of JSON at each connection's end."""
    from rtdebug.captures.writer import CaptureWriter
    from rtdebug.engine.session import Session
    from rtdebug.packs.load import load_pack
    from rtdebug.rules.registry import RULES
    from rtdebug.wire.audience import Audience
    from rtdebug.wire.listen import listen
    from rtdebug.wire.relay_options import RelayOptions
    from rtdebug.wire.upstream import parse_upstream

    def on_connection(arrival):
        session = Session(load_pack(), RULES if rules else [])
        writers = (CaptureWriter(f"{capture}/{arrival.number}.jsonl"),) if capture else ()

        def ended(ending):
            for writer in writers:
                writer.close()
                os.unlink(writer.path)
            judged = ending.judged
            say(json.dumps({
                "server": judged and judged.server, "notes": ending.notes,
                "failure": repr(ending.failure),
                "findings": [finding.name for finding in judged.findings] if judged else [],
            }))  # fmt: skip

        return Audience(session, writers, ended=ended)

    options = RelayOptions(parse_upstream(f"ws://127.0.0.1:{port}"), on_connection)
    await listen(
        "127.0.0.1", 0, options, stop=asyncio.Event(), ready=lambda host, bound: say(bound)
    )


def die_with_parent():
    """End when the process that started this one is gone."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=die_with_parent, daemon=True).start()
    role, *arguments = sys.argv[1:]
    if role == "server":
        server()
    else:
        roles = {"splice": splice, "websockets": pass_through, "tail": tail}
        asyncio.run(roles[role](*arguments))

"""Starts the processes of the tail benchmarks, runs a connection through a relay, and counts."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

PEERS = str(Path(__file__).with_name("tail_peers.py"))
TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


class Process:
    """A started peer; ``port`` is where it listens."""

    def __init__(self, core, *arguments):
        self.child = subprocess.Popen(
            [sys.executable, PEERS, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.child.pid, {core})
        self.port = int(self.child.stdout.readline())

    def cpu(self):
        """CPU seconds so far."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self):
        """Peak resident memory in MiB."""
        for line in Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return 0.0

    def told(self):
        """The next line it says, as JSON."""
        return json.loads(self.child.stdout.readline())

    def end(self):
        self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()


@contextmanager
def processes(**started):
    """Named processes until the block is left; the value is (core, *arguments)."""
    running = {}
    try:
        for name, value in started.items():
            running[name] = Process(*value)
        yield running
    finally:
        for process in running.values():
            process.end()


def connected(port, path, deflate=False):
    """A socket after the upgrade."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if deflate else ""
    sock.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Sec-WebSocket-Version: 13\r\n{offer}\r\n".encode()
    )
    head = b""
    while b"\r\n\r\n" not in head:
        head += sock.recv(1)
    assert head.startswith(b"HTTP/1.1 101"), head
    return sock


def flood(process, size, count, deflate=False):
    """Messages a second and CPU microseconds a message of one connection through ``process``."""
    view = memoryview(bytearray(1 << 20))
    before = process.cpu()
    with connected(process.port, f"/v1/realtime?size={size}&count={count}", deflate) as sock:
        start = time.perf_counter()
        last = b""
        while not last.endswith(b"\x88\x02\x03\xe8"):
            got = sock.recv_into(view)
            if not got:
                break
            last = (last + bytes(view[max(0, got - 4) : got]))[-4:]
        seconds = time.perf_counter() - start
        sock.sendall(b"\x88\x82\0\0\0\0\x03\xe8")
        sock.settimeout(2)
        try:
            while sock.recv(4096):
                pass
        except OSError:
            pass
    return count / seconds, (process.cpu() - before) / count * 1e6


def median(values):
    return statistics.median(values)

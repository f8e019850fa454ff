"""How much later a message arrives through a judging tail than through a bare byte splice.

300 messages a second on one connection, interleaved; medians of what each relay adds to a direct
connection. Only the ratios of one run mean anything. With a capture every message is written
before it goes on.
"""

import os
import sys
import tempfile
import time

from tail_peers import STAMPED
from tail_runs import CORES, connected, median, processes

COUNT, GAP, ROUNDS = 150, 1 / 300, 12
GOAL = 1.25


def delays(port, size):
    """Seconds that each message took."""
    found = []
    with connected(port, f"/v1/realtime?size={size}&count={COUNT}&gap={GAP}") as sock:
        data = b""
        while not data.endswith(b"\x88\x02\x03\xe8"):
            got = sock.recv(1 << 20)
            now = time.perf_counter_ns()
            if not got:
                break
            data = data[-(size + 400) :] + got
            at = data.rfind(STAMPED)
            stamp = data[at + len(STAMPED) :][:20]
            if at > 0 and stamp.isdigit() and len(stamp) == 20:
                found.append((now - int(stamp)) / 1e9)
        sock.sendall(b"\x88\x82\0\0\0\0\x03\xe8")
    return found


def compare(ports, relays, size):
    """Median of the medians by relay, in microseconds."""
    found = {name: [] for name in ports}
    for round_ in range(ROUNDS + 1):
        for name, port in ports.items():
            took = delays(port, size)
            if name.startswith("tail"):
                told = relays[name].told()
                assert told["server"] >= COUNT, told
            if round_:
                found[name].append(median(took) * 1e6)
    return {name: median(values) for name, values in found.items()}


def told(name, size, added, goal=None):
    """Prints what ``name`` adds beside the others, and says whether that is little enough."""
    ratio = added[name] / added["splice"]
    good = goal is None or ratio <= goal
    verdict = "" if goal is None else f" (goal {goal}) {'ok' if good else 'MISSED'}"
    print(f"{size:5} B added: {name} / splice = {ratio:.2f}{verdict}")
    print(f"{size:5} B added: {name} / websockets = {added[name] / added['websockets']:.2f}")
    return good


def main():
    good = True
    relay, other = CORES[0], CORES[-1]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {other})
    with tempfile.TemporaryDirectory() as folder, processes(server=(other, "server")) as started:
        port = started["server"].port
        with processes(
            splice=(relay, "splice", port),
            websockets=(relay, "websockets", port),
            tail=(relay, "tail", port),
            tail_capture=(relay, "tail", port, folder),
        ) as relays:
            ports = {"direct": port} | {name: one.port for name, one in relays.items()}
            for size in (250, 8_000):
                took = compare(ports, relays, size)
                added = {name: value - took["direct"] for name, value in took.items()}
                for name, value in took.items():
                    print(f"{size:5} B {name:12} {value:7.0f} us, added {added[name]:7.0f} us")
                good &= told("tail", size, added, GOAL)
                told("tail_capture", size, added)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

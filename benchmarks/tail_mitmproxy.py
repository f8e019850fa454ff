"""How many messages a second a judging tail carries beside mitmproxy as a reverse proxy.

Takes the path of ``mitmdump`` (``pip install mitmproxy``, best in an environment of its own), else
looks for it. mitmproxy runs a script that parses each message as JSON and does no more. Runs are
interleaved; only the ratios of one run mean anything.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tail_runs import CORES, Process, flood, median, processes

COUNTS = {"tail": {250: 60_000, 8_000: 16_000}, "mitmproxy": {250: 2_000, 8_000: 2_000}}
GOALS = {250: 50.0, 8_000: 15.0}
ROUNDS = 5
SCRIPT = """
import json

def websocket_message(flow):
    json.loads(flow.websocket.messages[-1].content)
"""


class Mitmproxy(Process):
    """mitmdump in front of a server's port; ``port`` is where it listens."""

    def __init__(self, core, program, port, folder):
        script = Path(folder) / "parsing.py"
        script.write_text(SCRIPT)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.child = subprocess.Popen(
            [program, "-q", "--mode", f"reverse:http://127.0.0.1:{port}", "--set",
             f"confdir={folder}", "--listen-host", "127.0.0.1", "--listen-port", str(self.port),
             "-s", str(script)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.child.pid, {core})
        self._wait()

    def _wait(self):
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("mitmproxy did not begin to listen within 30 s")


@contextmanager
def mitmproxy(*arguments):
    running = Mitmproxy(*arguments)
    try:
        yield running
    finally:
        running.end()


def compare(relays, size):
    """Medians of (rate, cpu) by relay."""
    found = {name: [] for name in relays}
    for round_ in range(ROUNDS + 1):
        for name, process in relays.items():
            count = COUNTS[name][size]
            result = flood(process, size, count)
            if name == "tail":
                told = process.told()
                assert told["server"] >= count, told
            if round_:
                found[name].append(result)
    return {name: tuple(map(median, zip(*runs, strict=True))) for name, runs in found.items()}


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else shutil.which("mitmdump")
    if not program:
        sys.exit("mitmdump is not installed here: name the one of another environment")
    good = True
    relay, other = CORES[0], CORES[-1]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {other})
    with tempfile.TemporaryDirectory() as folder, processes(server=(other, "server")) as started:
        port = started["server"].port
        with (
            processes(tail=(relay, "tail", port)) as relays,
            mitmproxy(relay, program, port, folder) as peer,
        ):
            for size, goal in GOALS.items():
                results = compare({**relays, "mitmproxy": peer}, size)
                for name, (rate, cpu) in results.items():
                    print(f"{size:5} B {name:10} {rate:11,.0f} msg/s {cpu:8.2f} us/msg")
                ratio = results["tail"][0] / results["mitmproxy"][0]
                verdict = "ok" if ratio >= goal else "MISSED"
                print(f"{size:5} B tail / mitmproxy = {ratio:.0f} (goal {goal:.0f}) {verdict}")
                good &= ratio >= goal
            for name, process in {**relays, "mitmproxy": peer}.items():
                print(f"{name:10} {process.memory():4.0f} MiB at most")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

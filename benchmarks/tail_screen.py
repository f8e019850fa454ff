"""What a row on the screen costs beside a plain batched write, and what a stopped terminal costs.

Rows: CPU of this process for each event shown, by the live view and by the plainest program that
writes the same columns in batches, both into a terminal that somebody reads. Traffic: messages a
second through ``rtdebug tail`` whose rows are read, whose rows nobody reads, and that shows none.
"""

import os
import pty
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from tail_runs import CORES, flood, median, processes

from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import load_pack
from rtdebug.reports.live import LiveLook, LiveView

ROWS = 40_000
BATCH = 100
ROUNDS = 5
SIZE, COUNT = 250, 60_000
GOAL_ROW, GOAL_BLOCKED = 4.0, 0.9

READER = "import os,sys\nwhile os.read(int(sys.argv[1]), 1 << 16): pass"


@contextmanager
def terminal():
    """The writing end of a terminal that another process reads."""
    reader, writer = pty.openpty()
    child = subprocess.Popen([sys.executable, "-c", READER, str(reader)], pass_fds=[reader],
                             stderr=subprocess.DEVNULL)  # fmt: skip
    os.close(reader)
    try:
        yield writer
    finally:
        child.kill()
        child.wait()
        os.close(writer)


def events():
    """A server's events, as many as are shown."""
    types = {
        "response.output_item.added": {
            "item": {"id": "item_E6U11r008abcdefghijkl", "type": "message", "role": "assistant"}
        },
        "response.output_text.delta": {"item_id": "item_E6U11r008abcdefghijkl", "delta": "Hello"},
        "response.output_text.done": {"item_id": "item_E6U11r008abcdefghijkl", "text": "Hello"},
        "input_audio_buffer.speech_started": {"item_id": "item_E6U11r008", "audio_start_ms": 120},
    }  # fmt: skip
    made = list(types.items())
    return [
        Event(n, n / 1000, Sender.SERVER, type_, {"type": type_, **fields}, 250)
        for n, (type_, fields) in ((n, made[n % 4]) for n in range(ROWS))
    ]


def by_view(some, writer):
    """Through the live view, drawn every hundred events."""
    view = LiveView(LiveLook(width=100, color=True, block=True, fold=False))
    lane = view.lane(load_pack())
    for start in range(0, ROWS, BATCH):
        for event in some[start : start + BATCH]:
            lane.accept(event, ())
        view.absorb(start / 1e4, BATCH)
        os.write(writer, view.draw(start / 1e4).encode())


def by_hand(some, writer):
    """The same columns, put together and written by the plainest means."""
    said = "item_E6U…ijkl Hello"
    for start in range(0, ROWS, BATCH):
        rows = [
            f"{event.at:8.3f} s    < {event.type:<34}  {said}\n"
            for event in some[start : start + BATCH]
        ]
        os.write(writer, "".join(rows).encode())


def row_costs():
    """Microseconds of CPU an event, by the view and by hand."""
    some = events()
    found = {by_view: [], by_hand: []}
    with terminal() as writer:
        for _ in range(ROUNDS):
            for way, costs in found.items():
                before = time.process_time()
                way(some, writer)
                costs.append((time.process_time() - before) / ROWS * 1e6)
    return {way.__name__: median(costs) for way, costs in found.items()}


class Tail:
    """A running ``rtdebug tail``; what it writes goes to ``stdout``."""

    def __init__(self, core, port, stdout, *options):
        command = [sys.executable, "-m", "rtdebug", "tail", "--listen", "127.0.0.1:0",
                   "--upstream", f"ws://127.0.0.1:{port}", *options]  # fmt: skip
        self.child = subprocess.Popen(
            command, stdout=stdout, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self.child.pid, {core})
        self.port = int(self.child.stderr.readline().split(",")[0].rpartition(":")[2])
        threading.Thread(target=self.child.stderr.read, daemon=True).start()

    def cpu(self):
        """CPU seconds so far."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Peak resident memory in MiB."""
        lines = Path(f"/proc/{self.child.pid}/status").read_text().splitlines()
        return int(next(one for one in lines if one.startswith("VmHWM")).split()[1]) / 1024

    def end(self):
        self.child.kill()
        self.child.wait()


def rates(port, core):
    """Messages a second through tails that differ in who reads them, and their memory."""
    unread, blocked = os.pipe()
    with terminal() as read:
        tails = {
            "read": Tail(core, port, read),
            "every row": Tail(core, port, read, "--no-fold"),
            "stopped": Tail(core, port, blocked, "--no-fold"),
            "quiet": Tail(core, port, read, "--quiet"),
        }
        try:
            found = {name: [] for name in tails}
            for round_ in range(ROUNDS + 1):
                for name, tail in tails.items():
                    result = flood(tail, SIZE, COUNT)
                    if round_:
                        found[name].append(result)
            return {
                name: (*map(median, zip(*found[name], strict=True)), tail.memory())
                for name, tail in tails.items()
            }
        finally:
            for tail in tails.values():
                tail.end()
            os.close(unread)
            os.close(blocked)


def told(name, ratio, goal, good):
    print(f"{name:44} {ratio:5.2f} (goal {goal}) {'ok' if good else 'MISSED'}")
    return good


def main():
    costs = row_costs()
    for name, cost in costs.items():
        print(f"{name:10} {cost:6.2f} us/row")
    ratio = costs["by_view"] / costs["by_hand"]
    good = told("CPU of a row / of a plain batched write", ratio, GOAL_ROW, ratio <= GOAL_ROW)
    with processes(server=(CORES[-1], "server")) as started:
        found = rates(started["server"].port, CORES[0])
    for name, (rate, cpu, memory) in found.items():
        print(f"{name:10} {rate:11,.0f} msg/s {cpu:6.1f} us/msg {memory:4.0f} MiB at most")
    ratio = found["stopped"][0] / found["every row"][0]
    good &= told(
        "stopped terminal / terminal that is read", ratio, GOAL_BLOCKED, ratio >= GOAL_BLOCKED
    )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {CORES[-1]})
    main()

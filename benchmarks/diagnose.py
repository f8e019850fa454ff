"""Diagnosing large captures: CPU beside parsing each line alone and beside jq, and memory.

Makes a text and an audio capture, then runs whole processes interleaved and takes medians. Prints
one ratio a line with its goal; only the ratios of one run mean anything. ``--megabytes`` is how
large the captures are, a tenth of which is diagnosed as well, to see whether memory grows.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from verdict import turn

SCRIPT = str(Path(sys.executable).with_name("rtdebug"))
PARSE = "import orjson, sys\nfor line in open(sys.argv[1], 'rb'): orjson.loads(line)"
HEADER = (
    b'{"rtdebug_capture":1,"started":"2026-01-01T00:00:00.000Z","pack":"openai-realtime",'
    b'"url":"wss://api.example.com/v1/realtime","patience":10.0,"ignore":[]}\n'
    b'{"at":0.0,"opened":{"url":"wss://api.example.com/v1/realtime","subprotocol":null,'
    b'"headers":[],"status":101}}\n'
)
CREATED = (
    b'{"type":"session.created","event_id":"event_1","session":{"type":"realtime","object":'
    b'"realtime.session","id":"sess_1","model":"gpt-realtime","output_modalities":["MODALITY"]}}'
)
# The most CPU a diagnosis may take, as a multiple of parsing its lines alone.
GOALS = {"text": 1 / 0.45, "audio": 1 / 0.6}


def write(path, size, *, spoken):
    """A capture of about ``size`` bytes: turn after turn of 60 deltas."""
    piece = (lambda index: "A" * 8000) if spoken else (lambda index: f" word{index}")
    modality = b"audio" if spoken else b"text"
    number = seq = 0
    with open(path, "wb") as file:
        file.write(HEADER)
        events = [CREATED.replace(b"MODALITY", modality)]
        while file.tell() < size:
            for event in events:
                seq += 1
                place = b'{"seq":%d,"at":%.6f,"from":"server","event":' % (seq, seq / 1000)
                file.write(place + event + b"}\n")
            number += 1
            events = list(turn(number, 60, piece, spoken=spoken))
        file.write(b'{"at":%.6f,"closed":{"code":1000,"reason":"","by":"client"}}\n' % (seq / 1000))


def cost(command, codes=(0,)):
    """CPU seconds and peak MiB of one process that ends with one of ``codes``."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} exited with {child.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def compare(name, large, small, rounds):
    """Prints the lines of one kind of capture; whether all goals are met."""
    commands = {
        "parse": [sys.executable, "-c", PARSE, large],
        "diagnose": [SCRIPT, "diagnose", "--quiet", large],
    }
    if shutil.which("jq"):
        commands["jq"] = ["jq", "-c", ".event.type", large]
    found = {one: [] for one in commands}
    for _ in range(rounds):
        for one, command in commands.items():
            found[one].append(cost(command))
    spent = {one: median(cpu for cpu, _ in runs) for one, runs in found.items()}
    held = median(memory for _, memory in found["diagnose"])
    few = median(cost([SCRIPT, "diagnose", "--quiet", small])[1] for _ in range(rounds))
    lines = [
        ("diagnose / orjson.loads a line", spent["diagnose"] / spent["parse"], GOALS[name]),
        ("MiB at most", held, 64.0),
        ("MiB / those of a tenth", held / few, 1.1),
    ]
    if "jq" in spent:
        lines.insert(1, ("diagnose / jq .event.type", spent["diagnose"] / spent["jq"], 1.0))
    for what, ratio, goal in lines:
        verdict = "ok" if ratio <= goal else "MISSED"
        print(f"{name:6} {what:32} {ratio:7.2f}  goal <= {goal:5.2f}  {verdict}")
    return all(ratio <= goal for _, ratio, goal in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in GOALS:
            large, small = f"{folder}/{name}.jsonl", f"{folder}/{name}-tenth.jsonl"
            write(large, asked.megabytes * 1_000_000, spoken=name == "audio")
            write(small, asked.megabytes * 100_000, spoken=name == "audio")
            good &= compare(name, large, small, asked.rounds)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

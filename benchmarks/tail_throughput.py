"""How many messages a second a judging tail carries beside a bare websockets pass-through.

Interleaved runs of one connection each, server to client; the relay has one core, the server and
the client the other. Prints ratios of medians; only the ratios of one run mean anything.
"""

import os
import sys
import tempfile

from tail_runs import CORES, flood, median, processes

SIZES = {250: 80_000, 8_000: 24_000, 64_000: 4_000}
ROUNDS = 5
OF_THE_END = {"response-cancelled", "output-item-unbalanced"}  # the stream ends in the middle
GOALS = {250: 3.0, 8_000: 1.5, 64_000: 0.9}


def compare(relays, size, count, deflate=False):
    """Medians of (rate, cpu) by relay."""
    found = {name: [] for name in relays}
    for round_ in range(ROUNDS + 1):
        for name, process in relays.items():
            result = flood(process, size, count, deflate)
            if name.startswith("tail"):
                told = process.told()
                assert told["server"] >= count, told
                assert not told["notes"], told
                assert set(told["findings"]) <= OF_THE_END, told
            if round_:
                found[name].append(result)
    return {name: tuple(map(median, zip(*runs, strict=True))) for name, runs in found.items()}


def report(title, results, goal):
    base = results["websockets"][0]
    for name, (rate, cpu) in results.items():
        print(
            f"{title:16} {name:14} {rate:11,.0f} msg/s {cpu:8.2f} us/msg  ratio {rate / base:6.2f}"
        )
    ratio = results["tail"][0] / base
    verdict = "ok" if ratio >= goal else "MISSED"
    print(f"{title:16} tail / websockets = {ratio:.2f} (goal {goal}) {verdict}")
    return ratio >= goal


def main():
    relay, other = CORES[0], CORES[-1]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {other})
    good = True
    with tempfile.TemporaryDirectory() as folder, processes(server=(other, "server")) as started:
        port = started["server"].port
        with processes(
            splice=(relay, "splice", port),
            websockets=(relay, "websockets", port),
            tail=(relay, "tail", port),
            tail_capture=(relay, "tail", port, folder),
        ) as relays:
            for size, count in SIZES.items():
                good &= report(f"{size} B", compare(relays, size, count), GOALS[size])
            two = {name: relays[name] for name in ("websockets", "tail")}
            for size, count in {250: 60_000, 8_000: 2_000}.items():
                results = compare(two, size, count, deflate=True)
                good &= report(f"{size} B deflate", results, 4.0)
        with processes(tail=(relay, "tail", port)) as alone:
            flood(alone["tail"], 250, 1_000_000)
            memory = alone["tail"].memory()
            print(f"after a million messages: {memory:.0f} MiB at most (goal 64)")
            good &= memory <= 64
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

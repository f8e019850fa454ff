"""What starting costs: help beside ``python -c pass``, one turn beside a bare websockets script.

CPU time of whole processes (user and system, from wait4), interleaved, medians. Prints one ratio a
line with its goal; only the ratios of one run mean anything. ``--rounds N`` repeats more often.
"""

import argparse
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
SCRIPT = str(Path(sys.executable).with_name("rtdebug"))
PASS = [sys.executable, "-c", "pass"]
TURN = "text-turn"
# An installed package comes with its bytecode; a checkout writes it in the first round.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
# What each line compares: the name, the command, the yardstick, the most it may cost.
HELPS = (
    ("rtdebug --help", [SCRIPT, "--help"], 2.0),
    ("rtdebug --version", [SCRIPT, "--version"], 2.0),
    ("rtdebug run --help", [SCRIPT, "run", "--help"], 6.0),
    ("rtdebug diagnose --help", [SCRIPT, "diagnose", "--help"], 6.0),
    ("rtdebug explain --help", [SCRIPT, "explain", "--help"], 6.0),
)


def cpu(command):
    """CPU seconds of one process from its start to its end."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {child.returncode}")
    return used.ru_utime + used.ru_stime


def medians(commands, rounds):
    """The median cost of each command; the first round warms up and does not count."""
    found = [[] for _ in commands]
    for round_ in range(rounds + 1):
        for costs, command in zip(found, commands, strict=True):
            spent = cpu(command)
            if round_:
                costs.append(spent)
    return [median(costs) for costs in found]


@contextmanager
def server():
    """The URL of a server in a process of its own."""
    command = [sys.executable, str(HERE / "startup_server.py")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def told(name, spent, base, goal):
    """Prints one line; whether the goal is met."""
    ratio = spent / base
    verdict = "ok" if ratio <= goal else "MISSED"
    print(f"{name:24} {spent * 1e3:7.1f} ms  ratio {ratio:5.2f}  goal <= {goal:.1f}  {verdict}")
    return ratio <= goal


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    base, *spent = medians([PASS, *(command for _, command, _ in HELPS)], rounds)
    print(f"{'python -c pass':24} {base * 1e3:7.1f} ms")
    good = True
    for (name, _, goal), cost in zip(HELPS, spent, strict=True):
        good &= told(name, cost, base, goal)
    with server() as url:
        bare = [sys.executable, str(HERE / "startup_bare.py"), url]
        base, cost = medians([bare, [SCRIPT, "run", TURN, "--url", url]], rounds)
    print(f"{'bare websockets turn':24} {base * 1e3:7.1f} ms")
    good &= told("rtdebug run, one turn", cost, base, 1.4)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

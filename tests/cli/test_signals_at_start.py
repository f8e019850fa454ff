"""A signal is heard from the first moment on, and cuts no import short."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from calling import command, environment

VICTIM = """
import os, signal
os.kill(os.getpid(), signal.{name})
whole = sum(range(1000))
"""
PROGRAM = """
import sys, time
from rtdebug.interrupts import take_signals
take_signals()
try:
    import victim
    time.sleep(10)
except KeyboardInterrupt:
    print(sys.modules["victim"].whole)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_within_an_import_waits_for_its_end(tmp_path: Path, name: str) -> None:
    (tmp_path / "victim.py").write_text(VICTIM.format(name=name))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True, text=True, cwd=tmp_path, timeout=20, check=False,
        env={**environment(), "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("499500\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_without_a_loop_ends_with_130(number: signal.Signals) -> None:
    child = subprocess.Popen(
        command("diagnose", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(), text=True,
    )  # fmt: skip
    assert child.stdin is not None
    # More than a pipe holds: when it is written, somebody reads at the other end.
    child.stdin.write("nothing\n" * 20_000)
    child.stdin.flush()
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Traceback" not in err


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no such signal here")
def test_nohup_keeps_it_alive() -> None:
    ask = "import signal, os; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    start = "from rtdebug.interrupts import take_signals; take_signals(); "
    done = subprocess.run(
        [sys.executable, "-c", f"{ask}{start}os.kill(os.getpid(), signal.SIGHUP); print('alive')"],
        capture_output=True, text=True, timeout=20, check=False, env=environment(),
    )  # fmt: skip
    assert done.stdout == "alive\n"

"""Signals end a run with everything recorded; a second one does not wait for the peer."""

import asyncio
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rtdebug.wire.signals import stop_on_signals

# Plays against a server that neither speaks nor closes, and prints every record it is given.
PROGRAM = """
import asyncio, signal, sys
sys.path.insert(0, sys.argv[1])
from conversations import QUICK, Player, mute, pack
from faultserver import serving
from rtdebug.engine.session import Session
from rtdebug.wire.dial import dial
from rtdebug.wire.driver import play
from rtdebug.wire.signals import stop_on_signals
from rtdebug.wire.target import parse_target

class Printer:
    def write_all(self, records):
        for record in records:
            self.write(record)

    def write(self, record):
        print(type(record).__name__, getattr(record, "reason", ""), flush=True)

async def main():
    async with serving(mute) as port:
        with stop_on_signals() as stop:
            options = QUICK._replace(close_timeout=30.0)
            call = lambda: dial(parse_target(f"ws://127.0.0.1:{port}/"), options)
            await play(call, Player(deadline=None), Session(pack(), ()), recorder=Printer(), stop=stop)
            print("whole", flush=True)

signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a background job of a shell
try:
    asyncio.run(main())
except asyncio.CancelledError:
    print("cut short", flush=True)
"""


@pytest.fixture
def program():
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_with_everything_recorded(program, number):
    assert program.stdout.readline() == "Opened \n"
    program.send_signal(number)
    rest, _ = program.communicate(timeout=5)
    assert rest == "Ended interrupted\nClosed \nwhole\n"
    assert program.returncode == 0


def test_a_second_signal_does_not_wait_for_the_peer(program):
    assert program.stdout.readline() == "Opened \n"
    program.send_signal(signal.SIGTERM)
    assert program.stdout.readline() == "Ended interrupted\n"
    program.send_signal(signal.SIGTERM)
    rest, _ = program.communicate(timeout=5)
    assert rest == "cut short\n"


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)

    async def run():
        with stop_on_signals():
            return signal.getsignal(signal.SIGTERM)

    assert asyncio.run(run()) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_off_the_main_thread_there_is_just_an_event():
    outcome = []

    async def run():
        with stop_on_signals() as stop:
            outcome.append(stop.is_set())

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    thread.join()
    assert outcome == [False]

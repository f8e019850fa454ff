"""Writing in a thread: nobody waits for a slow reader."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rtdebug.cli.outlet import Outlet, put_on, put_to

LARGE = "x" * 1_000_000  # more than a pipe takes


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    try:
        yield reader, writer
    finally:
        for number in (reader, writer):
            with suppress(OSError):
                os.close(number)


def test_what_is_written_arrives_in_order() -> None:
    done = threading.Semaphore(0)
    with pipe() as (reader, writer):
        outlet = Outlet(put_to(writer, "utf-8"), done.release)
        for text in ("one ", "two ", "é"):
            outlet.write(text)
            assert outlet.wait(5)
            assert done.acquire(timeout=5)
        assert os.read(reader, 100).decode() == "one two é"


def test_a_reader_that_takes_nothing_holds_nobody_up() -> None:
    with pipe() as (reader, writer):
        outlet = Outlet(put_to(writer, "utf-8"), lambda: None)
        outlet.write(LARGE)
        assert not outlet.wait(0.05)
        assert not outlet.idle
        taken = 0
        while taken < len(LARGE):
            taken += len(os.read(reader, 1 << 16))
        assert outlet.wait(5)
        assert outlet.failure is None


def test_a_reader_that_has_gone_is_a_failure() -> None:
    done = threading.Event()
    with pipe() as (reader, writer):
        os.close(reader)
        outlet = Outlet(put_to(writer, "utf-8"), done.set)
        outlet.write("x")
        assert done.wait(5)
        assert isinstance(outlet.failure, BrokenPipeError)
        outlet.write("y")  # is no more than forgotten
        assert outlet.idle


def test_what_an_encoding_lacks_is_escaped() -> None:
    with pipe() as (reader, writer):
        outlet = Outlet(put_to(writer, "ascii"), lambda: None)
        outlet.write("é\ud800")
        assert outlet.wait(5)
        assert os.read(reader, 100) == b"\\xe9\\ud800"


def test_a_stream_without_a_descriptor_is_written_to_as_well() -> None:
    stream = io.StringIO()
    put_on(stream)("x")
    assert stream.getvalue() == "x"

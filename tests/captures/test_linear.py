"""The time of reading grows with the length of a text, whatever sign it repeats."""

from __future__ import annotations

import string
import time

import pytest

from rtdebug.api.diagnosing import sender_of
from rtdebug.captures.pasted.paste import read_paste

_SIZE = 12_000
_MOST = 2.5
_SHORT = 0.03  # CPU seconds within which nothing is measured
_RUNS = (
    *string.punctuation, " ", "\t", "\n", "a", "A", "1", ".A", "a.b.", "é", "“", "→",
    "{a:", "{A:", "[a=", "(a=", '{"a":', '{\\"', "A(", "Array(", "x Object ", "map[a:",
    "<Buffer 7b 22 ", "[123, 34, ", '["a":', "[a] => ", "{'", "''", '""', "\\n", "\n ", "{\n",
    "a:\n", "- a: b\n", "type: x\n", "a=b ", "session.", "response.done ", "failed ", "status ",
    "closed 1000 ", "sent 1000 ", "error: ", "connection ", "web socket ", "ice state ",
    "POST /realtime/calls ", "wss://a ", "10:00:00 ", "2026-01-01 ", "code ",
)  # fmt: skip
_LEADS = (
    "",
    '2026-01-01 10:00:00 recv {"type": "response.done", "a": "',
    "websocket connection closed: failed, status ",
)


def _cost(text: str) -> float:
    started = time.process_time()
    read_paste(text, sender_of)
    return time.process_time() - started


@pytest.mark.parametrize("lead", _LEADS)
@pytest.mark.parametrize("run", _RUNS, ids=repr)
def test_twice_the_length_takes_at_most_some_twice_the_time(run: str, lead: str) -> None:
    once, twice = (lead + run * (size // len(run)) for size in (_SIZE, 2 * _SIZE))
    for _ in range(4):  # another process may have been in the way
        long = _cost(twice)
        if long < _SHORT or long <= _MOST * _cost(once):
            return
    pytest.fail(f"{long:.2f} s for {len(twice)} characters")

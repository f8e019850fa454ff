"""What is waited for, in one line: the oldest that does not count as a fault yet."""

from __future__ import annotations

import pytest
from live_story import PACK, Terminal, event
from report_samples import C, S

from rtdebug.model.records import Opened
from rtdebug.model.results import Owed
from rtdebug.reports.live import LiveLook, LiveView
from rtdebug.reports.signs import ASCII, UNICODE
from rtdebug.reports.waiting_line import waiting_line

RESPONSE = Owed("response", 7, 2.0, S, "response.done", "resp_1", 12.0)
UPDATE = Owed("session.update", 3, 4.0, S, "session.updated", None, 9.0)
CALL = Owed("function call get_weather", 9, 1.0, C, "function_call_output", "call_1", None)


@pytest.mark.parametrize(
    ("owed", "now", "line"),
    [
        ((), 9.0, ""),
        ((RESPONSE,), 2.5, ""),
        ((RESPONSE,), 8.2, "waiting for response.done of resp_1 · 6.2 s · counts as stalled at 10 s"),
        ((RESPONSE,), 12.0, ""),
        ((UPDATE,), 6.5,
         "waiting for session.updated to session.update #3 · 2.5 s · counts as unanswered at 5 s"),
        ((CALL,), 70.0, "waiting for function_call_output of call_1 · 1 min 9 s"),
        ((UPDATE, RESPONSE), 6.0,
         "waiting for response.done of resp_1 · 4.0 s · counts as stalled at 10 s · and 1 more"),
    ],
)  # fmt: skip
def test_the_longest_wait_is_told(owed: tuple[Owed, ...], now: float, line: str) -> None:
    assert waiting_line(owed, now, UNICODE) == line


def test_a_peers_words_are_safe_and_plain() -> None:
    hostile = Owed("a\x1b[2J", 1, 0.0, S, "b\n::error", "\x9b", 9.0)
    line = waiting_line((hostile,), 2.0, ASCII)
    assert line.isascii()
    assert line.isprintable()


def test_it_stands_above_the_status_and_goes_on_with_the_clock() -> None:
    """The clock of whoever draws is not that of the connection, which began at 100 s."""
    view = LiveView(LiveLook(block=True))
    lane = view.lane(PACK)
    lane.owed = lambda: (RESPONSE,)
    lane.accept(Opened(0.0, "wss://example.test"), ())
    lane.accept(event(7, 2.0, S, "response.created", response={"id": "resp_1"}), ())
    view.absorb(102.0)
    shown, terminal = {}, Terminal(80)
    for now in (102.0, 104.2, 108.2):
        terminal.write(view.draw(now))
        shown[now] = terminal.text
    assert "waiting for" not in shown[102.0]
    assert "waiting for response.done of resp_1 · 2.2 s · counts as stalled at 10 s" in shown[104.2]
    assert " · 6.2 s · " in shown[108.2]

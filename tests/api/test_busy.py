"""A machine too busy to look at its clock makes no silence of the server's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.documents import parse_document
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Paused, Record
from rtdebug.model.results import Outcome, Run
from rtdebug.scenario.load import Given, load_scenario

TURN = """
rtdebug: 1
name: a turn
timeout: 700ms
steps:
  - expect: session.created
  - send: {type: response.create}
  - expect: response.done
"""


class Clock:
    """The loop's clock, which can be set on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._time: Callable[[], float] = loop.time
        self.ahead = 0.0
        loop.time = self  # type: ignore[method-assign,assignment]

    def __call__(self) -> float:
        return self._time() + self.ahead


class Hog:
    """Takes all of the machine when the client has asked for its response."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.records: list[Record] = []
        self.clock = Clock(asyncio.get_running_loop())

    def accept(self, record: Record, findings: Sequence[Finding]) -> None:
        self.records.append(record)
        if isinstance(record, Event) and record.type == "response.create":
            self.clock.ahead += self.seconds


def played(seconds: float) -> tuple[Run, Hog]:
    async def play() -> tuple[Run, Hog]:
        scenario = load_scenario(parse_document(TURN, "turn.yaml"), Given(env={}))
        hog = Hog(seconds)
        return await play_scenario(scenario, Wishes(), sinks=(hog,)), hog

    return asyncio.run(play())


def test_a_busy_second_is_not_the_servers() -> None:
    run, hog = played(1.5)
    assert run.outcome is Outcome.PASSED
    assert run.findings == ()
    times = [one.at for one in hog.records]
    assert times == sorted(times)
    assert times[-1] < 1


def test_a_pause_is_told_as_well() -> None:
    run, hog = played(30.0)
    assert run.outcome is Outcome.PASSED
    assert [one.name for one in run.findings] == ["observer-paused"]
    assert [one for one in hog.records if isinstance(one, Paused)]

"""What the scripted server has going on: responses and transcriptions, each at its own pace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rtdebug.model.commands import Close, Command
from rtdebug.scenario.mock_script import Json, MockScript, Stall
from rtdebug.scenario.responder_names import Ids
from rtdebug.scenario.responder_outlet import ServerOutlet
from rtdebug.scenario.responder_output import Performance


@dataclass(slots=True)
class _Track:
    """Steps that are played one by one; without ``due`` they are stuck."""

    steps: Iterator[Json | float]
    due: float | None
    performance: Performance | None = None


class ServerStage:
    """Sends what the server says and keeps what it is in the midst of saying."""

    def __init__(self, script: MockScript, ids: Ids) -> None:
        self._outlet = ServerOutlet(script, ids)
        self._tracks: list[_Track] = []

    @property
    def deadline(self) -> float | None:
        """When the next thing is due to be sent."""
        dues = [self._due(track) for track in self._tracks if track.due is not None]
        if self._outlet.deadline is not None:
            dues.append(self._outlet.deadline)
        return min(dues, default=None)

    @property
    def current(self) -> Performance | None:
        """The response of the conversation that is going on."""
        return next((each for each in self._going_on() if not each.out_of_band), None)

    def find(self, response_id: str) -> Performance | None:
        """The response of that id, if it is going on."""
        return next((each for each in self._going_on() if each.id == response_id), None)

    def meet(self, type_: str, at: float, event_id: str | None = None) -> bool:
        """A client event (or ``connect``) came; False when faults are all the answer it gets."""
        return not self._outlet.closed and self._outlet.receive(type_, at, event_id)

    def say(self, event: Json, at: float) -> None:
        """Sends an event."""
        self._stall(self._outlet.send(event, at), event)

    def fail(self, error: Json, at: float, event_id: str | None) -> None:
        """Sends an error about a client event."""
        self.say({"type": "error", "error": {**error, "event_id": event_id}}, at)

    def close(self, command: Close, at: float) -> None:
        """Closes after all that was said."""
        self._outlet.close(command, at)
        self._tracks.clear()

    def stop(self) -> None:
        """The connection is gone."""
        self._outlet.stop()
        self._tracks.clear()

    def play(
        self, steps: Iterator[Json | float], at: float, performance: Performance | None = None
    ) -> None:
        """Begins to play steps."""
        self._tracks.append(_Track(steps, at, performance))

    def cancel(self, performance: Performance, reason: str, at: float) -> None:
        """Winds a response up at once, one that is stuck as well."""
        performance.cancel(reason)
        for track in [each for each in self._tracks if each.performance is performance]:
            track.due = at
            while track in self._tracks and track.due is not None:
                track.due = at
                self._step(track, at)

    def run(self, at: float) -> list[Command]:
        """Plays on up to a time; returns what is to be sent by then."""
        while (track := self._next(at)) is not None:
            self._step(track, self._due(track))
        return self._outlet.take(at)

    def _going_on(self) -> Iterator[Performance]:
        for track in self._tracks:
            if track.performance is not None and not track.performance.over:
                yield track.performance

    def _due(self, track: _Track) -> float:
        return max(track.due or 0.0, self._outlet.gate)

    def _next(self, at: float) -> _Track | None:
        ready = [
            track for track in self._tracks if track.due is not None and self._due(track) <= at
        ]
        return min(ready, key=self._due, default=None)

    def _step(self, track: _Track, at: float) -> None:
        step = next(track.steps, None)
        if step is None:
            self._tracks.remove(track)
        elif isinstance(step, float):
            track.due = at + step
        else:
            track.due = at
            self.say(step, at)
        if self._outlet.closed:
            self._tracks.clear()

    def _stall(self, stalls: list[Stall], event: Json) -> None:
        if not stalls:
            return
        response_id = event.get("response_id") or (event.get("response") or {}).get("id")
        for track in list(self._tracks):
            performance = track.performance
            if performance is None or response_id not in (None, performance.id):
                continue
            track.due = None
            if any(stall.forget for stall in stalls):
                self._tracks.remove(track)

"""The faults of the gallery, for any client: what a scenario's server does wrong, or, where the
scenario's client is at fault, how the server refuses it."""

from __future__ import annotations

import re
from collections import Counter, deque
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from rtdebug import resources
from rtdebug.api.mock_scripts import mock_script
from rtdebug.catalogue.book import nearest
from rtdebug.documents import load_document
from rtdebug.engine.decoder import decode
from rtdebug.errors import UsageError
from rtdebug.model.commands import Close, Command, Send
from rtdebug.model.records import Closed, Event, Opened, Record, Sender
from rtdebug.model.value import replace
from rtdebug.packs.load import load_pack
from rtdebug.scenario.document import Scenario
from rtdebug.scenario.load import Given, load_scenario
from rtdebug.scenario.matchers import Absent
from rtdebug.scenario.mock_script import (
    CONNECT,
    Cue,
    Fail,
    Hangup,
    MockScript,
    Reply,
    ScriptedCall,
    Strike,
    When,
)
from rtdebug.scenario.player import Player
from rtdebug.scenario.responder import Responder
from rtdebug.scenario.responder_names import AUDIO_DELTA, TEXT_DELTA, TRANSCRIPT_DELTA
from rtdebug.scenario.vocabulary import vocabulary_of

_FINDING = re.compile(r"^# finding: ([a-z0-9-]+)$", re.MULTILINE)
_URL = "ws://127.0.0.1/v1/realtime?model=gpt-realtime"
_MOST_STEPS = 10_000


@cache
def fault_files() -> dict[str, Path]:
    """The scenario of each finding that the gallery shows."""
    found = {}
    for path in sorted(resources.scenarios().glob("*/*.yaml")):
        named = _FINDING.search(path.read_text(encoding="utf-8"))
        if named is not None:
            found[named[1]] = path
    return found


def fault_script(name: str) -> MockScript:
    """The script that shows a finding to any client. Raises UsageError for a name that has none."""
    files = fault_files()
    if name not in files:
        near = [one for one in nearest(name) if one in files]
        near = near or get_close_matches(name[:200], files, 3, 0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "see rtdebug mock --fault list"
        raise UsageError(f"fault {name[:60]}: no scenario of the gallery shows this", hint)
    scenario = load_scenario(load_document(files[name]), Given(env={}))
    script = mock_script(scenario)
    if not any(isinstance(strike, Fail) for strike in script.strikes):
        script = replace(script, strikes=(*script.strikes, *_Rehearsal(scenario, script).refusal()))
    if script == MockScript():
        raise UsageError(
            f"fault {name}: this is what a client leaves out; no server can do it",
            f"to see it: rtdebug run {files[name].stem}",
        )
    return replace(
        _also_spoken(script),
        replies=tuple(map(_once_a_question, script.replies)),
        session={key: value for key, value in script.session.items() if key != "type"},
    )


def _once_a_question(reply: Reply) -> Reply:
    """A call again for every result of a call would never end."""
    if any(isinstance(output, ScriptedCall) for output in reply.outputs):
        return replace(reply, when=When(output=Absent()))
    return reply


def _also_spoken(script: MockScript) -> MockScript:
    """What the gallery shows of a written answer strikes a spoken one as well."""
    strikes = [
        replace(strike, cue=replace(strike.cue, after=AUDIO_DELTA))
        for strike in script.strikes
        if strike.cue.after == TEXT_DELTA
    ]
    drops = [replace(drop, type=AUDIO_DELTA) for drop in script.drop if drop.type == TEXT_DELTA]
    drops += [replace(drop, type=TRANSCRIPT_DELTA) for drop in drops]
    return replace(script, strikes=(*script.strikes, *strikes), drop=(*script.drop, *drops))


class _Rehearsal:
    """Plays a scenario against its own server, without a wire and without waiting."""

    def __init__(self, scenario: Scenario, script: MockScript) -> None:
        check = vocabulary_of(scenario.pack).check_event
        self._pack = load_pack(scenario.pack)
        self._player = Player(scenario)
        self._responder = Responder(script, check_event=check)
        self._headers = scenario.target.headers
        self._sent: Counter[str] = Counter()
        self._cue = Cue(on=CONNECT)
        self._said: deque[Command] = deque()
        self._asked: deque[Command] = deque()
        self._at = 0.0
        self._strikes: list[Strike] = []

    def refusal(self) -> list[Strike]:
        """The first error the server gives, and a close behind it, at what led to it."""
        opened = Opened(0.0, _URL, headers=tuple(self._headers))
        self._both(opened)
        for _ in range(_MOST_STEPS):
            if self._said:
                self._hear(self._said.popleft())
            elif self._strikes or self._player.done:
                break
            elif self._asked:
                self._ask(self._asked.popleft())
            elif not self._wake():
                break
        return self._strikes

    def _both(self, record: Record) -> None:
        self._asked.extend(self._player.observe(record))
        self._said.extend(self._responder.observe(record))

    def _hear(self, command: Command) -> None:
        if isinstance(command, Close):
            if self._strikes:
                self._strikes.append(Hangup(self._cue, command.code, command.reason))
            self._both(Closed(self._at, command.code, command.reason, Sender.SERVER))
            return
        event = decode(self._pack, command.data, 1, self._at, Sender.SERVER)
        if isinstance(event, Event) and event.type == "error" and not self._strikes:
            error = {k: v for k, v in event.payload["error"].items() if k != "event_id"}
            self._strikes.append(Fail(self._cue, error))
        self._both(event)

    def _ask(self, command: Command) -> None:
        if not isinstance(command, Send):
            self._both(Closed(self._at, command.code, command.reason, Sender.CLIENT))
            return
        event = decode(self._pack, command.data, 1, self._at, Sender.CLIENT)
        if isinstance(event, Event):
            self._sent[event.type] += 1
            self._cue = Cue(on=event.type, nth=self._sent[event.type])
        self._both(event)

    def _wake(self) -> bool:
        dues = [due for due in (self._player.deadline, self._responder.deadline) if due is not None]
        if not dues:
            return False
        self._at = max(self._at, min(dues))
        self._asked.extend(self._player.advance(self._at))
        self._said.extend(self._responder.advance(self._at))
        return True

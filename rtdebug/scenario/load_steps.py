"""Reads the steps of a scenario: one mapping a step, loops and includes written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

from rtdebug.model.value import Value, replace
from rtdebug.scenario.audio import DEFAULT_FORMAT, AudioFormat, declared_format
from rtdebug.scenario.document import (
    Absent,
    After,
    Branch,
    CloseStep,
    Count,
    Expect,
    ExpectAll,
    ExpectAny,
    ExpectClose,
    Expected,
    Head,
    SendAudio,
    SendPace,
    SendStep,
    Step,
    Wait,
)
from rtdebug.scenario.durations import format_duration
from rtdebug.scenario.files import Files
from rtdebug.scenario.load_events import EventReader, accepts_unknown
from rtdebug.scenario.matchers import PatternError, compile_pattern
from rtdebug.scenario.parts import UNKNOWN, Faults, Part
from rtdebug.scenario.step_shapes import STEP_KEYS, WANTED_KEYS, count_of, kind_of, positive
from rtdebug.scenario.substitution import Names, is_name
from rtdebug.scenario.vocabulary import Vocabulary

MAX_STEPS = 10_000
_CLOSABLE = "1000 to 1003, 1007 to 1014, or 3000 to 4999"


class _Around(Value):
    """What surrounds a step: the items of the loops, how far they are, and the files it is in."""

    bindings: Mapping[str, Any]
    suffix: str = ""
    chain: tuple[Path, ...] = ()


class StepReader:
    """Reads steps in playing order; what it finds wrong goes to ``faults``."""

    def __init__(
        self, vocabulary: Vocabulary, files: Files, faults: Faults, *, timeout: float
    ) -> None:
        self._words = vocabulary
        self._events = EventReader(vocabulary, faults)
        self._files = files
        self._faults = faults
        self._timeout = timeout
        self._count = self._read = 0
        self._whole: Part
        self._format: AudioFormat | None = DEFAULT_FORMAT
        self.captured: set[str] = set()
        self.expects = False

    def read(self, steps: Part, chain: tuple[Path, ...]) -> tuple[Step, ...]:
        """All steps of a list."""
        self._whole = steps
        return self._list(steps, _Around({}, chain=chain))

    def next_index(self) -> int:
        """The number of the next thing that gets a result."""
        self._count += 1
        return self._count

    def _list(self, steps: Part, around: _Around) -> tuple[Step, ...]:
        found: list[Step] = []
        for part in steps.items("a list of steps"):
            self._read += 1
            if self._read > MAX_STEPS:
                message = f"more than {MAX_STEPS} steps, with loops and includes written out"
                self._faults.add(
                    self._whole.error(message, "repeat less, or use load", at_key=True)
                )
                break
            with self._faults:
                found.extend(self._step(part.named(self._scope(part.scope, around)), around))
        return tuple(found)

    def _scope(self, scope: Names, around: _Around) -> Names:
        later = (scope.later | self.captured) - around.bindings.keys()
        return replace(scope, values={**scope.values, **around.bindings}, later=later)

    def _step(self, part: Part, around: _Around) -> tuple[Step, ...]:
        kind = kind_of(part)
        part.only((kind, *STEP_KEYS[kind]), f"beside '{kind}'")
        read = self._readers[kind]
        return read(self, part, part.child(kind), around)

    def _head(self, part: Part, label: str, around: _Around) -> Head:
        place = part.document.location(part.path)
        return Head(self.next_index(), label + around.suffix, place, around.bindings)

    def _within(self, part: Part) -> float:
        within = part.get("within")
        if within is None:
            return self._timeout
        return positive(within)

    def _after(self, part: Part) -> After | None:
        after = part.get("after")
        if after is None:
            return None
        if isinstance(after.value, str):
            return After(self._events.spec(after, unknown=False), 0.0)
        after.only(("event", "delay", "where", "unknown"), "in after")
        event = after.get("event")
        if event is None:
            raise after.error("after needs an event", "after: {event: TYPE, delay: 300ms}")
        delay = after.get("delay")
        spec = self._events.spec(event, unknown=accepts_unknown(after), where=after.get("where"))
        return After(spec, delay.duration() if delay is not None else 0.0)

    def _send(self, part: Part, event: Part, around: _Around) -> tuple[Step, ...]:
        raw = part.get("raw")
        unchecked = raw is not None and raw.flag()
        if unchecked:
            event.substituted()
            if not isinstance(event.value, str | dict):
                raise event.expected("text or an event")
        else:
            for fault in self._events.sent(event):
                self._faults.add(fault)
            self._note_format(event)
        after = self._after(part)
        type_ = self._words.name_of(event.value) if isinstance(event.value, dict) else None
        label = f"send {type_ or ('raw text' if unchecked else 'an event')}"
        return (SendStep(self._head(part, label, around), event.value, unchecked, after),)

    def _note_format(self, event: Part) -> None:
        """Follow what the session is told of its input; a value not known yet makes it unknown."""
        found = event.substituted()
        payload = found.value
        if not isinstance(payload, dict):
            return
        if self._words.name_of(payload) != self._words.roles.get("session.update"):
            return
        session = payload.get("session")
        told = declared_format(session, self._words.input_format) if session else None
        if told is not None or found.open:
            self._format = told

    def _send_audio(self, part: Part, file: Part, around: _Around) -> tuple[Step, ...]:
        for role in ("audio.append", "audio.commit"):
            if role not in self._words.roles:
                raise part.error(f"pack {self._words.pack} has no event for {role}", "use send")
        audio = self._files.audio(file, self._format or DEFAULT_FORMAT)
        chunk, silence = part.get("chunk"), part.get("silence")
        pace, commit = part.get("pace"), part.get("commit")
        return (
            SendAudio(
                self._head(part, f"send_audio {PurePath(file.text()).name}", around),
                audio,
                chunk=positive(chunk) if chunk is not None else 0.1,
                pace=SendPace(pace.choice(SendPace)) if pace is not None else SendPace.REALTIME,
                silence=silence.duration() if silence is not None else 0.0,
                commit=commit is not None and commit.flag(),
                after=self._after(part),
            ),
        )

    def _expect(self, part: Part, event: Part, around: _Around) -> tuple[Step, ...]:
        wanted = self._events.wanted(event, part)
        next_ = part.get("next")
        step = Expect(
            self._head(part, f"expect {wanted.event.label}", around),
            wanted,
            count_of(part.get("count")),
            self._within(part),
            next=next_ is not None and next_.flag(),
        )
        if step.next and step.count != Count():
            raise part.child("count").error("'count' beside 'next'", "next asks for one event")
        self._keep(wanted, around, part)
        return (step,)

    def _expect_all(self, part: Part, events: Part, around: _Around) -> tuple[Step, ...]:
        wanted = [self._choice(event, part, ()) for event in events.items("a list of events")]
        labels = ", ".join(one.event.label for one in wanted)
        step = ExpectAll(
            self._head(part, f"expect_all {labels}", around), tuple(wanted), self._within(part)
        )
        for one in wanted:
            self._keep(one, around, part)
        return (step,)

    def _expect_any(self, part: Part, events: Part, around: _Around) -> tuple[Step, ...]:
        choices = events.items("a list of events")
        wanted = [self._choice(event, part, ("then",)) for event in choices]
        labels = " or ".join(one.event.label for one in wanted)
        head = self._head(part, f"expect_any {labels}", around)
        within = self._within(part)
        branches: list[Branch] = []
        for one, event in zip(wanted, choices, strict=True):
            self._keep(one, around, event)
            then = event.get("then") if isinstance(event.value, dict) else None
            steps = self._list(then, around) if then is not None else ()
            branches.append(Branch(one, steps))
        return (ExpectAny(head, tuple(branches), within),)

    def _choice(self, event: Part, step: Part, more: tuple[str, ...]) -> Expected:
        """One of several: an event, or a mapping with ``expect`` and what belongs to it."""
        accepted = accepts_unknown(step)
        if isinstance(event.value, dict) and "expect" in event.value:
            event.only(("expect", *WANTED_KEYS, *more), "in a choice")
            return self._events.wanted(event.child("expect"), event, accepted=accepted)
        nothing = Part(event.document, event.path, {}, event.scope)
        return self._events.wanted(event, nothing, accepted=accepted)

    def _keep(self, wanted: Expected, around: _Around, part: Part) -> None:
        self.expects = True
        for name in (*wanted.capture, *([wanted.keep] if wanted.keep else [])):
            if name in around.bindings:
                raise part.error(f"'{name}' is the item of a loop", "capture under another name")
            self.captured.add(name)

    def _absent(self, part: Part, event: Part, around: _Around) -> tuple[Step, ...]:
        duration, until = part.get("for"), part.get("until")
        accepted = accepts_unknown(part)
        spec = self._events.spec(event, unknown=accepted, where=part.get("where"))
        if (duration is None) == (until is None):
            raise part.error(
                "absent needs either 'for' or 'until'", "for: 500ms, or until: response.done"
            )
        end = self._events.spec(until, unknown=accepted) if until is not None else None
        seconds = positive(duration) if duration is not None else None
        tail = f"until {end.label}" if end else f"for {format_duration(seconds or 0.0)}"
        head = self._head(part, f"absent {spec.label} {tail}", around)
        self.expects = True
        return (Absent(head, spec, seconds, end, self._within(part)),)

    def _wait(self, part: Part, value: Part, around: _Around) -> tuple[Step, ...]:
        seconds = value.duration()
        return (Wait(self._head(part, f"wait {format_duration(seconds)}", around), seconds),)

    def _close(self, part: Part, value: Part, around: _Around) -> tuple[Step, ...]:
        code, reason, abort = 1000, "", False
        if isinstance(value.value, dict):
            value.only(("code", "reason", "abort"), "in close")
            inner = {key: value.child(key) for key in value.value}
            code = inner["code"].whole(0, 65535) if "code" in inner else 1000
            reason = inner["reason"].text() if "reason" in inner else ""
            abort = "abort" in inner and inner["abort"].flag()
            at = inner.get("code", value)
        else:
            at = value
            code = value.whole(0, 65535) if value.value is not None else 1000
        if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
            raise at.expected(f"a close code that may be sent: {_CLOSABLE}", "see RFC 6455, 7.4")
        if len(reason.encode()) > 123:
            raise value.child("reason").error("a reason of over 123 bytes", "RFC 6455 allows 123")
        label = "close without a close frame" if abort else f"close {code}"
        return (CloseStep(self._head(part, label, around), code, reason, abort),)

    def _expect_close(self, part: Part, value: Part, around: _Around) -> tuple[Step, ...]:
        fields: dict[str, Any] = {}
        if isinstance(value.value, dict):
            value.only(("code", "reason", "by"), "in expect_close")
            fields = dict(value.value)
        elif value.value is not None:
            fields = {"code": value.whole(1000, 4999)}
        try:
            compile_pattern(value.substituted().value)
        except PatternError as problem:
            raise value.inside(
                problem.path, problem.message, problem.hint, at_key=problem.at_key
            ) from None
        code = fields.get("code")
        label = f"expect_close {code}" if isinstance(code, int) else "expect_close"
        self.expects = True
        return (ExpectClose(self._head(part, label, around), fields, self._within(part)),)

    def _repeat(self, part: Part, value: Part, around: _Around) -> tuple[Step, ...]:
        times = value.whole(1, MAX_STEPS)
        return self._loop(part, "index", list(range(times)), around)

    def _for_each(self, part: Part, value: Part, around: _Around) -> tuple[Step, ...]:
        items = value.given()
        if not isinstance(items, list) or not items:
            if items is UNKNOWN:
                return ()
            raise value.expected("a list of items", "write [one, two]; a number of times is repeat")
        name = part.get("as")
        if name is not None and not is_name(name.text("a name")):
            raise name.expected("a name", "letters, digits and _")
        return self._loop(part, name.text() if name is not None else "item", items, around)

    def _loop(self, part: Part, name: str, items: list[Any], around: _Around) -> tuple[Step, ...]:
        steps = part.get("steps")
        if steps is None:
            raise part.error("a loop needs 'steps'", "steps: [ … ]")
        found: list[Step] = []
        for number, item in enumerate(items, 1):
            if self._read > MAX_STEPS:
                break
            found.extend(
                self._list(
                    steps,
                    replace(
                        around,
                        bindings={**around.bindings, name: item},
                        suffix=f"{around.suffix} ({number} of {len(items)})",
                    ),
                )
            )
        return tuple(found)

    def _include(self, part: Part, value: Part, around: _Around) -> tuple[Step, ...]:
        document, path = self._files.document(value, around.chain)
        root = Part(document, (), document.value, value.scope)
        if isinstance(document.value, dict):
            root.only(("rtdebug", "name", "description", "steps"), "in an included file")
            steps = root.get("steps")
            if steps is None:
                raise root.error("an included file needs 'steps'", "or is a list of steps")
        else:
            steps = root
        return self._list(steps, replace(around, chain=(*around.chain, path)))

    _readers: Mapping[str, Callable[..., tuple[Step, ...]]] = {
        "send": _send,
        "send_audio": _send_audio,
        "expect": _expect,
        "expect_all": _expect_all,
        "expect_any": _expect_any,
        "absent": _absent,
        "wait": _wait,
        "close": _close,
        "expect_close": _expect_close,
        "repeat": _repeat,
        "for_each": _for_each,
        "include": _include,
    }

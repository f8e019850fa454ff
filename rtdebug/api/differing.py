"""Two recordings, judged and compared: what one shows and the other does not, the break first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile, zip_longest

from rtdebug.api.diagnosing import diagnose, log_name, log_source, senders_by
from rtdebug.api.redactors import redactor_of
from rtdebug.captures.comparable import Comparable, Compared, comparable
from rtdebug.captures.formats import read
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.records import Probing, Sender
from rtdebug.model.results import ResponseSummary, Run
from rtdebug.model.value import Value
from rtdebug.packs.load import load_pack
from rtdebug.reports.differences import Difference
from rtdebug.reports.figures import duration
from rtdebug.reports.grouping import loud
from rtdebug.secrets.masker import Masker

_NOTHING = "nothing"
_SLOWER = 2.0  # times, and
_BY = 0.3  # seconds: less is chance
_CUT = 300


class Side(Value):
    """One recording."""

    name: str
    run: Run
    said: Comparable


def load_side(file: str, *, pack: str | None, redact: Sequence[str]) -> Side:
    """Reads and judges one. Raises UsageError and UnreadableError."""
    redactor = redactor_of(redact)
    readings = read(log_source(file), sender_of=senders_by(pack))
    name = log_name(file)
    if not readings:
        raise UnreadableError(f"{name}: nothing in it could be read as a connection")
    if len(readings) > 1 or readings[0].several is not None:
        raise UsageError(
            f"{name} holds several connections, and two of them are compared",
            f"take one out: rtdebug convert {name} --to jsonl --connection 1 -o one.jsonl",
        )
    (reading,) = readings
    records = list(reading.records)
    reading.records = records
    runs = diagnose(reading, name, pack=pack, redactor=redactor)
    masker = Masker(redactor)
    own = takewhile(lambda record: not isinstance(record, Probing), records)
    masked = [masker.record(record) for record in own]
    return Side(name, runs[0], comparable(masked, load_pack(pack or runs[0].pack)))


def differences(a: Side, b: Side) -> list[Difference]:
    """What differs: what was found, then the first message, the end, settings, responses."""
    return [
        *_found(a.run, b.run),
        *_messages(a.said, b.said),
        *_end(a.said, b.said),
        *_settings(a.said, b.said),
        *_responses(a, b),
    ]


def _found(a: Run, b: Run) -> Iterator[Difference]:
    one, other = (
        {group.root.name: group.root.title for group in loud(run.findings)} for run in (a, b)
    )
    for name in (*other, *one):
        if (name in one) != (name in other):
            told = tuple(side.get(name, _NOTHING) for side in (one, other))
            yield Difference("finding", name, *told)


def _messages(a: Comparable, b: Comparable) -> list[Difference]:
    """Messages of either side that the other recording does not have at that place."""
    rows = [*_aligned(a.sent, b.sent), *_aligned(a.received, b.received)]
    told = [one for _, one in sorted(rows, key=lambda row: row[0])]
    if a.moving != b.moving:
        told.append(Difference("message", "", ", ".join(a.moving) or _NOTHING,
                               ", ".join(b.moving) or _NOTHING))  # fmt: skip
    return told


def _aligned(a: Sequence[Compared], b: Sequence[Compared]) -> Iterator[tuple[int, Difference]]:
    """What one has and the other has not. That a message came earlier or later among others is
    chance, or a finding by itself."""
    matcher = SequenceMatcher(None, [row.key for row in a], [row.key for row in b], autojunk=False)
    spans = [span for span in matcher.get_opcodes() if span[0] != "equal"]
    in_a = Counter(row.key for _, start, end, _, _ in spans for row in a[start:end])
    in_b = Counter(row.key for _, _, _, start, end in spans for row in b[start:end])
    moved = in_a & in_b
    left_a, left_b = moved.copy(), moved.copy()
    for _, from_a, to_a, from_b, to_b in spans:
        rows_a = [row for row in a[from_a:to_a] if not _taken(row, left_a)]
        rows_b = [row for row in b[from_b:to_b] if not _taken(row, left_b)]
        for one, other in zip_longest(rows_a, rows_b):
            first = min(row.seq for row in (one, other) if row is not None)
            yield first, Difference("message", _place(one, other), _words(one), _words(other))


def _taken(row: Compared, moved: Counter[str]) -> bool:
    """Whether this one has its like elsewhere in the other."""
    there = moved[row.key] > 0
    moved[row.key] -= there
    return there


def _place(one: Compared | None, other: Compared | None) -> str:
    told = [f"{side} #{row.seq}" for side, row in (("A", one), ("B", other)) if row is not None]
    return ", ".join(told)


def _words(row: Compared | None) -> str:
    if row is None:
        return _NOTHING
    arrow = ">" if row.sender is Sender.CLIENT else "<"
    return f"{arrow} {row.type} {row.words}".rstrip()[:_CUT]


def _end(a: Comparable, b: Comparable) -> Iterator[Difference]:
    if a.end != b.end:
        yield Difference("end", "", a.end or "not in it", b.end or "not in it")


def _settings(a: Comparable, b: Comparable) -> Iterator[Difference]:
    for path in sorted({*a.settings, *b.settings}):
        one, other = a.settings.get(path, _NOTHING), b.settings.get(path, _NOTHING)
        if one != other:
            yield Difference("setting", path, one[:_CUT], other[:_CUT])


def _responses(a: Side, b: Side) -> Iterator[Difference]:
    pairs = zip(a.run.responses, b.run.responses, strict=False)
    for number, (one, other) in enumerate(pairs, 1):
        place = f"response {number}"
        if (one.status, one.items) != (other.status, other.items):
            yield Difference("response", place, _outcome(one), _outcome(other))
        for what, took_a, took_b in (
            ("first delta", one.first_delta, other.first_delta),
            ("all of it", one.duration, other.duration),
        ):
            if took_a is not None and took_b is not None and _is_slower(took_a, took_b):
                yield Difference("latency", f"{place}, {what}", duration(took_a), duration(took_b))
    for number, (said, also) in enumerate(zip(a.said.replies, b.said.replies, strict=False), 1):
        for kind, was, now in (
            ("call", "; ".join(said.calls), "; ".join(also.calls)),
            ("words", said.words, also.words),
        ):
            if was != now and (kind == "call" or (was and now)):
                told = was or _NOTHING, now or _NOTHING
                yield Difference(kind, f"response {number}", told[0][:_CUT], told[1][:_CUT])


def _outcome(response: ResponseSummary) -> str:
    return f"{response.status}, {response.items} items"


def _is_slower(one: float, other: float) -> bool:
    slow, quick = max(one, other), min(one, other)
    return slow - quick >= _BY and slow >= _SLOWER * quick

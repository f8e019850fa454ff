"""The unit of times that name none: seconds or milliseconds, by what is possible.

An answer takes a network's way and back, which no server makes in a fraction of a millisecond;
nobody waits for most answers for a third of a minute; a session lasts an hour at most; what a
microphone hears takes as long as it lasts. Each field of a log is judged by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from rtdebug.captures.fields import times_in, unit_of
from rtdebug.captures.pieces import Piece, What
from rtdebug.captures.stamps import stamp_of
from rtdebug.captures.wrapped import Unwrapper
from rtdebug.model.records import Sender

_MOST_ROWS = 2000
_LONGEST_SESSION = 2 * 3600.0
_SLOW_ANSWER = 20.0
_SLOW_EVENTS = 5.0
_FEW = 8
_BYTES_A_SECOND = 48_000  # of audio at 24 kHz; others are not off by as much as the units are
_LEAST_AUDIO = 0.5  # seconds
_OFF = 30.0


class _Row(NamedTuple):
    """One message: the number in its time field, its type, who sent it, its audio in seconds."""

    time: float
    type: str
    sender: Sender | None
    audio: float


def units_in(parsed: Sequence[Any], unwrapper: Unwrapper) -> dict[str, str]:
    """The unit of each time field of some rows, for those that are not in seconds and do not say
    it."""
    rows: dict[str, list[_Row]] = {}
    for fields in parsed[:_MOST_ROWS]:
        name = _time_field(fields) if isinstance(fields, dict) else None
        if name is not None:
            rows.setdefault(name, []).append(_row(float(fields[name]), fields, unwrapper))
    return {name: "ms" for name, found in rows.items() if _are_milliseconds(found)}


def _time_field(fields: Mapping[str, Any]) -> str | None:
    """The field with a small number of no known unit that tells the time of a row."""
    for name in times_in(fields):
        stamp = stamp_of(fields[name], unit_of(name))
        if stamp is not None:
            bare = not stamp.absolute and not unit_of(name) and _is_number(fields[name])
            return name if bare else None
    return None


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _row(time: float, fields: Mapping[str, Any], unwrapper: Unwrapper) -> _Row:
    piece = next((one for one in unwrapper.pieces(fields) if one.what is What.EVENT), None)
    if piece is None:
        return _Row(time, "", None, 0.0)
    sender = piece.context.sender or unwrapper.sender_of(piece.type)
    return _Row(time, piece.type, sender, _audio_of(piece))


def _audio_of(piece: Piece) -> float:
    audio = piece.data.get("audio")
    if not isinstance(audio, str) or not piece.type.endswith("append"):
        return 0.0
    return len(audio) * 0.75 / _BYTES_A_SECOND


def _are_milliseconds(rows: Sequence[_Row]) -> bool:
    times = [row.time for row in rows]
    span = max(times) - min(times)
    if span > _LONGEST_SESSION:
        return True
    by_audio = _by_audio(rows)
    if by_audio is not None:
        return by_audio
    answers = _answers(rows)
    whole = all(time.is_integer() for time in times)
    if answers:
        return _median(answers) > _SLOW_ANSWER and (whole or len(answers) > 1)
    gaps = [late - early for early, late in pairwise(times) if late > early]
    slow = bool(gaps) and _median(gaps) > _SLOW_EVENTS
    return slow and len(rows) > 2 and (whole or len(rows) >= _FEW)


def _by_audio(rows: Sequence[_Row]) -> bool | None:
    """What the audio of a microphone says; None where there is too little."""
    heard = [row for row in rows if row.audio]
    lasted = sum(row.audio for row in heard[:-1])
    if lasted < _LEAST_AUDIO:
        return None
    took = heard[-1].time - heard[0].time
    if lasted / _OFF < took < lasted * _OFF:
        return False
    return True if lasted / _OFF < took / 1000 < lasted * _OFF else None


def _answers(rows: Sequence[_Row]) -> list[float]:
    """How long after what the client sent the server's next message came."""
    found, asked = [], None
    for row in rows:
        if row.sender is Sender.CLIENT:
            asked = None if row.type.endswith("append") else row.time
        elif row.sender is Sender.SERVER and asked is not None:
            if row.time > asked:
                found.append(row.time - asked)
            asked = None
    return found


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]

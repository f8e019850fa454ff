"""Settles what was found in a paste: what is told twice, what belongs elsewhere, which time."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rtdebug.captures import pieces
from rtdebug.captures.jsonl import dumps
from rtdebug.captures.pasted.handshakes import is_vague
from rtdebug.captures.pasted.names_only import types_in
from rtdebug.captures.pasted.reader import Found, Paste
from rtdebug.captures.pieces import Context, Piece, What
from rtdebug.captures.reading import SenderOf
from rtdebug.model.records import Sender

_ECHOES = 0.6
_PROMPT = re.compile(r"[\w@:~/.-]*[$%] ?\w")
_NEAR = 3  # lines
_PART_OF_REFUSAL = (What.OPENED, What.BARE_ERROR)


def settled(paste: Paste, text: str, sender_of: SenderOf) -> list[Found]:
    """The pieces of one connection, in order, each thing once."""
    found = _without_commands(_joined(paste.found), text)
    found = _without_headings(_without_previews(found))
    if not any(one.piece.what in (What.EVENT, What.BARE_ERROR) for one in found):
        found = sorted(found + _mentioned(text, sender_of), key=lambda one: one.start)
    found = _timed(found, paste)
    found = _errors_once(found)
    found = _refusals(found, sender_of)
    found = _closes(found)
    return _opened_once(found, paste)


def _is_event(one: Found) -> bool:
    return one.piece.what in (What.EVENT, What.BARE_ERROR)


def _joined(found: list[Found]) -> list[Found]:
    """An error that is named on one line and told on one of the next is one event."""
    kept: list[Found] = []
    last = -1
    for one in found:
        before = kept[last] if last >= 0 else None
        if (
            one.piece.what is What.BARE_ERROR
            and before is not None
            and before.named
            and before.piece.type == one.piece.type
            and one.piece.context.line - before.piece.context.line <= _NEAR
        ):
            data = {"type": one.piece.type, "error": one.piece.data}
            kept[last] = replace(before, piece=replace(before.piece, data=data), end=one.end)
            continue
        if one.piece.what is not What.REMARK:
            last = len(kept)
        kept.append(one)
    return kept


def _without_commands(found: list[Found], text: str) -> list[Found]:
    """Drops a message that stands in a command of a shell where the log below shows it sent."""
    kept = []
    for index, one in enumerate(found):
        start = text.rfind("\n", 0, one.start) + 1
        typed = one.piece.what is What.EVENT and _PROMPT.match(text, start) is not None
        if typed and any(after.piece.data == one.piece.data for after in found[index + 1 :]):
            continue
        kept.append(one)
    return kept


def _without_previews(found: list[Found]) -> list[Found]:
    """Drops the elided line of an object that a console shows opened right below it."""
    events = [one for one in found if _is_event(one)]
    previews = {
        id(one)
        for one, after in pairwise(events)
        if not one.piece.whole
        and not one.named
        and one.piece.type == after.piece.type
        and one.piece.data.get("event_id")
        and one.piece.data.get("event_id") == after.piece.data.get("event_id")
        and one.piece.data != after.piece.data  # else both were cut alike, in their ids too
    }
    return [one for one in found if id(one) not in previews]


def _without_headings(found: list[Found]) -> list[Found]:
    """Drops a type that stands alone where it only heads, or echoes, the event itself."""
    events = [one for one in found if _is_event(one)]
    heads, echoes = set(), set()
    for index, one in enumerate(events):
        if not one.named or one.piece.count > 1:
            continue
        after = events[index + 1] if index + 1 < len(events) else None
        before = events[index - 1] if index else None
        if after and not after.named and after.piece.type == one.piece.type:
            heads.add(id(one))
        elif before and not before.named and before.piece.type == one.piece.type:
            echoes.add(id(one))
    named = sum(one.named for one in events)
    dropped = heads | (echoes if named and len(echoes) >= named * _ECHOES else set())
    return [one for one in found if id(one) not in dropped]


def _mentioned(text: str, sender_of: SenderOf) -> list[Found]:
    """The types that prose lists, for a paste that shows its events in no other way."""
    found, start = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        types = types_in(line, sender_of)
        if len(types) > 1:
            for match in types:
                kind, place = match.group(), start + match.start()
                piece = Piece(What.EVENT, Context(line=number), kind, {"type": kind}, whole=False)
                found.append(Found(place, place + len(kind), piece, named=True, spoken=True))
        start += len(line) + 1
    return found


def _timed(found: list[Found], paste: Paste) -> list[Found]:
    """Gives times that stand on lines of their own to what stands before or behind them."""
    stamps = paste.lone_stamps
    starts = [one.start for one in found if _is_event(one)]
    if not stamps or not starts:
        return found
    places = [place for place, _ in stamps]
    stamp_first = places[0] < starts[0]
    timed = []
    for one in found:
        if one.piece.context.stamp is not None or one.piece.what is What.REMARK:
            timed.append(one)
            continue
        if stamp_first:
            near = bisect_right(places, one.start) - 1
            before = bisect_left(starts, one.start) - 1
            fits = near >= 0 and (before < 0 or places[near] > starts[before])
        else:
            near = bisect_right(places, one.start)
            after = bisect_right(starts, one.start)
            fits = near < len(places) and (after >= len(starts) or places[near] < starts[after])
        context = replace(one.piece.context, stamp=stamps[near][1] if fits else None)
        timed.append(replace(one, piece=replace(one.piece, context=context)))
    return timed


def _errors_once(found: list[Found]) -> list[Found]:
    """Drops an error's line of text where its event is there as well."""
    messages = {
        str(error.get("message"))
        for one in found
        if one.piece.what in (What.EVENT, What.BARE_ERROR) and not one.said
        for error in (one.piece.data.get("error"), one.piece.data)
        if isinstance(error, dict)
    }
    told = [error for one in found if (error := _error_of(one)) is not None]
    return [
        one
        for one in found
        if not (one.said and any(str(one.piece.data["message"]) in text for text in messages))
        and (one.piece.whole or not _is_lesser(_error_of(one), told))
    ]


def _error_of(one: Found) -> dict[str, object] | None:
    """What a print of an error shows of it, without what the log left out."""
    data = one.piece.data
    if one.piece.what is What.EVENT and one.piece.type == "error":
        inner = data.get("error")
        data = inner if isinstance(inner, dict) else data
    elif one.piece.what is not What.BARE_ERROR:
        return None
    return {key: value for key, value in data.items() if value not in (None, "", {}, [])}


def _is_lesser(error: dict[str, object] | None, told: list[dict[str, object]]) -> bool:
    """Whether an error is a second print of one that another print shows more of."""
    if not isinstance(error, dict):
        return False
    shown = {key: value for key, value in error.items() if key not in ("type", "event_id")}
    return any(
        isinstance(more, dict) and more.get("message") and len(more) > len(error)
        and all(more.get(key) == value for key, value in shown.items())
        for more in told
    )  # fmt: skip


def _refusals(found: list[Found], sender_of: SenderOf) -> list[Found]:
    """One refusal, the best told; once the server spoke it can only be one of a later attempt.

    What a client sends stands before its refusal only in a program that is shown with its log.
    """
    refusals = [one for one in found if one.piece.what is What.REFUSED]
    if not refusals:
        return found
    closed = [one.start for one in found if one.piece.what is What.CLOSED]
    events = [one.start for one in found if _is_of_a_session(one, closed, sender_of)]
    last_event = max(events, default=-1)
    usable = [one for one in refusals if _is_usable(one, closed, events)]
    best = max(usable, key=lambda one: _told(one.piece), default=None)
    kept = []
    for one in found:
        if one.piece.what is What.REFUSED and one is not best:
            kept.append(_as_remark(one))
        elif best is None or last_event >= 0 or not _gives_way(one, best):
            kept.append(one)
    if best is not None:
        kept[kept.index(best)] = _completed(best, found)
    return kept


def _is_usable(refusal: Found, closed: Sequence[int], events: Sequence[int]) -> bool:
    """Whether a refusal may stand: it tells why, or nothing else is told; and it comes behind the
    end of what there was."""
    if _is_vague(refusal.piece) and (closed or events):
        return False
    if not events:
        return True
    return bool(closed) and closed[0] < refusal.start and refusal.start > max(events)


def _is_of_a_session(one: Found, closed: Sequence[int], sender_of: SenderOf) -> bool:
    """Whether an event passed on a connection: the server sent it, or an end is told after it."""
    if one.piece.what is not What.EVENT:
        return False
    sender = one.piece.context.sender or sender_of(one.piece.type)
    return sender is not Sender.CLIENT or any(one.start < end for end in closed)


def _gives_way(one: Found, refusal: Found) -> bool:
    """Whether something is no record of its own where no connection came about."""
    if one.piece.what is What.EVENT:
        return one.start < refusal.start
    return one.piece.what in _PART_OF_REFUSAL


def _completed(refusal: Found, found: list[Found]) -> Found:
    """A refusal with the address and the body that other lines tell."""
    data = dict(refusal.piece.data)
    urls = (one.piece.data["url"] for one in found if one.piece.data.get("url"))
    bodies = (one.piece.data for one in found if one.piece.what is What.BARE_ERROR)
    data["url"] = data["url"] or next(urls, None)
    body = next(bodies, None)
    data["body"] = data["body"] or (dumps({"error": body}).decode() if body else "")
    return replace(refusal, piece=replace(refusal.piece, data=data))


def _told(piece: Piece) -> tuple[bool, bool, bool, int]:
    status = piece.data["status"]
    return (
        status is not None and status >= 400, status is not None, not _is_vague(piece),
        -piece.context.line,
    )  # fmt: skip


def _is_vague(refusal: Piece) -> bool:
    return refusal.data["status"] is None and is_vague(refusal.text or "")


def _as_remark(one: Found) -> Found:
    return replace(one, piece=Piece(What.REMARK, one.piece.context, text=one.piece.text))


def _closes(found: list[Found]) -> list[Found]:
    """One close for each end. What a sentence tells of an end, wherever it stands, comes last."""
    logged = [one for one in found if one.piece.what is What.CLOSED and not one.spoken]
    last_event = max((one.start for one in found if _is_event(one)), default=-1)
    kept: list[Found] = []
    late: list[Found] = []
    current = -1
    for one in found:
        if _is_event(one) or one.piece.what is What.OPENED:
            current = -1
        if one.piece.what is not What.CLOSED:
            kept.append(one)
            continue
        if one.spoken and logged:
            kept.append(_as_remark(one))
        elif one.spoken and one.start < last_event:
            late.append(one)
        elif current < 0 or _is_other(kept[current].piece, one.piece):
            current = len(kept)
            kept.append(one)
        else:
            kept[current] = _better(kept[current], one)
    told = any(one.piece.what is What.CLOSED for one in kept)
    return kept if told else kept + late[:1]


def _is_other(one: Piece, two: Piece) -> bool:
    if one.data.get("transport") != two.data.get("transport"):
        return True
    codes = {one.data["code"], two.data["code"]}
    return len(codes) > 1 and not codes & {1005, 1006}


def _better(one: Found, two: Found) -> Found:
    """The telling that says more, in the place of the first."""
    first, second = one.piece.data, two.piece.data
    vague = (1005, 1006)
    code = second["code"] if first["code"] in vague else first["code"]
    told = [one["reason"] for one in (first, second) if one["code"] == code]
    reason = max(told, key=len) or first["reason"] or second["reason"]
    sender = first["sender"] or second["sender"]
    piece = pieces.closed(
        code, reason, sender, one.piece.context, one.piece.text or "", first.get("transport", "")
    )
    return replace(one, piece=piece)


def _opened_once(found: Sequence[Found], paste: Paste) -> list[Found]:
    """One open, before the first event; headers on lines of their own belong to it."""
    kept: list[Found] = []
    begun = any(one.piece.what is What.REFUSED for one in found)
    for one in found:
        if one.piece.what is What.OPENED:
            if begun or any(_is_event(earlier) for earlier in kept):
                kept.append(_as_remark(one))
                continue
            begun = True
            headers = (*one.piece.data["headers"], *paste.headers)
            data = {**one.piece.data, "headers": headers}
            one = replace(one, piece=replace(one.piece, data=data))  # noqa: PLW2901
        kept.append(one)
    return kept

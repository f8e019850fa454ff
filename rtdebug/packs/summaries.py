"""What one event says, in a few words: the last column of timelines and of the live view.

``summarise`` reads *roles*, not event names, and takes whatever shape a payload has. Its result is
for people: peer text in it is cut but not made safe, whoever shows it does that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from rtdebug.model.records import Closed

LIMIT = 120
_LOST = 1006  # the close code that stands for none
_KEPT = 80  # characters of a chunk's text

Payload: TypeAlias = Mapping[str, Any]


def summarise(role: str, payload: Payload) -> str:
    """``payload`` in at most 120 characters on one line, whatever its shape.

    ``role`` is what the pack calls this event ("response.done"), "" for an event it does not know.
    """
    return _cut(_BY_ROLE.get(role, _fields)(payload)) if isinstance(payload, dict) else ""


def words_for(role: str) -> Callable[[Payload], str]:
    """What :func:`summarise` does for a role, not cut to a length, for those who do it often."""
    return _BY_ROLE.get(role, _fields)


def close_words(closed: Closed) -> str:
    """How a connection ended: its code, who sent it, the reason. 1006 is on no wire (RFC 6455,
    7.1.5): nobody sent it, and its reason is what was seen of the end."""
    if closed.code == _LOST:
        side = f", on the {closed.sender}'s side" if closed.sender else ""
        return f"{_LOST} {closed.reason or 'lost without a close frame'}{side}"
    by = f" by the {closed.sender}" if closed.sender else ""
    return f"{closed.code}{by} {closed.reason}".strip()


def counts(summary: str) -> bool:
    """Whether ``summary`` is that of a chunk, which :func:`fold` can add to others."""
    return _CHUNK.match(summary) is not None


def fold(summaries: Sequence[str]) -> str:
    """Many summaries of chunks as one: their sum, and their text joined as far as it was kept."""
    chunks = [match for match in map(_CHUNK.match, summaries) if match]
    if not chunks:
        return summaries[-1] if summaries else ""
    total = sum(int(chunk["count"].replace(",", "")) for chunk in chunks)
    text = "".join(chunk["text"] or "" for chunk in chunks)
    return _cut(_amount(total, bool(chunks[0]["audio"])) + (f' "{text}"' if text else ""))


_CHUNK = re.compile(
    r'(?P<count>\d[\d,]{0,19}) (?:chars?|(?P<audio>bytes? of audio))(?: "(?P<text>.*)")?\Z', re.S
)


# Reading any shape: what is not as expected is as good as absent.


def _map(value: Any, *keys: str) -> Payload:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _word(value: Any) -> str:
    """A name, an id or a number as it stands; "" for anything else."""
    if value.__class__ is str:
        if value.isidentifier():  # nearly all names and ids are, and hold no blanks
            return value[:LIMIT]
        return " ".join(value[:LIMIT].split())
    return _number(value)


def _number(value: Any) -> str:
    if value.__class__ is not int and value.__class__ is not float:
        return ""
    # Python refuses to print an integer of more than 4,300 digits, and a peer may send one.
    return f"{value:.15g}" if abs(value) < 10**15 else ""


def _quote(value: Any) -> str:
    if not isinstance(value, str) or not value:
        return ""
    text = " ".join(value[:LIMIT].split())
    return f'"{text}"'


def _cut(text: str) -> str:
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"


def _join(*parts: str, by: str = " ") -> str:
    return by.join(filter(None, parts))


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


# Chunks


def _text_chunk(payload: Payload) -> str:
    delta = payload.get("delta")
    if not isinstance(delta, str):
        return _fields(payload)
    # Inner line breaks and blanks are kept as blanks, so that chunks can be joined again.
    text = delta[:_KEPT]
    if not text.isprintable():
        text = "".join(" " if sign.isspace() else sign for sign in text)
    rest = "…" if len(delta) > _KEPT else ""
    return f'{_amount(len(delta), audio=False)} "{text}{rest}"'


def _audio_chunk(payload: Payload) -> str:
    data = payload.get("delta", payload.get("audio"))
    if not isinstance(data, str):
        return _fields(payload)
    return _amount(max(len(data) * 3 // 4 - data[-2:].count("="), 0), audio=True)


def _amount(number: int, audio: bool) -> str:
    return f"{_many(number, 'byte')} of audio" if audio else _many(number, "char")


# Sessions


def _session(payload: Payload) -> str:
    session = _map(payload, "session")
    return _join(*_session_words(session), by=", ") if session else _fields(payload)


def _session_words(session: Payload) -> list[str]:
    heard, spoken = _map(session, "audio", "input"), _map(session, "audio", "output")
    kind = _word(session.get("type"))
    voice = spoken.get("voice", session.get("voice"))
    return [
        _word(session.get("model")),
        kind if kind != "realtime" else "",
        _modalities(session),
        _join("voice", _word(voice) or _word(_map(voice).get("id"))) if voice else "",
        _turns(heard if "turn_detection" in heard else session),
        _transcription(heard.get("transcription", session.get("input_audio_transcription"))),
        _tools(session),
        _instructions(session),
        _limit(session),
    ]


def _modalities(settings: Payload) -> str:
    words = settings.get("output_modalities", settings.get("modalities"))
    return _join(*(_word(word) for word in _list(words)), by="+")


def _turns(settings: Payload) -> str:
    if "turn_detection" not in settings:
        return ""
    return _word(_map(settings, "turn_detection").get("type")) or "turns by hand"


def _transcription(settings: Any) -> str:
    model = _word(_map(settings).get("model"))
    return f"transcribed by {model}" if model else ""


def _tools(settings: Payload) -> str:
    tools = _list(settings.get("tools"))
    return _many(len(tools), "tool") if tools else ""


def _instructions(settings: Payload) -> str:
    text = settings.get("instructions")
    return f"instructions of {len(text)} chars" if isinstance(text, str) and text else ""


def _limit(settings: Payload) -> str:
    for key in ("max_output_tokens", "max_response_output_tokens"):
        limit = _number(settings.get(key))
        if limit:
            return f"at most {limit} tokens"
    return ""


# Responses


def _create(payload: Payload) -> str:
    wanted = _map(payload, "response")
    items = _list(wanted.get("input"))
    out_of_band = wanted.get("conversation") == "none"
    return _join(
        _modalities(wanted),
        "out of band" if out_of_band else "",
        _many(len(items), "input item") if items else "",
        _tools(wanted),
        _instructions(wanted),
        _limit(wanted),
        by=", ",
    )


def _response(payload: Payload) -> str:
    response = _map(payload, "response")
    if not response:
        return _fields(payload)
    output = _list(response.get("output"))
    head = _join(_word(response.get("id")), _word(response.get("status")))
    items = _many(len(output), "item") if output else ""
    return _join(head, _why(response), items, _usage(response.get("usage")), by=", ")


def _why(response: Payload) -> str:
    details = _map(response, "status_details")
    error = _map(details, "error")
    return _fault(error) if error else _word(details.get("reason"))


def _usage(usage: Any) -> str:
    total = _number(_map(usage).get("total_tokens"))
    spent, made = (_number(_map(usage).get(key)) for key in ("input_tokens", "output_tokens"))
    parts = _join(f"{spent} in" if spent else "", f"{made} out" if made else "", by=", ")
    return _join(f"{total} tokens", f"({parts})" if parts else "") if total else ""


# Items, parts and what they hold


def _item(payload: Payload) -> str:
    item = _map(payload, "item")
    if not item:
        return _fields(payload)
    kind, role = _word(item.get("type")), _word(item.get("role"))
    status = _word(item.get("status"))
    who = f"{role} {kind}" if role else kind
    return _join(who, _item_words(item), status if status != "completed" else "")


def _item_words(item: Payload) -> str:
    if item.get("name"):
        return _join(_word(item["name"]), _word(item.get("arguments")))
    if "output" in item:
        return _join(_word(item.get("call_id")), _quote(item.get("output")))
    content = item.get("content")
    if not content:
        return ""
    return _join(*map(_part_words, _list(content)[:4]), by=" + ")


def _part_words(part: Any) -> str:
    part = _map(part)
    text = _quote(part.get("text")) or _quote(part.get("transcript"))
    return text or _word(part.get("type"))


def _part(payload: Payload) -> str:
    part = _map(payload, "part")
    text = _quote(part.get("text")) or _quote(part.get("transcript"))
    return _join(_word(part.get("type")), text) if part else _fields(payload)


def _full_text(payload: Payload) -> str:
    return _quote(payload.get("text")) or _quote(payload.get("transcript")) or _ids(payload)


def _arguments(payload: Payload) -> str:
    return _join(_word(payload.get("name")), _word(payload.get("arguments"))) or _ids(payload)


def _ids(payload: Payload) -> str:
    for key in ("item_id", "response_id"):
        word = _word(payload.get(key))
        if word:
            return word
    return ""


def _place(payload: Payload) -> str:
    """The item, and where in its audio."""
    at = payload.get("audio_end_ms") or payload.get("audio_start_ms")
    if at is None:
        return _ids(payload)
    return _join(_ids(payload), f"at {_number(at)} ms" if _number(at) else "")


# Faults and figures


def _error(payload: Payload) -> str:
    error = _map(payload, "error")
    return _join(_ids(payload), _fault(error)) if error else _fields(payload)


def _fault(error: Payload) -> str:
    name = _word(error.get("code")) or _word(error.get("type"))
    param = _word(error.get("param"))
    head = _join(name, f"at {param}" if param else "")
    return _join(head, _word(error.get("message")), by=": ")


def _rate_limits(payload: Payload) -> str:
    return _join(*map(_rate_limit, _list(payload.get("rate_limits"))[:4]), by=", ")


def _rate_limit(value: Any) -> str:
    """``tokens 35680/40000``, without what an elided log does not hold."""
    limit = _map(value)
    left, most = _number(limit.get("remaining")), _number(limit.get("limit"))
    return _join(_word(limit.get("name")), f"{left}/{most}" if left and most else left)


def _fields(payload: Payload) -> str:
    """The first fields of an event nobody knows, as ``name=value``."""
    shown = [key for key in payload if key not in ("type", "event_id")][:4]
    return _join(*(f"{_word(key)}={_value(payload[key])}" for key in shown))


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _quote(value[:40]) or '""'
    if isinstance(value, dict):
        return "{}" if not value else "{…}"
    if isinstance(value, list):
        return f"[{len(value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else _number(value) or "a number"


def _nothing(_: Payload) -> str:
    return ""


_BY_ROLE: dict[str, Callable[[Payload], str]] = {
    **dict.fromkeys(("session.update", "session.created", "session.updated"), _session),
    "audio.append": _audio_chunk,
    "audio.delta": _audio_chunk,
    **dict.fromkeys(
        ("text.delta", "transcript.delta", "arguments.delta", "mcp_arguments.delta"), _text_chunk
    ),
    "transcription.delta": _text_chunk,
    **dict.fromkeys(("text.done", "transcript.done", "transcription.completed"), _full_text),
    "transcription.segment": _full_text,
    **dict.fromkeys(("arguments.done", "mcp_arguments.done"), _arguments),
    **dict.fromkeys(
        ("item.create", "item.added", "item.done", "item.created", "item.retrieved"), _item
    ),
    **dict.fromkeys(("output_item.added", "output_item.done"), _item),
    **dict.fromkeys(("part.added", "part.done"), _part),
    **dict.fromkeys(("item.truncate", "item.truncated", "idle.timeout"), _place),
    **dict.fromkeys(("speech.started", "speech.stopped"), _place),
    **dict.fromkeys(("item.retrieve", "item.delete", "item.deleted", "audio.committed"), _ids),
    **dict.fromkeys(("audio.done", "response.cancel"), _ids),
    **dict.fromkeys(("output.started", "output.stopped", "output.cleared"), _ids),
    **dict.fromkeys(("mcp_list.in_progress", "mcp_list.completed", "mcp_list.failed"), _ids),
    **dict.fromkeys(("mcp_call.in_progress", "mcp_call.completed", "mcp_call.failed"), _ids),
    **dict.fromkeys(("audio.commit", "audio.clear", "audio.cleared", "output.clear"), _nothing),
    "response.create": _create,
    "response.created": _response,
    "response.done": _response,
    "error": _error,
    "transcription.failed": _error,
    "rate_limits": _rate_limits,
}

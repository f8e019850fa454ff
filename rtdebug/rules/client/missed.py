"""What a client misses: what the protocol owes it, and what its family waits for besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rtdebug.model.records import Sender
from rtdebug.model.value import Value
from rtdebug.packs.clients import Family
from rtdebug.protocols.openai_realtime.conversation import Item
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.protocols.openai_realtime.responses import OutputItem, Response
from rtdebug.rules.audio.turn_taking import detects_turns
from rtdebug.rules.response.text_instead_of_audio import spoken_unasked
from rtdebug.rules.visibility import has, hides

_ITEM = "conversation-item-unbalanced"
_INPUT = "input_format"
_SPOKEN_MS = 500


class Missed(Value):
    """What a client waits for since when: the events behind it, and the finding that is its
    cause ("" where what they have in common tells). ``seq`` is where the wait began; ``guessed``:
    not every client waits for it; ``least`` is how long it must have lasted, in seconds."""

    at: float
    awaited: str
    after: str
    evidence: tuple[int | None, ...]
    cause: str
    seq: int
    guessed: bool = False
    least: float = 0.0


def owed_to_any(state: RealtimeState, patience: float) -> Iterator[Missed]:
    """What the server owes whatever client there is."""
    for owed in state.owed(patience):
        if owed.owed_by is Sender.SERVER:
            what = f"{owed.what} (event {owed.event})" if owed.event else f"{owed.what} was opened"
            yield Missed(owed.since, owed.awaited, what, (owed.event,), "", owed.event or 0)
    yield from _turn(state, patience)


def _turn(state: RealtimeState, patience: float) -> Iterator[Missed]:
    """Speech that turn detection should have heard, where it heard none at all."""
    audio = state.audio
    if audio.hearing.loud_ms < _SPOKEN_MS or not audio.credible(state.settings.audio_rate(_INPUT)):
        return
    heard = audio.speech_starts or audio.commits or state.responses.count
    if heard or not detects_turns(state) or hides(state, "speech.started"):
        return
    after = (
        f"about {audio.hearing.loud_ms / 1000:.1f} s of loud audio (up to event {audio.last_seq})"
    )
    yield Missed(
        audio.last_at, state.pack.type("speech.started"), after, (audio.first_seq, audio.last_seq),
        "", audio.last_seq, guessed=True, least=patience,
    )  # fmt: skip


def owed_to_unknown(state: RealtimeState) -> Iterator[Missed]:
    """What the server owes a client that may be one of those that need it: its item announced by
    more than the name of the beta, which is no answer in this protocol. Only of words of the user:
    what is told beforehand asks for nothing, and who speaks is not waiting for it. Or the text
    that was confirmed, where audio came."""
    for response in state.responses.done:
        if spoken_unasked(state, response):
            yield Missed(
                response.last_at, "text",
                f"{response.id} (event {response.seq}), which came as audio",
                (response.seq, response.done_seq), "session-update-not-applied", response.seq,
                guessed=True,
            )  # fmt: skip
    if state.audio.appends:
        return
    asking = {
        item.by_client
        for item in state.conversation.items.values()
        if item.role == "user" or item.type == "function_call_output"
    }
    for one in _items(state):
        if one.evidence[1] is not None and one.seq in asking:
            yield one


def missed_by(client: Family, state: RealtimeState) -> Iterator[Missed]:
    """What this client's family does not go on without."""
    for wait in client.waits_for:
        look, role = LOOKS.get((wait.after, wait.until)), wait.until.partition("/")[0]
        if look is not None and not (has(state, role) and hides(state, role)):
            yield from look(state)


def _items(state: RealtimeState) -> Iterator[Missed]:
    """Items of the client that were announced in another way, or not at all."""
    if not has(state, "item.added") or hides(state, "item.added"):
        return
    refused = {one.seq for one in state.requests.recent if one.refused is not None}
    for item in state.conversation.items.values():
        seq, at = item.by_client, item.created_at or item.added_at
        if seq is None or at is None or seq in refused or _announced(item):
            continue
        yield Missed(
            at, f"{state.pack.type('item.added')} of {item.id}",
            f"{state.pack.type('item.create')} (event {seq})", (seq, item.added_seq), _ITEM, seq,
            guessed=True,
        )  # fmt: skip


def _unplaced(state: RealtimeState) -> Iterator[Missed]:
    """Items of the client whose announcement does not say what they follow."""
    for item in state.conversation.items.values():
        if item.by_client is not None and item.unplaced and item.awaited:
            yield Missed(
                item.added_at or 0.0, f"previous_item_id of {item.id}",
                f"{state.pack.type('item.create')} (event {item.by_client})",
                (item.by_client, item.added_seq), "", item.by_client,
            )  # fmt: skip


def _calls(state: RealtimeState) -> Iterator[Missed]:
    """Calls of the model whose item was never announced in the conversation."""
    if not has(state, "item.added"):
        return
    items = state.conversation.items
    for call in state.conversation.calls.values():
        item = items.get(call.item_id or "")
        if call.answered_seq is not None or (item is not None and _announced(item)):
            continue
        yield Missed(
            call.at, f"{state.pack.type('item.added')} of {call.item_id or call.call_id}",
            f"the call of {call.name or 'a function'} (event {call.seq})", (call.seq,), _ITEM,
            call.seq,
        )  # fmt: skip


def _unmarked(state: RealtimeState) -> Iterator[Missed]:
    """Responses that do not bear the mark of their request."""
    for response in _responses(state):
        request = response.request
        if request is not None and response.unmarked:
            yield Missed(
                response.last_at, "response.metadata with its own mark",
                f"{request.type} (event {request.seq})", (request.seq, response.seq),
                "metadata-not-echoed", response.seq,
            )  # fmt: skip


Look = Callable[[RealtimeState], Iterator[Missed]]


def _lacking(role: str, cause: str, lacks: Callable[[OutputItem], bool], field: str = "") -> Look:
    """Items of finished responses that came without an event of this role, or a field of it."""

    def look(state: RealtimeState) -> Iterator[Missed]:
        for response in state.responses.done:
            for item in response.items:
                if lacks(item) and _unanswered(state, item):
                    yield Missed(
                        response.last_at,
                        f"{field}{state.pack.type(role)} of {item.id or 'an item'}",
                        f"{response.id} (event {response.seq})",
                        (response.seq, response.done_seq), cause,
                        response.done_seq or response.seq,
                    )  # fmt: skip

    return look


def _unanswered(state: RealtimeState, item: OutputItem) -> bool:
    """Whether it is no call, or one that the client did not run."""
    call = state.conversation.calls.get(item.call_id or "")
    return call is None or call.answered_seq is None


def _responses(state: RealtimeState) -> Iterator[Response]:
    yield from state.responses.done
    yield from state.responses.open.values()


def _announced(item: Item) -> bool:
    return item.added_seq is not None and item.awaited


def _without_status(item: OutputItem) -> bool:
    return _is_call(item) and item.said is not None and "status" not in item.said


def _is_call(item: OutputItem) -> bool:
    return item.type == "function_call"


def _never_opened(item: OutputItem) -> bool:
    return item.added_seq is None


def _never_done(item: OutputItem) -> bool:
    return _is_call(item) and item.done_seq is None


def _arguments_never_done(item: OutputItem) -> bool:
    return _is_call(item) and (item.arguments is None or not item.arguments.done_seq)


def _call_never_opened(item: OutputItem) -> bool:
    return _is_call(item) and item.added_seq is None


_OF_ITEM = "output-item-unbalanced"
LOOKS: Mapping[tuple[str, str], Look] = {
    ("item.create", "item.added"): _items,
    ("item.create", "item.added/previous_item_id"): _unplaced,
    ("function_call", "item.added"): _calls,
    ("response.create", "metadata"): _unmarked,
    ("response.create", "output_item.added"): _lacking(
        "output_item.added", _OF_ITEM, _never_opened
    ),
    ("function_call", "output_item.added"): _lacking(
        "output_item.added", _OF_ITEM, _call_never_opened
    ),
    ("function_call", "output_item.done"): _lacking("output_item.done", _OF_ITEM, _never_done),
    ("function_call", "output_item.done/item/status"): _lacking(
        "output_item.done", "", _without_status, "item.status in "
    ),
    ("function_call", "arguments.done"): _lacking(
        "arguments.done", "stream-unbalanced", _arguments_never_done
    ),
}
"""How to see what a family waits for: after what, until which role of the server."""

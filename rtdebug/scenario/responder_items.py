"""The conversation of the scripted server: its items in order, and what is kept of each."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from rtdebug.scenario.responder_checks import Rejected, missing

KEPT_SOUND = 512 * 1024  # bytes; more would not fit the messages common clients accept
_MOST_ITEMS = 300  # of a conversation; what is older is forgotten, so that memory stays flat
_MOST_SOUNDS = 8  # items whose sound is kept
ROOT = "root"


@dataclass(slots=True)
class Kept:
    """One item as it is shown, and what is not shown with it: the user's sound, how long it is and
    what is said in it, and how much output audio there is (None for what is no output audio)."""

    item: dict[str, Any]
    sound: bytes = b""
    sound_ms: float = 0.0
    heard_ms: float | None = None
    said: str | None = None


class ServerConversation:
    """The items of one session, as a list that clients may insert into."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._kept: dict[str, Kept] = {}
        self._sounds: list[str] = []

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._kept

    def items(self) -> list[dict[str, Any]]:
        """All items, oldest first."""
        return [self._kept[item_id].item for item_id in self._order]

    @property
    def last(self) -> str | None:
        """The id of the last item."""
        return self._order[-1] if self._order else None

    @property
    def has_speech(self) -> bool:
        """Whether the assistant has spoken in it."""
        return any(kept.heard_ms is not None for kept in self._kept.values())

    @property
    def sound_ms(self) -> float:
        """How much the user has said in it."""
        return sum(kept.sound_ms for kept in self._kept.values())

    def get(self, item_id: str) -> Kept | None:
        """The item of that id."""
        return self._kept.get(item_id)

    def has_call(self, call_id: str) -> bool:
        """Whether a function call of that id is part of the conversation."""
        return any(
            kept.item.get("type") == "function_call" and kept.item.get("call_id") == call_id
            for kept in self._kept.values()
        )

    def add(
        self,
        item: dict[str, Any],
        after: str | None = None,
        *,
        sound: bytes = b"",
        sound_ms: float = 0.0,
        said: str | None = None,
    ) -> str | None:
        """Adds an item at the end, or after another (``root`` is the start); says after which."""
        item_id = item["id"]
        if item_id in self._kept:
            raise Rejected(
                f"Error adding item: an item with id '{item_id}' already exists.",
                "item_create_duplicate_item_id",
                "item.id",
            )
        index = len(self._order)
        if after == ROOT:
            index = 0
        elif after is not None:
            if after not in self._kept:
                raise Rejected(
                    f"Error adding item: the previous item with id '{after}' does not exist.",
                    param="previous_item_id",
                )
            index = self._order.index(after) + 1
        previous = self._order[index - 1] if index else None
        self._order.insert(index, item_id)
        self._kept[item_id] = Kept(item, sound[:KEPT_SOUND], sound_ms, said=said)
        self._forget(item_id if sound else None)
        return previous

    def _forget(self, with_sound: str | None) -> None:
        if with_sound is not None:
            self._sounds.append(with_sound)
            if len(self._sounds) > _MOST_SOUNDS and (old := self._kept.get(self._sounds.pop(0))):
                old.sound = b""
        if len(self._order) > _MOST_ITEMS:
            del self._kept[self._order.pop(0)]

    def remove(self, item_id: str) -> None:
        """Takes an item out."""
        self.need(item_id, "deleting", "item_delete_invalid_item_id")
        del self._kept[item_id]
        self._order.remove(item_id)

    def need(self, item_id: str, doing: str, code: str) -> Kept:
        """The item of that id, or the provider's error for what was to be done with it."""
        kept = self._kept.get(item_id)
        if kept is None:
            message = f"Error {doing} item: the item with id '{item_id}' does not exist."
            raise Rejected(message, code, "item_id")
        return kept

    def truncate(self, item_id: str, content_index: int, end_ms: int) -> None:
        """Cuts what the assistant said at a point, as far as it had said it."""
        kept = self.need(item_id, "truncating", "item_truncate_invalid_item_id")
        content = kept.item.get("content")
        if kept.heard_ms is None:
            raise Rejected(
                "Only model output audio messages can be truncated.",
                "unsupported_content_type",
                "item_id",
            )
        if not isinstance(content, list) or not 0 <= content_index < max(1, len(content)):
            raise Rejected(
                f"Invalid value: {content_index}. The item has no such content part.",
                param="content_index",
            )
        if end_ms > kept.heard_ms:
            raise Rejected(
                f"Audio content of {kept.heard_ms:.0f}ms is already shorter than {end_ms}ms",
                param="audio_end_ms",
            )
        if content:
            _cut(content[content_index], end_ms / kept.heard_ms if kept.heard_ms else 0)
        kept.heard_ms = end_ms


def _cut(part: dict[str, Any], share: float) -> None:
    """The words after the cut are forgotten, so that the model knows what was heard."""
    words = str(part.get("transcript") or "").split(" ")
    part["transcript"] = " ".join(words[: int(len(words) * share)])


def shown(item: Mapping[str, Any], item_id: str) -> dict[str, Any]:
    """A client's item as the server announces it: with an id and a status, without its sound."""
    result = {
        "id": item_id,
        "type": item.get("type"),
        "status": item.get("status") or "completed",
        **{key: deepcopy(value) for key, value in item.items() if value is not None},
    }
    result["id"] = item_id
    content = result.get("content")
    if isinstance(content, list):
        result["content"] = [_without_sound(part) for part in content]
    return result


def _without_sound(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    bare = {key: value for key, value in part.items() if key != "audio" and value is not None}
    if part.get("type") == "input_audio":
        bare.setdefault("transcript", None)
    return bare


def call_id_of(item: Mapping[str, Any], param: str) -> str:
    """The call a function's output belongs to."""
    call_id = item.get("call_id")
    if not isinstance(call_id, str):
        raise missing(f"{param}.call_id")
    return call_id


def unknown_call(call_id: str) -> Rejected:
    """A function's output for a call that is not part of the conversation."""
    return Rejected(
        f"Tool call ID '{call_id}' not found in conversation.", "invalid_tool_call_id", None
    )

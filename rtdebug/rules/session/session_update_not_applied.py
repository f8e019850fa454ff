"""A setting was asked for, confirmed, and is not what was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.packs.violations import describe
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.response.text_instead_of_audio import (
    MODALITIES,
    content_kinds,
    spoken_unasked,
    unconfirmed,
)

_MISSING = object()


_SHORT = 60  # characters


class SessionUpdateNotApplied(Rule):
    """Holds each confirmation against what was asked."""

    name = "session-update-not-applied"
    roles = ("session.updated", "response.done")

    _told = False

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """An update was confirmed, or a response shows what is in force."""
        if role == "session.updated":
            return self._answered(event)
        return self._shown_by(event) if self.state.settings.asked else NOTHING

    def _shown_by(self, event: Event) -> Iterable[Finding]:
        """Audio was asked for and never confirmed, and text came: then it is not in force."""
        response = self.state.finished
        if self._told or response is None or not self.state.verbatim:
            return
        if spoken_unasked(self.state, response):
            self._told = True
            yield self._spoken(response, event)
        never = unconfirmed(self.state, response)
        if never is None:
            return
        kinds = content_kinds(response)
        if not kinds or response.sounded or any("audio" in kind for kind in kinds):
            return
        if response.request is not None and _own_modalities(response.request.payload):
            return
        self._told = True
        message = (
            f"audio was asked for, event {never} does not confirm it, and {response.id} came as "
            f"{' and '.join(dict.fromkeys(kinds))}"
        )
        yield self.finding(
            message, at=event.at, evidence=(never, event.seq), subject=response.id,
            variant="never-confirmed",
        )  # fmt: skip

    def _spoken(self, response: Response, event: Event) -> Finding:
        confirmed = self.state.settings.updated_seq
        message = f"event {confirmed} confirms text alone, and {response.id} came as audio"
        return self.finding(
            message, at=event.at, evidence=(confirmed, response.seq, event.seq),
            subject=response.id, variant="spoken",
        )  # fmt: skip

    def _answered(self, event: Event) -> Iterable[Finding]:
        request = self.state.answered
        if request is None or not (event.whole and request.whole):
            return
        asked, got = request.payload.get("session"), event.payload.get("session")
        if not isinstance(asked, dict) or not isinstance(got, dict):
            return
        wrong = [one for one in _different(asked, got, "") if not self._silent(one[0])]
        if wrong:
            places = "; ".join(
                f"session{pointer} was asked to be {_shown(want)} and is {_shown(have)}"
                for pointer, want, have in wrong[:4]
            )
            more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
            yield self.finding(f"{places}{more}", at=event.at, evidence=(request.seq, event.seq))

    def _silent(self, pointer: str) -> bool:
        """Whether the server never echoes this setting as it was sent."""
        return any(
            pointer == one or pointer.startswith(f"{one}/") for one in self.state.pack.not_echoed
        )


def _own_modalities(payload: dict[str, Any]) -> bool:
    """Whether a response.create names modalities of its own."""
    body = payload.get("response")
    return isinstance(body, dict) and not body.keys().isdisjoint(MODALITIES)


def _different(asked: Any, got: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    """Leaves that were asked for and have another value. What is absent, null or empty proves
    nothing: the server fills in its own (OpenAI and Azure OpenAI do for empty instructions)."""
    if isinstance(asked, dict) and isinstance(got, dict):
        for key, value in asked.items():
            have = got.get(key, _MISSING)
            if have is not _MISSING:
                yield from _different(value, have, f"{pointer}/{key}")
    elif asked not in (None, "") and not _same(asked, got):
        yield pointer, asked, got


def _same(asked: Any, got: Any) -> bool:
    if isinstance(asked, list) and isinstance(got, list):
        if all(isinstance(one, str) for one in (*asked, *got)):
            return sorted(asked) == sorted(got)
        return True  # lists of objects come back with defaults filled in
    if isinstance(asked, dict) or isinstance(got, dict):
        # A turn detection or format that is switched off or renamed is a difference; null is not.
        return got is None or not isinstance(asked, dict) or "type" not in asked
    if isinstance(asked, str) and isinstance(got, str):
        return asked.strip() == got.strip()
    return bool(asked == got)


def _shown(value: object) -> str:
    """A short list is shown itself: two lists of one length differ in what they hold."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _SHORT else describe(value)
    return describe(value)

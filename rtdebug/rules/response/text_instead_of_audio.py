"""Text came where audio was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.fields import object_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.realtime_state import RealtimeState
from rtdebug.protocols.openai_realtime.responses import Response
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.visibility import shows

MODALITIES = ("output_modalities", "modalities")  # since the GA, and in the beta


class TextInsteadOfAudio(Rule):
    """Holds what came against the modality that was asked for."""

    name = "text-instead-of-audio"
    roles = ("response.done",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done."""
        response = self.state.finished
        if response is None or response.sounded or "audio" not in (self._asked(response) or ()):
            return NOTHING
        return self._held(response, event)

    def _held(self, response: Response, event: Event) -> Iterable[Finding]:
        kinds = content_kinds(response)
        if not kinds or any("audio" in kind for kind in kinds) or response.deltas("audio"):
            return
        details = object_of((response.usage or {}).get("output_token_details"))
        if details.get("audio_tokens"):
            return
        asked = " and ".join(self._asked(response) or ())
        message = f"{response.id} was to come as {asked}, but its content is of type "
        message += " and ".join(dict.fromkeys(kinds))
        if "audio_tokens" in details:
            message += ", with 0 audio tokens"
        never = unconfirmed(self.state, response)
        if never is not None:
            message += f"; event {never} did not confirm that the server speaks"
        created = response.seq if response.seen_created else None
        yield self.finding(
            message, at=event.at, evidence=(created, event.seq), subject=response.id,
            variant="" if never is None else "never-confirmed",
        )  # fmt: skip

    def _asked(self, response: Response) -> tuple[str, ...] | None:
        """The modalities asked for: by the request itself, else by the client for the session, as
        the server says, or the session's."""
        request = response.request
        if request is None and not response.seen_created:
            request = self.state.requests.last.get("response.create")
        if request is not None:
            body = object_of(request.payload.get("response"))
            for name in MODALITIES:
                if isinstance(body.get(name), list):
                    return tuple(str(one) for one in body[name])
        elif response.modalities == ("text",) and not self._answers_speech(response):
            return response.modalities  # asked for by whom or in what this record does not hold
        own = self.state.settings.asks_for("modalities")
        if isinstance(own, list) and asked_before(self.state, response):
            return tuple(str(one) for one in own)
        if response.modalities is None and not shows(self.state, "session.updated"):
            return None  # it may have been set to text since
        return response.modalities or self.state.settings.modalities

    def _answers_speech(self, response: Response) -> bool:
        """Whether it is the first since the server heard speech, so that nobody had to ask."""
        segment, others = self.state.audio.segment, self.state.responses.done
        return segment is not None and not any(
            segment.started_seq < one.seq < response.seq for one in others
        )


def content_kinds(response: Response) -> list[str]:
    """The types of all content of its messages."""
    parts = [part.type for item in response.items for part in item.parts.values() if part.type]
    if parts:
        return parts
    contents = [
        item.get("content") for item in response.output or () if item.get("type") == "message"
    ]
    return [
        str(part["type"])
        for content in contents
        for part in (content if isinstance(content, list) else ())
        if isinstance(part, dict) and "type" in part
    ]


def asked_before(state: RealtimeState, response: Response) -> bool:
    """Whether the client had asked for its modalities when the response was asked for or began."""
    begun = response.seq if response.request is None else response.request.seq
    return state.settings.modalities_asked_seq < begun


def spoken_unasked(state: RealtimeState, response: Response) -> bool:
    """Whether it came as audio, although the client asked for text alone, the server confirmed
    that, and the request did not ask otherwise."""
    settings, request = state.settings, response.request
    if settings.asks_for("modalities") != ["text"] or settings.modalities != ("text",):
        return False
    if (settings.updated_seq or 0) <= settings.modalities_asked_seq:
        return False
    if not response.sounded or "audio" not in (response.modalities or ()):
        return False  # what it announced itself is held against what came in another place
    own = object_of(request.payload.get("response")) if request is not None else {}
    return asked_before(state, response) and own.keys().isdisjoint(MODALITIES)


def unconfirmed(state: RealtimeState, response: Response) -> int | None:
    """The session.updated that was to confirm audio for the session and does not."""
    settings, asked = state.settings, state.settings.asks_for("modalities")
    if not isinstance(asked, list) or "audio" not in asked or not settings.known:
        return None
    answered = (settings.updated_seq or 0) > settings.modalities_asked_seq
    if not answered or not asked_before(state, response):
        return None
    return None if "audio" in (settings.modalities or ()) else settings.updated_seq

"""The texts of the findings about shapes, which the engine makes itself."""

from __future__ import annotations

from rtdebug.model.findings import Cause, Certainty, Severity
from rtdebug.model.value import Value
from rtdebug.packs.errors import Text


class Wording(Value):
    """The texts of one of the findings made here; ``explain`` and docs/findings/ show them too."""

    name: str
    severity: Severity
    title: str
    fix: str
    causes: tuple[Cause, ...] = ()
    certainty: Certainty = Certainty.CERTAIN
    finds: str = ""
    why: str = ""
    example: str = ""
    source: str = ""

    def text(self) -> Text:
        """The same as an entry of the catalogue."""
        return Text(
            self.name, self.severity, self.certainty, self.title, self.finds, self.why,
            self.example, self.causes, self.fix, self.source,
        )  # fmt: skip


MALFORMED = Wording(
    "malformed-message",
    Severity.ERROR,
    "A message is not an event of the protocol",
    "Send and read each event as one JSON object in one text message; if pieces of one event "
    "arrive as messages of their own, join them until the message ends.",
    (
        Cause(
            "a proxy or library splits or rewrites messages",
            "possible",
            "connect without it; the message should then arrive whole",
        ),
        Cause(
            "the peer speaks another protocol",
            "possible",
            "look at its first bytes: HTML, plain text and binary are no Realtime events",
        ),
    ),
    finds="A message that is not JSON, is no JSON object, or has no type; also one that only "
    "lenient parsers take (NaN, a lone surrogate).",
    why="Whatever it meant to say is lost, and some clients stop reading at the first such "
    "message.",
    example='< {"type": "response.done", "resp',
    source="RFC 8259; OpenAI answers such client messages with invalid_json or invalid_event "
    "(capture of 2026-09)",
)
UNKNOWN_TYPE = Wording(
    "unknown-event-type",
    Severity.INFO,
    "An event type this protocol pack does not know",
    "Let your client ignore types it does not know. Servers add events; this is no fault.",
    finds="An event whose type is in no schema of the pack.",
    why="It is no fault of the server: servers add events. A client that refuses unknown "
    "types stops there.",
    example="< session.usage.updated",
    source="OpenAI Realtime reference; recordings against xAI, LocalAI and Azure",
)
UNKNOWN_FIELD = Wording(
    "unknown-field",
    Severity.INFO,
    "A known event carries fields or values the pack does not know",
    "Nothing, unless your client breaks on fields it does not know. Servers add fields.",
    finds="A field, or a value of an open list, that the schema of the event does not name.",
    why="Usually a newer server. It matters only to clients with closed models.",
    example='< response.output_text.delta {…, "obfuscation": "x8Kq"}',
    source="captures of 2026: servers send undeclared fields",
)
RETIRED_EVENT = Wording(
    "retired-event",
    Severity.ERROR,
    "An event name of the retired beta is in use",
    "Use the name in force.",
    (
        Cause(
            "the server still speaks the beta (Azure preview, Voice Live and others do)",
            "likely",
            "read it with --pack openai-realtime-beta: it should then be quiet",
        ),
        Cause("an old SDK or copied example", "likely", "look for the beta names in the client"),
    ),
    finds="An event name that the protocol gave up, sent by either side.",
    why="The other side does not know it: deltas arrive and nobody listens, or a request is "
    "refused.",
    example="< response.text.delta",
    source="OpenAI switched the beta off on 2026-05-12; protocol migration guide",
)
BETA_FIELD = Wording(
    "ga-beta-field-mix",
    Severity.ERROR,
    "The client sends fields of the retired beta",
    "Move each field to its place in the GA shape; the server drops the whole event until then.",
    (
        Cause(
            "code or SDK written for the beta", "likely", "search it for the field names given here"
        ),
        Cause(
            "the server speaks the beta after all (Azure preview, Voice Live)",
            "possible",
            "see whether session.created has its settings at the top of session",
        ),
    ),
    Certainty.HIGH,
    finds="Fields of the beta shape in a client event of a GA session.",
    why="The server refuses an update with one such field as a whole, so the session runs on "
    "its defaults.",
    example='> session.update {"session": {"modalities": ["text"]}}',
    source="OpenAI migration guide; sierra-research/tau2-bench#253",
)
INVALID = Wording(
    "invalid-event",
    Severity.ERROR,
    "An event does not have the shape the protocol gives it",
    "If you sent it, correct the place named. If the server did, report it to its makers and let "
    "your client do without what is missing.",
    finds="A field that is missing, has the wrong JSON type, or a value outside of a closed "
    "list or range.",
    why="Typed clients fail on it; the server refuses it.",
    example='< response.created {"response": {"id": 7}}',
    source="the schemas of the pack, held against captures and the official models",
)
NONCONFORMING = Wording(
    "server-nonconforming",
    Severity.INFO,
    "A compatible server leaves out or changes what the protocol has",
    "Make the client do without what this server leaves out, or report it to the server's makers. "
    "If a session hangs on it, test the same scenario against the provider itself.",
    (
        Cause(
            "the server implements a part of the protocol only",
            "likely",
            "play the same scenario against the provider: there it passes",
        ),
        Cause(
            "a newer version of the server behaves",
            "possible",
            "look at its release notes for the events named here",
        ),
    ),
    Certainty.HIGH,
    finds="Departures from the protocol by a server that is known to be a compatible one.",
    why="They are no fault of the session, unless it hangs on what is missing.",
    example='< response.done {"response": {"status_details": "unimplemented"}}',
    source="recordings against xAI, LocalAI, aimock, speaches and others; livekit/agents#5320",
)
WORDINGS = (
    MALFORMED,
    UNKNOWN_TYPE,
    UNKNOWN_FIELD,
    RETIRED_EVENT,
    BETA_FIELD,
    INVALID,
    NONCONFORMING,
)

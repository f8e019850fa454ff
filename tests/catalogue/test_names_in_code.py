"""A finding's name stands in its page, in its rule and in the tables of packs, nowhere else.

A rule is known by ``name``, or ``fault`` where a peer may say the same. What is left is listed here
with its reason; a line that is not needed any more is an error too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rtdebug
from rtdebug.catalogue.book import names

PACKAGE = Path(rtdebug.__file__).parent
KNOWN = frozenset(names())
# Where the grammar of a protocol is tracked the names of its breaches are given: that is their
# rule, which has no more to say than their page.
TRACKING = {
    f"protocols/openai_realtime/{name}.py"
    for name in (
        "comparing", "event_ids", "open_responses", "track_audio", "track_conversation",
        "track_items", "track_parts", "track_responses", "track_streams",
    )
}  # fmt: skip
ELSEWHERE = {
    # The rule of shapes, and of what a lenient reader made of a message.
    "engine/conformance.py": {
        "duplicate-member", "ga-beta-field-mix", "invalid-event", "malformed-message",
        "retired-event", "unknown-event-type", "unknown-field",
    },
    # The rule of what a compatible server leaves out.
    "engine/nonconformity.py": {"server-nonconforming"},
    # Rules of faults that a peer may name as well, seen before it does.
    "rules/audio/audio_invalid_base64.py": {"audio-invalid-base64"},
    "rules/audio/idle_timeout_triggered.py": {"idle-timeout-triggered"},
    "rules/audio/turn_detection_unsupported.py": {"turn-detection-unsupported"},
    "rules/session/azure_endpoint_mismatch.py": {"azure-endpoint-mismatch"},
    "rules/session/ephemeral_key_problem.py": {"ephemeral-key-problem"},
    "rules/session/handshake_bad_scheme_or_subprotocol.py": {"handshake-bad-scheme-or-subprotocol"},
    # Asks by which name the error table calls an error, to say why it came.
    "rules/audio/commit_conflicts_with_vad.py": {"active-response-conflict", "commit-empty-buffer"},
    "rules/response/parallel_tool_response_race.py": {"active-response-conflict"},
    "rules/said/error_events.py": {
        "active-response-conflict", "client-event-type-rejected", "session-update-rejected",
    },
    "rules/said/third_party_request.py": {"active-response-conflict"},
    "rules/session/ga_beta_field_mix.py": {"missing-session-type"},
    # Hangs under a finding that it names, until rows are found by what they share.
    "rules/client/missed.py": {
        "conversation-item-unbalanced", "metadata-not-echoed", "output-item-unbalanced",
        "session-update-not-applied", "stream-unbalanced",
    },
    "rules/response/response_create_unanswered.py": {"event-outside-response"},
    "rules/client/client_refuses_event.py": {"invalid-event"},
    "rules/response/close_mid_response.py": {
        "response-done-missing", "response-stalled-after-created", "response-stalled-mid-stream",
    },
    # A kind of violation of a schema, which is spelled the same.
    "packs/violations.py": {"unknown-field"},
    "scenario/load_events.py": {"unknown-field"},
    "scenario/responder_checks.py": {"unknown-field"},
    # Judged beside the wire: no record of a connection can show how a command ended.
    "api/spying.py": {"command-failed"},
    # The rows of a pack, written for people to go on with.
    "packs/drafting/proposals.py": {
        "client-audio-missing", "ping-unanswered", "request-unanswered", "setup-refused",
        "setup-unanswered", "tool-output-missing", "turn-stalled", "turn-unanswered",
    },
    # An example in the schema for editors.
    "scenario/editor_schema.py": {"rate-limit-low"},
}  # fmt: skip
FILES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}


def foreign(path: Path) -> set[str]:
    """Names of findings in the strings of a file, but for those of its own rules."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = set(_own(tree))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in KNOWN and node.value not in own
    }


def _own(tree: ast.Module) -> Iterator[object]:
    for cls in ast.walk(tree):
        for line in cls.body if isinstance(cls, ast.ClassDef) else ():
            match line:
                case ast.Assign([ast.Name("name" | "fault")], ast.Constant(value)):
                    yield value


@pytest.mark.parametrize("place", FILES)
def test_no_finding_is_named_by_what_is_not_its_rule(place: str) -> None:
    if place not in TRACKING:
        assert foreign(FILES[place]) == ELSEWHERE.get(place, set())


def test_where_breaches_are_named_something_is_tracked() -> None:
    assert all(foreign(FILES[place]) for place in TRACKING)


def test_every_exception_is_a_file() -> None:
    assert ELSEWHERE.keys() | TRACKING <= FILES.keys()

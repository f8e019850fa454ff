"""What typed lines mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtdebug.model.commands import Send
from rtdebug.scenario.typed_lines import Typed, typed
from rtdebug.scenario.vocabulary import vocabulary_of

GA, GEMINI = vocabulary_of("openai-realtime"), vocabulary_of("gemini-live")


def events(meant: Typed) -> list[dict[str, Any]]:
    return [json.loads(command.data) for command in meant.commands]


@pytest.mark.parametrize("line", ["", "   \n", "# a comment", "  # {"])
def test_blank_lines_and_comments_mean_nothing(line: str) -> None:
    assert typed(line, GA) == Typed()


def test_json_is_sent_as_it_stands() -> None:
    text = '{"type": "response.cancel",  "event_id": "x"}'
    assert typed(f"  {text}\n", GA) == Typed((Send(text),))


def test_json_that_breaks_the_protocol_is_sent_and_told() -> None:
    text = '{"type": "response.create", "response": {"modalities": ["text"]}}'
    meant = typed(text, GA)
    assert meant.commands == (Send(text),)
    assert meant.told.startswith("sent, but wrong: /response/modalities: expected no ")


def test_what_is_no_json_is_not_sent() -> None:
    meant = typed('{"type": response.create}', GA)
    assert meant.commands == ()
    assert meant.told.startswith("not sent: no JSON at column 10: Expecting value")


def test_json_beyond_all_depth_is_not_sent() -> None:
    assert typed('{"a":' * 100_000, GA).commands == ()


@pytest.mark.parametrize(
    "line", ["response.create", " response.cancel ", "input_audio_buffer.clear"]
)
def test_the_name_of_an_event_stands_for_it(line: str) -> None:
    meant = typed(line, GA)
    assert events(meant) == [{"type": line.strip()}]
    assert meant.told == ""


def test_an_event_that_needs_more_is_sent_and_told() -> None:
    meant = typed("session.update", GA)
    assert events(meant) == [{"type": "session.update"}]
    assert meant.told == "sent, but wrong: /session: expected an object, found nothing"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("response.craete", "did you mean response.create?"),
        ("transcription_session.update", "did you mean session.update?"),
        ("hello there", "write a client event's type, JSON, or > TEXT"),
    ],
)
def test_other_words_are_not_sent(line: str, hint: str) -> None:
    meant = typed(line, GA)
    assert meant.commands == ()
    assert meant.told == f"not sent: {line!r} is no client event; {hint}"


@pytest.mark.parametrize("line", ["> Hello there", ">Hello there", "  >  Hello there  "])
def test_a_text_becomes_an_item_and_the_request_for_an_answer(line: str) -> None:
    item, answer = events(typed(line, GA))
    assert item["item"]["content"] == [{"type": "input_text", "text": "Hello there"}]
    assert answer == {"type": "response.create"}
    assert not GA.check_event(item)
    assert not GA.check_event(answer)


def test_an_empty_text_is_not_sent() -> None:
    assert typed(">", GA) == Typed(told="not sent: write the text behind the >")


def test_where_the_protocol_has_no_type_a_name_is_the_key() -> None:
    assert events(typed("clientContent", GEMINI)) == [{"clientContent": {}}]
    assert typed("> hm", GEMINI).told.startswith("not sent: gemini-live has no short form")

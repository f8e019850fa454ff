"""Headers a person writes: parsed, checked, never repeated in a message."""

import pytest

from rtdebug.errors import UsageError
from rtdebug.redaction import DEFAULT
from rtdebug.wire.headers import parse_header, redactor_for, split_subprotocols

# Put together here so that no scanner takes them for real keys.
KEY = "sk-" + "proj0123456789abcdef"
AZURE_KEY = "0f1e2d3c" * 4


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("OpenAI-Beta: realtime=v1", ("OpenAI-Beta", "realtime=v1")),
        ("X-Time:  12:30 ", ("X-Time", "12:30")),
        ("X-Empty:", ("X-Empty", "")),
    ],
)
def test_a_header_is_a_name_and_a_value(text, header):
    assert parse_header(text) == header


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization Bearer " + KEY, "'Authorization …' without a colon"),
        ("Authorization=" + KEY, "'Authorization …' without a colon"),
        (AZURE_KEY, "32 characters without a colon"),
        (": value", "with a name of letters"),
        ("Nä: value", "with a name of letters"),
        ("Bearer " + KEY + ": x", "with a name of letters"),
        ("Host: evil.example", "belongs to the WebSocket handshake"),
        ("sec-websocket-key: x", "belongs to the WebSocket handshake"),
        ("X: a\r\nAuthorization: " + KEY, "a line break as its character 2"),
        ("X: a\x00", "U+0000 as its character 2"),
        ("Authorization: Bearer \u201c" + KEY + "\u201d", "U+201C as its character 8"),
    ],
)
def test_a_wrong_header_is_refused_and_its_value_not_repeated(text, expected):
    with pytest.raises(UsageError) as caught:
        parse_header(text)
    assert expected in caught.value.message
    said = caught.value.message + caught.value.hint
    assert caught.value.hint
    assert KEY not in said
    assert AZURE_KEY not in said


def test_subprotocols_written_as_a_header_are_taken_out():
    headers = (("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key." + KEY), ("A", "b"))
    rest, offered = split_subprotocols(headers)
    assert rest == (("A", "b"),)
    assert offered == ("realtime", "openai-insecure-api-key." + KEY)


def test_a_subprotocol_that_is_no_token_is_refused():
    with pytest.raises(UsageError, match="the subprotocol 2"):
        split_subprotocols([("Sec-WebSocket-Protocol", "realtime, a b")])


def test_a_sent_key_without_a_known_shape_is_redacted_wherever_it_comes_back():
    redactor = redactor_for([("api-key", AZURE_KEY)])
    assert AZURE_KEY in DEFAULT.text(f"no such key {AZURE_KEY} here")
    assert redactor.text(f"no such key {AZURE_KEY} here") == "no such key [redacted] here"


def test_a_sent_key_that_is_known_by_its_shape_costs_no_further_pattern():
    assert redactor_for([("Authorization", "Bearer " + KEY), ("X", "harmless")]) is DEFAULT


def test_a_pattern_of_the_user_is_kept():
    assert redactor_for([], ["4[0-9]{3}-card"]).text("4711-card") == "[redacted]"

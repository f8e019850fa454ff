"""Every kind of secret is taken out wherever it stands, and nothing else is altered."""

from __future__ import annotations

import base64
import io
import json
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug.api.diagnosing import sender_of
from rtdebug.captures.formats import read
from rtdebug.cli.options import environment_secrets
from rtdebug.engine.session import Session
from rtdebug.model.records import Event, Sender
from rtdebug.packs.load import load_pack
from rtdebug.redaction import DEFAULT, SHORTEST_SECRET, Redactor
from rtdebug.scenario.substitution import used_secrets
from rtdebug.secrets.blanks import is_blank_credential as blank
from rtdebug.secrets.masker import Masker
from rtdebug.secrets.shapes import SHAPES, SecretShape
from rtdebug.wire.headers import redactor_for

LONG = "audio of a message " * 200
# Only what stands in for the secret in an example holds a digit.
SECRET = re.compile(r"(?:s3cr3t?)+", re.IGNORECASE)
SAMPLES = [pytest.param(shape.example, id=shape.name) for shape in SHAPES]


def gone(text: str) -> bool:
    return "3" not in text.replace("ya29", "") and ("[redacted]" in text or "***" in text)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_shape_has_hints_and_an_example_that_it_finds(shape: SecretShape) -> None:
    assert any(hint in shape.example for hint in shape.hints)
    assert SECRET.search(shape.example)
    assert gone(DEFAULT.text(shape.example).replace("ya29", ""))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_what_a_shape_matches_holds_one_of_its_hints(shape: SecretShape) -> None:
    pattern = re.compile(shape.pattern)

    @settings(max_examples=60, deadline=None)
    @given(st.from_regex(pattern))
    def matches(text: str) -> None:
        if pattern.search(text):
            assert any(hint in text for hint in shape.hints)
            assert not DEFAULT.harmless(text)
            assert not Redactor().harmless(text + " " * 3000)

    matches()


@pytest.mark.parametrize("around", ["", LONG], ids=["short", "long"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_text_bytes_and_broken_bytes_lose_it(sample: str, around: str) -> None:
    assert gone(DEFAULT.text(f"{around} {sample} {around}"))
    data = DEFAULT.data(f"{around} {sample} {around}".encode())
    assert isinstance(data, bytes)
    assert gone(data.decode())
    broken = DEFAULT.data(b"\xff\xfe " + sample.encode())
    assert isinstance(broken, bytes)
    assert broken.startswith(b"\xff\xfe ")
    assert gone(broken.decode("latin-1"))
    assert gone(DEFAULT.text(f"\ud800 {around} {sample}"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_headers_and_urls_lose_it(sample: str) -> None:
    ((_, value),) = DEFAULT.headers([("X-Note", sample)])
    assert gone(value)
    assert gone(DEFAULT.text(f"wss://example.test/v?model=m&note={sample}"))
    assert gone(DEFAULT.text(f"HTTP 401: {sample}"))


@pytest.mark.parametrize("around", ["", LONG], ids=["short", "long"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_json_messages_lose_it_and_stay_json(sample: str, around: str) -> None:
    for message in ({"type": "t", "note": [sample, around]}, {"type": "t", "note": f"a\n{sample}"}):
        clean = DEFAULT.text(json.dumps(message))
        assert gone(clean)
        assert json.loads(clean).keys() == message.keys()


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_event_with_it_in_escapes_is_decoded_without_it(sample: str) -> None:
    """Any character of a JSON string may be written as an escape."""
    whole = json.dumps(sample)[1:-1]
    escaped = "".join(f"\\u{ord(one):04x}" if one not in '"\\' else one for one in whole)
    slashed = whole.replace("/", "\\/").replace("-", "\\u002d").replace("_", "\\u005F")
    session = Session(load_pack("openai-realtime"), ())
    for spelt in (escaped, slashed):
        text = f'{{"type": "error", "error": {{"message": "{spelt}"}}}}'
        event = session.decode(text, 0.0, Sender.SERVER)
        assert isinstance(event, Event)
        masked = Masker().event(event)
        assert gone(json.dumps(masked.payload))
        assert masked.text is None
        assert gone(json.dumps(json.loads(DEFAULT.text(text))))


@pytest.mark.parametrize("lines", [3, 30_000], ids=["short", "long"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_logs_of_others_lose_it(sample: str, lines: int) -> None:
    delta = {"type": "response.output_text.delta", "event_id": "e", "delta": "some word or other"}
    rows = [json.dumps({"ts": n / 64, "dir": "recv", "event": delta}) for n in range(lines)]
    for place in (1, lines // 2, lines - 1):
        odd_one = {**delta, "item_id": f"item_{place}", "delta": sample}
        rows[place] = json.dumps({"ts": 1, "dir": "recv", "event": odd_one})
    log = "\n".join(rows).encode() + b"\n"
    (reading,) = read(io.BytesIO(log), sender_of=sender_of)
    records = map(Masker().record, reading.records)
    events = [record for record in records if isinstance(record, Event)]
    assert len(events) == lines
    odd = [event.payload["delta"] for event in events if event.payload["delta"] != delta["delta"]]
    assert len(odd) == len({1, lines // 2, lines - 1})
    assert all(gone(one) for one in odd)


@pytest.mark.parametrize(
    "text",
    [
        "Bearer sk-s3cr3ts3cr3t", "Bearer ek_s3cr3ts3cr3t", "Authorization: Bearer sk-s3cr3ts3cr3t",
        '"authorization": "Bearer sk-s3cr3ts3cr3t"', "?api-key=sk-s3cr3ts3cr3t",
        "openai-insecure-api-key.ek_s3cr3ts3cr3t", '"api_key": "AIzas3cr3t"',
    ],
)  # fmt: skip
def test_one_secret_is_replaced_once(text: str) -> None:
    clean = DEFAULT.text(text)
    assert clean.count("[redacted]") == 1
    assert gone(clean)
    assert DEFAULT.text(clean) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("line\\nsk-s3cr3ts3cr3t", "line\\nsk-[redacted]"),
        ("a%20sk-s3cr3ts3cr3t", "a%20sk-[redacted]"),
        ("\x1b[31msk-s3cr3ts3cr3t", "\x1b[31msk-[redacted]"),
        ("OPENAI_API_KEY='s3cr3t'", "OPENAI_API_KEY='[redacted]'"),
        ('"apiKey": "s3cr3t\'s3cr3t"', '"apiKey": "[redacted]"'),
        ('"api_key": "s3cr3t\\/s3cr3t"', '"api_key": "[redacted]"'),
        ('"client_secret": {"expires": 1, "value": "s3"}',
         '"client_secret": {"expires": 1, "value": "[redacted]"}'),
        ('{"a": "{\\"p\\": \\"openai-insecure-api-key.s3\\"}"}',
         '{"a": "{\\"p\\": \\"openai-insecure-api-key.[redacted]\\"}"}'),
    ],
)  # fmt: skip
def test_a_secret_is_told_from_what_is_around_it(text: str, clean: str) -> None:
    assert DEFAULT.text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "risk-averse", "task-force-of-many", "an ask_user_question", "a desk-bound network-wide man",
        "sk-SK", '"client_secret": null', "max_output_tokens=10", "the week_of_2026",
        '{"url": "https:\\/\\/example.test", "word": "caf\\u00e9", "quote": "\\u0022"}',
    ],
)  # fmt: skip
def test_words_are_no_secrets(text: str) -> None:
    assert DEFAULT.text(text) is text


def audio_message(audio: str, quote: str) -> str:
    fields = {"type": "response.output_audio.delta", "delta": audio, "item_id": "item_1"}
    return json.dumps(fields).replace('"', quote)


@settings(max_examples=400, deadline=None)
@given(
    st.text("abkSxIz0+/", max_size=60),
    st.sampled_from(["AIza", "apikey", "apiKey", "authorization", "accessToken", "sk", "Bearer"]),
    st.text("abkSxIz0+/", max_size=60),
    st.sampled_from(['"', "'", '\\"']),
)
def test_audio_in_base64_is_never_altered(before: str, word: str, behind: str, quote: str) -> None:
    """Even where its letters happen to spell what secrets begin with."""
    letters = before + word + behind
    whole = len(letters) // 4 * 4
    for audio in (letters[:whole], f"{letters[: whole - 1]}=", f"{letters[: whole - 2]}=="):
        message = audio_message(audio, quote)
        assert DEFAULT.text(message) is message


def test_a_name_of_a_secret_at_the_end_of_audio_is_audio() -> None:
    for name in ("apikey", "apiKey", "authorization", "accessToken", "clientSecret"):
        for tail in ("", "=", "=="):
            message = audio_message(f"UklGRgAA{name}{tail}", '"')
            assert DEFAULT.text(message) is message


def test_long_random_audio_is_the_same_object() -> None:
    source = random.Random(7)
    for _ in range(200):
        message = audio_message(base64.b64encode(source.randbytes(48_000)).decode(), '"')
        assert DEFAULT.text(message) is message
        data = message.encode()
        assert DEFAULT.data(data) is data


words = st.sampled_from(
    [*(shape.example for shape in SHAPES), *(hint for shape in SHAPES for hint in shape.hints),
     "audio", '"', " ", "{", "0aA+/=", "ü", "\\", "\\u002d", "\\/", "\ud800", "[redacted]"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=8).map("".join))
def test_the_quick_look_says_what_a_slow_one_says(text: str) -> None:
    """What is long goes another way than what is short."""
    short, long = Redactor(), Redactor()
    assert long.text(text + " " * 3000) == short.text(text) + " " * 3000


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_short_message_loses_it_after_many_without_one(sample: str) -> None:
    """A look that pays for many is made for them in time."""
    redactor = Redactor()
    message = '{"type": "response.output_text.delta", "delta": "good day"}'
    for _ in range(500):
        assert redactor.text(message) is message
    assert gone(redactor.text(sample))


PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
KEYS = st.text(PRINTABLE, min_size=8, max_size=40).filter(lambda key: not blank("api-key", key))


@settings(max_examples=100, deadline=None)
@given(KEYS)
def test_the_apps_own_key_is_taken_out_whatever_its_shape(key: str) -> None:
    redactor = redactor_for([("api-key", key), ("User-Agent", "app/1.0 (x)")])
    for around in ("", LONG):
        message = json.dumps({"message": f"no such key ({key}) {around}"})
        assert key not in json.loads(redactor.text(message))["message"]
        assert key not in redactor.text(f"no such key ({key}) {around}")
    assert redactor.text('{"message": "fine"}') == '{"message": "fine"}'


@pytest.mark.parametrize("around", ["", LONG], ids=["short", "long"])
def test_patterns_of_the_user_are_tried_on_every_message(around: str) -> None:
    redactor = Redactor([r"\d{4}-\d{4}", "my word", re.escape("a.b+c")])
    for secret in ("1234-5678", "my word", "a.b+c"):
        clean = f"call [redacted] now {around}"
        assert redactor.text(f"call {secret} now {around}") == clean
        stand_in = "[redacted]"[: len(secret)] if len(secret) > 9 else "*" * len(secret)
        kept = f"call {stand_in} now {around}".encode()
        assert redactor.data(f"call {secret} now {around}".encode()) == kept
    assert redactor.text("axb+c") == "axb+c"


def test_a_plain_pattern_costs_a_long_message_no_pattern() -> None:
    assert Redactor([re.escape("a.b+c"), "plain word"]).harmless(LONG)
    assert not Redactor(["plain.word"]).harmless(LONG)


def test_binary_that_holds_no_secret_is_the_same_object() -> None:
    data = b"\xff\x00" * 2000
    assert DEFAULT.data(data) is data


@pytest.mark.parametrize(("key", "known"), [("Zq9xW7", True), ("Zq9xW", False)])
def test_one_bound_says_how_short_a_secret_may_be(
    key: str, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of a scenario, one of a header and a header itself are bounded alike."""
    assert (len(key) >= SHORTEST_SECRET) is known
    monkeypatch.setenv("SOME_API_KEY", key)
    assert bool(used_secrets("${env.SOME_API_KEY}", {"SOME_API_KEY": key})) is known
    assert bool(environment_secrets(["X-Note: ${env.SOME_API_KEY}"])) is known
    assert ("[redacted]" in redactor_for([("api-key", key)]).text(f"({key})")) is known

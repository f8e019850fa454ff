"""The quick look lets nothing pass that the redactor would change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtdebug import redaction
from rtdebug.wire.quick_redaction import QuickRedactor

SECRETS = [
    "sk-proj-abcdefgh12345678",
    "rk-abcdefgh12345678 near sk-",
    "ek_abcdef123456",
    "xai-ABCDEFGHIJKLMNOP1234",
    "AIzaSyA1234567890abcdefghijklmnop",
    "Authorization: Bearer abcdef",
    '"authorization": "Token abcdef"',
    "openai-insecure-api-key.abcdef",
    "wss://h/?api-key=abcdef&x=1",
    "wss://h/?key=abcdef",
    "wss://h/?access_token=abcdef",
    "https://h/?sig=abcdef",
    '{"client_secret": {"value": "abcdef"}}',
    '"x-goog-api-key": "abcdef"',
    '"api_key": "abcdef"',
    '"apikey": "abcdef"',
]
words = st.sampled_from([*SECRETS, *redaction._HINTS, "audio", '"', " ", "{", "0aA+/=", "ü", "\\"])


@pytest.mark.parametrize("secret", SECRETS)
def test_every_kind_of_secret_is_taken_out(secret):
    text = f'{{"type": "x", "text": "{secret}"}}'
    assert QuickRedactor().text(text) == redaction.DEFAULT.text(text)
    assert QuickRedactor().text(text) != text


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=8).map("".join))
def test_it_says_what_the_redactor_says(text):
    assert QuickRedactor().text(text) == redaction.DEFAULT.text(text)


def test_a_message_without_secrets_is_the_same_object():
    text = '{"type": "response.output_audio.delta", "delta": "' + "AAAA" * 1000 + '"}'
    assert QuickRedactor().text(text) is text


@pytest.mark.parametrize(
    "key", ["0123456789abcdef0123456789abcdef", "a.b+c/d=e~f-g_h", "odd (key) [x]"]
)
def test_the_apps_own_key_is_taken_out_whatever_its_shape(key):
    redactor = QuickRedactor([("api-key", key), ("User-Agent", "app/1.0 (x)")])
    assert key not in redactor.text(f'{{"message": "Incorrect key {key} provided"}}')
    assert redactor.text('{"message": "fine"}') == '{"message": "fine"}'


def test_patterns_of_the_user_are_tried_on_every_message():
    redactor = QuickRedactor([], [r"\d{4}-\d{4}"])
    assert redactor.text("call 1234-5678 now") == "call [redacted] now"
    assert redactor.data(b"call 1234-5678 now") == b"call [redacted] now"


def test_binary_messages_lose_their_secrets_too():
    assert QuickRedactor().data(b'{"k": "sk-proj-abcdefgh1234"}') == b'{"k": "sk-[redacted]"}'
    assert QuickRedactor().data(b"\xff\x00") == b"\xff\x00"

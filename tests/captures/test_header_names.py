"""Headers that a log shows lose their secrets, in whatever case their names are written."""

from __future__ import annotations

import pytest

from rtdebug.redaction import DEFAULT


@pytest.mark.parametrize(
    "line",
    [
        "X-API-Key: planted-1", "x-api-key: planted-1", "> X-Goog-API-Key: planted-1",
        "XI-API-Key: planted-1", '"OCP-APIM-Subscription-Key": "planted-1"',
        "API-Key: planted-1", "('X-API-KEY', 'planted-1')", "OPENAI_API_KEY=planted-1",
        "api_key=planted-1 other=2", 'curl -H "X-API-Key: planted-1"', "SET-cookie: a=planted-1",
    ],
)  # fmt: skip
def test_a_secret_is_gone(line: str) -> None:
    clean = DEFAULT.text(f"before\n{line}\nafter")
    assert "planted" not in clean
    assert clean.startswith("before\n")
    assert clean.endswith("\nafter")


def test_what_is_no_secret_stays() -> None:
    text = "x-request-id: abc\nMY_KEYS=several\nkeyboard-key: a"
    assert DEFAULT.text(text) == text

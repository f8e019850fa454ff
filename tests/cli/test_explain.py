"""explain: a finding by its name, or by what a provider says."""

from __future__ import annotations

import json

import pytest
from calling import Call

from rtdebug.catalogue.book import entry


def test_a_finding_is_told_in_full(call: Call) -> None:
    called = call("explain", "text-mismatch")
    text = entry("text-mismatch")
    assert (called.code, called.err) == (0, "")
    for heading in ("What it finds", "Why it matters", "Example", "Causes", "What to do", "Source"):
        assert f"\n{heading}\n" in called.out
    assert called.out.startswith(
        f"text-mismatch\n{text.title}\nseverity error, certainty certain\n"
    )
    assert "`" not in called.out


@pytest.mark.parametrize(
    ("code", "names", "again"),
    [
        ("invalid_api_key", "invalid-api-key-after-upgrade or ephemeral-key-problem", "no: "),
        ("session_expired", "session-expired", "yes, on a new connection"),
        ("conversation_already_has_active_response", "active-response-conflict", "yes, once the"),
        ("response_cancel_not_active", "cancel-not-active", "nothing to repeat"),
        ("rate_limit_exceeded", "rate-limit-exceeded or response-failed-rate-limit", "yes, after"),
        ("429", "(too many requests or sessions) is reported as handshake-429", "yes, after"),
        ("1006", "(connection lost without a close) is reported as close-1006", "yes, on a new"),
    ],
)
def test_an_error_code_is_told_by_what_it_is_reported_as(
    call: Call, code: str, names: str, again: str
) -> None:
    called = call("explain", code)
    assert (called.code, called.err) == (0, "")
    first, second = called.out.splitlines()[:2]
    assert first.startswith(code)
    assert names in first
    assert second.startswith(f"try again: {again}")
    assert "\nWhat to do\n" in called.out


def test_a_code_in_json_is_the_findings_alone(call: Call) -> None:
    called = call("explain", "invalid_api_key", "--format", "json")
    told = json.loads(called.out)
    assert [one["name"] for one in told] == [
        "invalid-api-key-after-upgrade", "ephemeral-key-problem",
    ]  # fmt: skip
    assert told[0]["fix"] == entry("invalid-api-key-after-upgrade").to_do


@pytest.mark.parametrize("code", ["no_such_code", "99999", ""])
def test_what_nobody_says_is_a_usage_error(call: Call, code: str) -> None:
    called = call("explain", code)
    assert (called.code, called.out) == (2, "")
    assert "there is no finding named" in called.err

"""Limits that run out and turns that cost more and more."""

from __future__ import annotations

from typing import Any

import pytest
from logs import Log, begun, done, named

from rtdebug.model.findings import Finding, Severity

LOW, GROWTH = "rate-limit-low", "token-usage-growth"


def row(remaining: Any, name: Any = "tokens", **more: Any) -> dict[str, Any]:
    return {"name": name, "limit": 40000, "remaining": remaining, "reset_seconds": 1.5, **more}


def limited(*rows: Any) -> list[Finding]:
    """One event for each row; the first is event 2."""
    log = begun()
    for one in rows:
        log.server("rate_limits.updated", rate_limits=[one] if isinstance(one, dict) else one)
    return named(log.closed().judged(), LOW)


@pytest.mark.parametrize(("remaining", "told"), [(4000, False), (3999, True), (0, True)])
def test_less_than_a_tenth_is_little(remaining: int, told: bool) -> None:
    found = limited(row(remaining))
    assert [one.message for one in found] == told * [
        f"{remaining:,} of 40,000 tokens are left; the limit is whole again in 1.5 s"
    ]
    assert all(one.evidence == (2,) and one.subject == "tokens" for one in found)


@pytest.mark.parametrize("reset", [None, 0])
def test_a_limit_without_a_time_says_none(reset: Any) -> None:
    (found,) = limited(row(1200, reset_seconds=reset))
    assert found.message == "1,200 of 40,000 tokens are left"


@pytest.mark.parametrize(
    "rows",
    [
        "tokens",
        None,
        ["tokens"],
        [row(0, limit=0)],
        [row(0, limit=-1)],
        [row(0, limit=None)],
        [row(None)],
        [row("0")],
    ],
)
def test_what_is_no_limit_is_not_read(rows: Any) -> None:
    assert limited(rows) == []


def test_a_limit_of_one_is_a_limit() -> None:
    (found,) = limited(row(0, limit=1))
    assert found.message.startswith("0 of 1 tokens are left")


def test_one_bad_row_does_not_hide_the_next() -> None:
    (found,) = limited(["tokens", row(None), row(1200, name=None)])
    assert found.message.startswith("1,200 of 40,000 units are left")
    assert found.subject == "units"


@pytest.mark.parametrize(
    ("remaining", "told"),
    [
        ([30000, 24000, 17000, 11999], True),
        ([30000, 24000, 17000, 12000], False),  # three tenths
        ([24000, 17000, 11999], False),
        ([30000, 24000, 24000, 11999], False),
        ([30000, 24000, 25000, 11999], False),
        ([20000, 30000, 24000, 17000, 11999], True),
        ([35000, 24000, 17000, 13000, 11999], True),
    ],
)
def test_a_limit_that_shrinks_four_times_is_told(remaining: list[int], told: bool) -> None:
    found = limited(*map(row, remaining))
    assert len(found) == told
    last = len(remaining) + 1
    first = remaining[0] if remaining[0] > remaining[1] else remaining[1]
    for one in found:
        assert one.message == (
            f"tokens left shrank with every turn, from {first:,} to 11,999 of 40,000"
        )
        assert one.evidence == (2 + remaining.index(first), last)
        assert one.subject == "tokens"


def test_a_limit_that_was_told_shrinks_anew() -> None:
    more = [30000, 24000, 17000, 11000, 10000, 9000, 8000, 7000]
    (found,) = limited(*map(row, more[:7]))
    assert found.count == 1
    (found,) = limited(*map(row, more))
    assert found.count == 2


def test_a_server_that_makes_up_names_is_followed_for_a_hundred_of_them() -> None:
    (found,) = limited([row(10, f"limit {number}") for number in range(150)])
    assert found.count == 100
    (found,) = limited(*[[row(10, f"limit {number}") for number in range(100)]] * 2)
    assert found.evidence == (2, 3)
    more = [row(10, "more"), row(10, "limit 0")]
    (found,) = limited([row(10, f"limit {number}") for number in range(100)], more)
    assert found.evidence == (2, 3)


def test_limits_of_two_names_shrink_apart() -> None:
    left = [30000, 24000, 17000, 11000]
    rows = [[row(one), row(one + 500, "requests")] for one in left]
    (found,) = limited(*rows)  # one row of the report for both
    assert found.count == 2
    assert limited(*[row(one, f"limit {number}") for number, one in enumerate(left)]) == []


# -- tokens ------------------------------------------------------------------------------------------


def grown(*tokens: Any, cached: Any = 0, **more: Any) -> list[Finding]:
    """Responses with so many input tokens; their dones are the events 3, 5, 7..."""
    log = begun()
    for number, one in enumerate(tokens):
        respond(log, number, one, cached, **more)
    return named(log.closed().judged(), GROWTH)


def respond(log: Log, number: int, tokens: Any, cached: Any = 0, **more: Any) -> None:
    usage = {"total_tokens": 9, "input_tokens": tokens, "output_tokens": 9,
             "input_token_details": {"cached_tokens": cached}}  # fmt: skip
    body = done(f"r{number}", usage=None if tokens is None else usage, **more)
    log.server("response.created", response={**body, "status": "in_progress", "usage": None})
    log.server("response.done", response=body)


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        ([1000, 1200, 1500, 2000], True),
        ([1000, 1200, 1500, 1999], False),  # not twice as many
        ([1000, 1500, 2000], False),
        ([400, 500, 600, 1000], True),
        ([400, 500, 600, 999], False),  # too few to matter
        ([1000, 1200, 1200, 1500, 2000], False),
        ([1000, 1500, 1200, 2000, 2500], False),
        ([3000, 1000, 1200, 1500, 2000], True),
        ([1000, 1200, None, 1500, 0, 2000], True),
        ([1000, 1200, 1400, 1500, 1600, 1800, 1900, 2000], True),
    ],
)
def test_four_turns_that_double_the_input_are_told(tokens: list[Any], told: bool) -> None:
    found = grown(*tokens)
    assert len(found) == told
    start = tokens.index(1000) if 1000 in tokens and tokens[-1] != 1000 else 0
    turns = sum(bool(one) for one in tokens[start:])
    for one in found:
        assert one.message == (
            f"input tokens grew in {turns} turns from {tokens[start]:,} to {tokens[-1]:,}; 0% of "
            "the last came from the cache"
        )
        assert one.evidence == (3 + 2 * start, 1 + 2 * len(tokens))
        assert one.at == pytest.approx(0.02 * (1 + 2 * len(tokens)))


@pytest.mark.parametrize(
    ("last", "cached", "share", "severity"),
    [
        (10000, 0, "0%", Severity.WARNING),
        (10000, 4990, "50%", Severity.WARNING),
        (10000, 5000, "50%", Severity.INFO),
        (10000, 8000, "80%", Severity.INFO),
        (9999, 0, "0%", Severity.INFO),
        (9999, None, "0%", Severity.INFO),
    ],
)
def test_many_tokens_that_no_cache_serves_are_a_warning(
    last: int, cached: Any, share: str, severity: Severity
) -> None:
    (found,) = grown(1000, 2000, 3000, last, cached=cached)
    assert found.severity is severity
    assert f"; {share} of the last came from the cache" in found.message


def test_answers_beside_the_conversation_are_not_its_turns() -> None:
    assert grown(1000, 1200, 1500, 2000, conversation_id=None) == []


def test_a_response_that_ends_twice_is_one_turn() -> None:
    log = begun()
    for number, tokens in enumerate((1000, 1500, 2000)):
        respond(log, number, tokens)
    log.server("response.done", response=done("r2", usage={"input_tokens": 2500}))
    assert named(log.closed().judged(), GROWTH) == []

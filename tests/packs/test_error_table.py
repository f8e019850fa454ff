"""The error table of openai-realtime: whole, well worded, and right about what peers say."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from rtdebug import resources
from rtdebug.catalogue.book import entries, entry, names
from rtdebug.catalogue.entry import Entry
from rtdebug.packs.errors import ErrorTable, Said
from rtdebug.rules.registry import RULES

FOLDER = resources.schemas("openai-realtime")
CASES = yaml.safe_load(Path(__file__).with_name("error_table_cases.yaml").read_text("utf-8"))

WHERE = {"error", "response", "transcription", "close", "upgrade"}
PATTERNS = {"message", "param", "reason", "url", "body"}
EXACT = {"how", "code", "type", "step", "response_status", "before_session", "unsigned"}
NUMBERS = {"status", "close"}
RULED = {rule.name for rule in RULES if rule.name}


@cache
def raw() -> dict[str, Any]:
    """The table of the default pack with the one below it, as one."""
    own: dict[str, Any] = yaml.safe_load((FOLDER / "errors.yaml").read_text("utf-8"))
    below: dict[str, Any] = yaml.safe_load((FOLDER.parent / "errors.yaml").read_text("utf-8"))
    return {"match": own["match"] + below["match"], "codes": below["codes"]}


@cache
def table() -> ErrorTable:
    return ErrorTable.load(FOLDER)


def told() -> list[Entry]:
    """What the rows name, and what else is worded as the word of a server."""
    also = [one.name for one in entries() if one.family == "said" and one.name not in RULED]
    return [entry(name) for name in sorted({*also, *set().union(*map(named, rows()))})]


def rows() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = raw()["match"]
    return listed


def named(row: dict[str, Any]) -> set[str]:
    return {row["finding"], *row.get("also", ())}


# The table is whole.


def test_every_row_names_a_finding_that_has_a_page() -> None:
    assert set().union(*map(named, rows())) <= set(names())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["finding"])
def test_a_row_holds_only_conditions_that_are_known(row: dict[str, Any]) -> None:
    assert set(row) <= PATTERNS | EXACT | NUMBERS | {"where", "finding", "also", "points_at"}
    assert set(row["where"]) <= WHERE
    for name in PATTERNS & set(row):
        re.compile(row[name])


@pytest.mark.parametrize(
    "row", [row for row in rows() if "points_at" in row], ids=lambda row: row["points_at"]
)
def test_a_row_that_points_at_a_cause_points_at_one_of_its_finding(row: dict[str, Any]) -> None:
    causes = entry(row["finding"]).causes
    assert sum(cause.text.startswith(row["points_at"]) for cause in causes) == 1


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        (1008, "BidiGenerateContent session not found", "A resume handle"),
        (1008, "Requested entity was not found.", "Audio was sent"),
        (1008, "Operation is not implemented, or supported, or enabled.", "The model, or this"),
        (1008, "The operation was aborted", "A proxy ends"),
        (1011, "Deadline expired before operation could complete.", "The connection reached"),
        (1011, "error: f() got an unexpected keyword argument 'x'", "A gateway or bridge"),
    ],
)
def test_the_reason_of_a_close_puts_its_cause_first(code: int, reason: str, cause: str) -> None:
    (text,) = table().matches(Said(where="close", close=code, reason=reason))
    plain = entry(text.name)
    assert text.causes[0].text.startswith(cause)
    assert [one.likelihood for one in text.causes].count("likely") == 1
    assert {one.text for one in text.causes} == {one.text for one in plain.causes}
    assert plain.causes[0].text != text.causes[0].text


def test_each_kind_of_word_but_a_close_has_a_fallback() -> None:
    bare = [row for row in rows() if set(row) == {"where", "finding"}]
    assert sorted(row["where"] for row in bare) == [["error"], ["transcription"], ["upgrade"]]


def test_no_row_is_hidden_behind_a_fallback() -> None:
    open_kinds = set(WHERE)
    for row in rows():
        assert open_kinds.issuperset(row["where"]), row
        if set(row) == {"where", "finding"}:
            open_kinds -= set(row["where"])


# The texts are there and read well.


@pytest.mark.parametrize("text", told(), ids=lambda text: text.name)
def test_a_title_begins_with_a_capital(text: Entry) -> None:
    assert text.title[0].isupper()


@pytest.mark.parametrize("text", told(), ids=lambda text: text.name)
def test_an_example_shows_rows_with_their_direction(text: Entry) -> None:
    lines = text.example.splitlines()
    assert 1 <= len(lines) <= 4
    assert all(line[:2] in {"> ", "< ", "= ", "! "} for line in lines)


@pytest.mark.parametrize("text", told(), ids=lambda text: text.name)
def test_the_first_cause_is_a_likely_one(text: Entry) -> None:
    assert text.causes[0].likelihood == "likely"


# What a code means for trying again.


def test_a_code_gets_one_advice_only() -> None:
    codes = [code for advice in raw()["codes"].values() for code in advice]
    assert len(codes) == len(set(codes))
    assert all(isinstance(code, str) for code in codes)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("response_cancel_not_active", "harmless"),
        ("input_audio_buffer_commit_empty", "harmless"),
        ("conversation_already_has_active_response", "retry-after-response"),
        ("insufficient_quota", "never-retry"),
        ("beta_api_shape_disabled", "never-retry"),
        ("session_expired", "reconnect"),
        ("1006", "reconnect"),
        ("server_error", "retry-with-pause"),
        ("429", "retry-with-pause"),
    ],
)
def test_the_advice_for_a_code(code: str, advice: str) -> None:
    assert table().retry[code] == advice


def test_every_close_and_status_a_row_knows_has_a_meaning() -> None:
    def numbers(name: str) -> set[int]:
        values = [row[name] for row in rows() if isinstance(row.get(name), int)]
        return set(values)

    assert numbers("close") <= set(table().closes)
    assert numbers("status") <= set(table().statuses)


# What peers say gets the right name.


def said(case: dict[str, Any]) -> Said:
    before = case.get("before_session", False)
    match case:
        case {"error": error} | {"transcription": error}:
            return _error("error" if "error" in case else "transcription", error, before)
        case {"response": {"status": status, "status_details": details}}:
            details = details or {}
            error = details.get("error") or {}
            return Said(
                where="response",
                response_status=status,
                reason=details.get("reason") or "",
                code=error.get("code"),
                type=error.get("type"),
                message=error.get("message") or "",
            )
        case {"close": {"code": code, "reason": reason}}:
            return Said(where="close", close=code, reason=reason, before_session=before)
        case {"upgrade": refused}:
            return Said(
                where="upgrade",
                step=refused["step"],
                message=refused["text"],
                status=refused.get("status"),
                url=refused.get("url"),
                body=refused.get("body", ""),
            )
    raise AssertionError(f"not a case: {case}")


def _error(where: str, error: dict[str, Any], before: bool) -> Said:
    return Said(
        where=where,
        code=error.get("code"),
        type=error.get("type"),
        message=error.get("message") or "",
        param=error.get("param"),
        before_session=before,
    )


def _label(case: dict[str, Any]) -> str:
    return str(case["finding"])


@pytest.mark.parametrize("case", CASES, ids=_label)
def test_what_a_peer_says_gets_its_name(case: dict[str, Any]) -> None:
    text = table().match(said(case))
    assert (text.name if text else None) == case["finding"]
    assert "cause" not in case or (text and text.causes[0].text.startswith(case["cause"]))


def test_the_cases_reach_every_finding_a_row_names() -> None:
    expected = {row["finding"] for row in rows()}
    assert {case["finding"] for case in CASES if case["finding"]} == expected


def test_no_case_stands_twice() -> None:
    assert len({repr(case) for case in CASES}) == len(CASES)

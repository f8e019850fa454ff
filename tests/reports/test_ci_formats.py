"""Outputs for pipelines: annotations, tickets, SARIF and code quality say each fault once, keep the
limits of who reads them, and nothing that a peer wrote acts on anybody."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from report_samples import (
    HOSTILE,
    PASSED,
    REFUSED,
    SAMPLES,
    SEVERAL,
    STALLED,
    STEP_FAILED,
    WARNED,
    report,
)
from test_report_safety import REPORTS

from rtdebug.cli.output import WantedReport, publish
from rtdebug.model.results import Location, Report
from rtdebug.model.value import replace
from rtdebug.reports import github, gitlab, junit, markdown, sarif
from rtdebug.reports.faults import all_faults, faults
from rtdebug.reports.formats import Look
from rtdebug.safe import safe

READER = MarkdownIt("commonmark", {"html": True}).enable("table")
LEGAL = {"paragraph", "heading", "inline", "fence", "table", "thead", "tbody", "tr", "th", "td",
         "bullet_list", "list_item", "html_block", "text", "code_inline", "strong", "softbreak",
         "html_inline"}  # fmt: skip
HTML = {"<!-- -->", "</details>\n", "<details><summary>What crossed the wire</summary>\n"}
ARROW = re.compile(r"  (?:C->>S|S->>C|S--xC|Note over C,S): (?:[\w .()✗×?-]|#\d+;)+")


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Lines as the runner of GitHub takes them: name, properties, message."""
    for line in text.splitlines():
        head, _, data = line.removeprefix("::").partition("::")
        name, _, told = head.partition(" ")
        pairs = dict(pair.split("=", 1) for pair in told.split(",") if pair)
        yield name, {key: unquoted(value) for key, value in pairs.items()}, unquoted(data)


def unquoted(text: str) -> str:
    for escape, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def tokens(text: str) -> Iterator[Token]:
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def test_a_step_carries_its_root_and_is_one_fault() -> None:
    (fault,) = faults(STALLED)
    assert (fault.name, str(fault.place)) == (
        "response-stalled-after-created", "scenarios/openai-realtime/text-turn.yaml:28:5"
    )  # fmt: skip
    assert [one.name for one in faults(STEP_FAILED)] == ["step-failed"]
    assert [one.name for one in faults(SEVERAL)] == ["active-response-conflict", "connection-lost"]
    assert [(one.name, one.fails) for one in faults(WARNED)] == [("slow-first-delta", False)]
    assert [one.name for one in faults(REFUSED)] == ["handshake-401-unauthorized"]
    assert faults(PASSED) == []


def test_the_same_fault_of_several_runs_is_one_row() -> None:
    turns = [replace(STALLED, name=f"Text turn ({turn} of 3)") for turn in (1, 2, 3)]
    (fault,) = all_faults(report(*turns))
    assert fault.times == 3
    assert "(seen 3 times)" in github.render(report(*turns))


def test_an_annotation_stands_on_the_line_of_the_scenario_and_says_what_to_do() -> None:
    ((name, told, message),) = commands(github.render(report(STALLED)))
    assert (name, told["file"], told["line"], told["col"], told["title"]) == (
        "error", "scenarios/openai-realtime/text-turn.yaml", "28", "5", "response-stalled-after-created"
    )  # fmt: skip
    assert "do now: Wait at most 15 s" in message
    assert "cause (likely): The server stalled while generating" in message


def test_github_is_given_no_more_than_it_shows() -> None:
    runs = [replace(STEP_FAILED, name=f"turn {number}") for number in range(30)]
    found = list(commands(github.render(report(*runs))))
    assert len(found) == 10
    assert found[-1][2] == "and 21 more errors, in the summary of this job"


def test_the_ticket_says_cause_evidence_and_fix_and_draws_the_missing_arrow() -> None:
    text = markdown.render(SAMPLES["many"])
    for words in ("The server stalled while generating", "#8 &lt; response.created", "**Do now**: Wait at most",
                  "S--xC: response.output_text.delta never came"):  # fmt: skip
        assert words.replace("&lt;", "<") in text
    fences = [token for token in tokens(text) if token.type == "fence"]
    assert [one.info for one in fences].count("mermaid") == 1


def test_a_summary_keeps_its_limit_and_says_what_it_leaves_out() -> None:
    runs = [replace(STALLED, name=f"turn {number}") for number in range(400)]
    text = markdown.render(report(*runs), 100_000)
    assert len(text.encode()) <= 100_000
    assert re.search(r"\d+ more runs left out", text)


def test_code_quality_has_what_a_merge_request_shows() -> None:
    rows = json.loads(gitlab.render(SAMPLES["many"]))
    assert {row["severity"] for row in rows} == {"critical", "minor"}
    assert rows[0]["location"] == {
        "path": "scenarios/openai-realtime/text-turn.yaml", "lines": {"begin": 28}
    }  # fmt: skip
    assert len({row["fingerprint"] for row in rows}) == len(rows)


# What the published schema of SARIF 2.1.0 asks of the parts that are written here.
SARIF: dict[str, Any] = {
    "type": "object", "required": ["version", "runs"], "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "maxItems": 20, "items": {
            "type": "object", "required": ["tool"],
            "properties": {
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {
                    "type": "object", "required": ["name"], "properties": {
                        "name": {"type": "string"}, "version": {"type": "string"},
                        "rules": {"type": "array", "uniqueItems": True, "items": {
                            "type": "object", "required": ["id"], "properties": {
                                "id": {"type": "string", "minLength": 1}, **{
                                    key: {"type": "object", "required": ["text"]}
                                    for key in ("shortDescription", "fullDescription", "help")}}}}}}}},
                "results": {"type": "array", "maxItems": 5000, "items": {
                    "type": "object", "required": ["message"], "additionalProperties": False, "properties": {
                        "ruleId": {"type": "string", "minLength": 1}, "ruleIndex": {"type": "integer", "minimum": 0},
                        "level": {"enum": ["none", "note", "warning", "error"]},
                        "occurrenceCount": {"type": "integer", "minimum": 1},
                        "message": {"type": "object", "required": ["text"]},
                        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                        "locations": {"type": "array", "items": {"type": "object", "properties": {
                            "physicalLocation": {"type": "object", "required": ["artifactLocation"], "properties": {
                                "artifactLocation": {"properties": {"uri": {
                                    "type": "string", "pattern": r"^[A-Za-z0-9/:._~%-]*$"}}},
                                "region": {"properties": {
                                    "startLine": {"type": "integer", "minimum": 1},
                                    "startColumn": {"type": "integer", "minimum": 1}}}}}}}}}}},
            }}}}}  # fmt: skip


def check_sarif(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    jsonschema.Draft7Validator(SARIF).validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[one["ruleIndex"]] for one in run["results"]] == [
        one["ruleId"] for one in run["results"]
    ]
    return document


@pytest.mark.parametrize("name", SAMPLES)
def test_sarif_is_as_published(name: str) -> None:
    """The whole schema is looked at too where RTDEBUG_SARIF_SCHEMA names a copy of it."""
    document = check_sarif(sarif.render(SAMPLES[name]))
    schema = os.environ.get("RTDEBUG_SARIF_SCHEMA")
    if schema:
        jsonschema.Draft7Validator(json.loads(Path(schema).read_text("utf-8"))).validate(document)


def test_sarif_names_files_as_references() -> None:
    run = replace(STEP_FAILED, source=Location("a b/ü.yaml"), steps=())
    run = replace(run, findings=STALLED.findings)
    (found,) = check_sarif(sarif.render(report(run)))["runs"][0]["results"]
    uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(urlsplit(uri).path) == "a b/ü.yaml"


@settings(max_examples=150, deadline=None)
@given(REPORTS)
def test_nothing_that_was_said_acts_in_a_pipeline(one: Report) -> None:
    for text in (github.render(one), gitlab.render(one), sarif.render(one), markdown.render(one)):
        assert safe(text) == text
        assert not re.search(r"##\w*\[", text)
    check_commands(github.render(one))
    check_sarif(sarif.render(one))
    for row in json.loads(gitlab.render(one)):
        assert {"description", "check_name", "fingerprint", "severity", "location"} == set(row)
    check_markdown(markdown.render(one))


def check_commands(text: str) -> None:
    for line in text.splitlines():
        assert re.match(r"::(?:error|warning) [^:]*::", line), line
    for name, told, _ in commands(text):
        assert name in ("error", "warning")
        assert set(told) <= {"file", "line", "col", "title"}


def check_markdown(text: str) -> None:
    assert not re.search(r"(?m)^\s*::", text)
    for token in tokens(text):
        assert token.type.removesuffix("_open").removesuffix("_close") in LEGAL, token
        if token.type.startswith("html"):
            assert token.content in HTML, token
        if token.info == "mermaid":
            for line in token.content.splitlines()[3:]:
                assert ARROW.fullmatch(line), line


def test_hostile_words_are_told_and_harmless() -> None:
    check_markdown(markdown.render(report(HOSTILE)))
    check_commands(github.render(report(HOSTILE)))
    assert "<script>" not in re.sub(
        r"`[^`]*`|```.*?```", "", markdown.render(report(HOSTILE)), flags=re.S
    )


def test_only_we_attach_files() -> None:
    step = replace(STEP_FAILED.steps[2], detail="[[ATTACHMENT|/etc/passwd]]")
    assert "[[ATTACHMENT" not in junit.render(report(replace(STEP_FAILED, steps=(step,))))


def test_the_capture_goes_with_the_case_that_failed(tmp_path: Path) -> None:
    """As readers of such files find it: in the output of the case, by its path."""
    out = tmp_path / "out.xml"
    run = replace(STALLED, capture="captures/text-turn.jsonl")
    out.write_text(junit.render(report(PASSED, run)), encoding="utf-8")
    told = {
        case.name: case.system_out
        for suite in JUnitXml.fromfile(str(out))
        for case in suite
        if case.system_out
    }
    assert told == {
        "6 expect response.output_text.delta": "[[ATTACHMENT|captures/text-turn.jsonl]]"
    }


def test_a_job_of_github_gets_its_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# A step before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    publish(SAMPLES["stalled"], (WantedReport("github", None),), Look(), "never")
    assert capsys.readouterr().out.startswith(
        "::error file=scenarios/openai-realtime/text-turn.yaml,line=28"
    )
    assert summary.read_text("utf-8").startswith("# A step before\n# rtdebug: 1 failed\n")

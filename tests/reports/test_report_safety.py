"""Whatever a peer, a log or a scenario says: nothing in a report can act, and every report parses."""

import json
import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from report_schema import faults

from rtdebug.model.findings import Cause, Certainty, Finding, Severity
from rtdebug.model.records import Event, Sender
from rtdebug.model.results import (
    Location,
    Outcome,
    Report,
    ResponseSummary,
    Run,
    StepResult,
    TimelineRow,
)
from rtdebug.reports import json_report, junit
from rtdebug.reports.ndjson import line
from rtdebug.reports.rows import Rows
from rtdebug.reports.terminal import render
from rtdebug.safe import safe

NASTY = [
    "\x1b", "\x1b[2J", "\x1b]8;;http://x\x07", "\x00", "\x07", "\x08", "\r", "\n", "\t", "\x7f", "\x85",
    "\x9b31m", "\u2028", "\u202e", "\u200b", "\ufeff", "\ufffe", "\uffff", "\ud800", "\udfff", "\U000e0041",
    "[/]", "[bold]", "[link=x]", ":smile:", "]]>", "<!--", "&#0;", "##[error]", "##vso[task.x]", "##", "vso[", "::error::", " ::set-output",
    "漢字", "e\u0301", "\U0001f469\u200d\U0001f4bb", "{", "\\", '"', "%0A", "…",
]  # fmt: skip
TEXT = st.lists(
    st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=[]), max_size=4), max_size=8
).map("".join)
SEQS = st.lists(st.integers(1, 6), max_size=3).map(tuple)
TIMES = st.floats(0, 5000)


def _enum(kind: type) -> st.SearchStrategy:  # type: ignore[type-arg]
    return st.sampled_from(list(kind))  # type: ignore[call-overload]


LOCATIONS = st.builds(Location, TEXT, st.integers(1, 9), st.integers(1, 9))
FINDINGS = st.builds(
    Finding,
    name=TEXT,
    severity=_enum(Severity),
    certainty=_enum(Certainty),
    title=TEXT,
    message=TEXT,
    causes=st.lists(st.builds(Cause, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    fix=TEXT,
    subject=st.none() | TEXT,
    at=TIMES,
    evidence=SEQS,
    count=st.integers(1, 5),
    first=st.none() | st.integers(1, 6),
    last=st.none() | st.integers(1, 6),
    docs=TEXT,
    under=st.none() | TEXT,
)
STEPS = st.builds(
    StepResult,
    index=st.integers(0, 9),
    label=TEXT | TEXT.map("expect {}".format),
    outcome=st.sampled_from([Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED]),
    at=st.none() | TIMES,
    detail=TEXT,
    evidence=SEQS,
    source=st.none() | LOCATIONS,
)
ROWS = st.builds(
    TimelineRow,
    seq=st.none() | st.integers(1, 6),
    at=TIMES,
    sender=st.none() | _enum(Sender),
    type=TEXT | st.sampled_from(["opened", "closed"]),
    size=st.integers(0, 10**9),
    summary=TEXT | TEXT.map('3 chars "{}"'.format),
)
RESPONSES = st.builds(
    ResponseSummary,
    id=TEXT,
    status=TEXT,
    first_delta=st.none() | TIMES,
    duration=st.none() | TIMES,
    usage=st.none() | st.dictionaries(TEXT, TEXT | st.integers() | st.floats(), max_size=3),
)
RUNS = st.builds(
    Run,
    name=TEXT,
    outcome=st.sampled_from([one for one in Outcome if one is not Outcome.SKIPPED]),
    pack=TEXT,
    peer=st.none() | TEXT,
    source=st.none() | LOCATIONS,
    started=st.none() | TEXT,
    duration=TIMES,
    steps=st.lists(STEPS, max_size=3).map(tuple),
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    responses=st.lists(RESPONSES, max_size=3).map(tuple),
    timeline=st.lists(ROWS, max_size=6).map(tuple),
    notes=st.lists(TEXT, max_size=2).map(tuple),
)
REPORTS = st.builds(
    Report,
    runs=st.lists(RUNS, max_size=2).map(tuple),
    started=TEXT,
    exit_code=st.sampled_from([0, 1, 2, 3, 4, 70, 130]),
    version=TEXT,
    ignored=st.lists(TEXT, max_size=2).map(tuple),
)
SGR = re.compile(r"\x1b\[(?:0|1|2|31|32|33|36)(?:;(?:31|32|33|36))?m")


def harmless(text: str) -> None:
    bare = SGR.sub("", text)
    assert safe(bare) == bare
    assert "\t" not in bare
    assert not re.search(r"(?m)^\s*::", bare)
    assert not re.search(r"##\w*\[", bare)
    text.encode()
    for one in text.splitlines():
        codes = SGR.findall(one)
        assert not codes or codes[-1] == "\x1b[0m"


@settings(max_examples=40, deadline=None)
@given(REPORTS, st.sampled_from([20, 80, 200]), st.booleans(), st.booleans(), st.booleans())
def test_a_screen_acts_on_no_terminal(
    report: Report, width: int, color: bool, verbose: bool, quiet: bool
) -> None:
    harmless(render(report, width=width, color=color, verbose=verbose, quiet=quiet))


@settings(max_examples=20, deadline=None)
@given(REPORTS)
def test_ascii_is_all_that_is_written_where_no_more_can_be(report: Report) -> None:
    assert render(report, width=80, color=True, unicode=False, verbose=True).isascii()


@settings(max_examples=40, deadline=None)
@given(REPORTS)
def test_junit_parses_whatever_it_says(report: Report) -> None:
    data = junit.render(report).encode()
    assert len(list(ElementTree.fromstring(data))) == len(report.runs)
    assert not re.search(rb"(?m)^\s*::|##\w*\[", data)
    assert len(list(JUnitXml.fromstring(data))) == len(report.runs)


@settings(max_examples=40, deadline=None)
@given(REPORTS)
def test_json_parses_and_is_as_published_whatever_it_says(report: Report) -> None:
    text = json_report.render(report)
    document = json.loads(text.encode())
    assert faults(document) == []
    assert [run["name"] for run in document["runs"]] == [run.name for run in report.runs]
    assert safe(text) == text
    assert not re.search(r"##\w*\[", text)


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT, FINDINGS, st.booleans())
def test_a_row_acts_on_no_terminal(kind: str, summary: str, finding: Finding, color: bool) -> None:
    event = Event(1, 0.5, Sender.SERVER, kind, {"type": kind, summary: summary})
    rows = Rows(width=80, color=color)
    for text in (
        rows.row(event, summary),
        rows.row(event, summary, kind),
        rows.finding(finding),
    ):
        harmless(text)
        assert "\n" not in text
    text = line(event, [finding])
    assert safe(text) == text
    assert json.loads(text.encode())["event"][summary] == summary

"""Two thousand strings made to act on terminals, browsers, runners and readers: put in place of every
text of a report, each format is read back by a reader that is not ours, and nothing acts."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from xml.etree import ElementTree

import pytest
from junitparser import JUnitXml
from page_reading import Page
from report_samples import SAMPLES, S
from report_schema import faults
from test_ci_formats import check_commands, check_markdown, check_sarif, tokens
from test_report_safety import NASTY, harmless

from rtdebug.model.records import Event
from rtdebug.model.results import Report
from rtdebug.reports.differences import Comparison, Difference, document, render
from rtdebug.reports.formats import FORMATS, Look
from rtdebug.reports.ndjson import line
from rtdebug.reports.page.comparison import render as page_of
from rtdebug.reports.signs import ASCII, UNICODE
from rtdebug.safe import safe
from rtdebug.secrets.masker import cleaned

MANY, TOGETHER = 2000, 100
PIECES = [
    *NASTY, "]]>]]>", "</script>", "</SCRIPT\t>", "<script>", "<!--<script>", "-->", "</style>", "<img src=x onerror=x()>", "</testcase>", "<![CDATA[",
    "&amp;", "&lt;", "&#x1b;", "%25", "%0D%0A", "::error::", "\n::error file=a::x", "\r::add-mask::x", "::stop-commands::", "##vso[task.setvariable]",
    "##teamcity[x]", "#\u200b#vso[", "[[ATTACHMENT|/etc/passwd]]", "\x1b]0;title\x07", "\x1bP", "\x9d", "\x1b[6n", "\u2066", "\u2069", "\u061c", "\u200f",
    "`", "```", "~~~", "````mermaid", "|", "\n# heading", "\n- item", "\n> quote", "    code", "![x](http://x)", "[x](javascript:x)", "<http://x>", "@everyone",
    "#1", "**", "__proto__", "\\u003c", "\\", "'", "${x}", "{{x}}", "\n\n", " ", "a", "Ω", "\ud83d", "\ude00", "C->>S: x", "end\n", "%%{init: {}}%%", "\0",
]  # fmt: skip


def strings() -> Iterator[str]:
    """The same ones each time: every piece alone, then several together."""
    chance = random.Random(20)
    yield from PIECES
    for _ in range(MANY - len(PIECES)):
        yield "".join(chance.choices(PIECES, k=chance.randint(2, 7)))


def hostile(texts: list[str]) -> Report:
    """All samples, with these in place of every text."""
    more = cycle(texts)
    runs = [cleaned(run, lambda _: next(more), frozenset({"key", "under"}))
            for sample in SAMPLES.values() for run in sample.runs]  # fmt: skip
    return Report(tuple(runs), next(more), 1, next(more), (next(more),), (next(more),))


def _terminal(text: str, _: Report) -> None:
    harmless(text)


def _json(text: str, report: Report) -> None:
    found = json.loads(text.encode())
    assert faults(found) == []
    assert [run["name"] for run in found["runs"]] == [
        json.loads(json.dumps(run.name)) for run in report.runs
    ]


def _junit(text: str, report: Report) -> None:
    assert len(list(ElementTree.fromstring(text.encode()))) == len(report.runs)
    assert len(list(JUnitXml.fromstring(text.encode()))) == len(report.runs)
    assert "[[ATTACHMENT|/etc" not in text
    no_command(text)


def _github(text: str, _: Report) -> None:
    check_commands(text)


def _gitlab(text: str, _: Report) -> None:
    rows = json.loads(text.encode())
    assert len({row["fingerprint"] for row in rows}) == len(rows) > 0


def _sarif(text: str, _: Report) -> None:
    check_sarif(text)


def _markdown(text: str, _: Report) -> None:
    check_markdown(text)
    assert not [token for token in tokens(text) if token.type in ("link_open", "image")]


ELEMENTS = Page(FORMATS["html"](SAMPLES["stalled"], Look())).elements


def _html(text: str, report: Report) -> None:
    page = Page(text)
    assert page.elements == ELEMENTS
    assert len(page.data["runs"]) == len(report.runs)


READERS: dict[str, Callable[[str, Report], None]] = {
    "terminal": _terminal, "json": _json, "junit": _junit, "github": _github, "gitlab": _gitlab,
    "markdown": _markdown, "sarif": _sarif, "html": _html,
}  # fmt: skip


def no_command(text: str) -> None:
    assert safe(text) == text
    assert not re.search(r"##\w*\[", text)


def groups() -> Iterator[list[str]]:
    texts = list(strings())
    return (texts[at : at + TOGETHER] for at in range(0, MANY, TOGETHER))


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_acts_in_any_format_and_each_can_be_read(name: str) -> None:
    for texts in groups():
        report = hostile(texts)
        text = FORMATS[name](report, Look(verbose=True))
        READERS[name](text, report)
        text.encode()


def test_nothing_acts_in_streamed_lines_and_in_differences() -> None:
    usual = Comparison("a", "b", (Difference("end", "x", "y", "z"),) * 2)
    plain = [tag for tag, _ in Page(page_of(usual)).elements]
    for text in strings():
        row = line(Event(1, 0.5, S, text, {"type": text, text: [text]}), [])
        assert "\n" not in row.rstrip("\n")
        no_command(row)
        assert json.loads(row.encode())["event"]["type"] == json.loads(json.dumps(text))
        found = [Difference("end", text, text, text), Difference("message", "A #1", text, "")]
        compared = Comparison(text, text, tuple(found))
        for signs in (UNICODE, ASCII):
            harmless(render(compared, signs, width=80, color=True))
        told = document(compared)
        no_command(told)
        assert len(json.loads(told.encode())["differences"]) == 2
        page = Page(page_of(compared))
        assert [tag for tag, _ in page.elements] == plain

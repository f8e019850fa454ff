"""The table of formats."""

import json
from dataclasses import replace
from xml.etree import ElementTree

from report_samples import PASSED, SAMPLES, S, report, row

from rtdebug.reports.formats import FORMATS, Look


def test_each_format_renders_by_its_name() -> None:
    stalled = SAMPLES["stalled"]
    assert "response-stalled-after-created" in FORMATS["terminal"](stalled, Look())
    assert json.loads(FORMATS["json"](stalled, Look()))["outcome"] == "failed"
    assert ElementTree.fromstring(FORMATS["junit"](stalled, Look()).encode()).tag == "testsuites"


def test_a_terminal_is_drawn_as_it_looks() -> None:
    stalled = SAMPLES["stalled"]
    look = Look(width=60, color=True, unicode=False, verbose=True)
    text = FORMATS["terminal"](stalled, look)
    assert "\x1b[31mx " in text
    assert "expect session.created" in text
    assert FORMATS["terminal"](SAMPLES["passed"], replace(look, verbose=False, quiet=True)) == ""


def test_programs_get_the_whole_timeline_when_it_is_asked_for() -> None:
    long = report(replace(PASSED, timeline=tuple(row(seq, seq, S, "a") for seq in range(1, 2102))))
    assert (
        len(json.loads(FORMATS["json"](long, Look(timeline_all=True)))["runs"][0]["timeline"])
        == 2101
    )

"""The rows of a live view: one line each, as wide as the terminal."""

import re

import pytest
from report_samples import EVIL, STALLED_FINDING, C, S

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Step,
    Undecodable,
)
from rtdebug.reports.rows import Rows

PLAIN = Rows(width=100, color=False)
CREATED = Event(3, 0.2, S, "response.created", {})
RECORDS: list[Record] = [
    CREATED,
    Event(1, 0.0, C, "session.update", {}),
    Opened(0.0, "wss://example.test/v1"),
    Refused(0.1, Step.UPGRADE, "Unauthorized", status=401),
    Undecodable(2, 0.3, C, "{x", "not JSON: no key at column 2"),
    Closed(1.0, 1006, "gone", S),
    Ended(1.0, "interrupted"),
    Remark(1.0, "hm"),
]


@pytest.mark.parametrize(
    ("record", "summary", "row"),
    [
        (
            CREATED,
            "resp_E6U11r008abcdefghijklm in_progress",
            "   0.200 s    < response.created                    resp_E6U…jklm in_progress",
        ),
        (RECORDS[1], "", "   0.000 s  >   session.update"),
        (
            RECORDS[2],
            "",
            "   0.000 s  =   opened                              wss://example.test/v1",
        ),
        (
            RECORDS[3],
            "",
            "   0.100 s  =   refused at upgrade                  HTTP 401: Unauthorized",
        ),
        (
            RECORDS[4],
            "",
            "   0.300 s  =   no event from the client            not JSON: no key at column 2",
        ),
        (
            RECORDS[5],
            "",
            "   1.000 s  =   closed                              1006 gone, on the server's side",
        ),
        (RECORDS[6], "", "   1.000 s  =   ended                               interrupted"),
        (RECORDS[7], "", "   1.000 s  =   remark                              hm"),
    ],
)
def test_a_record_is_told_on_one_line(record: Record, summary: str, row: str) -> None:
    assert PLAIN.row(record, summary) == row


def test_a_finding_is_told_with_how_sure_it_is() -> None:
    row = PLAIN.finding(STALLED_FINDING)
    assert row.startswith(
        "  10.095 s  ✗ response-stalled-after-created (error, high certainty): The resp"
    )
    assert len(row) == 100


def test_rows_that_were_not_shown_are_counted() -> None:
    assert PLAIN.dropped(1204).strip() == "⋮ 1,204 more rows"


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("record", RECORDS)
def test_a_row_keeps_to_the_width(record: Record, width: int) -> None:
    assert len(Rows(width=width, color=False).row(record, "word " * 60)) <= width


@pytest.mark.parametrize("record", RECORDS)
def test_colours_add_nothing_but_colours(record: Record) -> None:
    coloured = Rows(width=100, color=True)
    for row in (
        coloured.row(record, "said"),
        coloured.finding(STALLED_FINDING),
        coloured.dropped(2),
    ):
        assert re.findall(r"\x1b\[[\d;]*m", row)[-1] == "\x1b[0m"
    bare = re.sub(r"\x1b\[\d+m", "", coloured.row(record, "said"))
    assert bare.rstrip() == PLAIN.row(record, "said")


def test_hostile_text_is_shown_and_does_nothing() -> None:
    row = PLAIN.row(Event(1, 0.0, S, EVIL, {}), EVIL)
    assert r"\x1b]0;owned" in row
    assert row.isprintable()


def test_ascii_stays_ascii() -> None:
    rows = Rows(width=60, color=False, unicode=False)
    assert rows.row(CREATED, "漢字 " * 40).isascii()
    assert rows.dropped(3).isascii()

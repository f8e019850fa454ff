"""What stays constant beside the messages of one connection is kept with each of them."""

import pytest

from rtdebug.captures.marks import marks_at_head, marks_of


def test_short_fields_beside_a_message_are_marks():
    record = {
        "ts": "2026-03-01T10:00:00Z", "level": "info", "dir": "recv", "call": "a", "pid": 12,
        "note": "a text of several words", "ok": True, "event": {"type": "response.create"},
    }  # fmt: skip
    assert marks_of(record, (("host", "web-1"),)) == (
        ("host", "web-1"),
        ("call", "a"),
        ("pid", "12"),
    )


@pytest.mark.parametrize(
    ("line", "marks"),
    [
        ("2026-03-01 10:00:03 INFO [call-a] recv ", (("bracket", "call-a"),)),
        ("10:00:03 [DEBUG] conn=12 dir=in level=info ", (("conn", "12"),)),
        ("api-1  | 10:00:03 recv ", (("column", "api-1"),)),
        ("We send a request and wait. ", ()),
    ],
)
def test_prefixes_of_a_line_are_marks(line, marks):
    assert tuple(one for one in marks_at_head(line) if one[0] != "word") == marks


def test_the_first_words_of_a_line_are_marks_as_well():
    assert marks_at_head("10:00:03 INFO twilio.bridge call-a RECV ") == (
        ("word", "twilio.bridge"),
        ("word", "call-a"),
    )

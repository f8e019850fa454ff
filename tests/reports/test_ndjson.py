"""One line of JSON for each record of a stream."""

import json

import pytest
from report_samples import EVIL, STALLED_FINDING

from rtdebug.model.records import (
    Closed,
    Ended,
    Event,
    Opened,
    Record,
    Refused,
    Remark,
    Sender,
    Step,
    Undecodable,
)
from rtdebug.reports.ndjson import line


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        (
            Event(1, 0.25, Sender.SERVER, "error", {"type": "error", "x": [1.5, None]}),
            {"seq": 1, "at": 0.25, "from": "server", "event": {"type": "error", "x": [1.5, None]}},
        ),
        (
            Event(1, 0.25, Sender.CLIENT, "ping", {}, whole=False),
            {"seq": 1, "at": 0.25, "from": "client", "type": "ping"},
        ),
        (
            Undecodable(2, 0.3, Sender.CLIENT, "{x", "not JSON"),
            {"seq": 2, "at": 0.3, "from": "client", "reason": "not JSON", "text": "{x"},
        ),
        (
            Undecodable(2, 0.3, Sender.CLIENT, b"\x00\xff", "binary"),
            {"seq": 2, "at": 0.3, "from": "client", "reason": "binary", "binary": "AP8="},
        ),
        (
            Opened(0.0, "ws://x", "realtime"),
            {"at": 0.0, "opened": {"url": "ws://x", "subprotocol": "realtime", "status": 101}},
        ),
        (
            Refused(0.1, Step.UPGRADE, "No", "ws://x", 401),
            {
                "at": 0.1,
                "refused": {
                    "step": "upgrade",
                    "text": "No",
                    "url": "ws://x",
                    "status": 401,
                    "body": "",
                },
            },
        ),
        (
            Closed(1.0, 1001, "bye", Sender.SERVER),
            {"at": 1.0, "closed": {"code": 1001, "reason": "bye", "by": "server"}},
        ),
        (Closed(1.0, 1006), {"at": 1.0, "closed": {"code": 1006, "reason": "", "by": None}}),
        (Ended(1.0, "gave-up", 2.0), {"at": 1.0, "ended": {"reason": "gave-up", "waited": 2.0}}),
        (Remark(1.0, "hm", 3), {"at": 1.0, "remark": {"text": "hm", "line": 3}}),
    ],
)
def test_a_record_is_one_line(record: Record, fields: dict[str, object]) -> None:
    text = line(record)
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert json.loads(text) == fields


def test_findings_come_with_the_record_that_brought_them() -> None:
    event = Event(1, 0.25, Sender.SERVER, "error", {"type": "error"})
    fields = json.loads(line(event, [STALLED_FINDING]))
    assert [one["name"] for one in fields["findings"]] == ["response-stalled-after-created"]
    assert fields["seq"] == 1


def test_findings_that_no_record_brought_have_a_line_of_their_own() -> None:
    assert list(json.loads(line(None, [STALLED_FINDING]))) == ["findings"]


def test_hostile_text_stays_on_its_line() -> None:
    text = line(Event(1, 0.0, Sender.SERVER, EVIL, {EVIL: EVIL}))
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert json.loads(text.encode())["event"] == {EVIL: EVIL}

"""A live run and a replay of its records come to exactly the same findings."""

import json

import pytest
from conversations import HELLO, Player, hold, pack, saying, text
from faultserver import close_frame

from rtdebug.engine.session import Session
from rtdebug.model.commands import Send
from rtdebug.rules.registry import RULES

CREATED = json.dumps(
    {
        "type": "response.created",
        "event_id": "event_9",
        "response": {"id": "resp_1", "object": "realtime.response", "status": "in_progress"},
    }
)
CREATE = Send('{"type":"response.create"}')


def end(writer):
    writer.close()


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (saying(text(), text(CREATED)), "response-stalled-after-created"),
        (saying(text(), text(CREATED), close_frame(1000), then=end), "close-mid-response"),
        (saying(text(), text(CREATED), then=end), "close-1006-abnormal"),
        (saying(text()), "response-create-unanswered"),
    ],
)
def test_a_replay_finds_what_the_live_run_found(server, found):
    live = Session(pack(), RULES, patience=0.1)
    player = Player(answers={"session.created": [CREATE]}, deadline=0.3)
    record = hold(server, player, session=live)
    replayed = Session(pack(), RULES, patience=0.1)
    for one in record.records:
        replayed.observe(one)
    assert record.server[0] == HELLO
    assert found in [finding.name for finding in live.finish().findings]
    assert replayed.finish().findings == live.finish().findings

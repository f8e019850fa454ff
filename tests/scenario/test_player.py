"""What a play cannot show about the player: bounds, odd values, its own messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rtdebug.documents import parse_document
from rtdebug.model.commands import Send
from rtdebug.model.records import Closed, Ended, Event, Opened, Remark, Sender, Undecodable
from rtdebug.scenario.inbox import Inbox
from rtdebug.scenario.load import Given, load_scenario
from rtdebug.scenario.player import Player
from rtdebug.scenario.telling import Came


def playing(steps: list[Any], **keys: Any) -> Player:
    text = json.dumps({"rtdebug": 1, "steps": steps, **keys})
    player = Player(load_scenario(parse_document(text, "x.yaml"), Given(env={})))
    player.observe(Opened(0.0))
    return player


def event(seq: int, type_: str, at: float = 0.0, *, size: int = 0, **fields: Any) -> Event:
    return Event(seq, at, Sender.SERVER, type_, {"type": type_, **fields}, size)


def sent(commands: Any) -> list[str]:
    return [command.data for command in commands if isinstance(command, Send)]


def test_a_result_knows_its_step() -> None:
    player = playing([{"expect": "session.created"}])
    player.observe(event(1, "session.created", 0.25))
    (step,) = player.steps()
    assert (step.index, step.label, step.at) == (1, "expect session.created", 0.25)
    assert str(step.source) == "x.yaml:1:26"


def test_a_lone_surrogate_is_sent_as_an_escape_and_other_text_as_it_is() -> None:
    send = {"send": {"type": "conversation.item.delete", "item_id": "${id}"}}
    player = playing([{"expect": "session.created", "capture": {"id": "session.id"}}, send])
    said = player.observe(event(1, "session.created", session={"id": "ü\ud800"}))
    assert sent(said) == ['{"type":"conversation.item.delete","item_id":"\\u00fc\\ud800"}']
    player = playing([{"expect": "session.created", "capture": {"id": "session.id"}}, send])
    said = player.observe(event(1, "session.created", session={"id": "ü"}))
    assert sent(said) == ['{"type":"conversation.item.delete","item_id":"ü"}']


def test_a_number_json_has_not_is_not_sent() -> None:
    send = {
        "send": {"type": "response.create", "response": {"metadata": {"n": "${n}"}}},
        "raw": True,
    }
    expect = {"expect": "session.created", "capture": {"n": "session.n"}, "unknown": True}
    player = playing([expect, send])
    assert player.observe(event(1, "session.created", session={"n": float("nan")})) == []
    assert player.steps()[1].detail == "Not sent: it holds a number that JSON has not"


def test_ends_and_remarks_are_none_of_its_business() -> None:
    player = playing([{"expect": "session.created"}])
    assert player.observe(Remark(0.1, "hello")) == []
    assert player.observe(Ended(0.2, "finished")) == []
    assert player.steps() == ()
    assert player.deadline == 10.0


def test_what_it_did_not_send_is_no_evidence() -> None:
    player = playing([{"send": {"type": "response.create"}}, {"expect": "response.done"}])
    for seq in (1, 2):
        player.observe(
            Event(seq, 0.1, Sender.CLIENT, "response.create", {"type": "response.create"})
        )
    player.observe(Undecodable(3, 0.1, Sender.CLIENT, "x", "no JSON"))
    assert player.steps()[0].evidence == (1,)


def test_the_last_message_is_evidence_though_the_play_is_done() -> None:
    player = playing([{"expect": "session.created"}, {"send": {"type": "response.create"}}])
    player.observe(event(1, "session.created"))
    assert player.done
    player.observe(Event(2, 0.1, Sender.CLIENT, "response.create", {"type": "response.create"}))
    assert player.steps()[1].evidence == (2,)


def test_a_long_wait_keeps_no_more_than_its_bounds_and_says_so() -> None:
    player = playing([{"wait": "1s"}, {"expect": "session.created", "within": "1s"}])
    for seq in range(10_050):
        player.observe(event(seq, "response.output_text.delta", 0.5))
    player.advance(1.0)
    player.advance(2.0)
    detail = player.steps()[1].detail
    assert "10000 events came instead: response.output_text.delta x10000." in detail
    assert "50 earlier ones could not be kept." in detail


def test_what_an_expectation_has_passed_is_not_kept() -> None:
    player = playing([{"expect": "session.created"}])
    for seq in range(20_000):
        player.observe(event(seq, "response.output_text.delta", 0.5))
    player.advance(10.0)
    detail = player.steps()[0].detail
    assert "20000 events came instead" in detail
    assert "could not be kept" not in detail


def test_an_inbox_is_bounded_by_number_and_by_size() -> None:
    inbox = Inbox(most=3, room=100)
    for seq in range(5):
        inbox.put(event(seq, "a"))
    assert [message.seq for _, message in inbox.since(0)] == [2, 3, 4]
    assert (inbox.first, inbox.end, inbox.lost) == (2, 5, 2)
    inbox.put(event(5, "b", size=101))
    assert [message.seq for _, message in inbox.since(4)] == [5]
    inbox.put(Undecodable(6, 0.0, Sender.SERVER, "x" * 60, ""))
    inbox.put(event(7, "c", size=40))
    assert [message.seq for _, message in inbox.since(0)] == [6, 7]
    inbox.take(6)
    assert [number for number, _ in inbox.since(0)] == [7]
    inbox.take(7)
    assert (inbox.lost, inbox.behind) == (0, {"c": 7})


def test_many_types_are_counted_together() -> None:
    came = Came(None)
    for seq in range(300):
        came.add(event(seq, f"type.{seq:03}"))
    assert str(came).startswith("300 events came instead: others x100, type.000,")
    assert "and 195 other types" in str(came)


def test_a_closed_connection_is_told_by_who_closed_it() -> None:
    for sender, words in ((Sender.CLIENT, "rtdebug closed"), (None, "the connection closed")):
        player = playing([{"expect": "session.created"}])
        player.observe(Closed(0.5, 1001, "", sender))
        assert f"but {words} with 1001 without a reason." in player.steps()[0].detail


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        (Sender.CLIENT, "rtdebug dropped the connection without a close frame (1006)"),
        (Sender.SERVER, "the connection was lost on the server's side without a close frame"),
        (None, "the connection was lost without a close frame (1006)"),
    ],
)
def test_a_lost_connection_was_closed_by_nobody(sender: Sender | None, words: str) -> None:
    player = playing([{"expect": "session.created"}])
    player.observe(Closed(0.5, 1006, "the connection ended", sender))
    assert f"but {words}" in player.steps()[0].detail
    assert "closed with" not in player.steps()[0].detail


def test_hostile_text_is_shown_safely() -> None:
    player = playing([{"expect": "session.created"}])
    player.observe(event(1, "error", error={"code": "\x1b[2J", "message": "a\nb\u202e"}))
    player.observe(event(2, "\x1b]0;x\x07" * 50))
    player.observe(Closed(0.5, 1011, "bye\x1b[0m"))
    detail = player.steps()[0].detail
    assert "\x1b" not in detail
    assert "\n" not in detail
    assert "\u202e" not in detail

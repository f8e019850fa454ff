"""Pieces of messages that are taken for whole ones: joined, measured, and complained of."""

from __future__ import annotations

import json

import pytest
from logs import PASTED, Log, begun, named

from rtdebug.model.findings import Finding
from rtdebug.model.records import Sender, View

PARTS = "client-partial-frame"
WHOLE = json.dumps({"type": "rate_limits.updated", "event_id": "e", "rate_limits": []})
START, END = WHOLE[:20], WHOLE[20:]


def one(log: Log, view: View = PASTED) -> Finding:
    (found,) = named(log.judged(view=view), PARTS)
    return found


def test_pieces_that_are_one_event_together_are_told() -> None:
    (found,) = begun().broken(START).broken(END).watched(PARTS)
    assert found.evidence == (2, 3)
    assert found.message == (
        "messages 2 to 3 are no events alone, but together they are one rate_limits.updated; the "
        "first has 20 characters"
    )
    three = begun().broken(START).broken(END[:5].encode()).broken(END[5:])
    assert three.watched(PARTS)[0].evidence == (2, 3, 4)
    slow = begun().broken(START)
    slow.server("rate_limits.updated", rate_limits=[], after=1.0)
    slow.broken(START).broken(END[:5]).broken(END[5:])
    assert slow.watched(PARTS)[0].evidence == (4, 5, 6)
    again = begun().broken(START).broken(END).broken(START).broken(END)
    assert len(again.watched(PARTS)) == 1


def test_pieces_that_do_not_belong_together_are_none() -> None:
    assert (
        begun().broken(START).server("rate_limits.updated", rate_limits=[]).broken(END)
    ).watched(PARTS) == []
    assert begun().broken("x").broken(END).watched(PARTS) == []
    assert begun().broken(START).broken("x").watched(PARTS) == []
    assert begun().broken('{"a": ').broken("1}").watched(PARTS) == []
    assert begun().broken("[1").broken(", 2]").watched(PARTS) == []
    client = begun().broken(START, Sender.CLIENT).broken(END, Sender.CLIENT)
    assert client.watched(PARTS) == []


def test_pieces_without_end_are_given_up() -> None:
    log = begun().broken(START).broken(" " * (1 << 21)).broken(END)
    assert log.watched(PARTS) == []
    fits = begun().broken(START).broken(" " * ((1 << 21) - 200)).broken(END)
    assert fits.watched(PARTS)


def sized(count: int) -> str:
    head = '{"type": "x", "delta": "'
    return head + "A" * (count - len(head))


@pytest.mark.parametrize(
    ("sizes", "cut"),
    [
        ((512, 512), True), ((511, 511), True), ((256, 256), True), ((131072, 131072), True),
        ((512, 511), False), ((512,), False), ((513, 513), False), ((510, 510), False),
        ((128, 128), False), ((262144, 262144), False), ((512, 600, 512), True),
    ],
)  # fmt: skip
def test_messages_that_end_at_the_size_of_a_buffer_are_cut(
    sizes: tuple[int, ...], cut: bool
) -> None:
    log = begun()
    for size in sizes:
        log.broken(sized(size))
    found = named(log.judged(view=View(to_end=False)), PARTS)
    assert bool(found) is cut
    if cut:
        assert f"2 messages end after {sizes[0]} characters" in found[0].message
        assert found[0].evidence == ((2, 4) if len(sizes) == 3 else (2, 3))


def test_many_that_are_cut_are_shown_by_the_first_five() -> None:
    log = begun()
    for _ in range(7):
        log.broken(sized(512))
    found = one(log, View(to_end=False))
    assert found.evidence == (2, 3, 4, 5, 6)
    assert found.message.startswith("7 messages")
    assert found.at == pytest.approx(0.02)


def test_a_client_that_cannot_parse_says_so() -> None:
    words = "Unexpected end of JSON input"
    found = one(begun().says(words, 4))
    assert found.message == f'line 4 says "{words}" after event 1'
    assert found.evidence == (1,)
    early = one(Log().says(words, 4))
    assert early.message == f'line 4 says "{words}"'
    assert early.evidence == ()


def test_arguments_that_came_before_are_no_excuse_for_what_comes_later() -> None:
    log = begun().server("response.function_call_arguments.done", response_id="r1", item_id="i1",
                         output_index=0, call_id="c1", name="f", arguments="{")  # fmt: skip
    log.says("Unexpected end of JSON input")
    assert named(log.judged(view=PASTED), PARTS) == []
    assert one(
        log.server("rate_limits.updated", rate_limits=[]).says("Unexpected end of JSON input")
    ).evidence == (3,)

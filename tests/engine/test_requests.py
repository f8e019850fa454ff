"""Each answer finds the request it belongs to."""

from __future__ import annotations

from typing import Any

import pytest
from building import event, message, user

from rtdebug.packs.load import load_pack
from rtdebug.protocols.openai_realtime.requests import Request, Requests

ROLES = load_pack().role_of


class Exchange:
    """Asks and answers in turn."""

    def __init__(self) -> None:
        self.requests = Requests(load_pack())
        self._seq = 0

    def ask(self, type_: str, **fields: Any) -> Request:
        self._seq += 1
        asked = event(self._seq, self._seq / 10, "client", {"type": type_, **fields})
        return self.requests.asked(ROLES[asked.sender][type_], asked)

    def answer(self, type_: str, **fields: Any) -> Request | None:
        self._seq += 1
        answer = event(self._seq, self._seq / 10, "server", {"type": type_, **fields})
        return self.requests.answered(ROLES[answer.sender][type_], answer)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def added(**item: Any) -> dict[str, Any]:
    return {"item": {"id": "item_1", "status": "completed", **item}}


def test_updates_are_answered_in_the_order_they_were_asked(exchange: Exchange) -> None:
    one, two = exchange.ask("session.update"), exchange.ask("session.update")
    assert exchange.answer("session.updated") is one
    assert (one.answered, one.pending, two.pending) == (3, False, True)
    assert exchange.answer("session.updated") is two
    assert exchange.answer("session.updated") is None


def test_an_item_with_an_id_is_answered_by_that_id(exchange: Exchange) -> None:
    one = exchange.ask("conversation.item.create", item=user("One", id="mine_1"))
    two = exchange.ask("conversation.item.create", item=user("Two", id="mine_2"))
    assert exchange.answer("conversation.item.added", item=user("Two", id="mine_2")) is two
    assert exchange.answer("conversation.item.added", item=user("One", id="mine_1")) is one


def test_an_item_without_an_id_is_answered_by_one_that_looks_the_same(exchange: Exchange) -> None:
    system = exchange.ask("conversation.item.create", item=message("system"))
    typed = exchange.ask("conversation.item.create", item=user("Hello"))
    assert exchange.answer("conversation.item.added", item=user("Hello", id="item_1")) is typed
    assert exchange.answer("conversation.item.added", item=message("system", id="i")) is system


def test_the_item_of_spoken_audio_answers_nothing_typed(exchange: Exchange) -> None:
    exchange.ask("conversation.item.create", item=user("Hello"))
    spoken = message("user", {"type": "input_audio", "transcript": None}, id="item_1")
    assert exchange.answer("conversation.item.added", item=spoken) is None


def test_the_item_of_a_response_answers_nothing_of_the_client(exchange: Exchange) -> None:
    exchange.ask("conversation.item.create", item=user("Hello"))
    assert exchange.answer("conversation.item.added", item=message("assistant", id="i")) is None


def test_the_older_announcement_answers_as_well(exchange: Exchange) -> None:
    one = exchange.ask("conversation.item.create", item=user("Hello"))
    assert exchange.answer("conversation.item.created", item=user("Hello", id="item_1")) is one


@pytest.mark.parametrize("act", ["retrieve", "truncate", "delete"])
def test_an_act_on_an_item_is_answered_for_that_item(exchange: Exchange, act: str) -> None:
    one = exchange.ask(f"conversation.item.{act}", item_id="item_1")
    two = exchange.ask(f"conversation.item.{act}", item_id="item_2")
    done = f"conversation.item.{act}{'' if act.endswith('e') else 'e'}d"
    of_two = {"item": {"id": "item_2"}} if act == "retrieve" else {"item_id": "item_2"}
    assert exchange.answer(done, **of_two) is two
    assert one.pending


def test_responses_are_told_apart_by_conversation_and_metadata(exchange: Exchange) -> None:
    talk = exchange.ask("response.create")
    title = exchange.ask(
        "response.create", response={"conversation": "none", "metadata": {"use": "title"}}
    )
    beside = {"id": "resp_1", "conversation_id": None, "metadata": {"use": "title"}}
    assert exchange.answer("response.created", response=beside) is title
    inside = {"id": "resp_2", "conversation_id": "conv_1", "metadata": None}
    assert exchange.answer("response.created", response=inside) is talk


def test_a_server_that_echoes_no_marks_answers_in_order(exchange: Exchange) -> None:
    one = exchange.ask("response.create", response={"metadata": {"use": "a"}})
    exchange.ask("response.create", response={"metadata": {"use": "b"}})
    assert exchange.answer("response.created", response={"id": "resp_1"}) is one


def test_an_error_is_an_answer_too(exchange: Exchange) -> None:
    one, two = exchange.ask("session.update"), exchange.ask("session.update")
    refusal = event(9, 0.9, "server", {"type": "error", "error": {}})
    exchange.requests.refused(one, refusal)
    assert (one.refused, one.pending) == (9, False)
    assert exchange.answer("session.updated") is two


def test_requests_are_found_by_their_event_id(exchange: Exchange) -> None:
    one = exchange.ask("response.cancel", event_id="mine_1")
    exchange.ask("response.cancel")
    assert exchange.requests.by_event_id == {"mine_1": one}


def test_what_is_remembered_is_bounded(exchange: Exchange) -> None:
    for number in range(5000):
        exchange.ask("session.update", event_id=f"mine_{number}")
    requests = exchange.requests
    assert len(requests.by_event_id) <= 2000
    assert len(requests.pending["session.update"]) <= 2000
    assert requests.forgotten
    assert requests.counts["session.update"] == 5000

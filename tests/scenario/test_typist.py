"""The typist: says what it is given, and knows when listening on makes no sense."""

from __future__ import annotations

from rtdebug.model.commands import Send
from rtdebug.model.records import Event, Opened, Sender
from rtdebug.scenario.typist import SILENCE, Typist

ONE, TWO = Send("1"), Send("2")


def heard(at: float, sender: Sender = Sender.SERVER) -> Event:
    return Event(1, at, sender, "x", {})


def test_what_was_typed_before_the_connection_opened_is_said_then() -> None:
    typist = Typist()
    typist.say([ONE, TWO])
    assert typist.observe(Opened(0.0)) == [ONE, TWO]
    assert typist.observe(heard(0.1)) == ()


def test_what_is_typed_later_is_said_when_it_is_woken() -> None:
    typist = Typist()
    typist.observe(Opened(0.0))
    typist.say([ONE])
    assert typist.advance(1.0) == [ONE]
    assert typist.advance(1.1) == []


def test_what_has_not_come_by_is_unsent() -> None:
    typist = Typist()
    typist.observe(Opened(0.0))
    typist.say([ONE, TWO])
    typist.advance(0.1)
    assert typist.unsent == 2
    typist.observe(heard(0.2))
    assert typist.unsent == 2
    typist.observe(heard(0.2, Sender.CLIENT))
    assert typist.unsent == 1


def test_it_listens_for_ever_as_long_as_more_can_be_typed() -> None:
    typist = Typist()
    typist.observe(Opened(0.0))
    assert typist.deadline is None


def test_without_more_to_come_silence_ends_it() -> None:
    typist = Typist()
    typist.observe(Opened(0.0))
    typist.no_more()
    typist.advance(3.0)  # it hears of it only now, and counts from here
    assert typist.deadline == 3.0 + SILENCE
    typist.observe(heard(5.0))
    assert typist.deadline == 5.0 + SILENCE
    assert not typist.done
    typist.advance(5.0 + SILENCE)
    assert (typist.done, typist.reason, typist.waited) == (True, "gave-up", SILENCE)


def test_a_silence_that_was_asked_for_ends_it_at_any_time() -> None:
    typist = Typist(2.0)
    typist.observe(Opened(0.0))
    assert typist.deadline == 2.0
    typist.say([ONE])
    typist.advance(1.5)
    assert typist.deadline == 3.5  # what is said breaks a silence too
    typist.advance(3.5)
    assert (typist.reason, typist.waited) == ("gave-up", 2.0)


def test_quitting_is_no_silence() -> None:
    typist = Typist()
    typist.observe(Opened(0.0))
    typist.quit()
    assert (typist.done, typist.reason, typist.waited) == (True, "finished", 0.0)
    typist.interrupt(1.0)
    assert typist.done

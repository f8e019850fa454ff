"""Appended audio that is no base64."""

from __future__ import annotations

from typing import Any

from logs import Log, begun, error, named
from sounds import encoded, pcm


def url(data: bytes) -> str:
    return "data:audio/wav;base64," + encoded(data)


def append(log: Log, *audio: Any) -> Log:
    for one in audio:
        log.client("input_audio_buffer.append", audio=one)
    return log


def test_what_is_no_base64_is_told_at_the_commit() -> None:
    log = append(begun(), url(pcm(20))).client("input_audio_buffer.commit")
    (found,) = log.watched("audio-invalid-base64")
    assert found.message == (
        "the audio of event 2 is no base64: it is a data URL; only what follows the comma is base64"
    )
    assert found.evidence == (2,)
    log.client("input_audio_buffer.commit")
    assert len(log.watched("audio-invalid-base64")) == 1


def test_it_says_how_many_of_the_appends_are_none() -> None:
    log = append(begun(), encoded(pcm(20)), url(pcm(20)))
    (found,) = named(log.closed().judged(), "audio-invalid-base64")
    assert found.message.endswith("(1 of 2 appends that were looked at)")
    assert found.evidence == (3,)


def test_the_servers_own_word_for_it_is_not_repeated() -> None:
    said = error("invalid_base64", "Invalid 'audio'. Expected base64-encoded audio bytes.")
    log = append(begun(), url(pcm(20))).server("error", error=said)
    log.server("error", error=error("invalid_value", "Invalid value."))
    found = named(log.client("input_audio_buffer.commit").closed().judged(), "audio-invalid-base64")
    assert [one.evidence for one in found] == [(3,)]

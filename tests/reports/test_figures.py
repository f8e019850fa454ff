"""Durations, ids and cuts as people read them."""

import pytest

from rtdebug.reports.figures import duration, fit, outcome_of, short_ids


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 ms"),
        (-1.0, "0 ms"),
        (0.0484, "48 ms"),
        (0.9994, "999 ms"),
        (0.9999, "1.0 s"),
        (10.04, "10.0 s"),
        (59.96, "1 min 0 s"),
        (125.0, "2 min 5 s"),
        (3725.0, "1 h 2 min"),
    ],
)
def test_a_duration_is_said_as_a_person_says_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("resp_E6U11r008abcdefghijklm done", "resp_E6U…jklm done"),
        ("item_1", "item_1"),
        ("conversation_already_has_active_response", "conversation_already_has_active_response"),
        ("input_audio_transcription", "input_audio_transcription"),
        ("sess_u0_E6U11r008abcdefghijklm", "sess_u0_E6U…jklm"),
    ],
)
def test_only_the_long_ids_of_a_peer_are_shortened(text: str, shown: str) -> None:
    assert short_ids(text) == shown


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("hello", 5, "hello"),
        ("hello!", 5, "hell…"),
        ("漢字漢字", 8, "漢字漢字"),
        ("漢字漢字", 7, "漢字漢…"),
        ("hello", 0, ""),
        ("漢字", 0, ""),
        ("é" * 6, 5, "éééé…"),
    ],
)
def test_text_is_cut_to_the_columns_there_are(text: str, room: int, shown: str) -> None:
    assert fit(text, room, "…") == shown


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, "passed"),
        (1, "failed"),
        (2, "error"),
        (3, "error"),
        (4, "empty"),
        (70, "error"),
        (130, "interrupted"),
    ],
)
def test_an_exit_code_tells_the_outcome_of_all(code: int, outcome: str) -> None:
    assert outcome_of(code) == outcome

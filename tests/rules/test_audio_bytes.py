"""What the bytes of appended audio, their pace and the server's times say of their format."""

from __future__ import annotations

from typing import Any

import pytest
from logs import Log, begun, named, settings
from sounds import SHORT, appended, encoded, floats, mu_law, pcm, streamed, wav

from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Clock, Sender, View

NAME = "audio-format-mismatch"
LATE = View(from_start=False)
NESTED = encoded(pcm(40)).encode()


def declared(type_: str = "audio/pcm", **more: Any) -> Log:
    return begun(format={"type": type_, **more})


def mismatches(log: Log, **how: Any) -> list[Finding]:
    return named(log.closed().judged(**how), NAME)


# -- the bytes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nested", "plain", "told"),
    [(1, 0, False), (2, 0, True), (2, 2, True), (2, 3, False), (3, 3, True)],
)
def test_half_of_the_appends_and_at_least_two_show_double_base64(
    nested: int, plain: int, told: bool
) -> None:
    log = appended(declared(), [NESTED] * nested + [pcm(20)] * plain)
    found = mismatches(log)
    assert [one.evidence for one in found] == ([(2,)] if told else [])
    assert all("base64 text again" in one.message for one in found)


@pytest.mark.parametrize(
    ("type_", "chunk", "words"),
    [
        ("audio/pcm", pcm(20), None),
        ("audio/pcmu", mu_law(40), None),
        ("audio/pcma", mu_law(40), None),
        ("g711_ulaw", mu_law(40), None),
        ("audio/pcm", mu_law(40), "one byte a sample (G.711 mu-law or A-law), but audio/pcm is"),
        ("audio/pcmu", pcm(20), "16-bit PCM (little-endian), but audio/pcmu is declared"),
        ("audio/pcma", pcm(20), "but audio/pcma is declared"),
        ("g711_alaw", floats(20), "32-bit floats (what browsers' audio APIs hand out)"),
    ],
)
def test_the_bytes_are_held_against_what_is_declared(
    type_: str, chunk: bytes, words: str | None
) -> None:
    found = named(appended(declared(type_), [chunk] * 4).judged(), NAME)
    told = [one for one in found if one.certainty is Certainty.HIGH]
    assert len(told) == (words is not None)
    assert all(words is not None and words in one.message for one in told)


def test_who_declares_nothing_is_held_to_the_default_only_from_the_start_on() -> None:
    log = appended(Log(), [floats(20)] * 4)
    (found,) = named(log.judged(), NAME)
    assert "24 kHz PCM (the default) is declared" in found.message
    assert found.evidence == (1,)
    assert "32767" in found.fix
    assert named(log.judged(view=LATE), NAME) == []


@pytest.mark.parametrize(
    ("asked", "answered", "told"),
    [
        ("audio/pcmu", False, False),  # it may have been accepted out of sight
        ("audio/pcm", False, True),
        (None, False, True),
        ("audio/pcmu", True, True),
    ],
)
def test_a_log_of_chosen_events_may_hide_what_was_accepted(
    asked: str | None, answered: bool, told: bool
) -> None:
    format_ = {"type": "audio/pcm"}
    log = declared().client("session.update", session={
        "type": "realtime",
        "audio": {"input": {"format": {"type": asked}} if asked else {"transcription": None}},
    })  # fmt: skip
    if answered:
        log.server("session.updated", session=settings(format=format_))
    found = mismatches(appended(log, [floats(20)] * 4), view=View(selective=True))
    assert bool(found) is told
    assert len(mismatches(appended(log, [floats(20)] * 4))) == 1


@pytest.mark.parametrize(
    ("rate", "channels", "bits", "told"),
    [
        (24000, 1, 16, False),
        (24249, 1, 16, False),  # within half a byte a millisecond of what is declared
        (24250, 1, 16, True),
        (23751, 1, 16, False),
        (23750, 1, 16, True),
        (24000, 1, 8, True),
        (24000, 2, 16, True),
        (48000, 2, 16, True),
    ],
)
def test_a_wav_header_tells_the_rate_the_channels_and_the_width(
    rate: int, channels: int, bits: int, told: bool
) -> None:
    log = appended(declared(), [wav(rate, channels, bits) + pcm(20), *[pcm(20)] * 3])
    found = mismatches(log)
    assert len(found) == told
    for one in found:
        assert f"{rate} Hz, {channels} channel(s), {bits} bits" in one.message
        assert one.evidence == (2,)


@pytest.mark.parametrize("head", [b"OggS\0\2", b"RIFF\0\0\0\0WAVE"])
def test_a_file_without_readable_numbers_is_named_as_a_file(head: bytes) -> None:
    (found,) = mismatches(appended(declared(), [head + pcm(20), *[pcm(20)] * 3]))
    assert "a file, not bare samples" in found.message
    assert found.count == 1


# -- the pace ----------------------------------------------------------------------------------------


def paced(pace: float, type_: str = "audio/pcm", **more: Any) -> list[Finding]:
    """Six seconds of silence at so many bytes a millisecond."""
    return mismatches(streamed(declared(type_, **more), bytes(round(pace * 100)), 60, 0.1))


@pytest.mark.parametrize(
    ("rate", "type_", "words"),
    [
        (8, "audio/pcm", "8.0 bytes a millisecond, as 8 kHz G.711 does"),
        (16, "audio/pcm", "as 8 kHz 16-bit PCM does; audio/pcm has 48"),
        (32, "audio/pcm", "as 16 kHz 16-bit PCM does; audio/pcm has 48, so the server hears it 1.5 "
         "times too fast"),
        (88.2, "audio/pcm", "as 44.1 kHz 16-bit PCM does"),
        (96, "audio/pcm", "as 48 kHz 16-bit PCM, or 24 kHz stereo does; audio/pcm has 48, so the "
         "server hears it 2.0 times too slow"),
        (192, "audio/pcm", "as 48 kHz 16-bit stereo, or 32-bit floats does"),
        (48, "audio/pcmu", "as 24 kHz 16-bit PCM does; audio/pcmu has 8"),
    ],
)  # fmt: skip
def test_a_pace_names_what_is_sent(rate: float, type_: str, words: str) -> None:
    (found,) = paced(rate, type_)
    assert words in found.message
    assert found.evidence[0] == 2
    assert found.count == 1


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (48, False), (42, False), (54, False),  # the speed of clocks differs
        (33.2, True), (30.8, True), (33.4, False), (30.6, False), (60, False),
        (7.7, True), (8.3, True), (7.6, False), (8.4, False),
        (15.4, True), (16.6, True), (15.3, False), (16.7, False),
        (84.8, True), (84.5, False), (92.2, True), (99.8, True), (100, False),
        (184.4, True), (199.6, True), (184, False), (200, False),
    ],
)  # fmt: skip
def test_a_pace_is_known_within_four_percent(rate: float, told: bool) -> None:
    assert bool(paced(rate)) is told


@pytest.mark.parametrize(
    ("rate", "told"), [(46.2, True), (49.8, True), (46, False), (50, False), (9, False)]
)
def test_a_pace_of_linear_samples_is_known_where_g711_is_declared(rate: float, told: bool) -> None:
    assert bool(paced(rate, "audio/pcmu")) is told


def test_rates_near_the_declared_one_are_not_told_from_it() -> None:
    assert paced(96, rate=44100) == []
    assert paced(88.2, rate=48000) == []


def test_a_pace_is_told_five_seconds_after_audio_begins() -> None:
    log = streamed(declared(), bytes(3200), 60, 0.1)  # the first of them at 0.12
    (found,) = log.watched(NAME)
    assert found.at == pytest.approx(5.12)
    assert found.evidence[0] == 2


@pytest.mark.parametrize(
    "view",
    [View(whole=False), View(clock=Clock.SECONDS), View(clock=Clock.NONE)],
    ids=["cut", "seconds", "no clock"],
)
def test_a_pace_needs_the_record_of_a_machine(view: View) -> None:
    assert mismatches(streamed(declared(), bytes(3200), 60, 0.1), view=view) == []


def test_a_log_that_begins_late_does_not_know_what_was_declared() -> None:
    log = streamed(Log(), bytes(3200), 60, 0.1)
    assert mismatches(log, view=LATE) == []
    assert len(mismatches(log)) == 1


def test_audio_in_stand_ins_has_no_pace() -> None:
    assert mismatches(streamed(declared(), bytes(90), 400, 0.01)) == []  # 9 bytes a millisecond


# -- the server's times ------------------------------------------------------------------------------


def heard(log: Log, *times: tuple[float, float], kind: str = "started") -> Log:
    """Speech that the server places at ``ms`` of the audio, so many seconds after the last."""
    field = {"started": "audio_start_ms", "stopped": "audio_end_ms"}[kind]
    for number, (after, ms) in enumerate(times):
        streamed(log, SHORT, round(after * 10), 0.1)
        log.server(f"input_audio_buffer.speech_{kind}", after=0.0, item_id=f"item_{number}",
                   **{field: ms})  # fmt: skip
    return log


def test_two_stretches_of_steady_audio_show_a_slow_server() -> None:
    log = heard(declared(), (4, 667), (4, 1333), (4, 2000))
    (found,) = mismatches(log.server("input_audio_buffer.committed", item_id="i"))
    assert found.count == 1
    assert "run at 0.17 of the clock in 2 stretches, as if 8 kHz G.711 were sent" in found.message
    assert found.certainty is Certainty.HIGH
    assert found.evidence == (42, 124)
    assert mismatches(heard(declared(), (4, 667), (4, 1333))) == []


def test_audio_that_paused_needs_three_stretches() -> None:
    starts = [(4.0, 667.0), (4.0, 1333.0), (4.0, 2000.0), (4.0, 2667.0)]

    def paused() -> Log:
        log = streamed(declared(), SHORT, 2, 0.1)
        return log.client("response.cancel", after=1.7)

    assert mismatches(heard(paused(), *starts[:3])) == []
    (found,) = mismatches(heard(paused(), *starts))
    assert "in 3 stretches" in found.message


SERVERS = View(senders=frozenset({Sender.SERVER}))


def announced(*times: tuple[float, float], kind: str = "started") -> Log:
    """What ``heard`` has, without the client's side."""
    log = declared()
    field = {"started": "audio_start_ms", "stopped": "audio_end_ms"}[kind]
    for number, (after, ms) in enumerate(times):
        log.server(f"input_audio_buffer.speech_{kind}", after=after, item_id=f"item_{number}",
                   **{field: ms})  # fmt: skip
    return log


@pytest.mark.parametrize("kind", ["started", "stopped"])
def test_a_record_of_the_server_alone_needs_three_stretches(kind: str) -> None:
    times = [(4.0, 1333.0), (4.0, 2667.0), (4.0, 4000.0), (4.0, 5333.0)]
    assert mismatches(announced(*times[:3], kind=kind), view=SERVERS) == []
    (found,) = mismatches(announced(*times, kind=kind), view=SERVERS)
    assert "run at 0.33 of the clock in 3 stretches, as if 8 kHz 16-bit PCM were" in found.message
    assert found.evidence == (2, 5)
    assert mismatches(announced(*times, kind=kind), view=View(whole=False)) == []


@pytest.mark.parametrize(
    ("factors", "told"),
    [
        ((0.333, 0.333, 0.333), True),
        ((0.333, 0.333, 0.357), True),  # within eight hundredths of the middle
        ((0.333, 0.309, 0.333), True),
        ((0.333, 0.333, 0.363), False),
        ((0.333, 0.303, 0.333), False),
        ((0.310, 0.333, 0.356), True),  # both ends are near the middle, not near each other
        ((0.309, 0.310, 0.333, 0.335, 0.336), True),
        ((0.350, 0.350, 0.350), True),  # six hundredths beside 16 of 48 bytes
        ((0.356, 0.356, 0.356), False),
        ((0.500, 0.500, 0.500), False),  # nothing has half the bytes of 24 kHz
        ((1.0, 1.0, 1.0), False),
        ((0.9, 0.9, 0.9), False),
    ],
)
def test_stretches_must_agree_and_fit_an_audio_that_there_is(
    factors: tuple[float, ...], told: bool
) -> None:
    ms = [1000.0]
    for factor in factors:
        ms.append(ms[-1] + factor * 4000)
    found = mismatches(announced(*((4.0, one) for one in ms)), view=SERVERS)
    assert bool(found) is told


def test_stretches_of_less_than_two_seconds_do_not_count() -> None:
    def log(second: float) -> Log:
        times = ((3.98, 1000.0), *((second, 1000 + n * second * 333) for n in (1, 2, 3)))
        return announced(*times)

    assert len(mismatches(log(2.0), view=SERVERS)) == 1
    assert mismatches(log(1.9), view=SERVERS) == []


def test_starts_and_stops_are_not_mixed() -> None:
    log = announced((4.0, 1333.0), (4.0, 2667.0))
    for number, ms in enumerate((4000.0, 5333.0)):
        log.server("input_audio_buffer.speech_stopped", after=4.0, item_id=f"item_{number}",
                   audio_end_ms=ms)  # fmt: skip
    assert mismatches(log, view=SERVERS) == []


@pytest.mark.parametrize("starts", [(100.0,), (100.0, 900.0, 1000.0, 5000.0)])
def test_stops_may_show_what_starts_do_not(starts: tuple[float, ...]) -> None:
    log = announced(*((4.0, one) for one in starts))
    for number, ms in enumerate((1333.0, 2667.0, 4000.0, 5333.0)):
        log.server("input_audio_buffer.speech_stopped", after=4.0, item_id=f"item_{number}",
                   audio_end_ms=ms)  # fmt: skip
    (found,) = mismatches(log, view=SERVERS)
    assert "in 3 stretches" in found.message


# -- declared in one direction only ------------------------------------------------------------------


def updated(into: Any, out: Any) -> Log:
    log = begun()
    audio = {"input": {"format": into, "turn_detection": None}, "output": {"format": out}}
    session = {"type": "realtime", "object": "realtime.session", "id": "sess_1", "audio": audio}
    return log.server("session.updated", session=session)


@pytest.mark.parametrize(
    ("into", "out", "told"),
    [
        ("audio/pcmu", "audio/pcm", True),
        ("audio/pcm", "audio/pcmu", True),
        ("audio/pcma", "audio/pcm", True),
        ("audio/pcmu", "audio/pcma", False),
        ("audio/pcm", "audio/pcm", False),
    ],
)
def test_telephone_audio_goes_both_ways(into: str, out: str, told: bool) -> None:
    found = mismatches(updated({"type": into}, {"type": out}))
    assert [one.severity for one in found] == [Severity.WARNING] * told
    for one in found:
        assert f"the input is declared as {into} and the output as {out}" in one.message
        assert one.evidence == (2,)
        assert one.at == pytest.approx(0.04)


def test_a_direction_that_is_not_said_is_not_judged() -> None:
    assert mismatches(updated({"type": "audio/pcmu"}, None)) == []
    assert mismatches(updated(None, {"type": "audio/pcmu"})) == []


def test_defaults_that_the_server_opens_with_are_no_half_declaration() -> None:
    assert mismatches(begun(format={"type": "audio/pcmu"})) == []


def test_bytes_that_do_not_fit_are_told_before_the_direction() -> None:
    log = appended(updated({"type": "audio/pcmu"}, {"type": "audio/pcm"}), [floats(20)] * 4)
    (found,) = mismatches(log)
    assert found.count == 1
    assert "floats" in found.message


def test_a_header_in_each_chunk_is_told_even_where_the_samples_fit() -> None:
    log = appended(begun(vad=False), [wav(24000) + pcm(20)] * 6, 0.02)
    (found,) = named(log.closed().judged(), NAME)
    assert "6 of 6 appends" in found.message


def test_telephone_audio_is_told_without_turn_detection_too() -> None:
    log = appended(begun(vad=False), [mu_law(100)] * 6, 0.1).client("input_audio_buffer.commit")
    (found,) = named(log.closed().judged(), NAME)
    assert "G.711" in found.message

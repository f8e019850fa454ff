"""The page as a file: whole, harmless, true to what came, and bounded."""

from __future__ import annotations

import base64
import json
import math
from array import array

import pytest
from hostile_page import HOSTILE, hostile_messages, hostile_page
from page_reading import (
    AT,
    SEQ,
    SHAPE,
    TYPE,
    Page,
    body,
    event,
    hash_of,
    kept_of,
    messages_of,
    session,
    value,
    with_kept,
)
from report_samples import SAMPLES, C, S, report

from rtdebug.model.records import Event, Opened
from rtdebug.model.results import Location
from rtdebug.model.value import replace
from rtdebug.reports.formats import FORMATS, Look
from rtdebug.reports.page.document import render
from rtdebug.reports.page.keeping import Keeping
from rtdebug.reports.page.loudness import PCM, Loudness, samples_of
from rtdebug.reports.page.recording import SoundRoom
from rtdebug.resources import scenarios

SESSION = {"type": "session.created", "event_id": "e", "session": {"type": "realtime", "id": "s"}}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_report_becomes_a_page(name: str) -> None:
    sample = SAMPLES[name]
    page = Page(FORMATS["html"](sample, Look()))
    assert [entry["run"]["name"] for entry in page.data["runs"]] == [
        run.name for run in sample.runs
    ]
    for entry, run in zip(page.data["runs"], sample.runs, strict=True):
        assert [one["title"] for one in entry["run"]["findings"]] == [
            one.title for one in run.findings
        ]
        assert len(entry["messages"]["rows"]) == len(run.timeline)


def test_only_its_own_style_and_script_may_act() -> None:
    page = Page(render(SAMPLES["stalled"]))
    style = next(text for tag, text in page.texts if tag == "style")
    script = [text for tag, text in page.texts if tag == "script"][1]
    rules = dict(part.strip().split(" ", 1) for part in page.policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "script-src": hash_of(script),
        "style-src": hash_of(style),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert not [
        tag
        for tag, attrs in page.elements
        for name in attrs
        if name in ("src", "style") or name.startswith("on")
    ]


def test_hostile_texts_stay_text() -> None:
    """What the page consists of is the same whatever is in its data."""
    harmless, hostile = Page(render(SAMPLES["stalled"])), Page(hostile_page())
    assert hostile.elements == harmless.elements
    assert hostile.texts[0] == harmless.texts[0]
    assert hostile.texts[2] == harmless.texts[2]
    assert "\x1b" not in hostile_page()


def test_bodies_are_as_they_came() -> None:
    records = hostile_messages()
    messages = messages_of(kept_of(records))
    events = {record.seq: record for record in records if isinstance(record, Event)}
    seen = 0
    for row in messages["rows"]:
        if row[SEQ] in events and row[SEQ] <= len(HOSTILE):
            known = events[row[SEQ]]
            assert value(row[TYPE], messages) == known.type[:201]
            if all(len(text) <= 400 for text in known.payload if isinstance(text, str)):
                assert body(row, messages) == known.payload
                seen += 1
    assert seen > 180


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ({"type": "x", "10": 1, "2": [2, {"1": 3}], "a": {}, "b": []}, None),
        ({"type": "x", "n": 2**53 + 1}, {"type": "x", "n": "9007199254740993"}),
        ({"type": "x", "n": float("inf")}, {"type": "x", "n": "inf"}),
        ({"type": "x", "n": -(10**900)}, {"type": "x", "n": str(-(10**900))}),
        ({"type": "x", "n": [True, None, 1.5, -0.25]}, None),
    ],
)
def test_odd_values(payload: dict, shown: dict | None) -> None:
    messages = messages_of(kept_of([Event(1, 0.1, S, "x", payload, 100, None)]))
    assert body(messages["rows"][0], messages) == (payload if shown is None else shown)


def test_long_texts_are_cut_and_say_so() -> None:
    messages = messages_of(
        kept_of([event(1, 0.1, S, {"type": "x", "text": "word " * 1000, "audio": "A" * 5000})])
    )
    shown = body(messages["rows"][0], messages)
    assert shown["text"].endswith("(the first 1,200 of 5,000 characters)")
    assert shown["audio"].endswith("(the first 24 of 5,000 characters)")


def test_secrets_are_not_on_the_page() -> None:
    secret = "sk-proj-CANARY0123456789abcdefghijklmnop"
    records = [Opened(0.0, f"wss://h.test/?token={secret}"), event(1, 0.1, C, {"type": "session.update", "session": {"token": secret}}),
               *(event(seq, 0.2, S, {"type": "response.output_text.delta", "item_id": "i", "response_id": "r", "delta": piece})
                 for seq, piece in enumerate(("the key is ", secret[:20], secret[20:], " ."), 2))]  # fmt: skip
    text = "".join(kept_of(records).pieces())
    assert "CANARY" not in text
    assert "0123456789abcdef" not in text


def test_what_is_over_the_bound_is_given_up_in_the_middle() -> None:
    keeping = Keeping(most=300_000)
    records = [
        event(seq, seq / 100, S, {"type": "note", "text": f"{seq} " + "word " * 60})
        for seq in range(1, 5001)
    ]
    messages = messages_of(kept_of(records, keeping))
    numbers = [row[SEQ] for row in messages["rows"]]
    assert messages["left_out"] == 5000 - len(numbers) > 0
    assert (numbers[0], numbers[-1]) == (1, 5000)
    assert len(json.dumps(messages)) < 450_000


def test_of_very_many_runs_the_oldest_give_up_their_messages() -> None:
    keeping = Keeping(most=100_000)
    kept = []
    for number in range(100):
        judging = session()
        sink = keeping.connection(judging)
        for seq in range(1, 21):
            sink.observe(
                event(seq, seq / 10, S, {"type": "note", "text": f"{number} " + "word " * 20})
            )
        kept.append(keeping.over(judging, SAMPLES["passed"].runs[0]).kept)
    first, last = messages_of(kept[0]), messages_of(kept[-1])
    assert (len(first["rows"]), first["left_out"]) == (0, 20)
    assert (len(last["rows"]), last["left_out"]) == (20, 0)
    assert sum(len("".join(one.pieces())) for one in kept if one is not None) < 150_000


def test_ten_thousand_events_are_a_small_page() -> None:
    delta = {
        "type": "response.output_text.delta",
        "response_id": "resp_0123456789abcdef",
        "item_id": "item_0123456789abcdef",
        "output_index": 0,
        "content_index": 0,
    }
    records = [
        event(seq, seq / 100, S, {**delta, "event_id": f"event_{seq:021}", "delta": " word"})
        for seq in range(1, 10_001)
    ]
    run = with_kept(SAMPLES["stalled"].runs[0], kept_of(records))
    assert len(render(report(run)).encode()) < 3_000_000


def test_turns() -> None:
    """Asked by the client, by speech, and never begun."""
    created = {"type": "response.created", "response": {"id": "r1", "status": "in_progress"}}
    records = [
        event(1, 0.1, S, SESSION),
        event(2, 1.0, C, {"type": "response.create"}),
        event(3, 1.2, S, created),
        event(4, 1.5, S, {"type": "response.output_text.delta", "response_id": "r1", "delta": "a"}),
        event(
            5, 2.0, S, {"type": "response.done", "response": {"id": "r1", "status": "completed"}}
        ),
        event(6, 3.0, S, {"type": "input_audio_buffer.speech_stopped", "item_id": "i"}),
        event(7, 3.1, S, {**created, "response": {"id": "r2", "status": "in_progress"}}),
        event(8, 4.0, C, {"type": "response.create"}),
    ]
    first, second, third = messages_of(kept_of(records))["turns"]
    assert (first["asked"], first["begun"], first["first"], first["end"]) == (
        [2, 1.0],
        [3, 1.2],
        [4, 1.5],
        [5, 2.0],
    )
    assert (first["asked_by"], first["how"], first["id"]) == ("client", "completed", "r1")
    assert (second["asked"], second["asked_by"], second["end"]) == ([6, 3.0], "server", None)
    assert (third["asked"], third["begun"]) == ([8, 4.0], None)


def test_turns_of_a_protocol_of_facts() -> None:
    records = [
        Event(1, 0.1, C, "setup", {"setup": {}}, 10),
        Event(2, 0.2, S, "setupComplete", {"setupComplete": {}}, 10),
        Event(3, 1.0, C, "clientContent", {"clientContent": {"turnComplete": True}}, 10),
        Event(
            4,
            1.4,
            S,
            "serverContent",
            {"serverContent": {"modelTurn": {"parts": [{"text": "Hi"}]}}},
            10,
        ),
        Event(5, 1.9, S, "serverContent", {"serverContent": {"turnComplete": True}}, 10),
    ]
    (turn,) = messages_of(kept_of(records, pack="gemini-live"))["turns"]
    assert (turn["asked"], turn["first"], turn["end"], turn["how"]) == (
        [3, 1.0],
        [4, 1.4],
        [5, 1.9],
        "completed",
    )


def sine(level: float, seconds: float, rate: int = 24_000) -> array:
    wave = (math.sin(2 * math.pi * 440 * at / rate) for at in range(int(seconds * rate)))
    return array("h", (int(level * 32767 * one) for one in wave))


def test_levels_are_those_of_the_audio() -> None:
    levels = Loudness()
    levels.add(1.0, sine(0.5, 0.5), 24_000)
    levels.add(1.5, array("h", bytes(24_000)), 24_000)
    fields = levels.fields()
    assert fields is not None
    peaks = bytes.fromhex(fields["peaks"])
    assert peaks[:20] == bytes(20)  # nothing yet
    assert {(one - 2) / 3 - 84 for one in peaks[20:30]} == {-6.0}
    assert set(peaks[30:40]) == {1}  # digital zero
    assert (fields["seconds"], fields["zero"], fields["peak"]) == (1.0, 0.5, -6.0)


def test_a_long_session_is_drawn_no_larger() -> None:
    levels = Loudness()
    for at in range(4000):
        levels.add(float(at), [1000] * 80, 80)
    fields = levels.fields()
    assert fields is not None
    assert fields["width"] == 0.1
    assert len(fields["peaks"]) == 2 * 40_000


@pytest.mark.parametrize(
    ("name", "byte", "sample"),
    [
        ("audio/pcmu", 0x00, -32124),
        ("audio/pcmu", 0xFF, 0),
        ("audio/pcma", 0xD5, 8),
        ("audio/pcma", 0x2A, -32256),
    ],
)
def test_telephone_audio(name: str, byte: int, sample: int) -> None:
    """Extreme codes of the tables of ITU-T G.711."""
    assert list(samples_of(base64.b64encode(bytes([byte])).decode(), name)) == [sample]


def test_audio_of_an_unknown_format_has_no_levels() -> None:
    assert list(samples_of("AAAA", "opus")) == []
    assert list(samples_of("no base64!", PCM[0])) == []


def test_the_audio_of_both_sides() -> None:
    loud, zero = (
        base64.b64encode(one.tobytes()).decode()
        for one in (sine(1.0, 0.2), array("h", bytes(9600)))
    )
    records = [event(1, 0.0, S, SESSION), event(2, 0.5, C, {"type": "input_audio_buffer.append", "audio": zero}),
               event(3, 0.6, S, {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i", "delta": loud})]  # fmt: skip
    sound = messages_of(kept_of(records))["sound"]
    assert (sound["client"]["seconds"], sound["client"]["peak"], sound["client"]["zero"]) == (
        0.2,
        None,
        0.2,
    )
    assert (sound["server"]["seconds"], sound["server"]["peak"]) == (0.2, 0.0)
    assert messages_of(kept_of(records))["rows"][1][AT] == 0.5
    assert len(messages_of(kept_of(records))["rows"][0]) > SHAPE


def test_the_sound_is_kept_where_there_is_room() -> None:
    """A second of a tone at 24 kHz becomes one at 8 kHz of the same loudness, and stands at its time."""
    tone = base64.b64encode(sine(0.5, 1.0).tobytes()).decode()
    records = [event(1, 0.0, S, SESSION), event(2, 2.0, C, {"type": "input_audio_buffer.append", "audio": tone}),
               event(3, 3.0, C, {"type": "input_audio_buffer.append", "audio": tone}), event(4, 9.0, C, {"type": "input_audio_buffer.append", "audio": tone})]  # fmt: skip
    sound = messages_of(kept_of(records, Keeping(room=SoundRoom())))["sound"]["client"]["recording"]
    assert [start for start, _ in sound["stretches"]] == [2.0, 9.0]
    samples = samples_of(sound["stretches"][0][1], "audio/pcmu")
    assert len(samples) == 16_000
    assert max(samples) == pytest.approx(0.5 * 32767, rel=0.05)
    assert not sound["lost"]
    assert messages_of(kept_of(records, Keeping(room=SoundRoom(10_000))))["sound"]["client"][
        "recording"
    ]["lost"]
    assert "recording" not in messages_of(kept_of(records))["sound"]["client"]


def test_scenarios_that_ship_are_named_and_not_their_place_in_a_package() -> None:
    path = str(scenarios("gallery", "stalled-after-created.yaml"))
    (run,) = SAMPLES["stalled"].runs
    steps = tuple(replace(step, source=Location(path, 25, 5)) for step in run.steps)
    text = render(report(replace(run, source=Location(path), steps=steps)))
    assert '"gallery/stalled-after-created.yaml"' in text
    assert path not in text

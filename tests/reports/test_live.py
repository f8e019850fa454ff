"""The live view: golden screens, and the promises they stand on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from live_story import (
    ITEM,
    LOOKS,
    PACK,
    RESPONSE,
    SCHEMA_FINDING,
    Terminal,
    delta,
    event,
    shown,
    turn,
)
from report_samples import EVIL, STALLED_FINDING, C, S

from rtdebug.model.records import Closed, Ended, Event, Opened, Refused, Remark, Step
from rtdebug.reports.arrivals import MOST_RECORDS
from rtdebug.reports.filters import typed_filter
from rtdebug.reports.live import MOST_ROWS, LiveLook, LiveView
from rtdebug.reports.live_block import Status
from rtdebug.reports.live_lane import MOST_STREAMS
from rtdebug.reports.pins import MOST_TOLD

FOLDER = Path(__file__).parent / "golden_live"
PIPE = LiveLook(width=200)
BLOCK = LiveLook(width=80, block=True)
SPEECH_STARTED = "input_audio_buffer.speech_started"


@pytest.mark.parametrize("name", LOOKS)
def test_the_story_is_shown_like_this(name: str) -> None:
    look, moment = LOOKS[name]
    assert shown(look, moment=moment) == (FOLDER / name).read_text(encoding="utf-8")


def test_every_golden_screen_is_one_of_these() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == set(LOOKS)


@pytest.mark.parametrize("name", [name for name, (look, _) in LOOKS.items() if look.block])
def test_no_line_of_the_block_is_wider_than_the_terminal(name: str) -> None:
    look, moment = LOOKS[name]
    for line in shown(look, moment=moment).splitlines():
        assert len(line) <= look.width


@pytest.mark.parametrize("width", [40, 80, 200])
def test_colours_change_nothing_that_is_read(width: int) -> None:
    def bare(color: bool) -> str:
        return shown(LiveLook(width=width, color=color, labels=True), moment="end")

    assert bare(True) == bare(False)


def view_of(look: LiveLook = PIPE, **more: object) -> LiveView:
    return LiveView(look, **more)  # type: ignore[arg-type]


def drawn(view: LiveView, now: float = 0.0) -> list[str]:
    while view.absorb(now):
        pass
    return view.draw(now).splitlines()


# -- one line for each event, one growing line for each stream -----------------------------------


def test_a_row_is_made_for_each_event_in_order() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for number in range(3):
        lane.accept(event(number, number / 10, S, SPEECH_STARTED, audio_start_ms=number), ())
    assert [row.split()[0] for row in drawn(view)] == ["0.000", "0.100", "0.200"]


def test_nothing_is_written_when_nothing_has_come() -> None:
    view = view_of()
    view.lane(PACK)
    assert view.draw(0.0) == ""


def test_chunks_make_no_row_before_their_stream_is_over() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for number in range(5):
        lane.accept(delta(number, number / 10, "text", "ab"), ())
    assert drawn(view) == []
    lane.accept(event(6, 0.6, S, "response.output_text.done", item_id=ITEM, text="x"), ())
    folded, done = drawn(view)
    assert "response.output_text.delta ×5" in folded
    assert '10 chars, 25/s "ababababab"' in folded
    assert folded.startswith("   0.400 s")  # when it last grew
    assert "response.output_text.done" in done


def test_the_times_of_one_connection_never_go_back() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for number in range(5):
        lane.accept(delta(number, number / 10, "text", "ab"), ())
        lane.accept(event(9, number / 10, S, SPEECH_STARTED, audio_start_ms=number), ())
    lane.accept(event(7, 0.5, S, SPEECH_STARTED, audio_start_ms=9), ())
    lane.accept(event(6, 0.6, S, "response.output_text.done", item_id=ITEM, text="x"), ())
    times = [float(row.split()[0]) for row in drawn(view)]
    assert len(times) == 8
    assert times == sorted(times)


def test_a_record_without_times_is_shown_without() -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.timed = False
    for one in turn():
        lane.accept(one, ())
    lane.accept(Closed(0.0, 1000), (STALLED_FINDING,))
    rows = drawn(view)
    assert any("response.done" in row for row in rows)
    assert not any("first delta" in row or " in 0 ms" in row for row in rows)
    assert all(row.startswith(" " * 10) for row in rows)


def test_a_note_is_never_cut_before_its_advice() -> None:
    view = view_of(LiveLook(width=60, block=True))
    view.lane(PACK).note("not sent: 'respnse.create' is no event; did you mean response.create?")
    rows = drawn(view)
    assert rows[0].startswith("            =   not sent:")
    assert rows[1].startswith(" " * 16)
    assert "did you mean response.create?" in " ".join(" ".join(rows).split())
    assert max(map(len, rows)) <= 60


def test_what_to_do_is_never_cut() -> None:
    fix = " ".join(f"word{number}" for number in range(90))
    view = view_of(LiveLook(width=80))
    view.lane(PACK).accept(Closed(1.0, 1000), (replace(STALLED_FINDING, fix=fix),))
    assert fix in " ".join(" ".join(drawn(view)).split())


def test_what_is_told_by_the_report_that_follows_is_one_row_here() -> None:
    view = view_of(LiveLook(width=200, told_later=True))
    view.lane(PACK).accept(Closed(1.0, 1000), (STALLED_FINDING,))
    rows = drawn(view)
    assert len(rows) == 2
    assert STALLED_FINDING.title in rows[1]
    assert "Do now" not in " ".join(rows)


def test_streams_of_different_items_are_told_apart() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for item in ("item_1", "item_2", "item_1"):
        lane.accept(delta(1, 0.1, "text", "x", item), ())
    lane.accept(event(2, 0.2, S, "response.output_text.done", item_id="item_1", text="xx"), ())
    rows = drawn(view)
    assert ["delta ×2" in row for row in rows] == [True, False]
    lane.accept(Ended(1.0, "finished"), ())
    assert "delta ×1" in drawn(view)[0]


@pytest.mark.parametrize(
    "end",
    [
        event(2, 0.2, S, "response.done", response={"id": RESPONSE, "status": "cancelled"}),
        Closed(0.2, 1006, "gone", S),
        Ended(0.2, "interrupted"),
    ],
    ids=["response", "close", "end"],
)
def test_a_stream_without_an_end_of_its_own_is_told_at_the_latest_then(end: Event) -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.accept(delta(1, 0.1, "text", "Hel"), ())
    lane.accept(end, ())
    assert '3 chars "Hel"' in drawn(view)[0]


def test_a_finding_comes_behind_the_chunks_that_came_before_it() -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.accept(delta(1, 0.1, "text", "Hel"), ())
    lane.found([STALLED_FINDING])
    first, second, *_ = drawn(view)
    assert "delta ×1" in first
    assert STALLED_FINDING.name in second


def test_a_stream_that_falls_silent_is_told_where_nobody_sees_it_grow() -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.accept(delta(1, 0.1, "text", "Hel"), ())
    assert drawn(view, 10.0) == []
    assert drawn(view, 11.0) == []
    assert "delta ×1" in drawn(view, 12.5)[0]


def test_a_terminal_shows_it_growing_instead() -> None:
    view, terminal = view_of(BLOCK), Terminal(80)
    lane = view.lane(PACK)
    for number, now in enumerate((0.0, 1.0, 2.0)):
        lane.accept(delta(number, float(number), "text", "ab"), ())
        view.absorb(now)
        terminal.write(view.draw(now))
        assert f"output_text ×{number + 1}" in terminal.text
    view.absorb(9.0)
    terminal.write(view.draw(9.0))
    assert "nothing for 7 s" in terminal.text
    assert terminal.text.count("output_text") == 1


def test_audio_is_told_in_seconds_of_the_session_s_format() -> None:
    view = view_of()
    lane = view.lane(PACK)
    fields = {"audio": {"output": {"format": {"type": "audio/pcmu"}}}}
    lane.accept(event(1, 0.0, S, "session.updated", session=fields), ())
    for number in range(3):
        lane.accept(delta(number, 1.0 + number, "audio", "A" * 10_666), ())  # a second of PCMU
    lane.accept(event(9, 3.1, S, "response.output_audio.done", item_id=ITEM), ())
    assert "3.0 s of audio, 1.5× real time" in drawn(view)[1]


def test_every_chunk_has_a_row_when_that_is_asked_for() -> None:
    view = view_of(LiveLook(width=120, fold=False))
    lane = view.lane(PACK)
    for number in range(3):
        lane.accept(delta(number, 0.1, "text", "ab"), ())
    assert len(drawn(view)) == 3


def test_streams_without_end_are_bounded() -> None:
    view = view_of(BLOCK)
    lane = view.lane(PACK)
    for number in range(10 * MOST_STREAMS):
        lane.accept(delta(number, 0.1, "text", "x", f"item_{number}"), ())
        view.absorb(0.0)
    assert len(lane.streams.open) <= MOST_STREAMS


def test_a_chunk_that_holds_none_is_a_row() -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.accept(event(1, 0.1, S, "response.output_text.delta", delta=7), ())
    assert "response.output_text.delta" in drawn(view)[0]


# -- responses -----------------------------------------------------------------------------------


def test_a_response_is_told_with_how_long_it_took() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for record in turn():
        lane.accept(record, ())
    row = next(row for row in drawn(view) if "response.done" in row)
    assert "completed in 1.1 s, first delta 410 ms, 1 item" in row


def test_a_response_that_began_before_the_view_has_no_times() -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.accept(event(1, 5.0, S, "response.done", response={"id": "r", "status": "completed"}), ())
    assert " in " not in drawn(view)[0]


def test_the_times_are_right_whatever_is_hidden() -> None:
    view = view_of(wanted=typed_filter("response.done"))
    lane = view.lane(PACK)
    for record in turn():
        lane.accept(record, ())
    rows = drawn(view)
    assert len(rows) == 1
    assert "first delta 410 ms" in rows[0]


# -- findings ------------------------------------------------------------------------------------


def test_the_first_finding_of_a_name_is_told_whole_and_the_next_in_a_line() -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.found([STALLED_FINDING])
    first = drawn(view)
    lane.found([STALLED_FINDING])
    second = drawn(view)
    assert any("Do now: " in row for row in first)
    assert len(second) == 1


def test_a_flood_of_one_finding_is_counted() -> None:
    view, terminal = view_of(BLOCK), Terminal(80)
    lane = view.lane(PACK, "#7")
    lane.found([STALLED_FINDING] * 500)
    view.absorb(0.0)
    terminal.write(view.draw(0.0))
    assert terminal.text.count(STALLED_FINDING.name) == MOST_TOLD + 2  # rows, a note, a pin
    assert f"{STALLED_FINDING.name} ×500 (#7)" in terminal.text


def test_remarks_are_not_pinned() -> None:
    view, terminal = view_of(BLOCK), Terminal(80)
    view.lane(PACK).found([SCHEMA_FINDING])
    view.absorb(0.0)
    terminal.write(view.draw(0.0))
    assert terminal.text.count(SCHEMA_FINDING.name) == 1


def test_findings_that_are_ignored_are_not_shown() -> None:
    view = view_of(keeps=lambda finding: finding.name != STALLED_FINDING.name)
    view.lane(PACK).found([STALLED_FINDING, SCHEMA_FINDING])
    (row,) = drawn(view)
    assert SCHEMA_FINDING.name in row


# -- filters and pause ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("", ["opened", "session.created", "response.create", "closed"]),
        ("session.*", ["session.created"]),
        ("-session.* -closed", ["opened", "response.create"]),
        (">", ["opened", "response.create", "closed"]),
        ("/gpt-real[a-z]+", ["session.created"]),
        ("nothing", []),
    ],
)
def test_what_is_filtered_out_has_no_row(typed: str, left: list[str]) -> None:
    view = view_of(wanted=typed_filter(typed))
    lane = view.lane(PACK)
    lane.accept(Opened(0.0, "wss://example.test"), ())
    lane.accept(event(1, 0.1, S, "session.created", session={"model": "gpt-realtime"}), ())
    lane.accept(event(2, 0.2, C, "response.create"), ())
    lane.accept(Closed(0.3, 1000), ())
    assert [row[16:].split()[0] for row in drawn(view)] == left


def test_what_kept_a_session_from_beginning_is_always_shown() -> None:
    view = view_of(wanted=typed_filter("session.*"))
    view.lane(PACK).accept(Refused(0.1, Step.UPGRADE, "Unauthorized", status=401), ())
    assert "HTTP 401" in drawn(view)[0]


def test_a_filter_may_change_while_events_come() -> None:
    view = view_of()
    lane = view.lane(PACK)
    lane.accept(event(1, 0.1, C, "response.create"), ())
    assert len(drawn(view)) == 1
    view.filter(typed_filter("-response.*"))
    lane.accept(event(2, 0.2, C, "response.create"), ())
    assert drawn(view) == []
    view.filter(typed_filter(""))
    lane.accept(event(3, 0.3, C, "response.create"), ())
    assert len(drawn(view)) == 1


def test_a_pause_holds_rows_back_and_loses_none() -> None:
    view, terminal = view_of(BLOCK), Terminal(80)
    lane = view.lane(PACK)
    view.pause(True)
    for number in range(30):
        lane.accept(event(number, number / 10, C, "response.create"), ())
    view.absorb(1.0)
    terminal.write(view.draw(1.0))
    assert "PAUSED, 30 rows held" in terminal.text
    assert terminal.text.count("response.create") == 0
    view.pause(False)
    terminal.write(view.draw(2.0))
    assert terminal.text.count("response.create") == 30


# -- bounds --------------------------------------------------------------------------------------


def test_records_that_find_no_room_are_counted_and_no_more() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for number in range(MOST_RECORDS + 500):
        lane.accept(event(number, 0.1, C, "response.create"), ())
    rows = drawn(view)
    assert len(rows) == MOST_RECORDS + 1
    assert rows[-1].strip() == "⋮ 500 more rows"
    assert view.status.events == MOST_RECORDS + 500


def test_large_records_fill_the_queue_sooner() -> None:
    view = view_of()
    lane = view.lane(PACK)
    large = Event(1, 0.1, S, "x", {"type": "x"}, 5_000_000, "{}")
    for _ in range(100):
        lane.accept(large, ())
    assert len(view.arrivals.waiting) < 10
    while view.absorb(0.0):
        pass
    assert view.arrivals.held_bytes == 0


def test_a_finding_is_shown_although_the_queue_is_full() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for number in range(MOST_RECORDS + 5):
        lane.accept(event(number, 0.1, C, "response.create"), ())
    lane.accept(event(9, 0.1, C, "response.create"), (STALLED_FINDING,))
    assert any(STALLED_FINDING.name in row for row in drawn(view))


def test_rows_that_nobody_takes_are_bounded() -> None:
    view = view_of()
    lane = view.lane(PACK)
    for start in range(0, 3 * MOST_ROWS, 1000):
        for number in range(1000):
            lane.accept(event(start + number, 0.1, C, "response.create"), ())
        while view.absorb(0.0):
            pass
    assert view.held == 3 * MOST_ROWS
    rows = view.draw(0.0).splitlines()
    assert len(rows) == MOST_ROWS + 1
    assert rows[-1].strip() == f"⋮ {2 * MOST_ROWS:,} more rows"


def test_a_connection_that_is_over_is_forgotten() -> None:
    view = view_of(BLOCK)
    for _ in range(100):
        lane = view.lane(PACK, "#1")
        lane.accept(delta(1, 0.1, "text", "x"), ())
        lane.over()
    drawn(view)
    assert view.status.begun == view.status.over == 100
    assert len(view._lanes) == 0


# -- drawing over what was drawn -----------------------------------------------------------------


def test_the_block_is_drawn_over_itself() -> None:
    view, terminal = view_of(BLOCK, status=Status(title="here")), Terminal(80)
    lane = view.lane(PACK)
    for number in range(20):
        lane.accept(event(number, number / 10, C, "response.create"), ())
        view.absorb(float(number))
        terminal.write(view.draw(float(number)))
    text = terminal.text
    assert text.count("── here ──") == 1
    assert text.splitlines()[-1].startswith("20 events")
    terminal.write(view.close(30.0))
    assert "── here ──" not in terminal.text
    assert len(terminal.text.splitlines()) == 21  # the rows, and where the next prompt stands


def test_the_block_is_drawn_over_although_the_terminal_became_narrower() -> None:
    view, terminal = view_of(BLOCK, status=Status(title="here")), Terminal(80)
    view.lane(PACK).accept(event(1, 0.1, C, "response.create"), ())
    view.absorb(0.0)
    terminal.write(view.draw(0.0))
    narrow = Terminal(40)
    narrow.write("\n".join(terminal.text.splitlines()[1:]))  # as a terminal wraps it anew
    view.resize(LiveLook(width=40, block=True))
    narrow.write(view.draw(5.0))
    assert narrow.text.count("── here") == 1
    assert all(len(line) <= 40 for line in narrow.lines)


def test_the_block_alone_is_drawn_ten_times_a_second_at_most() -> None:
    view = view_of(BLOCK)
    lane = view.lane(PACK)
    drawings = 0
    for number in range(100):
        now = number / 100
        lane.accept(delta(number, now, "text", "x"), ())
        view.absorb(now)
        drawings += bool(view.draw(now))
    assert drawings <= 11


def test_what_is_typed_stands_on_the_last_line() -> None:
    view, terminal = view_of(BLOCK), Terminal(80)
    view.status.said, view.status.prompt = "send> ", "> Hello"
    terminal.write(view.draw(0.0))
    assert terminal.lines[-1] == "send> > Hello"
    view.status.prompt = "x" * 500 + "END"
    terminal.write(view.draw(1.0))
    assert terminal.lines[-1].endswith("xEND")
    assert len(terminal.lines[-1]) < 80


def test_hostile_text_acts_nowhere() -> None:
    for look in (LiveLook(width=120, labels=True), LiveLook(width=120, block=True, color=True)):
        view = view_of(look, status=Status(title=EVIL, filter=EVIL, prompt=EVIL, said=EVIL))
        lane = view.lane(PACK, "#1")
        lane.accept(Opened(0.0, EVIL), ())
        lane.accept(event(1, 0.1, S, EVIL, field=EVIL), ())
        lane.accept(delta(2, 0.2, "text", EVIL), ())
        lane.accept(Remark(0.3, EVIL), ())
        lane.note(EVIL)
        view.absorb(0.0)
        Terminal(120).write(view.draw(0.0) + view.close(1.0))  # refuses what it does not know

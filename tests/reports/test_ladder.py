"""The ladder: folding, marks, what is missing and where, cutting."""

from dataclasses import replace

from report_samples import CUT, PASSED, SEVERAL, STALLED, STALLED_FINDING, STEP_FAILED, C, S, row

from rtdebug.model.results import Run, TimelineRow
from rtdebug.reports.ladder import Rung, RungKind, ends_of, ladder, silence
from rtdebug.reports.ladder_lines import event_words, lines
from rtdebug.reports.signs import ASCII, UNICODE

WHOLE = 10_000


def run_of(*rows: TimelineRow, **changes: object) -> Run:
    return replace(PASSED, steps=(), findings=(), timeline=rows, **changes)  # type: ignore[arg-type]


def types(rungs: list[Rung]) -> list[str]:
    def words(rung: Rung) -> str:
        folded = rung.times > 1 and rung.kind is not RungKind.CUT
        return f"{rung.type} x{rung.times}" if folded else rung.type

    return [words(rung) for rung in rungs]


def chunk(seq: int, name: str = "delta", sender: object = S) -> TimelineRow:
    return row(seq, seq / 10, sender, name, '2 chars "ab"')  # type: ignore[arg-type]


def test_neighbouring_chunks_are_one_rung_with_their_sum() -> None:
    (rung,) = ladder(run_of(chunk(1), chunk(2), chunk(3)), WHOLE)
    assert (rung.times, rung.seq, rung.at, rung.summary) == (3, 1, 0.1, '6 chars "ababab"')


def test_chunks_that_alternate_fold_by_type_and_sender() -> None:
    rows = [chunk(1, "audio"), chunk(2, "words"), chunk(3, "audio"), chunk(4, "audio", C)]
    assert types(ladder(run_of(*rows), WHOLE)) == ["audio x2", "words", "audio"]


def test_another_event_ends_a_fold() -> None:
    rows = [chunk(1), chunk(2), row(3, 0.3, S, "done"), chunk(4)]
    assert types(ladder(run_of(*rows), WHOLE)) == ["delta x2", "done", "delta"]


def test_equal_events_fold_only_from_three_on() -> None:
    two = [row(seq, seq, S, "ping") for seq in (1, 2)]
    assert types(ladder(run_of(*two), WHOLE)) == ["ping", "ping"]
    assert types(ladder(run_of(*two, row(3, 3, S, "ping")), WHOLE)) == ["ping x3"]


def test_evidence_is_never_folded_away() -> None:
    finding = replace(STALLED_FINDING, evidence=(2,), at=0.4)
    run = replace(run_of(*(chunk(seq) for seq in range(1, 6))), findings=(finding,))
    rungs = ladder(run, WHOLE)
    assert types(rungs) == ["delta", "delta", finding.name, "delta x3"]
    assert [rung.marked for rung in rungs] == [False, True, False, False]


def test_events_the_timeline_did_not_keep_are_counted() -> None:
    assert "59,996 events not kept" in types(ladder(CUT, WHOLE))


def test_a_finding_stands_below_its_last_evidence() -> None:
    rungs = ladder(STALLED, WHOLE)
    at = next(at for at, rung in enumerate(rungs) if rung.kind is RungKind.FOUND)
    assert rungs[at - 1].seq == 9
    assert rungs[at].summary == "8.9 s of silence"


def test_a_finding_without_evidence_stands_where_it_became_known() -> None:
    finding = replace(STALLED_FINDING, evidence=(), at=0.2)
    rungs = ladder(replace(STALLED, findings=(finding,)), WHOLE)
    at = next(at for at, rung in enumerate(rungs) if rung.kind is RungKind.FOUND)
    assert (rungs[at - 1].at or 0) <= 0.2 < (rungs[at + 1].at or 0)


def test_what_never_came_stands_before_the_end_that_came_of_it() -> None:
    kinds = [rung.kind for rung in ladder(STALLED, WHOLE)]
    assert kinds[-4:] == [RungKind.FOUND, RungKind.MISSING, RungKind.STATE, RungKind.STATE]


def test_an_event_that_came_but_did_not_match_is_not_said_to_be_missing() -> None:
    (missing,) = [rung for rung in ladder(STEP_FAILED, WHOLE) if rung.kind is RungKind.MISSING]
    assert missing.summary == "came as #23, but not as expected"


def test_other_events_that_came_meanwhile_prove_nothing() -> None:
    step = replace(STALLED.steps[5], evidence=(8, 9))
    rungs = ladder(replace(STALLED, findings=(), steps=(step,)), WHOLE)
    assert not any(rung.marked for rung in rungs)
    (missing,) = [rung for rung in rungs if rung.kind is RungKind.MISSING]
    assert missing.summary == "never came (waited 10.1 s)"


def test_what_a_close_brought_to_light_stands_below_the_close() -> None:
    assert [rung.type for rung in ladder(CUT, WHOLE)][-2:] == ["closed", "session-expired"]


def test_silence_is_not_claimed_where_something_came() -> None:
    assert silence(replace(STALLED_FINDING, evidence=(7,)), STALLED) == 0


def test_silence_is_not_claimed_over_a_hole() -> None:
    gone = tuple(known for known in STALLED.timeline if known.seq != 8)
    run = replace(STALLED, timeline=gone)
    assert silence(replace(STALLED_FINDING, evidence=(7,)), run) == 0


def test_silence_is_not_claimed_for_evidence_that_was_not_kept() -> None:
    assert silence(replace(STALLED_FINDING, evidence=(99,)), STALLED) == 0


def test_a_long_run_is_cut_around_what_matters() -> None:
    rows = [row(seq, seq, S, f"event-{seq}") for seq in range(1, 301)]
    run = replace(run_of(*rows), findings=(replace(STALLED_FINDING, evidence=(150,), at=150.5),))
    rungs = ladder(run, 20)
    assert len(rungs) <= 24
    assert {"event-1", "event-149", "event-150", "event-151", "event-300"} <= set(types(rungs))
    assert any("more events over" in rung.type for rung in rungs)
    hidden = sum(int(rung.type.split()[0]) for rung in rungs if rung.kind is RungKind.CUT)
    shown = sum(rung.kind is RungKind.EVENT for rung in rungs)
    assert hidden + shown == 300


def test_a_single_rung_is_shown_and_not_cut() -> None:
    rows = [row(seq, seq, S, f"event-{seq}") for seq in range(1, 6)]
    assert types(ladder(run_of(*rows), 4)) == [f"event-{seq}" for seq in range(1, 6)]


def test_long_evidence_is_told_by_its_ends() -> None:
    assert ends_of(range(1, 100)) == (1, 2, 97, 98, 99)
    assert ends_of([3, 1, 2, 2]) == (1, 2, 3)


def test_the_lanes_tell_who_spoke() -> None:
    plain = [line.plain() for line in lines(STALLED, UNICODE, WHOLE)]
    assert "  #2   0.006 s  >    session.update            text" in plain
    assert "* #8   0.240 s     < response.created          resp_E6U…jklm in_progress" in plain


def test_the_columns_line_up() -> None:
    drawn = [line for line in lines(SEVERAL, UNICODE, 22) if line.rung.kind is RungKind.EVENT]
    assert len({line.plain().index(line.type.strip()) for line in drawn}) == 1


def test_ascii_stays_ascii() -> None:
    assert all(line.plain().isascii() for line in lines(STALLED, ASCII, WHOLE))


def test_times_are_left_out_where_nothing_is_known_of_them() -> None:
    rows = [row(1, 0.0, S, "a"), row(2, 0.0, S, "b")]
    assert [line.plain() for line in lines(run_of(*rows), UNICODE, WHOLE)] == [
        "  #1     < a",
        "  #2     < b",
    ]


def test_an_event_that_was_not_kept_is_still_named_by_its_number() -> None:
    assert event_words(STALLED, 77, UNICODE) == "#77"


def test_a_gap_counts_what_was_not_kept_too() -> None:
    """The list that was kept says nothing of how much there was."""
    first = [row(seq, seq / 10, S, f"a{seq}") for seq in range(1, 40)]
    last = [row(seq, seq / 10, S, f"a{seq}") for seq in range(1000, 1040)]
    gaps = [rung.type for rung in ladder(run_of(*first, *last), 10) if rung.kind is RungKind.CUT]
    (events,) = [int(gap.partition(" ")[0].replace(",", "")) for gap in gaps]
    shown = [rung for rung in ladder(run_of(*first, *last), 10) if rung.kind is RungKind.EVENT]
    assert events + len(shown) == 1039

"""Times are monotonic, to the microsecond, and never before a deadline that has passed."""

from rtdebug.wire.clock import Stopwatch, wall_text


def test_times_count_from_the_beginning_in_microseconds():
    times = iter([10.25, 11.0000004, 11.0000006])
    watch = Stopwatch(lambda: next(times), began=10.0)
    assert [watch.at(), watch.at(), watch.at()] == [0.25, 1.0, 1.000001]


def test_times_never_run_backwards():
    times = iter([11.0, 10.5])
    watch = Stopwatch(lambda: next(times), began=10.0)
    assert [watch.at(), watch.at()] == [1.0, 1.0]


def test_a_timer_that_fires_too_early_is_not_before_its_deadline():
    times = iter([10.9999, 10.9999])
    watch = Stopwatch(lambda: next(times), began=10.0)
    assert watch.at_least(1.0000001) >= 1.0000001
    assert watch.at() >= 1.0000001


def test_wall_time_is_utc_with_milliseconds():
    assert wall_text(0.0) == "1970-01-01T00:00:00.000Z"
    assert wall_text(1767225600.9999) == "2026-01-01T00:00:00.999Z"

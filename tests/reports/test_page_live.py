"""What a page that is open while something happens is told: all of it, once, in order."""

from __future__ import annotations

import json
from typing import Any

from page_reading import SEQ, event, messages_of, session
from report_samples import SAMPLES, C, S

from rtdebug.model.records import Opened
from rtdebug.reports.page.keeping import Keeping
from rtdebug.reports.page.live import LivePage

SECRET = "sk-proj-CANARY0123456789abcdefghijklmnop"


def update(news: list[str]) -> Any:
    (text,) = news
    return json.loads(text)


def test_who_looks_on_early_and_late_has_the_same() -> None:
    keeping = Keeping(live=True)
    live, judging = LivePage(keeping, lambda finding: True), session()
    kept, early = keeping.connection(judging), live.onlooker()
    told: dict[str, list[Any]] = {"rows": [], "shapes": [], "strings": [], "marks": []}
    for seq in range(1, 2001):
        kind = "input_audio_buffer.speech_started" if not seq % 500 else f"note.{seq % 7}"
        kept.observe(
            event(seq, seq / 10, S, {"type": kind, "text": "word " * 10, f"key{seq % 30}": seq})
        )
        if not seq % 333 or seq == 2000:
            news = update(early())
            for name in told:
                told[name] += news[name]
    assert early() == []
    late, whole = update(live.onlooker()()), messages_of(kept)
    for name, known in told.items():
        assert known == late[name] == whole[name]
    assert [row[SEQ] for row in told["rows"]] == list(range(1, 2001))


def test_what_a_run_is_by_now_and_in_the_end() -> None:
    keeping = Keeping(live=True)
    live, judging = LivePage(keeping, lambda finding: finding.name != "unanswered"), session()
    kept, news = keeping.connection(judging), live.onlooker()
    for record in (
        Opened(0.0, "wss://h.test"),
        event(1, 0.1, C, {"type": "response.create", "metadata": SECRET}),
    ):
        judging.observe(record)
        kept.observe(record)
    text = news()[0]
    run = json.loads(text)["run"]
    assert (run["outcome"], run["events"]) == ("running", {"client": 1, "server": 0})
    assert run["open"][0]["what"] == "response.create"
    assert "CANARY" not in text
    judging.advance(60.0)
    assert [one["name"] for one in update(news())["run"]["findings"]]
    keeping.over(judging, SAMPLES["stalled"].runs[0])
    assert update(news())["run"]["outcome"] == "failed"
    assert news() == []


def test_those_that_are_over_are_forgotten_and_those_that_are_open_are_not() -> None:
    keeping = Keeping(live=True)
    still = keeping.connection(session())
    for _ in range(60):
        judging = session()
        keeping.connection(judging)
        keeping.over(judging, SAMPLES["passed"].runs[0])
    assert still in keeping.begun
    assert len(keeping.begun) == 51


def test_the_page_may_ask_for_news_where_it_came_from_and_nowhere_else() -> None:
    page = LivePage(Keeping(live=True), lambda finding: True).page("ws://127.0.0.1:1")
    assert 'connect-src ws://127.0.0.1:1"' in page
    assert "connect-src" not in LivePage(Keeping(), lambda finding: True).page("")

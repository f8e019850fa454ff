"""The page in a real browser: nothing on it acts, everything on it works, and by keyboard alone.

Needs Playwright for Python (``pip install -e '.[browser]'``) and a Chromium on this machine.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
import shutil
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hostile_page import hostile_page, hostile_report
from page_reading import event, kept_of, with_kept
from page_reading import session as judge
from report_samples import SAMPLES, C, S, report

from rtdebug.model.records import Closed, Opened
from rtdebug.reports.page.document import render
from rtdebug.reports.page.keeping import Keeping
from rtdebug.reports.page.live import LivePage
from rtdebug.reports.page.recording import SoundRoom
from rtdebug.wire.web import serve_page

playwright = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: pip install -e '.[browser]'"
)
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Seen:
    """A page in the browser, and all it complained of or asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append("a dialog"))
        page.on("request", lambda request: self.asked.append(request.url))

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def until(self, condition: str) -> None:
        """Looks at every frame whether it has come to this."""
        self.run(
            "new Promise((done, fail) => { let left = 600; const look = () => "
            f"({condition}) ? done() : left-- ? requestAnimationFrame(look) : fail('never'); look(); }})"
        )

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def chosen(self) -> str:
        return str(self.page.locator(".line.chosen .seq").inner_text())

    @property
    def shown(self) -> str:
        return str(self.page.locator("#events .count").inner_text())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)

    def open_(text: str, address: str = "", width: int = 1280) -> Seen:
        file = tmp_path / "page.html"
        file.write_bytes(text.encode("utf-8", "backslashreplace"))
        seen = Seen(context.new_page())
        seen.page.set_viewport_size({"width": width, "height": 900})
        seen.page.goto(file.as_uri() + address)
        return seen

    yield open_
    context.close()


@contextmanager
def serving() -> Iterator[Any]:
    """A page that is served by a thread: its address, a connection, and what ends both."""
    keeping, judging = Keeping(live=True), judge()
    kept, live = keeping.connection(judging), LivePage(keeping, lambda finding: True)
    ready, over = threading.Event(), threading.Event()
    addresses: list[str] = []

    async def serve() -> None:
        async with serve_page(live.page, live.onlooker) as address:
            addresses.append(address)
            ready.set()
            await asyncio.to_thread(over.wait, 30)

    def end() -> None:
        keeping.over(judging, SAMPLES["stalled"].runs[0])
        over.set()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield addresses[0], kept, judging, end
    finally:
        over.set()
        thread.join(10)


def session(count: int = 300) -> str:
    """A turn of many deltas that never ends."""
    delta = {
        "type": "response.output_text.delta",
        "response_id": "r1",
        "item_id": "i1",
        "output_index": 0,
        "content_index": 0,
    }
    records = [
        Opened(0.0, "wss://h.test/v1/realtime"),
        event(1, 0.1, S, {"type": "session.created", "session": {"id": "s1", "type": "realtime"}}),
        event(2, 0.5, C, {"type": "response.create", "event_id": "mine"}),
        event(
            3,
            0.7,
            S,
            {"type": "response.created", "response": {"id": "r1", "status": "in_progress"}},
        ),
        *(event(seq, seq / 10, S, {**delta, "delta": f"word{seq}"}) for seq in range(4, count)),
        Closed(count / 10 + 1, 1000, "", C),
    ]
    run = SAMPLES["stalled"].runs[0]
    return render(report(with_kept(run, kept_of(records))))


def test_nothing_hostile_acts(opened: Any) -> None:
    """Every run, turn, tree and event of a page of 200 hostile texts is opened."""
    seen = opened(hostile_page())
    for number in range(1, len(hostile_report().runs) + 1):
        seen.run(f"location.hash = '#run-{number}'")
        seen.until(f"view.index === {number - 1}")
        seen.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    seen.run("view.messages.rows.forEach((_, at) => view.list.choose(at))")
    seen.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    seen.run("view.list.search.value = '<script'; view.list.filter()")
    assert seen.run("typeof hacked") == "undefined"
    tags = seen.run("[...new Set([...document.querySelectorAll('*')].map((one) => one.localName))]")
    assert not {"iframe", "img", "svg", "object", "embed", "link", "base", "form"} & set(tags)
    assert seen.run("document.scripts.length") == 2
    assert seen.run("[...document.links].every((one) => one.getAttribute('href').startsWith('#'))")
    # Nothing that reorders or hides text, and nothing that is no text, is drawn as it came.
    assert not seen.run(
        r"/[\u0000-\u0008\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/.test(document.body.innerText)"
    )
    assert seen.complaints == []
    assert len(seen.asked) == 1


def test_by_keyboard_alone(opened: Any) -> None:
    seen = opened(session())
    seen.press("n")
    assert seen.run("document.activeElement.id") == "finding-1"
    seen.press("/")
    seen.page.keyboard.type("word42")
    seen.until("view.list.shown.length === 1")
    seen.press("Escape")
    assert seen.shown == "301 rows"
    seen.press("Home", "j", "j", "j", "k")
    assert seen.chosen == "#2"
    assert seen.run("location.hash") == "#event-2"
    seen.press("Enter")
    assert seen.run("document.activeElement === view.list.detail")
    assert "mine" in seen.page.locator(".detail").inner_text()
    seen.press("?")
    assert seen.run("byId('help').open")
    seen.press("Escape")
    seen.run("view.strip.canvas.focus()")
    seen.press("+", "+", "ArrowRight")
    assert 0 < seen.run("view.list.shown.length") < 200
    seen.press("Escape")
    assert seen.shown == "301 rows"
    seen.page.locator("details.turn summary").first.focus()
    seen.press("Enter")
    seen.until(
        "document.querySelector('details.turn').innerText.includes('output_text.delta × 296')"
    )
    assert seen.complaints == []


def test_every_control_is_reached_by_tab(opened: Any) -> None:
    seen = opened(session())
    reached = set()
    for _ in range(60):
        seen.press("Tab")
        reached.add(
            seen.run(
                "document.activeElement.tagName + ' ' + (document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.slice(0, 20))"
            )
        )
    wanted = {
        "INPUT Search in events",
        "SELECT Type of event",
        "DIV Events",
        "BUTTON Reset",
        "BUTTON Keys",
        "A Events",
    }
    assert wanted <= reached


@pytest.mark.parametrize(
    ("address", "chosen"), [("#event-150", "#150"), ("#event-1", "#1"), ("#event-99999", "#8")]
)
def test_deep_links(opened: Any, address: str, chosen: str) -> None:
    """One that leads nowhere leaves what is shown first: the evidence of the first finding."""
    assert opened(session(), address).chosen == chosen


def test_a_link_shows_what_a_filter_hides(opened: Any) -> None:
    seen = opened(session())
    seen.run("view.list.search.value = 'word7'; view.list.filter()")
    seen.run("location.hash = '#event-12'")
    seen.until("view.list.chosen === 12")
    assert seen.chosen == "#12"
    assert seen.shown == "301 rows"


def test_live(browser: Any) -> None:
    """What comes is drawn, what somebody looks at stays, and the end is told."""
    with serving() as (address, kept, judging, over):
        page = browser.new_page()
        seen = Seen(page)
        page.goto(address)
        for seq in range(1, 41):
            record = event(seq, seq / 10, S, {"type": "note", "text": f"word{seq}"})
            judging.observe(record)
            kept.observe(record)
        seen.until("view && view.list.shown.length === 40")
        seen.run("view.list.choose(4)")
        kept.observe(event(41, 4.1, S, {"type": "note", "text": "more"}))
        seen.until("view.list.shown.length === 41")
        assert seen.chosen == "#5"
        over()
        seen.until("view.run.outcome === 'failed' && byId('foot').textContent.includes('over')")
        assert page.locator("article.finding").count() == 1
        assert seen.complaints == []
        page.close()


def test_the_sound_of_a_range_is_played(opened: Any) -> None:
    wave = array("h", (int(16_000 * math.sin(at / 10)) for at in range(24_000)))
    audio = base64.b64encode(wave.tobytes()).decode()
    records = [event(1, 0.1, S, {"type": "session.created", "session": {"id": "s1", "type": "realtime"}}),
               event(2, 1.0, C, {"type": "input_audio_buffer.append", "audio": audio}),
               event(3, 4.0, S, {"type": "response.output_audio.delta", "response_id": "r", "item_id": "i", "delta": audio})]  # fmt: skip
    run = with_kept(SAMPLES["passed"].runs[0], kept_of(records, Keeping(room=SoundRoom())))
    seen = opened(render(report(run)))
    loud = "((from, to) => { const made = view.strip.player.buffer(new OfflineAudioContext(2, 8, 8000), from, to); return [0, 1].map((side) => Math.max(...made.getChannelData(side)).toFixed(2)); })"
    assert seen.run(f"{loud}(1, 2)") == ["0.49", "0.00"]
    assert seen.run(f"{loud}(4.5, 6)") == ["0.00", "0.49"]
    seen.page.get_by_role("button", name="Play").click()
    seen.page.get_by_role("button", name="Stop").click()
    assert seen.complaints == []


def test_only_what_is_on_screen_exists(opened: Any) -> None:
    seen = opened(session(5000))
    assert seen.run("document.querySelectorAll('.line').length") < 80
    seen.run("view.list.scroller.scrollTop = 1e9")
    seen.page.wait_for_function(
        "document.querySelector('.line:last-child').textContent.includes('closed')"
    )


def test_a_hundred_thousand_events_are_filtered_within_half_a_second(opened: Any) -> None:
    seen = opened(session(1000))
    seen.run(
        "{ const few = view.messages.rows; view.messages.rows = Array.from({length: 100000}, (_, at) => few[at % few.length]); }"
    )
    took = "(() => { const start = performance.now(); %s; document.body.offsetHeight; return performance.now() - start; })()"
    assert (
        seen.run(took % "view.list.search.value = 'word99'; view.list.filter()") < 1500
    )  # its first look at every text
    quick = [
        seen.run(took % f"view.list.search.value = 'word{at}'; view.list.filter()")
        for at in range(5)
    ]
    assert min(quick) < 500
    assert min(seen.run(took % "view.strip.choose([100, 200])") for _ in range(3)) < 500


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["stalled", "several", "step-failed"])
def test_nothing_is_wider_than_the_window(opened: Any, name: str, width: int) -> None:
    sample = SAMPLES[name]
    seen = opened(render(sample), width=width)
    assert seen.run("document.documentElement.scrollWidth") <= width
    assert seen.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_read_has_contrast(opened: Any, scheme: str) -> None:
    """The colours of severities, sides and small words on card and ground: 4.5 to 1 (WCAG AA)."""
    seen = opened(render(SAMPLES["stalled"]))
    seen.page.emulate_media(color_scheme=scheme)
    names = ("text", "quiet", "accent", "error", "warning", "info", "good", "client", "server")
    read = "(() => { const style = getComputedStyle(document.documentElement); return Object.fromEntries(%s.map((name) => [name, style.getPropertyValue('--' + name).trim()])); })()"
    colors = seen.run(read % json.dumps([*names, "card", "ground", "soft"]))
    for name in names:
        for ground in ("card", "ground", "soft"):
            assert contrast(colors[name], colors[ground]) >= 4.5, (name, ground, scheme)


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2, 1.4.3."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

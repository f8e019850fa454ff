"""The page while it is still happening: how it begins, and what is new for each who looks on."""

from __future__ import annotations

from collections.abc import Callable

from rtdebug import __version__
from rtdebug.model.findings import Finding
from rtdebug.model.records import Sender
from rtdebug.model.results import Outcome, Report, Run
from rtdebug.reports.json_report import head_fields
from rtdebug.reports.page.document import frame, in_page_json, run_data
from rtdebug.reports.page.keeping import Keeping, KeptMessages, SeenSoFar
from rtdebug.secrets.masker import cleaned


class LivePage:
    """What ``keeping`` has, for browsers; ``keeps`` says which findings are reported."""

    def __init__(self, keeping: Keeping, keeps: Callable[[Finding], bool]) -> None:
        self.keeping = keeping
        self.keeps = keeps

    def page(self, source: str) -> str:
        """The page; ``source`` is where alone it may ask for what is new."""
        head, tail = frame(source)
        report = in_page_json(head_fields(Report((), "", 0, __version__)))
        return f'{head}{{"report":{report},"runs":[],"live":true}}{tail}'

    def onlooker(self) -> Callable[[], list[str]]:
        """Gives what is new each time it is called: a message for each connection."""
        places: dict[KeptMessages, tuple[SeenSoFar, object]] = {}

        def news() -> list[str]:
            return [text for one in self.keeping.begun for text in self._news(one, places)]

        return news

    def _news(
        self, kept: KeptMessages, places: dict[KeptMessages, tuple[SeenSoFar, object]]
    ) -> list[str]:
        place, state = places.get(kept, (SeenSoFar(), None))
        now = (kept.count, kept.run is not None, len(kept.session.findings) if kept.session else 0)
        if now == state:
            return []
        rest, place = kept.since(place)
        places[kept] = (place, now)
        return [f'{{"number":{kept.number},"run":{in_page_json(self._run(kept))},{rest}}}']

    def _run(self, kept: KeptMessages) -> dict[str, object]:
        if kept.run is not None:
            return run_data(kept.run, all_shown=False)
        session = kept.session
        assert session is not None
        findings = tuple(filter(self.keeps, kept.told()))
        owed = cleaned(session.owed(), session.evidence.masker.redactor.text)
        run = Run(
            f"connection {kept.number}", Outcome.INTERRUPTED, session.pack.name,
            duration=session.at, client=kept.sent[Sender.CLIENT], server=kept.sent[Sender.SERVER],
            findings=findings, open=owed,
        )  # fmt: skip
        state = {"outcome": "running", "sign": "●", "words": "running", "advice": ""}
        return {**run_data(run, all_shown=False), **state}

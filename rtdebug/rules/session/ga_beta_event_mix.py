"""The client listens for event names that this server does not use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Remark, Sender
from rtdebug.protocols.openai_realtime.rule import Rule

_TYPE = r"\b[a-z_]+(?:\.[a-z_]+)+\b"
_NO_HANDLER = (
    r"(?i)\b(?:un(?:handled|known|recogni[sz]ed|supported|expected)|ignor(?:ed|ing)|skipp(?:ed|ing)"
    r"|no handler|not handled|dropp(?:ed|ing))\b"
)
_KEPT = 50


class GaBetaEventMix(Rule):
    """Reads the client's words beside the events."""

    name = "ga-beta-event-mix"
    begins = ("remarked",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._old: dict[str, Remark] = {}
        self._unhandled: dict[str, Remark] = {}
        self._named: set[str] = set()

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        retired = self.state.pack.retired_events
        became = set(retired.values())
        for name in re.findall(_TYPE, remark.text[:2000])[:_KEPT]:
            if name in retired:
                self._old.setdefault(name, remark)
            elif name in became and re.search(_NO_HANDLER, remark.text[:2000]):
                self._unhandled.setdefault(name, remark)
            elif name in became:
                self._named.add(name)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        retired = self.state.pack.retired_events
        old = {name: one for name, one in self._old.items() if retired[name] not in self._named}
        came = self._came({retired[name] for name in old}.union(self._unhandled))
        if not came or not (old or self._unhandled):
            return
        names = sorted(old) or sorted(self._unhandled)
        remark = next(iter((old or self._unhandled).values()))
        where = f" (line {remark.line})" if remark.line else ""
        says = "names" if old else "has no handler for"
        message = f"the server sends {came[0]}, while the client{where} {says} {', '.join(names)}"
        yield self.finding(message, at=remark.at, evidence=(came[1],))

    def _came(self, wanted: set[str]) -> tuple[str, int | None] | None:
        """An event of the names in force that did come, and its number if that is known. Names
        that both ages have, such as session.created, count only where they are ``wanted``."""
        pack, responses = self.state.pack, self.state.responses
        for response in (*responses.done, *responses.open.values()):
            for _, _, stream in response.streams():
                type_ = pack.type(f"{stream.kind}.delta")
                if stream.deltas and type_ in pack.retired_events.values():
                    return type_, stream.first_seq
        new = [one for one in pack.retired_events.values() if one in wanted or self._streams(one)]
        seen = [type_ for type_ in new if type_ in self.state.seen]
        return (seen[0], None) if seen else None

    def _streams(self, type_: str) -> bool:
        return (self.state.pack.role(Sender.SERVER, type_) or "").endswith((".delta", ".done"))

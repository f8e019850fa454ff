"""What the peer calls an error, by the pack's table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Sender
from rtdebug.packs.errors import Said
from rtdebug.packs.pointers import first_at
from rtdebug.rules.said.saying import NeutralSayingRule, quoted


class PeerErrors(NeutralSayingRule):
    """Reads errors where the pack says that they stand."""

    serves = "data"
    roles = ("error",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Names the error, and what it refused."""
        if event.sender is not Sender.SERVER or self.state.life is None:
            return NOTHING
        said = Said(
            where="error",
            code=self._field(event, "code"),
            type=self._field(event, "type"),
            message=self._field(event, "message") or "",
            param=self._field(event, "param"),
            before_session=self.state.begun is None,
        )
        refused = self.state.life.refused
        message = f"the server said {quoted(said.code, said.type, said.message)}"
        if said.param and said.param not in said.message:
            message += f" about {said.param}"
        if refused:
            asked = refused[-1].event
            message += f"; it answers event {asked.seq} ({asked.type})"
        evidence = (*(one.event.seq for one in refused), event.seq)
        texts = self.texts(said)
        more = (self.state.pack.errors.text(one.refused) for one in refused if one.refused)
        every = (*texts, *(text for text in more if text is not None))
        return tuple(
            text.finding(message, at=event.at, evidence=evidence,
                under=texts[0].name if index else None,
            )
            for index, text in enumerate(every)
        )  # fmt: skip

    def _field(self, event: Event, name: str) -> str | None:
        life = self.state.pack.life
        pointers = life.error.get(name, ()) if life is not None else ()
        return next(filter(None, (_text(first_at(event.payload, one)) for one in pointers)), None)


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return value if isinstance(value, str) else str(value) if abs(value) < 10**15 else None

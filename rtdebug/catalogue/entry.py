"""An entry of the catalogue: all that is said about one finding, wherever it is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rtdebug.model.findings import Cause, Certainty, Finding, Severity, key_of
from rtdebug.model.value import EMPTY, Value, replace

SIGNS = ("shown_by", "ruled_out_by")


class Entry(Value):
    """Texts and relations of one finding.

    ``fix`` is the short advice that a finding carries, ``to_do`` the whole of it. ``explained_by``
    are the findings this one hangs under, the first that stands goes first; with ``same_event`` it
    explains others only where the two have an event in common. ``rests_on`` are groups of roles:
    where somebody chose what to log, it is a note unless the log shows one role of each group.
    ``departure``: a compatible server may do this without any fault of the session. ``hang``: what
    it looks like when a session waits for something that never comes. ``shape``: it is about the
    shape of an event alone, which is certain and seldom why a session fails. ``proved``: it rests
    on what was seen alone, so that no gap in the record can have made it. ``answers`` is the role
    of the request that an error of this name most likely answers. ``signs`` say of each cause
    what shows it (or rules it out by its absence), and what rules it out. ``variants`` are what is
    said of it where the evidence tells more, by a short name.
    """

    name: str
    severity: Severity
    certainty: Certainty
    title: str
    family: str = ""
    finds: str = ""
    why: str = ""
    example: str = ""
    causes: tuple[Cause, ...] = ()
    fix: str = ""
    to_do: str = ""
    source: str = ""
    cause_ids: tuple[str, ...] = ()
    signs: tuple[Mapping[str, Any], ...] = ()
    explained_by: tuple[str, ...] = ()
    same_event: bool = False
    rests_on: tuple[tuple[str, ...], ...] = ()
    departure: bool = False
    hang: bool = False
    shape: bool = False
    proved: bool = False
    answers: str = ""
    alias_of: str = ""
    needs: tuple[str, ...] = ()
    variants: Mapping[str, Mapping[str, Any]] = EMPTY

    @classmethod
    def of(cls, name: str, row: Mapping[str, Any]) -> Entry:
        """An entry as the compiled catalogue or the error table of a pack has it."""
        fix = row.get("fix", "")
        causes = row.get("causes", ())
        return cls(
            name=name,
            severity=Severity(row["severity"]),
            certainty=Certainty(row["certainty"]),
            causes=tuple(map(_cause, causes)),
            fix=fix,
            to_do=row.get("to_do", fix),
            cause_ids=tuple(one.get("id", "") for one in causes),
            signs=tuple({key: one[key] for key in SIGNS if key in one} for one in causes),
            explained_by=tuple(row.get("explained_by", ())),
            rests_on=tuple(map(tuple, row.get("rests_on", ()))),
            needs=tuple(row.get("needs", ())),
            **{field: row[field] for field in _AS_WRITTEN if field in row},
        )

    def variant(self, name: str) -> Entry:
        """The entry as it is where the evidence tells more; the same where it tells nothing of
        the kind."""
        row = self.variants.get(name, EMPTY)
        changes = {field: row[field] for field in ("title", "fix") if field in row}
        if "severity" in row:
            changes["severity"] = Severity(row["severity"])
        if "certainty" in row:
            changes["certainty"] = Certainty(row["certainty"])
        if "causes" in row:
            changes["causes"] = tuple(map(_cause, row["causes"]))
            changes["cause_ids"] = changes["signs"] = ()
        return replace(self, **changes) if changes else self

    def causes_named(self, *ids: str) -> tuple[Cause, ...]:
        """The causes of these ids, in this order."""
        known = dict(zip(self.cause_ids, self.causes, strict=True))
        return tuple(known[one] for one in ids)

    def finding(  # noqa: PLR0913 - what is left out is the entry's
        self,
        message: str,
        *,
        at: float,
        evidence: Sequence[int | None] = (),
        subject: str | None = None,
        severity: Severity | None = None,
        certainty: Certainty | None = None,
        title: str | None = None,
        causes: Sequence[Cause] | None = None,
        fix: str | None = None,
        under: str | None = None,
    ) -> Finding:
        """A finding of this name; what is not given is the entry's."""
        known = tuple(sorted({seq for seq in evidence if seq}))
        first = known[0] if known else None
        return Finding(
            name=self.name,
            severity=severity or self.severity,
            certainty=certainty or self.certainty,
            title=title or self.title,
            message=message,
            causes=tuple(self.causes if causes is None else causes),
            fix=self.fix if fix is None else fix,
            subject=subject,
            at=at,
            evidence=known,
            first=first,
            last=known[-1] if known else None,
            docs=f"rtdebug explain {self.name}",
            under=under,
            key=key_of(self.name, subject, first, at),
        )


_AS_WRITTEN = (
    "title", "family", "finds", "why", "example", "source", "same_event", "departure", "hang",
    "shape", "proved", "answers", "alias_of", "variants",
)  # fmt: skip


def _cause(row: Mapping[str, Any]) -> Cause:
    return Cause(
        row["text"], row.get("likelihood", ""), row.get("test", ""), row.get("of_onlooker", False)
    )

"""Token counts that do not add up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rtdebug.engine.fields import index_of, object_of
from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Event
from rtdebug.protocols.openai_realtime.rule import Rule

_KINDS = ("text_tokens", "audio_tokens", "image_tokens")


class UsageInconsistent(Rule):
    """Adds up the usage of every response that is done."""

    name = "usage-inconsistent"
    roles = ("response.done",)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """A response is done: do its counts add up?"""
        response = self.state.finished
        if response is None or response.usage is None or not event.whole:
            return NOTHING
        if _adds_up(response.usage):
            return NOTHING
        wrong = list(_wrong(response.usage))
        less = [] if wrong else list(_less(response.usage))
        if not wrong and not less:
            return NOTHING
        message = f"in the usage of {response.id} {'; '.join(wrong or less)}"
        return (
            self.finding(
                message, at=event.at, evidence=(event.seq,), subject=response.id,
                severity=None if wrong else Severity.INFO,
            ),
        )  # fmt: skip


def _adds_up(usage: dict[str, Any]) -> bool:
    """Whether all is there and right, as mostly; anything else is looked at closely."""
    try:
        taken, given = usage["input_tokens"], usage["output_tokens"]
        into, out = usage["input_token_details"], usage["output_token_details"]
        cached = into["cached_tokens_details"]
        return bool(
            taken + given == usage["total_tokens"]
            and into["text_tokens"] + into["audio_tokens"] + into["image_tokens"] == taken
            and out["text_tokens"] + out["audio_tokens"] == given
            and cached["text_tokens"] + cached["audio_tokens"] + cached["image_tokens"]
            == into["cached_tokens"]
            <= taken
        )
    except (KeyError, TypeError):
        return False


def _wrong(usage: dict[str, Any]) -> Iterator[str]:
    taken, given = index_of(usage.get("input_tokens")), index_of(usage.get("output_tokens"))
    total = index_of(usage.get("total_tokens"))
    if None not in (taken, given, total) and (taken or 0) + (given or 0) != total:
        yield f"total_tokens is {total}, but input and output are {taken} and {given}"
    for name, whole, kinds, cached in _sides(usage):
        if kinds is not None and kinds > whole:
            yield f"the kinds of {name}_tokens add up to {kinds}, more than the {whole} there are"
        if cached is not None and cached > whole:
            yield f"{cached} of {whole} {name}_tokens are said to be cached"


def _less(usage: dict[str, Any]) -> Iterator[str]:
    for name, whole, kinds, _ in _sides(usage):
        if kinds is not None and kinds < whole:
            yield f"the kinds of {name}_tokens add up to {kinds} of {whole}"
    details = object_of(usage.get("input_token_details"))
    cached, kinds = index_of(details.get("cached_tokens")), _sum(details, "cached_tokens_details")
    if cached is not None and kinds is not None and cached != kinds:
        yield f"cached_tokens is {cached}, but its kinds add up to {kinds}"


def _sides(usage: dict[str, Any]) -> Iterator[tuple[str, int, int | None, int | None]]:
    """Input and output: name, whole, the sum of the kinds, what is cached."""
    for name in ("input", "output"):
        whole = index_of(usage.get(f"{name}_tokens"))
        if whole is not None:
            details = object_of(usage.get(f"{name}_token_details"))
            cached = index_of(details.get("cached_tokens"))
            yield name, whole, _sum(usage, f"{name}_token_details"), cached


def _sum(holder: dict[str, Any], name: str) -> int | None:
    details = object_of(holder.get(name))
    counts = [index_of(details.get(kind)) for kind in _KINDS]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None

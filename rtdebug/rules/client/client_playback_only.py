"""The audio came; what is missing is its sound."""

from __future__ import annotations

from collections.abc import Iterable

from rtdebug.engine.rule import NOTHING
from rtdebug.model.findings import Finding
from rtdebug.model.records import Remark
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.client.said_lines import SaidLines

_NO_SOUND = (
    r"(?i)\bno (?:sound|audio|voice|playback|speech output)\b"
    r"|\b(?:can ?n[o']?t|can't|cannot|do ?n[o']t|does ?n[o']t|did ?n[o']t|never|not|unable to) "
    r"(?:\w+ ){0,3}(?:hear|play)\b"
    r"|\b(?:is|stays|remains|completely) silent\b"
    r"|\bnothing (?:is )?(?:heard|audible|played|plays)\b"
    r"|\bnot (?:being )?(?:audible|played)\b|\bplays? nothing\b"
)


class ClientPlaybackOnly(Rule):
    """Holds the complaint against what came."""

    name = "client-playback-only"
    begins = ("remarked",)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines = SaidLines(self.state, _NO_SOUND)

    def remarked(self, remark: Remark) -> Iterable[Finding]:
        """A line of the log that is no event."""
        self._lines.take(remark)
        return NOTHING

    def finished(self) -> Iterable[Finding]:
        """All of the log is read."""
        responses = self.state.responses
        all_ = (*responses.done, *responses.open.values())
        heard = [one for one in all_ if one.deltas("audio")]
        if not self._lines.lines or not heard or any(one.status == "failed" for one in all_):
            return
        line = self._lines.lines[0]
        deltas = sum(one.deltas("audio") for one in heard)
        message = (
            f"{line.where} misses the sound, but {deltas} audio deltas came in {len(heard)} "
            f"response{'s' if len(heard) > 1 else ''}: the socket delivered it"
        )
        yield self.finding(
            message, at=line.remark.at, evidence=(heard[0].seq, heard[-1].last_seq),
            subject=heard[0].id,
        )  # fmt: skip

"""The signs reports are drawn with, in Unicode or in plain ASCII, and text made fit for either."""

from __future__ import annotations

import re
from typing import NamedTuple

from rtdebug.model.findings import Severity
from rtdebug.model.records import Sender
from rtdebug.model.results import Outcome, Run
from rtdebug.safe import RUNNER_COMMAND, one_line, safe

# Direction is written one way everywhere: client to server, server to client, state.
ARROWS = {Sender.CLIENT: ">", Sender.SERVER: "<", None: "="}

_PLAIN = str.maketrans(
    {"…": "...", "×": "x", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "≤": "<="}
)


class Signs(NamedTuple):
    """One set of signs; ``ascii`` says that nothing else may be written.

    A named tuple, as every run makes this class and a frozen dataclass takes 2 ms to make.
    """

    good: str
    bad: str
    warning: str
    info: str
    skipped: str
    open: str
    missing: str
    cut: str
    times: str
    under: str
    dot: str
    ascii: bool

    def outcome(self, outcome: Outcome) -> str:
        """The sign of a run or a step."""
        if outcome.is_good:
            return self.good
        return self.skipped if outcome is Outcome.SKIPPED else self.bad

    def run(self, run: Run) -> str:
        """The sign of a run: no tick over an error or a warning that is shown, over what was good
        only when it was tried again, nor where something is open."""
        if run.excused:
            return self.skipped
        if not run.outcome.is_good:
            return self.outcome(run.outcome)
        if run.tries > 1 or any(finding.severity is not Severity.INFO for finding in run.findings):
            return self.warning
        return self.open if run.open else self.good

    def severity(self, severity: Severity) -> str:
        """The sign of a finding."""
        return {
            Severity.ERROR: self.bad,
            Severity.WARNING: self.warning,
            Severity.INFO: self.info,
        }[severity]

    def text(self, text: str) -> str:
        """``text``, perhaps a peer's, safe to show; lines stay, tabs become blanks."""
        return self._fit(safe(text).replace("\t", "    "))

    def line(self, text: str, limit: int = 0) -> str:
        """``text`` safe to show on one line of at most ``limit`` characters (0 = whole)."""
        return self._fit(one_line(text, limit))

    def _fit(self, text: str) -> str:
        if not self.ascii or text.isascii():
            return text
        return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode()


UNICODE = Signs(
    good="✓", bad="✗", warning="!", info="i", skipped="–", open="○", missing="┄", cut="⋮",
    times="×", under="└", dot="·", ascii=False,
)  # fmt: skip
ASCII = Signs(
    good="+", bad="x", warning="!", info="i", skipped="-", open="o", missing="--", cut=":",
    times="x", under="'-", dot="|", ascii=True,
)  # fmt: skip


# A runner of GitHub acts on "::" at the head of a line, behind blanks too.
_COMMAND = rf"(?m)^((?:\s|\x1b\[[\d;]*m)*:):|{RUNNER_COMMAND}"


def without_commands(text: str) -> str:
    """``text`` in which no line is a command to the machine that runs a pipeline."""
    if "::" not in text and "##" not in text:
        return text
    return re.sub(_COMMAND, lambda match: f"{match[1]} :" if match[1] else "## ", text)


def signs(unicode: bool) -> Signs:
    """The set a terminal or a pipe can show."""
    return UNICODE if unicode else ASCII

"""What a program says on its stderr when it fails: the lines of a traceback or panic, put together.

A table says how languages begin and go on; nothing here judges. Ordinary lines are no outburst.
"""

from __future__ import annotations

import re

from rtdebug.model.value import Value

_MOST = 6000  # characters of one: its beginning and its end are kept
_LINES = 400
_RAISED = r"(?:Uncaught )?(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception)\b"


class _Kind(Value):
    """How outbursts of a language begin and go on; ``sure`` must be in it somewhere."""

    begins: str
    goes_on: str
    sure: str = ""


_PYTHON = _Kind(
    begins=r".*Traceback \(most recent call last\):",
    goes_on=r"[ \t|+]|$|Traceback|During handling of the above|The above exception was",
)
_KINDS = (
    _PYTHON,
    # Node, of what nobody caught: the place, the line, a caret, then as below
    _Kind(
        r"\S+\.[cm]?[jt]sx?:\d+$", rf"\s|$|throw |Node\.js v|[{{}}\]]|{_RAISED}", rf"(?m)^{_RAISED}"
    ),
    # what a console prints of an error: Node, Deno, Bun, Java, Kotlin, C#
    _Kind(rf".*\b{_RAISED}", r"\s+(?:at|\.\.\.) |Caused by: |\s*[\[{}\]]", r"(?m)^\s+at "),
    _Kind(r"Unhandled exception\b|Exception in thread ", r"\s|Caused by: "),
    _Kind(r"panic: |fatal error: ", r""),  # Go
    _Kind(r"thread '.*' panicked at ", r"note: |(?!\[|\w+:)\S"),  # Rust
    _Kind(r"\S+\.rb:\d+:in ", r"\s+(?:\d+: )?from "),  # Ruby
)


class Outburst(Value):
    """A failure as a program wrote it, and when its first line came."""

    at: float
    text: str


class Outbursts:
    """Takes lines as they come. Each call gives the outburst that ended with it, if one did."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._at = 0.0
        self._kind = _PYTHON
        self._told = False  # of Python: the line that says what was raised has come

    def take(self, at: float, line: str) -> Outburst | None:
        """One line, without its end."""
        if self._lines and self._belongs(line):
            if len(self._lines) < _LINES:
                self._lines.append(line)
            return None
        done = self.flush()
        kind = next((one for one in _KINDS if re.match(one.begins, line)), None)
        if kind is not None:
            self._at, self._lines, self._kind, self._told = at, [line], kind, False
        return done

    def flush(self) -> Outburst | None:
        """What has come so far, where nothing more of it is to be expected."""
        lines, self._lines = self._lines, []
        text = "\n".join(lines).rstrip()
        return Outburst(self._at, _cut(text)) if text and re.search(self._kind.sure, text) else None

    def _belongs(self, line: str) -> bool:
        if re.match(self._kind.goes_on, line):
            self._told = self._told and not line.startswith("Traceback")
            return True
        if self._kind is _PYTHON and not self._told:
            self._told = True
            return True
        return False


def _cut(text: str) -> str:
    if len(text) <= _MOST:
        return text
    return f"{text[: _MOST // 3]}\n[...]\n{text[-2 * _MOST // 3 :]}"

"""What a program's traceback says: what was raised, and where in the program's own code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rtdebug.model.value import Value

_RAISED = r"(?:Uncaught )?(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Group|Warning)\b"
_PYTHON = r'\s*(?:\| *)?File "([^"]+)", line (\d+), in (\S+)'
_SCRIPT = r"\s+at (?:(?:async )?(\S[^()]*?) \()?(?:file://)?([^():\s]+):(\d+):\d+\)?$"
_ASIDE = ("During handling of the above", "The above exception was", "Traceback (most")
# Code that the program's author did not write.
_LIBRARY = re.compile(
    r"site-packages|dist-packages|node_modules|[\\/]lib[\\/]python\d|^<frozen|^node:|^internal/"
)
_WISHED = re.compile(r"(?:[\w.]+\.)?(?:KeyboardInterrupt|SystemExit|CancelledError)\b")
_WAITED = re.compile(r"(?i)\btime(?:d )?-?out")


class Raised(Value):
    """``what``: the type and its message; ``where``: file, line and function, "" where no frame of
    the program's own is in it."""

    what: str
    where: str

    @property
    def waited(self) -> bool:
        """Whether the program had waited for too long: what it waited for is another matter."""
        return _WAITED.search(self.what) is not None

    @property
    def wished(self) -> bool:
        """Whether it is how a program is ended, and no fault."""
        return _WISHED.match(self.what) is not None


def raised_in(text: str) -> Raised:
    """What a traceback or panic says."""
    lines = text.splitlines()
    return Raised(_what(lines), _where(lines))


def _what(lines: Sequence[str]) -> str:
    """Python says it last, all others first."""
    if any("Traceback (most" in line for line in lines):
        plain = [one for one in lines if one[:1].strip() and not one.startswith(_ASIDE)]
        said = [one for one in plain if re.match(rf"{_RAISED}|[\w.]+(?::|$)", one)]
        return (said or plain or lines)[-1].strip()
    for pattern in (rf"^{_RAISED}.*", rf"\b{_RAISED}.*"):
        for line in lines:
            if match := re.search(pattern, line):
                return match[0]
    return lines[0].strip() if lines else ""


def _where(lines: Sequence[str]) -> str:
    """The innermost frame of the program's own code."""
    frames = [
        (match[1], match[2], match[3]) for line in lines if (match := re.match(_PYTHON, line))
    ]
    frames.reverse()
    script = (match for line in lines if (match := re.match(_SCRIPT, line)))
    frames += [(match[2], match[3], match[1] or "") for match in script]
    own = [frame for frame in frames if not _LIBRARY.search(frame[0])]
    if not own:
        return ""
    file, line, function = own[0]
    name = re.split(r"[\\/]", file)[-1]
    inside = f", in {function}" if function and function != "<module>" else ""
    return f"{name}:{line}{inside}"

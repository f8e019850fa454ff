"""One line typed on a terminal whose last row this program draws: the least of an editor."""

from __future__ import annotations

_ENTER = frozenset("\r\n")
_BACKSPACE = frozenset("\x7f\b")
_KEPT_LINES = 100
_LONGEST = 100_000


class LineEditor:
    """Takes signs in; ``text`` is the line so far. The arrows up and down fetch earlier lines."""

    def __init__(self) -> None:
        self.text = ""
        self.ended = False  # Ctrl-D on an empty line
        self._earlier: list[str] = []
        self._place = 0
        self._escape = ""

    def take(self, sign: str) -> str | None:
        """One sign; the line when it is the end of one."""
        if self._escape or sign == "\x1b":
            self._escaped(sign)
        elif sign in _ENTER:
            return self._entered()
        elif sign in _BACKSPACE:
            self.text = self.text[:-1]
        elif sign == "\x15":  # Ctrl-U
            self.text = ""
        elif sign == "\x17":  # Ctrl-W
            self.text = self.text.rstrip().rpartition(" ")[0]
        elif sign == "\x04":
            self.ended = self.ended or not self.text
        elif sign.isprintable() and len(self.text) < _LONGEST:
            self.text += sign
        return None

    def clear(self) -> None:
        """Begin anew."""
        self.text, self._escape = "", ""

    def _entered(self) -> str:
        line, self.text = self.text, ""
        if line and (not self._earlier or self._earlier[-1] != line):
            self._earlier = [*self._earlier[-_KEPT_LINES:], line]
        self._place = len(self._earlier)
        return line

    def _escaped(self, sign: str) -> None:
        """Arrows come as ESC [ A and the like; what else does is swallowed."""
        self._escape += sign
        if len(self._escape) == 2 and sign not in "[O":
            self._escape = ""
        elif len(self._escape) > 2 and "@" <= sign <= "~":
            key, self._escape = sign, ""
            if key == "A":
                self._fetch(-1)
            elif key == "B":
                self._fetch(1)

    def _fetch(self, step: int) -> None:
        self._place = min(max(self._place + step, 0), len(self._earlier))
        self.text = self._earlier[self._place] if self._place < len(self._earlier) else ""

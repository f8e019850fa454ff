"""Text of others as Markdown that says it and does nothing: no markup, link, mention or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug.reports.signs import without_commands
from rtdebug.safe import one_line, safe

# By number a sign is never markup. What GitHub looks for after that (a mention, an issue) is kept
# apart from what follows it by an empty comment.
_MARKUP = re.compile(r"[\\`*{}\[\]<>+!|~$&=^@#]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)|(?<=www)\.", re.I)


def words(text: str, limit: int = 0) -> str:
    """One line of plain words, for use within a line."""
    return _MARKUP.sub(_by_number, one_line(text, limit))


def _by_number(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};" + ("<!-- -->" if sign[0] in "@#" else "")


def code(text: str, limit: int = 0) -> str:
    """One line as it stands, in the type of code; not for tables."""
    flat = one_line(text, limit)
    fence = "`" * (_longest("`", flat) + 1)
    pad = " " if flat[:1] in ("`", " ") or flat[-1:] in ("`", " ") else ""
    return f"{fence}{pad}{flat}{pad}{fence}" if flat.strip() else ""


def block(lines: Iterable[str], language: str = "text") -> str:
    """Lines as they stand, each still a line."""
    text = without_commands(safe("\n".join(lines)))
    fence = "`" * max(3, _longest("`", text) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _longest(sign: str, text: str) -> int:
    return max((len(run) for run in re.findall(f"{sign}+", text)), default=0)

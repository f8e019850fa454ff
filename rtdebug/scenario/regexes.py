"""Regular expressions of scenarios: linear in the length of the text, whatever was written.

They run in the regex engine that comes with jsonschema-rs, which has no look-around and no back
references and therefore cannot be made to take exponential time. What is ambiguous in other
engines, a repeated group of nothing but repetitions, is refused all the same: the scenario may be
read by one of those, and it is never what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MAX_SUBJECT = 64 * 1024
MAX_PATTERN = 2000

_PIECE = (
    r"(?P<open>\((?:\?(?:P?<[A-Za-z_]\w*>|[a-z-]*:))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<times>[*+?]|\{\d*,?\d*\})\??"
    r"|(?P<atom>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.)"
)


class RegexProblem(ValueError):
    """A pattern that is refused; ``hint`` says what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def regex_test(pattern: str) -> Callable[[str], bool]:
    """A test whether the pattern is found anywhere in a text."""
    if len(pattern) > MAX_PATTERN:
        raise RegexProblem(f"a pattern of {len(pattern)} characters", f"at most {MAX_PATTERN}")
    if _repeats_repetitions(pattern):
        raise RegexProblem(
            f"/{pattern[:60]}/ repeats a group that holds nothing but repetitions",
            "write a+ for (a+)+",
        )
    import jsonschema_rs

    options = jsonschema_rs.RegexOptions(size_limit=1_000_000, dfa_size_limit=1_000_000)
    try:
        validator = jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=options
        )
    except (ValueError, jsonschema_rs.ValidationError):
        raise RegexProblem(f"/{pattern[:60]}/ is no regular expression", _advice(pattern)) from None
    found: Callable[[str], bool] = validator.is_valid
    return found


def _advice(pattern: str) -> str:
    if re.search(r"\(\?<?[=!]", pattern):
        return "look-around is not understood; combine $regex with $not or $contains"
    if re.search(r"\\[1-9]", pattern):
        return "back references are not understood"
    if r"\Z" in pattern:
        return r"write \z or $ for the end of the text"
    return "check brackets and escapes; quote the pattern with single quotes in YAML"


def _repeats_repetitions(pattern: str) -> bool:
    """Whether a repeated group has a branch in which everything is itself repeated."""
    groups = [_Group()]
    last: _Group | None = None
    for piece in re.finditer(_PIECE, pattern, re.DOTALL):
        if piece["times"]:
            if last is not None and last.loose and _many(piece["times"]):
                return True
            groups[-1].repeat(_many(piece["times"]))
            last = None
        elif piece["open"]:
            groups.append(_Group())
            last = None
        elif piece["close"] and len(groups) > 1:
            last = groups.pop()
            last.end_branch()
            groups[-1].atom(fixed=not last.loose)
        elif piece["bar"]:
            groups[-1].end_branch()
            last = None
        else:
            groups[-1].atom(fixed=True)
            last = None
    return False


class _Group:
    """One group while it is read: whether a branch so far holds repetitions and nothing fixed."""

    def __init__(self) -> None:
        self.loose = False
        self._fixed = 0
        self._repeated = False
        self._last_fixed = False

    def atom(self, *, fixed: bool) -> None:
        self._last_fixed = fixed
        self._fixed += fixed
        self._repeated |= not fixed

    def repeat(self, many: bool) -> None:
        self._fixed -= self._last_fixed
        self._last_fixed = False
        self._repeated |= many

    def end_branch(self) -> None:
        self.loose |= self._repeated and self._fixed == 0
        self._fixed, self._repeated, self._last_fixed = 0, False, False


def _many(times: str) -> bool:
    """Whether a quantifier has no upper bound, or a large one."""
    if times in ("*", "+"):
        return True
    most = re.search(r",(\d*)\}", times)
    return most is not None and (not most[1] or int(most[1]) > 10)

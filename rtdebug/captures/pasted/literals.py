"""Reads one value as some program printed it, and says what of it is missing.

One grammar takes in what JSON, JavaScript consoles, Python, pydantic, dataclasses, Ruby, Rust,
Swift, C# records and PHP print, since a paste rarely says which it is. It never goes back over
what it has read, so that its time grows with the text alone; what it cannot read ends the value.
"""

from __future__ import annotations

import re
from typing import Any

from rtdebug.captures.pasted.print_r import listed
from rtdebug.captures.pasted.strings import StringReader

DEPTH = 64

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/|#(?= )[^\n]*)*", re.S)
_BLANK = re.compile(r"[ \t]*")
_NUMBER = re.compile(r"[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?n?(?=[\s,}\]);]|$)")
_IDENTIFIER = re.compile(r"[A-Za-z_$@][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*")
_KEY = re.compile(r":?[\w$@][\w$.\-/@]*\??|\[[\w$() .\-]{1,60}\]")
_SEPARATOR = re.compile(r"\s*(=>|:=|:(?!:)|=(?!=))")
_ELISION = re.compile(
    r"(?:\.{3,}|…)(?:[ \t]*\(?[+]?\d+ (?:more|items?|properties)[^,}\]\n]{0,40}\)?"
    r"|[ \t]*[A-Za-z_][\w.]*(?=\s*[,}\]\n]))?|<\.{3}>|<truncated>"
)
_PLACEHOLDER = re.compile(
    r"\[(?P<word>Object|Array|Map|Set|Circular|Function|AsyncFunction|GeneratorFunction|class"
    r"|Getter|Setter|Symbol|Buffer|Uint8Array|ArrayBuffer|Float32Array|Int16Array|Promise"
    r"|native code|object Object)\b(?P<rest>[^\[\]\n]{0,80})\]"
)
_ANGLE = re.compile(r"<(?P<inside>[^<>\n]{0,200})>")
_ENUM = re.compile(r"[\w.]+:\s*(?P<value>'[^']*'|\"[^\"]*\"|[\w.\-]+)$")
_IN_MAP = re.compile(
    r"(?:[^,}\])\[(\n]+|\([^()\n]{0,200}\)|\[[^\[\]\n]{0,200}\]|[(\[]"
    r"|,(?!\s*[\"'“”‘’\w.:\[\]]{1,80}\s*(?:=>|[:=])|\s*[}\])]|\s*\n))*"
)
_IN_LIST = re.compile(r"[^,}\])\n]*")
# An event at the start of a line is no element of a list that an earlier line began.
_EVENT_LINE = re.compile(
    r"(?<=\n)\{\s*[\"']?(?:event_id[\"']?\s*:\s*[\"']|type[\"']?\s*:\s*[\"'][a-z_]+\.[a-z_])"
)
_STAND_IN = re.compile(r"[^\s\x00-\x7f][^,}\])\n]{0,200}(?=\s*[,}\])\n])")
_SIZED = re.compile(r"[ \t]*(?=[\[{])")
_WORDISH = re.compile(r"[\w.$@#/+\-:*\\|~?!]")
_LENGTH = re.compile(r"\(\d+\)\s*(?=[\[{])")
_OPENER = re.compile(r"[\[(]|[ \t]*\{|(?<=array)\s*\(")
# PHP's var_dump says how many bytes its texts have, and escapes nothing in them.
_COUNTED = re.compile(r"string\((\d{1,9})\) \"")
_PHP_OBJECT = re.compile(r"(?:array|object\([\w\\]{1,120}\)#\d+ )\s?\((\d+)\) (?=\{)")

_WORDS: dict[str, Any] = {
    "true": True, "True": True, "TRUE": True, "YES": True,
    "false": False, "False": False, "FALSE": False, "NO": False,
    "null": None, "None": None, "nil": None, "NULL": None, "NaN": None, "Null": None,
    "undefined": None, "undef": None, "Infinity": None, "NOT_GIVEN": None, "NotGiven": None,
}  # fmt: skip
_NULL = "<null>"  # what Apple's dictionaries print in quotes for a null
_COLLAPSED = frozenset({"Object", "Array", "Map", "Set"})
_ABSENT = frozenset({"undefined", "NOT_GIVEN", "NotGiven"})
_PERL_BOOLEAN = re.compile(r"bless\( do\{\\\(my \$o = ([01])\)\}, '[\w:]{1,60}' \)")
_EMPTY = frozenset({"dict", "list", "set", "tuple", "frozenset", "array", "map"})
_BOXES = frozenset(
    {
        "Some", "Optional", "Just", "Ok", "Set", "Symbol", "Map", "OrderedDict", "UUID", "Decimal",
        "ObjectId", "dict", "deque", "frozenset", "set", "list",
        "AnyHashable", "array",
    }
)  # fmt: skip


class Named(dict[str, Any]):
    """An object that was printed with the name of its class."""

    __slots__ = ("name",)

    def __init__(self, fields: dict[str, Any], name: str) -> None:
        super().__init__(fields)
        self.name = name


_MISSING = object()
"""What an elision or a cut leaves in the place of a value."""


class LiteralReader:
    """Reads values out of ``text``. After :meth:`read`, ``pos`` is behind the value, ``whole``
    tells whether all of it was there, ``loose`` whether it held words that are no values
    (names of variables: it is program code)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.whole = True
        self.loose = False
        self._broken = False
        self._strings = StringReader(text)

    def read(self, start: int) -> Any:
        """The value at ``start``, as much of it as is there; None when there is none."""
        self.pos, self.whole, self.loose, self._broken = start, True, False, False
        value = self._value(0, in_map=False)
        return None if value is _MISSING else value

    # -- values ------------------------------------------------------------------------------

    def _value(self, depth: int, in_map: bool) -> Any:
        self._skip()
        text, pos = self.text, self.pos
        char = text[pos : pos + 1]
        if not char:
            return self._cut()
        if match := _ELISION.match(text, pos):
            self.whole, self.pos = False, match.end()
            return _MISSING
        if char in ",}])":
            self.whole = False
            return _MISSING
        if char == "{":
            return self._container(depth, "}")
        if char == "[":
            return self._bracket(depth)
        if char == "(":
            length = _LENGTH.match(text, pos)
            if length is None:
                return self._container(depth, ")")
            self.pos = length.end()
            return self._value(depth, in_map)
        if self._strings.starts(pos):
            return self._string(in_map)
        if char == "<":
            return self._angle(depth, in_map)
        if char in "&%*#" and text[pos + 1 : pos + 2] in ("{", "["):
            self.pos += 1
            return self._value(depth, in_map)
        return self._word(depth, in_map)

    def _cut(self) -> Any:
        self.whole, self._broken = False, True
        return _MISSING

    def _string(self, joined: bool) -> str | None:
        value, self.pos, whole = self._strings.read(self.pos, joined=joined)
        if not whole:  # the log was cut here: what follows is another record
            self._cut()
        return None if value == _NULL else value

    def _bracket(self, depth: int) -> Any:
        match = _PLACEHOLDER.match(self.text, self.pos)
        if match is None:
            return self._container(depth, "]")
        self.pos = match.end()
        word = match["word"]
        if word == "Object" and "prototype" in match["rest"]:
            return self._value(depth, False)
        self.whole = False
        return [] if word == "Array" else {} if "Object" in word else None

    def _angle(self, depth: int, in_map: bool) -> Any:
        match = _ANGLE.match(self.text, self.pos)
        if match is None:
            return self._cut()
        inside = match["inside"]
        self.pos = match.end()
        if inside.startswith("ref "):
            return self._value(depth, in_map)
        if inside in ("nil", "null", "None", "unset"):
            return None
        enum = _ENUM.match(inside)
        if enum:
            return enum["value"].strip("'\"")
        self.whole = False
        return f"<{inside}>"

    def _word(self, depth: int, in_map: bool) -> Any:
        text = self.text
        number = _NUMBER.match(text, self.pos)
        if number:
            self.pos = number.end()
            return _number(number.group())
        if counted := _COUNTED.match(text, self.pos):
            return self._counted(int(counted[1]), counted.end())
        if flag := _PERL_BOOLEAN.match(text, self.pos):
            self.pos = flag.end()
            return flag[1] == "1"
        if dumped := _PHP_OBJECT.match(text, self.pos):
            self.pos = dumped.end()
            return self._value(depth, in_map) if int(dumped[1]) else self._unknown_empty(depth)
        name = _IDENTIFIER.match(text, self.pos)
        if name and (opener := _OPENER.match(text, name.end())):
            return self._named(name.group(), opener.end() - 1, depth)
        if not _WORDISH.match(text, self.pos):
            return self._stand_in() if in_map else self._cut()
        match = (_IN_MAP if in_map else _IN_LIST).match(text, self.pos)
        word = match.group().strip().rstrip(";") if match else ""
        if not word or match is None:
            return self._cut()
        self.pos = match.end()
        if word in _COLLAPSED:
            self.whole = False
            return [] if word == "Array" else {}
        if word in _WORDS:
            self.whole = self.whole and word != "undef"  # Perl's for null, and for what is not set
            return _MISSING if word in _ABSENT else _WORDS[word]
        if word.endswith(("...", "…")):
            self.whole = False
        self.loose = self.loose or name is not None
        return word.lstrip(":") if " " not in word else word

    def _stand_in(self) -> Any:
        """Signs of no language, as a person puts them in the place of a value."""
        match = _STAND_IN.match(self.text, self.pos)
        if match is None:
            return self._cut()
        self.whole, self.pos = False, match.end()
        return _MISSING

    def _counted(self, size: int, start: int) -> Any:
        """A text of ``size`` bytes; where that does not hold (it was shortened), to its quote."""
        data = self.text[start : start + size].encode("utf-8", "surrogatepass")[:size]
        value = data.decode("utf-8", "ignore")
        if self.text.startswith('"', start + len(value)):
            self.pos = start + len(value) + 1
            return value
        self.pos = start - 1
        return self._string(False)

    def _unknown_empty(self, depth: int) -> Any:
        """An empty array, of which nobody can tell whether it was a list or an object."""
        self._container(depth, "}")
        self.whole = False
        return _MISSING

    def _named(self, name: str, opener: int, depth: int) -> Any:
        """``Name(...)``, ``Name {...}``, ``Name [...]``: the inside, with the name if it is one."""
        self.pos = opener
        char = self.text[opener]
        inside = self._container(depth, {"{": "}", "[": "]", "(": ")"}[char])
        short = re.split(r"\.|::", name)[-1]
        if char == "(" and inside == [] and short[:1].islower() and short not in _EMPTY:
            self.whole = False  # a call in a program: nobody knows what it gave
            return _MISSING
        if isinstance(inside, dict) and (char != "[" or short[:1].isupper()):
            return inside if isinstance(inside, Named) else Named(inside, short)
        if char == "(" and isinstance(inside, list) and len(inside) == 1:
            only = inside[0]
            if isinstance(only, int) and (sized := _SIZED.match(self.text, self.pos)):
                self.pos = sized.end()  # Map(2) { ... }, Array(3) [ ... ]
                return self._value(depth, False)
            if isinstance(only, int) and short in ("Array", "Map", "Set"):
                self.whole = False
                return []
            boxed = isinstance(only, dict) and not isinstance(only, Named) and short not in _BOXES
            return Named(only, short) if boxed else only
        return inside

    # -- containers --------------------------------------------------------------------------

    def _container(self, depth: int, closer: str) -> Any:
        """The inside of ``{}``, ``[]`` or ``()``: pairs make an object, else it is a list."""
        self.pos += 1
        if depth >= DEPTH:
            return self._cut()
        pairs: dict[str, Any] = {}
        items: list[Any] = []
        while not self._broken:
            self._skip(separators=True)
            char = self.text[self.pos : self.pos + 1]
            if char == closer:
                self.pos += 1
                break
            if char in ("}", "]", ")"):  # the other closer was lost
                self.whole = False
                break
            if not char or self._starts_anew(char, closer):
                self._cut()
            elif match := _ELISION.match(self.text, self.pos):
                self.whole, self.pos = False, match.end()
            else:
                self._entry(pairs, items, depth + 1, closer)
        return listed(pairs) if pairs or (closer == "}" and not items) else items

    def _starts_anew(self, char: str, closer: str) -> bool:
        """Whether the next record begins here, the closers of this value having been lost."""
        if char != "{":
            return False
        return closer == "}" or _EVENT_LINE.match(self.text, self.pos) is not None

    def _entry(self, pairs: dict[str, Any], items: list[Any], depth: int, closer: str) -> None:
        start = self.pos
        key = _KEY.match(self.text, start)
        if key and (separator := _SEPARATOR.match(self.text, key.end())):
            if not self.text.startswith("//", separator.end()):
                self.pos = separator.end()
                self._pair(pairs, key.group().strip(":[]?"), depth)
                return
        if closer == "}" and key and not self._strings.starts(start):
            self._shorthand(key, items)
            return
        value = self._value(depth, in_map=False)
        if value is _MISSING:
            return
        if not self._broken and isinstance(value, str | int | float | list):
            separator = _SEPARATOR.match(self.text, self.pos)
            name = _key_of(value) if separator else None
            if separator and name is not None:
                self.pos = separator.end()
                self._pair(pairs, name, depth)
                return
        items.append(value)

    def _pair(self, pairs: dict[str, Any], name: str, depth: int) -> None:
        value = self._value(depth, in_map=True)
        if value is not _MISSING:
            pairs[name] = value

    def _shorthand(self, key: re.Match[str], items: list[Any]) -> None:
        """A word alone in braces: a variable in program code, or the end of what can be read."""
        follows = _BLANK.match(self.text, key.end())
        char = self.text[follows.end() : follows.end() + 1] if follows else ""
        if char in (",", "}"):
            self.pos, self.loose = key.end(), True
            items.append(key.group())
        else:
            self._cut()

    def _skip(self, *, separators: bool = False) -> None:
        while True:
            match = _SPACE.match(self.text, self.pos)
            self.pos = match.end() if match else self.pos
            if not separators or self.text[self.pos : self.pos + 1] not in (",", ";"):
                return
            self.pos += 1


def _key_of(value: Any) -> str | None:
    if isinstance(value, list):  # PHP prints ["type"]=> and [0]=>
        return str(value[0]) if len(value) == 1 and isinstance(value[0], str | int) else None
    return value if isinstance(value, str) else str(value)


def _number(text: str) -> int | float | str:
    digits = text.rstrip("n").replace("_", "")
    try:
        return int(digits) if digits.lstrip("+-").isdigit() else float(digits)
    except ValueError:  # thousands of digits
        return text

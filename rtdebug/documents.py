"""Loads a file a person wrote: its value, and the line and column of every part of it.

The language is YAML with JSON's values: text, numbers, true, false, null, lists, and mappings with
text keys that occur once. Scalars follow YAML 1.2 core, so ``on``, ``no``, ``012``, ``1_000``,
``1:30`` and dates are text. Anchors, aliases, merge keys, tags and further documents are refused.
"""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from rtdebug.errors import DocumentError, UnreadableError
from rtdebug.model.results import Location
from rtdebug.model.value import Value

MAX_BYTES = 4 * 1024 * 1024
_SEARCHED = 500  # characters of a line a pattern is looked for in: its time grows with the square
MAX_DEPTH = 64
MAX_NODES = 100_000
MAX_DIGITS = 1000

JsonPath: TypeAlias = tuple[str | int, ...]

_BREAK = "\r\n|[\r\n\x85\u2028\u2029]"
_WORDS = {
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BLANKS = dict.fromkeys(map(ord, "\t\r\n"))
# What every number begins and ends with, whatever its base.
_FIRST = frozenset("+-.0123456789")
_LAST = frozenset("0123456789.abcdefABCDEFnN")
_INT = r"[-+]?(?:0|[1-9][0-9]*)\Z"
_BASED = r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z"
_FLOAT = r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"
_NOT_FINITE = r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"


class Document(Value):
    """One file as it was written. ``path`` is how messages name it, ``value`` is JSON-like."""

    path: str
    value: Any
    text: str
    _root: Any

    def __repr__(self) -> str:
        return self._shown("text", "_root")

    def location(self, path: JsonPath = (), *, at_key: bool = False) -> Location:
        """Where the value at ``path`` (or its key) stands; of a part that is not there, where
        the nearest part around it stands."""
        start, _end = self._span(path, at_key)
        return Location(self.path, start.line + 1, start.column + 1)

    def error(
        self, path: JsonPath, message: str, hint: str = "", *, at_key: bool = False
    ) -> DocumentError:
        """An error at the value at ``path``, or at its key."""
        start, end = self._span(path, at_key)
        return _error(self.path, self.text, (start.line, start.column), message, hint, end=end)

    def resolve(self, pointer: str, base: JsonPath = ()) -> JsonPath:
        """The path of a JSON pointer (RFC 6901) that starts at ``base``, as far as it exists."""
        found: list[str | int] = list(base)
        value = self.value
        for token in base:
            value = value[token]
        for raw in pointer.split("/")[1:]:
            token = raw.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and token in value:
                found.append(token)
                value = value[token]
            elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
                found.append(int(token))
                value = value[int(token)]
            else:
                break
        return tuple(found)

    def _span(self, path: JsonPath, at_key: bool) -> tuple[Any, Any]:
        node, key = self._root, None
        for token in path:
            inner = _child(node, token)
            if inner is None:
                break
            key, node = inner
        else:
            if at_key and key is not None:
                node = key
        return node.start_mark, node.end_mark


def load_document(path: Path | str, name: str | None = None) -> Document:
    """Read and parse one file, called ``name`` (or by its path) in messages; UnreadableError when
    it cannot be read, DocumentError where it is wrong."""
    name = name or str(path)
    data = _read(Path(path), name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = data[: problem.start].decode("utf-8-sig", errors="replace")
        raise _error(
            name,
            before,
            _position(before),
            f"byte 0x{data[problem.start]:02x} is not UTF-8",
            "save the file as UTF-8",
        ) from None
    return parse_document(text, name)


def parse_document(text: str, name: str) -> Document:
    """Parse ``text``, called ``name`` in messages; DocumentError where it is wrong."""
    import yaml

    text = text.removeprefix("\ufeff")
    _check_text(text, name)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _guard(text, name, loader)
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as problem:
        raise _syntax_error(text, name, problem) from None
    except yaml.YAMLError as problem:
        raise _error(name, text, (0, 0), f"not YAML: {_first_line(problem)}") from None
    if root is None:
        raise _error(name, text, (0, 0), "the file is empty", "expected a YAML mapping")
    return Document(name, _Constructor(text, name).value(root), text, root)


def scalar(text: str) -> Any:
    """The value of an unquoted scalar by YAML 1.2 core; ValueError for a number JSON has not."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST or text[-1] not in _LAST:
        return text
    if re.match(_INT, text) or re.match(_BASED, text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"a number of {len(text)} digits")
        return int(text, 0)
    if re.match(_FLOAT, text) or re.match(_NOT_FINITE, text):
        number = float(text) if re.match(_FLOAT, text) else math.inf
        if not math.isfinite(number):
            raise ValueError(f"{text[:40]} is no JSON number")
        return number
    return text


def _read(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"{name}: not a regular file", "give the path of a YAML file")
        if status.st_size > MAX_BYTES:
            raise UnreadableError(
                f"{name}: {status.st_size} bytes, at most {MAX_BYTES} are read",
                "split it into several files",
            )
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise UnreadableError(
            f"{name}: {reason.lower()}", "check the path and its permissions"
        ) from None


def _check_text(text: str, name: str) -> None:
    """What libyaml would refuse without saying where."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", errors="replace")) > MAX_BYTES:
        raise _error(name, text[:200], (0, 0), f"larger than {MAX_BYTES} bytes", "split the file")
    if text.translate(_BLANKS).isprintable():
        return
    bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]", text)
    if bad is not None:
        raise _error(
            name,
            text,
            _position(text[: bad.start()]),
            f"character U+{ord(bad.group()):04X} is not allowed in YAML",
            'write it as an escape inside double quotes, such as "\\x1b"',
        )


def _guard(text: str, name: str, loader: Any) -> None:
    """Refuse what is cheap to write and costly to load, before any node is made: composing
    50,000 open brackets overflows libyaml's stack, and aliases multiply."""
    import yaml

    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            trouble = _node_trouble(event, nodes)
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            trouble = ("a second document", "one document a file") if documents > 1 else None
        else:
            trouble = None
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                trouble = (f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if trouble is not None:
            mark: Any = event.start_mark
            raise _error(name, text, (mark.line, mark.column), *trouble)


def _node_trouble(event: Any, nodes: int) -> tuple[str, str] | None:
    if event.anchor is not None:
        sign = "&" if hasattr(event, "tag") else "*"
        name = f"{sign}{event.anchor[:60]}"
        return f"anchors and aliases are not read ('{name}')", "write the value out, or quote it"
    if event.tag is not None:
        return f"tags are not read ('{event.tag[:60]}')", "quote the value if it begins with '!'"
    if nodes > MAX_NODES:
        return f"more than {MAX_NODES} values", "split the file"
    return None


class _Constructor:
    """Turns composed nodes into values, strictly."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name

    def value(self, node: Any) -> Any:
        if node.id == "mapping":
            return dict(self._pairs(node))
        if node.id == "sequence":
            return [self.value(item) for item in node.value]
        return self._scalar(node)

    def _pairs(self, node: Any) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in lines:
                raise self._wrong(
                    key_node, f"'{key}' stands here twice, first in line {lines[key]}", "keep one"
                )
            lines[key] = key_node.start_mark.line + 1
            yield key, self.value(value_node)

    def _key(self, node: Any) -> str:
        if node.id != "scalar":
            raise self._wrong(
                node, f"a key must be text, not a {node.id}", "quote a key that begins with { or ["
            )
        if _plain(node) and node.value == "<<":
            raise self._wrong(node, "merge keys ('<<') are not read", "write the keys out")
        key = self._scalar(node)
        if not isinstance(key, str):
            shown = node.value or "nothing"
            raise self._wrong(node, f"a key must be text, not {shown}", f'write "{node.value}"')
        return key

    def _scalar(self, node: Any) -> Any:
        if not _plain(node):
            return node.value
        try:
            return scalar(node.value)
        except ValueError as problem:
            raise self._wrong(node, str(problem), "quote it to have it as text") from None

    def _wrong(self, node: Any, message: str, hint: str) -> DocumentError:
        start = node.start_mark
        where = (start.line, start.column)
        return _error(self._name, self._text, where, message, hint, end=node.end_mark)


def _plain(node: Any) -> bool:
    """Whether a scalar stands without quotes; libyaml says '' where PyYAML says None."""
    return not node.style


def _child(node: Any, token: str | int) -> tuple[Any, Any] | None:
    """The key node (None in a sequence) and value node of one child."""
    if node.id == "mapping":
        for key, value in node.value:
            if key.value == token:
                return key, value
    elif node.id == "sequence" and isinstance(token, int) and 0 <= token < len(node.value):
        return None, node.value[token]
    return None


_SYNTAX_HINTS = (
    ("nesting depth", "flatten it"),
    ("mapping values are not allowed", "quote a text that contains ': '"),
    ("cannot start any token", "quote a text that begins with a special character"),
    ("did not find expected ',' or", "close the bracket, or quote the text inside it"),
    ("could not find expected ':'", "a key needs ': ' after it, on the same line"),
    ("did not find expected key", "check the indentation of this line"),
    ("did not find expected '-' indicator", "check the indentation of this line"),
    ("unexpected end of stream", "close the quote"),
)


def _syntax_error(text: str, name: str, problem: Any) -> DocumentError:
    mark = problem.problem_mark or problem.context_mark
    if mark and problem.context_mark and not _line(text, mark.line)[mark.column :].strip():
        mark = problem.context_mark  # nothing stands at the end: show what was begun there
    where = (mark.line, mark.column) if mark else (0, 0)
    said = str(problem.problem or problem.context or "unreadable")
    if problem.problem and problem.context:
        said = f"{said} {problem.context}"
    hint = next((hint for words, hint in _SYNTAX_HINTS if words in said), "")
    if _line(text, where[0])[where[1] :].startswith("\t"):
        hint = "indent with spaces, not tabs"
    if re.search(r"[\[{,].*[^\"'\w]\$\{", _line(text, where[0])[:_SEARCHED]):
        hint = 'inside {…} or […] quote a text that holds ${…}: {text: "${name}"}'
    return _error(name, text, where, f"not YAML: {said}", hint)


def _first_line(problem: BaseException) -> str:
    return str(problem).partition("\n")[0]


def _error(
    name: str,
    text: str,
    start: tuple[int, int],
    message: str,
    hint: str = "",
    *,
    end: Any = None,
) -> DocumentError:
    """``start`` is a line and column from 0; ``end`` a mark, None underlines one character."""
    line, column = start
    shown = _line(text, line)
    width = 1
    if end is not None:
        stop = end.column if end.line == line else len(shown.rstrip())
        width = max(1, stop - column)
    where = Location(name, line + 1, column + 1)
    return DocumentError(message, where, hint, line_text=shown, width=width)


def _line(text: str, number: int) -> str:
    """One line, counted as YAML counts them."""
    lines = re.split(_BREAK, text)
    return lines[number] if number < len(lines) else ""


def _position(before: str) -> tuple[int, int]:
    lines = re.split(_BREAK, before)
    return len(lines) - 1, len(lines[-1])

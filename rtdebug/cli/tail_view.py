"""What a tail is shown on: the rows, a stream for programs, the keys."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from rtdebug.api.halting import Halt
from rtdebug.api.verdict import Strictness
from rtdebug.api.viewing import Talk
from rtdebug.cli.keyboard import has_keys
from rtdebug.cli.outlet import put_on, put_to
from rtdebug.cli.output import WantedReport, parse_reports, refuse_link, wants_color
from rtdebug.cli.screen import Canvas, Keys, Screen
from rtdebug.cli.streams import as_utf8
from rtdebug.errors import UnreadableError, UsageError
from rtdebug.model.value import Value
from rtdebug.reports.filters import Filter
from rtdebug.reports.live import LiveLook, LiveView
from rtdebug.reports.live_block import Status
from rtdebug.reports.live_ndjson import NdjsonView

_PIPE_COLUMNS = 200  # nothing of a row is cut where no terminal is that narrow
_NDJSON = "ndjson"


class ViewWishes(Value):
    """What the command line says about the view. ``live``: what is watched goes on by itself, so
    that there is something to draw anew."""

    wanted: Filter
    strictness: Strictness
    color: str
    quiet: bool
    fold: bool
    live: bool
    title: str
    turns: bool = False


class Reports(NamedTuple):
    """What was asked for: reports at the end, and streams (None is stdout) beside the watching."""

    final: tuple[WantedReport, ...]
    streams: tuple[Path | None, ...]

    @property
    def stdout_taken(self) -> bool:
        """Whether stdout belongs to a program."""
        written = (one for one in self.final if one.format != "terminal")
        return None in self.streams or any(one.path is None for one in written)


def tail_reports(texts: Sequence[str]) -> Reports:
    """The --report options; raises UsageError."""
    streams: list[Path | None] = []
    others: list[str] = []
    for text in texts:
        name, _, file = text.partition("=")
        if name == _NDJSON:
            streams.append(Path(file) if file and file != "-" else None)
        else:
            others.append(text)
    final = parse_reports(others)
    if None in streams and any(one.path is None and one.format != "terminal" for one in final):
        raise UsageError(
            "two reports were asked for on stdout",
            "give all but one a file: --report json=out.json",
        )
    return Reports(final, tuple(dict.fromkeys(streams)))


def make_screen(wishes: ViewWishes, reports: Reports) -> Screen:
    """The screen of a tail; raises UnreadableError where a stream cannot be written."""
    canvases = [_stream(path, wishes) for path in reports.streams]
    stream = sys.stderr if reports.stdout_taken else sys.stdout
    if reports.stdout_taken and not stream.isatty():
        return Screen(canvases, keys=lambda halt, talk: _keys(None, halt, talk))
    look = _look(wishes, stream)
    view = LiveView(
        look,
        wanted=wishes.wanted,
        keeps=wishes.strictness.keeps,
        status=Status(title=wishes.title),
    )
    canvases.insert(0, Canvas(view, put_on(stream)))

    def keys(halt: Halt, talk: Talk | None) -> Keys | None:
        return _keys(view if look.block else None, halt, talk)

    def resized() -> None:
        view.widen(*_size(stream))

    return Screen(canvases, keys=keys, resized=resized)


def aside_screen(wishes: ViewWishes, reports: Reports, *, shown: bool) -> Screen:
    """The screen beside a command that has the terminal: streams for programs, and where it is to
    be ``shown`` each row on stderr, which is never drawn anew and hears no keys."""
    canvases = [_stream(path, wishes) for path in reports.streams]
    if shown:
        view = LiveView(
            _look(wishes, sys.stderr), wanted=wishes.wanted, keeps=wishes.strictness.keeps
        )
        canvases.insert(0, Canvas(view, put_on(sys.stderr)))
    return Screen(canvases)


def _stream(path: Path | None, wishes: ViewWishes) -> Canvas:
    view = NdjsonView(wanted=wishes.wanted, keeps=wishes.strictness.keeps)
    if path is None:
        as_utf8(sys.stdout)
        return Canvas(view, put_on(sys.stdout))
    refuse_link(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
    try:
        return Canvas(view, put_to(os.open(path, flags, 0o600), "utf-8"))
    except OSError as error:
        raise UnreadableError(
            f"the report {path} cannot be written: {error.strerror or error}",
            "choose another place",
        ) from None


def _look(wishes: ViewWishes, stream: TextIO) -> LiveLook:
    encoding = (stream.encoding or "ascii").lower().replace("-", "")
    terminal = stream.isatty()
    width, height = _size(stream)
    return LiveLook(
        width=width,
        height=height,
        turns=wishes.turns,
        color=wants_color(stream, wishes.color),
        unicode=encoding.startswith("utf"),
        block=terminal and wishes.live and not wishes.quiet and os.environ.get("TERM") != "dumb",
        fold=wishes.fold,
        quiet=wishes.quiet,
        told_later=not wishes.live and not wishes.quiet,
    )


def _size(stream: TextIO) -> tuple[int, int]:
    if stream.isatty():
        try:
            width, height = os.get_terminal_size(stream.fileno())
        except OSError:
            return 80, 24
        return width or 80, height or 24
    return shutil.get_terminal_size((_PIPE_COLUMNS, 24))


def _keys(view: LiveView | None, halt: Halt, talk: Talk | None) -> Keys | None:
    """The keyboard where a view is drawn beside one, else whatever is piped in."""
    from rtdebug.cli.controls import TypingControls, ViewControls
    from rtdebug.cli.typed_input import TypedInput

    if view is not None and has_keys():
        return ViewControls(view, halt) if talk is None else TypingControls(view, halt, talk)
    in_background = sys.stdin is not None and sys.stdin.isatty() and not has_keys()
    return None if talk is None or in_background else TypedInput(talk)

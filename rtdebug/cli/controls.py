"""What the keys do in a live view: pause, filter, quit, and typing where what is typed is sent."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rtdebug.api.halting import Halt
from rtdebug.api.viewing import Talk
from rtdebug.cli.keyboard import Keyboard
from rtdebug.cli.line_editor import LineEditor
from rtdebug.reports.filters import typed_filter
from rtdebug.reports.live import LiveView

KEYS = "space pause  t turns  f filter  q quit"
TURN_KEYS = "t events  up/down choose  enter open  q quit"
TYPING_KEYS = "space pause  /turns  /… filter  /q quit"
_FILTER = "filter (response.* -*.delta > < /text): "
_SEND = "send> "


class ViewControls:
    """Keys for a view that sends nothing."""

    def __init__(self, view: LiveView, halt: Halt) -> None:
        self._view = view
        self._halt = halt
        self._editor = LineEditor()
        self._asking = False
        self._escape = ""
        self._keyboard = Keyboard(self.pressed)
        view.status.keys = TURN_KEYS if view.turns.shown else KEYS

    def open(self) -> None:
        """Take the keys."""
        self._keyboard.open()

    def close(self) -> None:
        """Give them back."""
        self._keyboard.close()

    def pressed(self, sign: str) -> None:
        """One key."""
        status = self._view.status
        if self._asking:
            self._ask(sign)
        elif sign == "\x1b" or self._escape:
            self._escaped(sign)
        elif sign in "tT":
            self._view.turns.shown = not self._view.turns.shown
            status.keys = TURN_KEYS if self._view.turns.shown else KEYS
        elif sign in "jk":
            self._view.turns.move(1 if sign == "j" else -1)
        elif sign in "\r\n":
            self._view.turns.opened = not self._view.turns.opened
        elif sign == " ":
            self._view.pause(not status.paused)
        elif sign in "f/":
            self._asking = True
            self._editor.text = status.filter
            status.said, status.prompt = _FILTER, status.filter
        elif sign in "qQ\x04":
            self._halt.quit()

    def _escaped(self, sign: str) -> None:
        """The arrows come as ESC [ A and the like; what else does is nothing here."""
        self._escape = self._escape + sign if len(self._escape) < 2 else ""
        if not self._escape and sign in "AB":
            self._view.turns.move(-1 if sign == "A" else 1)

    def _ask(self, sign: str) -> None:
        status = self._view.status
        line = self._editor.take(sign)
        if line is None:
            status.prompt = self._editor.text
            return
        wrong = apply_filter(self._view, line)
        if wrong:
            status.said, status.prompt = f"{wrong}; {_FILTER}", line
            self._editor.text = line
            return
        self._asking = False
        status.said, status.prompt = "", None


class TypingControls:
    """Lines for a view that sends what is typed. A line behind a slash is for the view."""

    def __init__(self, view: LiveView, halt: Halt, talk: Talk) -> None:
        self._view = view
        self._halt = halt
        self._talk = talk
        self._editor = LineEditor()
        self._keyboard = Keyboard(self.pressed)
        view.status.keys = TYPING_KEYS
        view.status.said, view.status.prompt = _SEND, ""

    def open(self) -> None:
        """Take the keys."""
        self._keyboard.open()

    def close(self) -> None:
        """Give them back."""
        self._keyboard.close()

    def pressed(self, sign: str) -> None:
        """One key."""
        editor, status = self._editor, self._view.status
        if sign == " " and not editor.text:
            self._view.pause(not status.paused)
            return
        line = editor.take(sign)
        if editor.ended:
            self._talk.quit()
        if line is not None:
            self._entered(line)
        status.prompt = editor.text

    def _entered(self, line: str) -> None:
        status = self._view.status
        status.said = _SEND
        if line.strip() in ("/q", "/quit"):
            self._talk.quit()
        elif line.split()[:1] == ["/turns"]:
            show_turns(self._view, line.split()[1:])
        elif line.startswith("/"):
            wrong = apply_filter(self._view, line[1:])
            status.said = f"{wrong}; {_SEND}" if wrong else _SEND
        else:
            self._talk.line(line)


def show_turns(view: LiveView, numbers: Sequence[str]) -> None:
    """Show turns in place of events, or the events again; of a turn that is named its events."""
    turns = view.turns
    turns.opened = bool(numbers) and numbers[0].isdecimal()
    turns.shown = turns.opened or not turns.shown
    turns.choose(int(numbers[0]) if turns.opened else sys.maxsize)


def apply_filter(view: LiveView, text: str) -> str:
    """Show what fits from now on; what is wrong with the text, "" if nothing is."""
    try:
        view.filter(typed_filter(text))
    except ValueError as error:
        return str(error)
    return ""

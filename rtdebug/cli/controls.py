"""What the keys do in a live view: pause, filter, quit, and typing where what is typed is sent."""

from __future__ import annotations

from rtdebug.api.halting import Halt
from rtdebug.api.viewing import Talk
from rtdebug.cli.keyboard import Keyboard
from rtdebug.cli.line_editor import LineEditor
from rtdebug.reports.filters import typed_filter
from rtdebug.reports.live import LiveView

KEYS = "space pause  f filter  q quit"
TYPING_KEYS = "space pause  /… filter  /q quit"
_FILTER = "filter (response.* -*.delta > < /text): "
_SEND = "send> "


class ViewControls:
    """Keys for a view that sends nothing."""

    def __init__(self, view: LiveView, halt: Halt) -> None:
        self._view = view
        self._halt = halt
        self._editor = LineEditor()
        self._asking = False
        self._keyboard = Keyboard(self.pressed)
        view.status.keys = KEYS

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
        elif sign == " ":
            self._view.pause(not status.paused)
        elif sign in "f/":
            self._asking = True
            self._editor.text = status.filter
            status.said, status.prompt = _FILTER, status.filter
        elif sign in "qQ\x04":
            self._halt.quit()

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
        elif line.startswith("/"):
            wrong = apply_filter(self._view, line[1:])
            status.said = f"{wrong}; {_SEND}" if wrong else _SEND
        else:
            self._talk.line(line)


def apply_filter(view: LiveView, text: str) -> str:
    """Show what fits from now on; what is wrong with the text, "" if nothing is."""
    try:
        view.filter(typed_filter(text))
    except ValueError as error:
        return str(error)
    return ""

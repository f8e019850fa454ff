"""The three forms of a tail, from their options to what they print."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.api.capture_place import capture_place, for_several
from rtdebug.api.own_server import called, is_own
from rtdebug.api.viewing import Viewer
from rtdebug.api.watching import Watching, capture_folder
from rtdebug.cli.addresses import addresses, at
from rtdebug.cli.keeping import save
from rtdebug.cli.options import filled
from rtdebug.cli.output import publish
from rtdebug.cli.screen import Screen
from rtdebug.cli.streams import forget, tell
from rtdebug.cli.tail_view import Reports, ViewWishes, make_screen
from rtdebug.errors import EXIT_GOOD, UnreadableError, UsageError
from rtdebug.model.records import Sender
from rtdebug.model.results import Report
from rtdebug.model.value import Value
from rtdebug.reports.filters import Filter, expression_of
from rtdebug.reports.formats import FORMATS, Format, Look
from rtdebug.safe import one_line
from rtdebug.wire.target import parse_target, shown

if TYPE_CHECKING:
    from rtdebug.api.companion import AppAddress
    from rtdebug.api.watching_proxy import Listening

_PROXY = frozenset(
    {
        "listen",
        "upstream",
        "tls",
        "dangerously_bind",
        "hosts",
        "origins",
        "most",
        "passed",
        "no_compression",
        "keep",
    }
)
_CLIENT = frozenset({"headers"})
_SOCKETS = frozenset({"ca_file", "capture", "no_audio"})
_FILE = frozenset({"follow"})
_TOKEN = re.compile(r"[!#$%&'*+.^`|~\w-]+", re.ASCII)  # RFC 9110, 5.6.2
_HOST_PORT = re.compile(r"^(\[[0-9A-Fa-f:.]+\]|[\w.-]+):\d+(/|$)")


class Form(Enum):
    """What is watched, and the options that are for others only."""

    PROXY = ("a proxy (--listen)", _CLIENT | _FILE)
    CLIENT = ("a client (tail URL)", _PROXY | _FILE)
    FILE = ("a file (tail FILE)", _PROXY | _CLIENT | _SOCKETS)

    def checked(self, given: Iterable[tuple[str, str]], *, follow: bool = False) -> Form:
        """Raises UsageError for an option (its name, and as written) that makes no sense here."""
        words, foreign = self.value
        for name, written in given:
            if name in foreign:
                raise UsageError(
                    f"{written} does not go with {words}", "leave it out; see rtdebug tail --help"
                )
            if name == "web" and self is Form.FILE and not follow:
                raise UsageError(
                    "--web shows what is still to come, and this file is finished",
                    "add --follow where it grows, or write a page: --report html=report.html",
                )
        return self


def form_of(source: str | None, listen: str | None, upstream: str | None) -> Form:
    """Which form a command line means; raises UsageError where it means none."""
    if listen is not None or upstream is not None:
        if source is not None:
            raise UsageError(
                f"{shown(source)} and --listen: a tail watches one thing", "leave one of them out"
            )
        missing = "--upstream URL" if upstream is None else "--listen HOST:PORT"
        if listen is None or upstream is None:
            raise UsageError(
                f"a proxy needs --listen and --upstream; {missing} is missing",
                "rtdebug tail --listen 127.0.0.1:8080 --upstream wss://api.openai.com/v1",
            )
        return Form.PROXY
    if source is None:
        raise UsageError(
            "expected something to watch: a URL, a file, or --listen and --upstream",
            "type for example rtdebug tail mock; see rtdebug tail --help",
        )
    if os.path.exists(source):
        return Form.FILE
    if is_own(source) or "://" in source:
        return Form.CLIENT
    if _HOST_PORT.match(source) or source.partition("?")[0].endswith("/realtime"):
        parse_target(source)  # which says what is missing of a URL
    return Form.FILE


def address(listen: str) -> tuple[str, int]:
    """Host and port of --listen; raises UsageError."""
    host, _, port = listen.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise UsageError(
            f"--listen {listen[:60]}: expected HOST:PORT with a port from 0 to 65535",
            "write --listen 127.0.0.1:8080; port 0 takes a free one",
        )
    return host or "127.0.0.1", int(port)


def header_names(names: tuple[str, ...]) -> frozenset[str]:
    """The names of --pass-header; raises UsageError for what is none."""
    for name in names:
        if not _TOKEN.fullmatch(name):
            raise UsageError(
                f"--pass-header {name[:60]}: expected the name of a header, without its value",
                "write --pass-header X-My-Header",
            )
    return frozenset(name.lower() for name in names)


def capture_target(text: str, form: Form) -> Path:
    """Where --capture points: a folder for a proxy, made where a slash says so."""
    place = capture_place(text)
    if form is Form.PROXY:
        return for_several(place, "the connections of a proxy")
    return capture_folder(place.path) if place.folder else place.path


def wanted_events(
    only: tuple[str, ...], hide: tuple[str, ...], sender: str | None, grep: str | None
) -> Filter:
    """The filter of a command line; raises UsageError."""
    try:
        expression = expression_of(grep) if grep is not None else None
    except ValueError as error:
        raise UsageError(f"--grep {error}", "escape characters such as ( [ . *") from None
    return Filter(only, hide, Sender(sender) if sender else None, expression)


class Tail(Value):
    """What all forms share. Each method runs one and returns its exit code."""

    watching: Watching
    wanted: Filter
    reports: Reports
    look: Look
    color: str
    fold: bool
    turns: bool

    def proxy(self, listening: Listening) -> int:
        """Between an app and a server."""
        from rtdebug.api.watching_proxy import watch_proxy
        from rtdebug.reports import tail_summary

        screen = self._screen(f"tail to {called(listening.upstream)}", live=True)
        screen.waiting = True

        def ready(place: AppAddress) -> None:
            tell(where_to_connect(place))
            screen.waiting = False

        watched = watch_proxy(listening, self.watching, self._viewer(screen), ready=ready)

        def closing(report: Report, look: Look) -> str:
            kept = watched.kept
            return tail_summary.render(report, look, outcomes=kept.outcomes, found=kept.findings)

        code = self._publish(watched.report, screen, closing)
        save(self.watching.folder, watched.report, quiet=self.look.quiet)
        if watched.bug is not None:
            raise watched.bug
        return code

    def client(self, url: str, headers: tuple[str, ...], ca_file: Path | None) -> int:
        """As a client."""
        from rtdebug.api.watching_client import Calling, watch_client

        screen = self._screen(f"tail {called(url)}", live=True)
        scripted = sys.stdin is None or not sys.stdin.isatty()
        calling = Calling(url, tuple(map(filled, headers)), ca_file, scripted)
        report = watch_client(calling, self.watching, self._viewer(screen))
        return self._publish(report, screen, FORMATS["terminal"])

    def file(self, file: str, *, follow: bool) -> int:
        """Over a file."""
        from rtdebug.api.watching_file import watch_file

        screen = self._screen(f"tail {file}", live=follow)
        report = watch_file(file, self.watching, self._viewer(screen), follow=follow)
        return self._publish(report, screen, FORMATS["terminal"])

    def _viewer(self, screen: Screen) -> Viewer:
        keeping = self.watching.keeping
        if keeping is None or not keeping.live:
            return screen
        from rtdebug.cli.web import WebViewer

        return WebViewer(screen, keeping, self.watching.strictness)

    def _screen(self, title: str, *, live: bool) -> Screen:
        wishes = ViewWishes(
            wanted=self.wanted,
            strictness=self.watching.strictness,
            color=self.color,
            quiet=self.look.quiet,
            fold=self.fold,
            live=live,
            title=title,
            turns=self.turns,
        )
        return make_screen(wishes, self.reports)

    def _publish(self, report: Report, screen: Screen, people: Format) -> int:
        """The reports at the end; nothing more goes to a stdout that nobody reads."""
        if screen.gone or screen.stuck:
            forget(sys.stdout)
        publish(
            report,
            self.reports.final,
            self.look,
            self.color,
            people=people,
            streamed=self.reports.stdout_taken,
        )
        if screen.failure is not None:
            raise UnreadableError(
                f"what was shown could not all be written: {screen.failure.strerror}",
                "choose another place",
            )
        return EXIT_GOOD if screen.gone else report.exit_code


def before(upstream: str) -> str:
    """What a proxy stands before, in words."""
    if not is_own(upstream):
        return f"passing on to {shown(upstream)}"
    script = one_line(upstream.partition(":")[2], 80)
    return "before the embedded server" + (f" ({script})" if script else "")


def where_to_connect(place: AppAddress) -> str:
    """What to set in an app, for people."""
    base = at(place.host, place.port)
    where = addresses(base, secure=place.secure, exports=place.exports)
    return f"listening on {base}, {before(place.upstream)}\n{where}"

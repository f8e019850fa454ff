"""What the tests of the command line share: a call in this process, one in a process of its own,
and a peer that says what it is told to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from websockets.sync.server import ServerConnection, serve

ROOT = Path(__file__).parent.parent.parent
# What of the machine may colour, widen or sign in.
OUTSIDE = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "OPENAI_API_KEY", "RTDEBUG_URL",
           "GITHUB_ACTIONS")  # fmt: skip
CREATED = {
    "type": "session.created",
    "event_id": "event_1",
    "session": {"type": "realtime", "object": "realtime.session", "id": "sess_1",
                "model": "gpt-realtime", "output_modalities": ["text"]},
}  # fmt: skip


class Called(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


def environment(**more: str) -> dict[str, str]:
    """An environment without what the machine may say about colours, width and keys."""
    kept = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    return {**kept, **more}


def command(*arguments: object) -> list[str]:
    """The command line as a process of its own."""
    return [sys.executable, "-m", "rtdebug", *(str(one) for one in arguments)]


def process(*arguments: object, stdin: bytes = b"", **env: str) -> Called:
    """Runs a command line in a process of its own."""
    done = subprocess.run(
        command(*arguments),
        check=False,
        input=stdin,
        capture_output=True,
        env=environment(**env),
        timeout=30,
    )
    return Called(done.returncode, done.stdout.decode(), done.stderr.decode())


def findings(report: dict[str, Any]) -> list[str]:
    """The root findings of a JSON report, by name."""
    return [f["name"] for run in report["runs"] for f in run["findings"] if f["under"] is None]


@contextmanager
def peer(talk: Callable[[ServerConnection], None], **options: Any) -> Iterator[str]:
    """A server on the loopback that does what ``talk`` says with each connection; yields its
    URL."""
    with serve(talk, "127.0.0.1", 0, **options) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            port = server.socket.getsockname()[1]
            yield f"ws://127.0.0.1:{port}/v1/realtime?model=gpt-realtime"
        finally:
            server.shutdown()
            thread.join()


def say(connection: ServerConnection, event: dict[str, Any]) -> None:
    """Sends one event."""
    connection.send(json.dumps(event))

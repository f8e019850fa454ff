"""A script for mitmproxy that writes a capture of ours for every WebSocket it carries.

For apps whose address cannot be changed, in the environment that rtdebug is installed in:
``mitmdump -s "$(python -m rtdebug.captures.mitm_addon)"``, and ``--set rtdebug_capture=DIR`` to
name the folder. mitmproxy itself is never imported to load this: it calls these methods with its
flows.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rtdebug.captures.stamps import iso
from rtdebug.captures.writer import CaptureWriter
from rtdebug.engine.decoder import decode
from rtdebug.errors import UnreadableError
from rtdebug.model.records import Closed, Opened, Record, Refused, Sender, Step
from rtdebug.packs.by_url import pack_for
from rtdebug.packs.load import load_pack
from rtdebug.redaction import DEFAULT, REDACTED, SHORTEST_SECRET, Redactor
from rtdebug.secrets.masker import Masker

OPTION = "rtdebug_capture"
_FOLDER = "captures"
_NO_CODE = 1005  # RFC 6455, 7.1.5
_log = logging.getLogger("rtdebug")


class CaptureAddon:
    """What mitmproxy calls: its events of WebSocket flows, and of answers that are none."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = Path(folder or _FOLDER)
        self._open: dict[str, _Connection] = {}
        self._number = 0

    def load(self, loader: Any) -> None:
        """Adds the option that names the folder."""
        loader.add_option(
            OPTION, str, _FOLDER, "The folder in which rtdebug captures WebSocket connections."
        )

    def configure(self, updated: Iterable[str]) -> None:
        """Takes the folder from the options."""
        if OPTION in updated:
            from mitmproxy import ctx

            self._folder = Path(getattr(ctx.options, OPTION))

    def websocket_start(self, flow: Any) -> None:
        """An upgrade was accepted."""
        connection = self._begin(flow)
        if connection is not None:
            self._open[flow.id] = connection
            connection.opened(flow)

    def websocket_message(self, flow: Any) -> None:
        """The last message of the flow is new."""
        connection = self._open.get(flow.id)
        if connection is not None:
            connection.message(flow.websocket.messages[-1])

    def websocket_end(self, flow: Any) -> None:
        """The connection is over."""
        connection = self._open.pop(flow.id, None)
        if connection is not None:
            connection.closed(flow)

    def response(self, flow: Any) -> None:
        """An HTTP answer; one that refuses an upgrade is a connection that never was."""
        asked = flow.request.headers.get("upgrade", "").lower() == "websocket"
        if asked and flow.response.status_code != 101:
            connection = self._begin(flow)
            if connection is not None:
                connection.refused(flow)

    def done(self) -> None:
        """mitmproxy ends."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()

    def _begin(self, flow: Any) -> _Connection | None:
        try:
            return _Connection(flow, self._free_path())
        except UnreadableError as error:
            _log.warning("rtdebug: the connection is not captured: %s", error.message)
            return None

    def _free_path(self) -> Path:
        while True:
            self._number += 1
            path = self._folder / f"conn-{self._number:04}.jsonl"
            if not path.exists():
                return path


class _Connection:
    """One flow as it is written, masked on its way into the file."""

    def __init__(self, flow: Any, path: Path) -> None:
        headers = tuple(flow.request.headers.items(multi=True))
        self._masker = Masker(_redactor(headers))
        self._headers = headers
        self._url = re.sub("^http", "ws", str(flow.request.pretty_url))
        self._pack = load_pack(pack_for(self._url, self._headers))
        accepted = flow.response.status_code == 101
        moment = flow.response.timestamp_end if accepted else None
        self._start = float(moment or flow.request.timestamp_start)
        self._at = 0.0
        self._seq = 0
        self._told = False
        self._writer = CaptureWriter(
            path, pack=self._pack.name, url=self._masker.text(self._url), started=iso(self._start)
        )

    def opened(self, flow: Any) -> None:
        chosen = flow.response.headers.get("sec-websocket-protocol")
        self._write(Opened(0.0, self._url, chosen, self._headers))

    def message(self, message: Any) -> None:
        self._seq += 1
        data = message.content
        sender = Sender.CLIENT if message.from_client else Sender.SERVER
        at = self._moment(message.timestamp)
        binary = not message.is_text
        self._write(decode(self._pack, data, self._seq, at, sender, binary=binary))

    def closed(self, flow: Any) -> None:
        socket = flow.websocket
        sender = None
        if socket.closed_by_client is not None:
            sender = Sender.CLIENT if socket.closed_by_client else Sender.SERVER
        reason = socket.close_reason or ""
        at = self._moment(socket.timestamp_end)
        self._write(Closed(at, socket.close_code or _NO_CODE, reason, sender))
        self.close()

    def refused(self, flow: Any) -> None:
        response = flow.response
        body = response.get_text(strict=False) or ""
        text = f"HTTP {response.status_code} {response.reason}".strip()
        headers = tuple(response.headers.items(multi=True))
        at = self._moment(response.timestamp_end)
        self._write(Refused(at, Step.UPGRADE, text, self._url, response.status_code, headers, body))
        self.close()

    def close(self) -> None:
        self._writer.close()

    def _moment(self, timestamp: float | None) -> float:
        """Seconds since the connection opened; a wall clock may jump, and time does not."""
        at = round(float(timestamp) - self._start, 6) if timestamp is not None else self._at
        self._at = max(self._at, at)
        return self._at

    def _write(self, record: Record) -> None:
        self._writer.write(self._masker.record(record))
        if self._writer.failure is not None and not self._told:
            self._told = True
            _log.warning("rtdebug: %s", self._writer.failure)


def _redactor(headers: Iterable[tuple[str, str]]) -> Redactor:
    """One that also knows the secret values of these headers, whatever their shape."""
    secrets = []
    for name, value in headers:
        ((_, kept),) = DEFAULT.headers([(name, value)])
        if REDACTED in kept:
            secret = value[kept.index(REDACTED) :].strip()
            if len(secret) >= SHORTEST_SECRET:
                secrets.append(re.escape(secret))
    return Redactor(tuple(dict.fromkeys(secrets)))


addons = [CaptureAddon()]

if __name__ == "__main__":
    sys.stdout.write(f"{__file__}\n")

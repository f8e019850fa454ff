"""How a relay carries: one upstream, and whom it tells what."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from rtdebug.wire.audience import Arrival, Audience
from rtdebug.wire.upstream import Upstream


def _nobody(_: str) -> None:
    """For those who do not want to be told."""


@dataclass(frozen=True, slots=True)
class RelayOptions:
    """Settings of a relay.

    ``on_connection`` makes the audience of a connection when its app asks for the upgrade, before
    the server is dialled. ``on_note`` gets sentences, safe to show, about what is no connection:
    plain requests, and requests that were turned away. ``context`` is for TLS to the upstream.
    ``redact`` are patterns of secrets, ``pass_headers`` names of headers that pass beside the
    usual ones. ``compression`` False takes the offer of permessage-deflate out of the app's
    request. ``handshake`` is how many seconds each half of a handshake may take.
    """

    upstream: Upstream
    on_connection: Callable[[Arrival], Audience]
    on_note: Callable[[str], None] = _nobody
    context: ssl.SSLContext | None = None
    redact: tuple[str, ...] = ()
    pass_headers: frozenset[str] = frozenset()
    compression: bool = True
    handshake: float = 10.0

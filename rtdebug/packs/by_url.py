"""Which pack a connection speaks, by what was asked for: the URL and the headers of its upgrade."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rtdebug import resources
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.packs.peers import by_handshake


def pack_for(url: str, headers: Iterable[tuple[str, str]] = ()) -> str:
    """The name of the pack whose patterns fit; the default pack where none does.

    Azure's preview and Azure Voice Live have ``api-version`` in their URLs, old SDKs ask for the
    beta by a header (captures of 2026).
    """
    headers = tuple(headers)
    lines = [url, *(f"{name.lower()}: {value.lower()}" for name, value in headers)]
    request = "\n".join(lines)
    for name in resources.pack_names():
        if name != DEFAULT_PACK and is_asked_for(name, request):
            return name
    peer = by_handshake(url, headers)
    return (peer.pack if peer is not None else "") or DEFAULT_PACK


def is_asked_for(pack: str, request: str) -> bool:
    """Whether a request, its URL or also its headers, fits the patterns of a pack."""
    return any(re.search(one, request) for one in load_pack(pack).urls)

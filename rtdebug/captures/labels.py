"""What logs call the two sides: words, arrows and flags -> who sent a message."""

from __future__ import annotations

import re
from typing import Any

from rtdebug.model.records import Sender

CLIENT, SERVER = Sender.CLIENT, Sender.SERVER

# Words that name a side, whoever wrote the log.
_SIDES: dict[str, Sender] = {
    "client": CLIENT, "user": CLIENT, "browser": CLIENT, "app": CLIENT, "c": CLIENT,
    "c2s": CLIENT, "cts": CLIENT, "local": CLIENT, "me": CLIENT, "self": CLIENT,
    "server": SERVER, "s": SERVER, "s2c": SERVER, "stc": SERVER, "remote": SERVER,
    "peer": SERVER, "api": SERVER, "openai": SERVER, "azure": SERVER, "xai": SERVER,
    "gemini": SERVER, "model": SERVER, "backend": SERVER, "provider": SERVER,
    "客户端": CLIENT, "服务器": SERVER, "服务端": SERVER,
}  # fmt: skip

# Words that say which way, as whoever wrote the log sees it: usually the client.
_WAYS: dict[str, Sender] = {
    "send": CLIENT, "sent": CLIENT, "sending": CLIENT, "sends": CLIENT, "out": CLIENT,
    "outgoing": CLIENT, "outbound": CLIENT, "tx": CLIENT, "request": CLIENT, "req": CLIENT,
    "write": CLIENT, "wrote": CLIENT, "up": CLIENT, "upstream": CLIENT, "output": CLIENT,
    "upload": CLIENT, "egress": CLIENT, "push": CLIENT, "o": CLIENT, "emit": CLIENT,
    "->": CLIENT, "-->": CLIENT, "=>": CLIENT, "==>": CLIENT, ">": CLIENT, ">>": CLIENT,
    ">>>": CLIENT, "→": CLIENT, "⇒": CLIENT, "⟶": CLIENT, "➡": CLIENT, "➡️": CLIENT,
    "↑": CLIENT, "⬆": CLIENT, "⬆️": CLIENT, "▲": CLIENT, "📤": CLIENT, "▶": CLIENT,
    "recv": SERVER, "receive": SERVER, "received": SERVER, "receiving": SERVER,
    "receives": SERVER, "rcv": SERVER, "rcvd": SERVER, "rx": SERVER, "in": SERVER,
    "incoming": SERVER, "inbound": SERVER, "response": SERVER, "responce": SERVER,
    "resp": SERVER, "res": SERVER, "read": SERVER, "down": SERVER, "downstream": SERVER,
    "input": SERVER, "download": SERVER, "ingress": SERVER, "got": SERVER, "i": SERVER,
    "reply": SERVER, "answer": SERVER, "get": SERVER,
    "发送": CLIENT, "收到": SERVER, "接收": SERVER,
    "<-": SERVER, "<--": SERVER, "<=": SERVER, "<==": SERVER, "<": SERVER, "<<": SERVER,
    "<<<": SERVER, "←": SERVER, "⇐": SERVER, "⟵": SERVER, "⬅": SERVER, "⬅️": SERVER,
    "↓": SERVER, "⬇": SERVER, "⬇️": SERVER, "▼": SERVER, "📥": SERVER, "◀": SERVER,
}  # fmt: skip

_TO = re.compile(r"(?i)^(.+?)(?:\s*(?:->|=>|→|⇒|➡️?|>|/)\s*|[\s_\-.]*(?:2|to)[\s_\-.]*)(.+)$")
_FROM = re.compile(r"(?i)^(?:from|by|sender|source|src)[\s_\-.:=]+(.+)$")
_TOWARDS = re.compile(r"(?i)^(?:to|dest|destination|dst)[\s_\-.:=]+(.+)$")
_WORD = re.compile(r"[^\W_]+")
_OTHER = {CLIENT: SERVER, SERVER: CLIENT}

FLAGS: dict[str, tuple[Sender, Sender]] = {
    "from_client": (CLIENT, SERVER), "fromclient": (CLIENT, SERVER),
    "is_client": (CLIENT, SERVER), "isclient": (CLIENT, SERVER),
    "from_server": (SERVER, CLIENT), "fromserver": (SERVER, CLIENT),
    "outgoing": (CLIENT, SERVER), "outbound": (CLIENT, SERVER), "sent": (CLIENT, SERVER),
    "is_sent": (CLIENT, SERVER), "issent": (CLIENT, SERVER), "isoutgoing": (CLIENT, SERVER),
    "incoming": (SERVER, CLIENT), "inbound": (SERVER, CLIENT), "received": (SERVER, CLIENT),
    "isincoming": (SERVER, CLIENT), "is_incoming": (SERVER, CLIENT), "mask": (CLIENT, SERVER),
}  # fmt: skip
"""Names of true/false fields -> who sent it if true, and if false."""


def side(word: str) -> Sender | None:
    """The side a word names outright (``client``, ``server``), whoever wrote the log."""
    return _SIDES.get(word.strip(" \t\"'`[]()<>:*_").lower())


def way(word: str) -> Sender | None:
    """Who sent what is labelled by one word or arrow (``sent``, ``recv``, ``<-``)."""
    text = word.strip(" \t\"'`[]():*_").lower()
    return _WAYS.get(text) or _SIDES.get(text)


def sender_named(label: Any) -> Sender | None:
    """Who sent a message by the value of a log's direction field; None when it does not say.

    Understands single words, ``client->server``, ``client_to_server``, ``from server`` and
    longer names that hold exactly one side or way (``ws_outgoing``, ``WebSocketSend``).
    """
    if not isinstance(label, str) or not label or len(label) > 60:
        return None
    found = way(label)
    if found:
        return found
    text = label.strip(" \t\"'`[]()").lower()
    if match := _FROM.match(text):
        return sender_named(match[1])
    if match := _TOWARDS.match(text):
        towards = side(match[1])
        return _OTHER[towards] if towards else None
    if match := _TO.match(text):
        sender, receiver = side(match[1]), side(match[2])
        if sender or receiver:
            return sender or (_OTHER[receiver] if receiver else None)
    return _only_side_in(label)


def _only_side_in(label: str) -> Sender | None:
    words = _WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label))
    found = {found for word in words if len(word) > 2 and (found := way(word))}
    return found.pop() if len(found) == 1 else None


def is_side(label: Any) -> bool:
    """Whether a label names a side outright, so that it holds whoever wrote the log."""
    if not isinstance(label, str):
        return False
    words = _WORD.findall(label.lower())
    return any(word in _SIDES for word in words)

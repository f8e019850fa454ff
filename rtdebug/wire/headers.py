"""Headers for the upgrade as a person writes them, and the secrets they hold.

Nothing here repeats a header's value in a message: it is most often a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rtdebug.errors import UsageError
from rtdebug.redaction import DEFAULT, REDACTED, SHORTEST_SECRET, Redactor
from rtdebug.safe import one_line

Header = tuple[str, str]

_EXPECTED = "expected a header as 'Name: value'"
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PLAIN_WORD = r"[A-Za-z]+(?:-[A-Za-z]+)*(?=[\s=]|$)"
_OUTSIDE_VALUE = r"[^\t\x20-\x7e]"

_SUBPROTOCOL = "sec-websocket-protocol"
# RFC 6455, section 4.1: what the opening handshake fills in itself.
_OWNED = frozenset(
    {
        "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version",
        "sec-websocket-accept", "sec-websocket-extensions", "content-length", "transfer-encoding",
    }
)  # fmt: skip


def parse_header(text: str) -> Header:
    """``Name: value`` as a pair; raises UsageError when it is not one or may not be set."""
    name, colon, value = text.partition(":")
    if not colon:
        raise UsageError(f"{_EXPECTED}, got {_seen(text)} without a colon", _hint(text))
    return checked_header(name.strip(" \t"), value.strip(" \t"))


def checked_header(name: str, value: str) -> Header:
    """The pair if it can be sent as a header; raises UsageError when it cannot."""
    if not re.fullmatch(_TOKEN, name):
        shown = one_line(name, 40) if len(name) <= 40 else f"{len(name)} characters"
        raise UsageError(
            f"{_EXPECTED} with a name of letters, digits and hyphens, got {DEFAULT.text(shown)!r}",
            "write it like 'OpenAI-Project: proj_1'",
        )
    if name.lower() in _OWNED:
        raise UsageError(
            f"the header {name} belongs to the WebSocket handshake and cannot be set",
            "leave it out; host and port come from the target URL",
        )
    wrong = re.search(_OUTSIDE_VALUE, value)
    if wrong:
        raise UsageError(_bad_value(name, wrong), "remove that character, or type the value anew")
    return name, value


def _bad_value(name: str, wrong: re.Match[str]) -> str:
    code = ord(wrong.group())
    kind = "a line break" if wrong.group() in "\r\n" else f"U+{code:04X}"
    return (
        f"the value of the header {name} holds {kind} as its character {wrong.start() + 1}, "
        f"expected visible ASCII only"
    )


def _seen(text: str) -> str:
    """What of a header without a colon can be shown: its first word, if that is a plain one."""
    word = re.match(_PLAIN_WORD, text)
    return f"'{word.group()} …'" if word else f"{len(text)} characters"


def _hint(text: str) -> str:
    word = re.match(_PLAIN_WORD, text)
    name = word.group() if word else "Authorization"
    return f"write --header '{name}: VALUE'"


def split_subprotocols(headers: Iterable[Header]) -> tuple[tuple[Header, ...], tuple[str, ...]]:
    """Headers without ``Sec-WebSocket-Protocol``, and the subprotocols that were listed in it.

    Raises UsageError where a subprotocol is no token.
    """
    rest: list[Header] = []
    names: list[str] = []
    for name, value in headers:
        if name.lower() == _SUBPROTOCOL:
            names += [part.strip() for part in value.split(",")]
        else:
            rest.append((name, value))
    for position, offered in enumerate(names, 1):
        if not re.fullmatch(_TOKEN, offered):
            raise UsageError(
                f"the subprotocol {position} of Sec-WebSocket-Protocol is no token "
                f"(RFC 6455, 4.1): expected letters, digits and punctuation without blanks",
                "write 'Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.KEY'",
            )
    return tuple(rest), tuple(names)


def redactor_for(
    headers: Iterable[Header],
    patterns: Sequence[str] = (),
    known: Redactor = DEFAULT,
    *,
    url: str = "",
) -> Redactor:
    """A redactor that also knows the secret values about to be sent, whatever their shape.

    A peer may echo a key in an error. ``patterns`` are the user's own; ``url`` may hold secrets
    too. A value that ``known`` finds by its shape is not added, because every pattern costs time
    on every message.
    """
    literals = [
        *(re.escape(secret) for secret in _secret_values(headers, known)),
        *(
            re.escape(url[start:end])
            for _, start, end in known.spans(url)
            if end - start >= SHORTEST_SECRET
        ),
    ]
    return Redactor([*patterns, *dict.fromkeys(literals)]) if patterns or literals else known


def _secret_values(headers: Iterable[Header], known: Redactor) -> Iterable[str]:
    for name, value in headers:
        ((_, kept),) = known.headers([(name, value)])
        if REDACTED not in kept:
            continue
        secret = value[kept.index(REDACTED) :].strip()
        if len(secret) >= SHORTEST_SECRET and secret in known.text(f"({value})"):
            yield secret

"""Whether a request to open a connection held anything to prove who asks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from rtdebug.secrets.blanks import is_blank_credential
from rtdebug.secrets.names import names_a_secret

_PROTOCOL = "sec-websocket-protocol"
_KEY_IN_PROTOCOL = "-key."  # openai-insecure-api-key.<token>


def is_unsigned(headers: Sequence[tuple[str, str]], url: str) -> bool | None:
    """Whether the request holds no credential, in no header and not in the URL; None where its
    headers are not known."""
    if not headers:
        return None
    return not (_in_url(url) or any(_holds_one(name, value) for name, value in headers))


def _holds_one(name: str, value: str) -> bool:
    if name.lower() == _PROTOCOL:
        return _KEY_IN_PROTOCOL in value or "[redacted]" in value
    secret = names_a_secret(name, alone=True) and not name.lower().startswith("sec-websocket")
    return secret and not is_blank_credential(name, value)


def _in_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query)
    except ValueError:
        return True  # nobody knows
    return "@" in parts.netloc or any(
        names_a_secret(name, alone=True) or "[redacted]" in value for name, value in query
    )

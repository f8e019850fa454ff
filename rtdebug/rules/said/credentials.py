"""Whether a request that was refused held anything to prove who asks."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from rtdebug.model.records import Refused
from rtdebug.secrets.blanks import is_blank_credential
from rtdebug.secrets.names import names_a_secret

_PROTOCOL = "sec-websocket-protocol"
_KEY_IN_PROTOCOL = "-key."  # openai-insecure-api-key.<token>


def is_unsigned(refused: Refused) -> bool:
    """Whether the request is known and holds no credential: in no header, not in the URL."""
    if not refused.asked or _in_url(refused.url or ""):
        return False
    return not any(_holds_one(name, value) for name, value in refused.asked)


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

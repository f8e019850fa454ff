"""Finds errors that a log shows as a line of text, without the event that carried them.

The patterns are how the messages of Realtime servers begin (public reports, 2024 to 2026); what an
error means is the business of the packs.
"""

from __future__ import annotations

import re
from typing import Any

_SAID = re.compile(
    r"(?:Invalid (?:value|type|modalities|'[\w.\[\]]+')[:.]? |Unknown parameter: "
    r"|Missing required parameter: |Unsupported (?:value|parameter)|Tool call ID ['\"‘“`]?\w*"
    r"|No tool call found|Conversation already has an active response"
    r"|Cancellation failed: |Error committing input audio buffer"
    r"|The server had an error|Your session hit the maximum duration"
    r"|Rate limit reached for |You exceeded your current quota|Incorrect API key provided"
    r"|The model [`'\"‘“]?[\w.\-]+[`'\"’”]? does not exist|You do not have access to "
    r"|Cannot update a conversation.s voice|Passing a (?:transcription|realtime) session"
    r"|Only model output audio messages|Audio content of \d+ms is already shorter"
    r"|Item with (?:item_)?id |Error (?:truncating|deleting|retrieving) item"
    r"|Unknown beta requested: "
    r"|The Realtime Beta API is no longer supported|The Realtime API Beta is no longer"
    r"|Invalid schema for function|Expected base64|Turn detection is not supported"
    r"|This (?:model|account|organization|project) (?:does not|is not|has)"
    r"|Model [`'\"‘“]?[\w.\-]+[`'\"’”]? (?:is not|not|is an? \w+ model and cannot) "
    r"|Session (?:has )?expired"
    r"|Missing bearer|You must provide a model|Your account is not active"
    r"|Billing hard limit|Inference rate limit|Request was rejected"
    r"|Content (?:type|part)[^.\n]{0,40}(?:invalid|not supported)|Error creating response: "
    r"|Error updating session: |OpenAI Realtime API response failed with error type: "
    r"|Error processing (?:your |the )?(?:request|audio|input|session))[^\n]*"
)
_BEHIND = re.compile(r",? fatal: (?:True|False)\)?[)\s]*$")
_LABEL = re.compile(r"(?i)^[\W_]*(?:\w+[ _-]){0,3}(?:error|fout|err)[\W_]*$")
_OWN = re.compile(
    r"^\w*(?:Error|Exception)\b(?:\s*\[\w+\])?:"
    r"|(?i:(?:could not|couldn't|cannot|can't|unable to|failed to) connect\b)"
)
"""Words of the client: what its language prints of a throw, that it reached nobody."""
_NAMED = re.compile(r"^[^\w{\[]*(?P<code>[a-z]+(?:_[a-z]+)*_(?:error|failed|exceeded))[: ]+"
                    r"(?P<message>[A-Z][^\n]{8,})")  # fmt: skip
_RAISED = re.compile(r"\w(?:Error|Exception)\(?$")
_PREFIX = re.compile(r"(?i)\b(?:error|err|failed|failure)\b[^\n]{0,40}?[:\-–—] *$")
_CODED = re.compile(r"\b(?P<type>invalid_request_error|server_error|rate_limit_error|"
                    r"authentication_error|insufficient_quota_error|tokens|session_error)"
                    r"[.: /,|-]+(?P<code>[a-z][a-z0-9_]{3,60})\b")  # fmt: skip
# LiveKit's agents keep no more than this of a response that failed.
_TYPED = re.compile(r"failed with error type: (?P<type>[a-z_]+)")
_QUOTES = {"‘": "'", "’": "'", "“": '"', "”": '"'}


def error_in(line: str, *, under_label: bool = False) -> dict[str, Any] | None:
    """The error that a line says, as the inner object of an error event; None when it says none.

    ``under_label``: the line before it is nothing but the word "error".
    """
    match = _SAID.search(line)
    if match is not None:
        before = line[: match.start()].rstrip("\"'`“‘( ")
        if before and not under_label and not _leads(before):
            return None
        message = _BEHIND.sub("", _unquoted(match.group(), line[: match.start()]))
        return _error(_trimmed(message), line[: match.start()])
    named = _NAMED.match(line)
    if named is not None:
        return {"type": None, "code": named["code"], "message": named["message"].rstrip("\"'` ")}
    if under_label and len(line.split()) >= 3 and not _OWN.match(line.strip()):
        return _error(line.strip(), "")
    return None


def _trimmed(message: str) -> str:
    """The message without the quotes and brackets around it; a bracket of its own stays."""
    bare = message.rstrip("\"'`”’) ")
    return bare + ")" if bare.count("(") > bare.count(")") and message != bare else bare


def _unquoted(message: str, before: str) -> str:
    """The message without what follows the quote that it stands in."""
    quotes = before[len(before.rstrip('`"')) :]
    if not quotes:
        return message
    closing = re.search(r"`" if quotes[0] == "`" else r'(?<!\\)"(?![\w.])', message)
    return message[: closing.start()].rstrip('\\"') if closing else message


def _leads(before: str) -> bool:
    """Whether what stands before the message is how a log leads to one, and not a sentence."""
    return bool(
        _PREFIX.search(f"{before} " if before.endswith((":", "-")) else before + " ")
        or before.endswith((":", "]", "|", "=", "-", ">", "}"))
        or _RAISED.search(before)
        or len(before) <= 3
    )


def _error(message: str, before: str) -> dict[str, Any]:
    coded = _CODED.search(before) or _CODED.search(message)
    typed = coded or _TYPED.search(message)
    return {
        "type": typed["type"] if typed else None,
        "code": coded["code"] if coded else None,
        "message": "".join(_QUOTES.get(char, char) for char in message),
    }


def is_error_label(line: str) -> bool:
    """Whether a line is a heading for an error ("error", "API error:")."""
    return len(line) < 40 and _LABEL.match(line.strip()) is not None

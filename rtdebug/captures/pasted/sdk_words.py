"""Finds events that an SDK tells of in words of its own, without showing them."""

from __future__ import annotations

import re
from typing import Any

# livekit-agents: what it says of a response.done that is not "completed".
_DONE = r"\bresponse done but not complete with status: (?P<status>incomplete|failed|cancelled)\b"


def event_said(line: str) -> dict[str, Any] | None:
    """The event that a line tells of, as much of it as the words hold."""
    match = re.search(_DONE, line[:2000]) if "not complete" in line else None
    if match is None:
        return None
    response = {"object": "realtime.response", "status": match["status"]}
    return {"type": "response.done", "response": response}

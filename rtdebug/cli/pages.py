"""The index of docs/findings/: every page under its family.

``python -m rtdebug.cli.pages`` writes it anew; a test holds it against the pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rtdebug import resources
from rtdebug.catalogue.book import entries
from rtdebug.catalogue.entry import Entry

INDEX = "README.md"

FAMILIES = {
    "connection": "Reaching the server",
    "closes": "How connections end",
    "session": "The session",
    "audio": "Audio in",
    "response": "Responses",
    "items": "Conversation items",
    "tools": "Tools",
    "transcription": "Input transcription",
    "client": "The client, and what its log shows",
    "limits": "Limits and cost",
    "wire": "The WebSocket protocol and the watching",
    "said": "Errors that servers send",
    "schema": "The shape of events",
    "grammar": "The order of events, and whether they agree",
    "webrtc": "Calls over WebRTC and SIP",
}

_HEAD = """\
# Findings

Everything rtdebug can find, {count} in all. A finding has one name that never changes its meaning:
use it with `--select`, `--ignore` and in the `ignore` list of a scenario, alone or with a `*`.
`rtdebug explain NAME` prints the page of a finding with its causes, which stand at the top of the
page. The pages are the source of all texts: edit them, then make this index with
`python -m rtdebug.cli.pages`.

- **error**: the session does not do what it is for. Makes the exit code 1.
- **warning**: it works, and something about it is wrong. Counts with `--fail-on warning`.
- **info**: worth knowing; shown with `--verbose`.
"""


def index(known: Iterable[Entry]) -> str:
    """The text of the index."""
    every = sorted(known, key=lambda entry: (entry.severity.rank, entry.name))
    parts = [_HEAD.format(count=len(every))]
    for family, heading in FAMILIES.items():
        rows = [
            f"| [{one.name}]({one.name}.md) | {one.severity} | {one.title} |"
            for one in every
            if one.family == family
        ]
        if rows:
            table = "\n".join(("| finding | severity | what it is |", "|---|---|---|", *rows))
            parts.append(f"## {heading}\n\n{table}\n")
    return "\n".join(parts)


def place() -> Path:
    """Where the index stands."""
    return resources.findings() / INDEX


if __name__ == "__main__":
    place().write_text(index(entries()), encoding="utf-8")

"""The pages of docs/findings/, one a finding, made of what ``explain`` says, and their index.

``python -m rtdebug.cli.pages`` writes them anew; a test holds the files against the catalogue. They
are made up here because the catalogue and the words for it live in rooms that do not know each
other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from rtdebug.engine.wordings import WORDINGS
from rtdebug.packs.errors import Row, Text
from rtdebug.packs.load import DEFAULT_PACK, load_pack
from rtdebug.reports.explanation import markdown
from rtdebug.rules.catalogue import catalogue
from rtdebug.rules.registry import RULES

FOLDER = Path(__file__).parent.parent.parent / "docs" / "findings"
INDEX = "README.md"

_FAMILIES = {
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
    "gemini": "Gemini Live",
    "webrtc": "Calls over WebRTC and SIP",
}
# What the peer says and where -> the family of a finding that only the error table knows.
_SAID = {
    "upgrade": "connection", "close": "closes", "response": "response",
    "transcription": "transcription", "error": "said",
}  # fmt: skip

_PLACED = {"rate-limit-exceeded": "limits", "insufficient-quota": "limits"}

_HEAD = """\
# Findings

Everything rtdebug can find, {count} in all. A finding has one name that never changes its meaning:
use it with `--select`, `--ignore` and in the `ignore` list of a scenario, alone or with a `*`.
`rtdebug explain NAME` prints the same texts. The pages are made by `python -m rtdebug.cli.pages`:
edit the rule or the error table that a text comes from, not the page.

- **error**: the session does not do what it is for. Makes the exit code 1.
- **warning**: it works, and something about it is wrong. Counts with `--fail-on warning`.
- **info**: worth knowing; shown with `--verbose`.
"""


def pages() -> dict[str, str]:
    """File name -> text of every page, the index among them."""
    known = catalogue()
    found = {f"{name}.md": _page(text) for name, text in known.items()}
    return {INDEX: _index(known), **found}


def write(folder: Path = FOLDER) -> None:
    """Writes every page, and removes those of findings that are no more."""
    folder.mkdir(exist_ok=True)
    fresh = pages()
    for path in folder.glob("*.md"):
        if path.name not in fresh:
            path.unlink()
    for name, text in fresh.items():
        (folder / name).write_text(text, encoding="utf-8")


def _page(text: Text) -> str:
    return f"{markdown(text)}\n---\n\n[All findings]({INDEX})\n"


def _index(known: Mapping[str, Text]) -> str:
    parts = [_HEAD.format(count=len(known))]
    families = {name: _family(name) for name in known}
    for family, heading in _FAMILIES.items():
        rows = [text for name, text in known.items() if families[name] == family]
        rows.sort(key=lambda text: (text.severity.rank, text.name))
        lines = [f"| [{row.name}]({row.name}.md) | {row.severity} | {row.title} |" for row in rows]
        if lines:
            table = "\n".join(("| finding | severity | what it is |", "|---|---|---|", *lines))
            parts.append(f"## {heading}\n\n{table}\n")
    return "\n".join(parts)


def _family(name: str) -> str:
    if name in _PLACED:
        return _PLACED[name]
    for rule in RULES:
        if rule.name == name:
            return rule.__module__.split(".")[2]
    if any(wording.name == name for wording in WORDINGS):
        return "schema"
    for row in _rows():
        if name in (row.finding, *row.also):
            return next(family for where, family in _SAID.items() if where in row.where)
    return "said"


def _rows() -> Iterator[Row]:
    for pack in (DEFAULT_PACK, "openai-realtime-beta", "gemini-live"):
        yield from load_pack(pack).errors.rows


if __name__ == "__main__":
    write()

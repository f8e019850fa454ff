"""Explanations: the full text of one finding, as a page for people or in Markdown."""

from __future__ import annotations

from textwrap import fill, indent

from rtdebug.catalogue.entry import Entry


def page(text: Entry, width: int = 80) -> str:
    """The text of a finding for a terminal."""
    width = min(width, 100)
    parts = [f"{text.name}\n{text.title}\nseverity {text.severity}, certainty {text.certainty}"]
    for heading, body in _bodies(text):
        parts.append(f"{heading}\n{indent(_wrapped(body, width - 2), '  ')}")
    if text.example:
        parts.append(f"Example\n{indent(text.example.rstrip(), '  ')}")
    if text.causes:
        parts.append("Causes\n" + "\n".join(_cause(text, width)))
    if text.to_do:
        parts.append(f"What to do\n{indent(_wrapped(text.to_do, width - 2), '  ')}")
    if text.source:
        parts.append(f"Source\n{indent(_wrapped(text.source, width - 2), '  ')}")
    return "\n\n".join(parts).replace("`", "") + "\n"


def _bodies(text: Entry) -> list[tuple[str, str]]:
    pairs = [("What it finds", text.finds), ("Why it matters", text.why)]
    return [(heading, body) for heading, body in pairs if body]


def _cause(text: Entry, width: int) -> list[str]:
    lines = []
    for cause in text.causes:
        likely = f"{cause.likelihood}: " if cause.likelihood else ""
        lines.append(
            fill(
                f"{likely}{cause.text}",
                width,
                initial_indent="  - ",
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
        if cause.test:
            lines.append(
                fill(f"to tell: {cause.test}", width, initial_indent="    ",
                     subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
            )  # fmt: skip
    return lines


def _wrapped(text: str, width: int, *, on_hyphens: bool = False) -> str:
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(
        fill(" ".join(part.split()), width, break_long_words=False, break_on_hyphens=on_hyphens)
        for part in paragraphs
    )


def markdown(text: Entry) -> str:
    """The text of a finding in Markdown, its causes under a heading of their own."""
    parts = [
        f"# {text.name}",
        f"**{text.title}.** Severity {text.severity}, certainty {text.certainty}.",
    ]
    for heading, body in _bodies(text):
        parts.append(f"## {heading}\n\n{_marked(body)}")
    if text.example:
        parts.append(f"## Example\n\n```text\n{text.example.rstrip()}\n```")
    if text.causes:
        rows = [
            f"- {f'*{cause.likelihood}*: ' if cause.likelihood else ''}{_flat(cause.text)}"
            + (f"\n  To tell: {_flat(cause.test)}" if cause.test else "")
            for cause in text.causes
        ]
        parts.append("## Causes\n\n" + "\n".join(rows))
    if text.to_do:
        parts.append(f"## What to do\n\n{_marked(text.to_do)}")
    if text.source:
        parts.append(f"## Source\n\n{_marked(text.source)}")
    return "\n\n".join(parts) + "\n"


def _marked(text: str) -> str:
    return _wrapped(text, 100, on_hyphens=True)


def _flat(text: str) -> str:
    """One sentence in one line."""
    line = " ".join(text.split())
    return line if line.endswith((".", "?", "!")) else f"{line}."

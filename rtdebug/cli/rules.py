"""rtdebug rules: everything that can be found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from rtdebug.cli.streams import put

if TYPE_CHECKING:
    from rtdebug.packs.errors import Text


@click.command(name="rules")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              help="How to print it.")  # fmt: skip
def command(form: str) -> int:
    """List every finding with its severity, certainty and title."""
    from rtdebug.rules.catalogue import catalogue

    texts = catalogue().values()
    if form == "json":
        put(as_json(texts))
        return 0
    width = max(len(text.name) for text in texts)
    for text in texts:
        put(f"{text.name:{width}}  {text.severity:7}  {text.title}\n")
    return 0


def as_json(texts: Iterable[Text]) -> str:
    """Findings as one JSON array, every field."""
    import json
    from dataclasses import asdict

    return json.dumps([asdict(text) for text in texts], indent=2, ensure_ascii=False) + "\n"

"""rtdebug rules: everything that can be found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.streams import put, put_row

if TYPE_CHECKING:
    from rtdebug.catalogue.entry import Entry

_FIELDS = ("name", "severity", "certainty", "title", "finds", "why", "example")


EXAMPLES = """\b
Examples:
  rtdebug rules                   every finding, in one line each
  rtdebug rules --format json | jq -r '.[].name'
"""


@click.command(name="rules", cls=ExamplesFirst, epilog=EXAMPLES)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              help="How to print it.")  # fmt: skip
def command(form: str) -> int:
    """List every finding with its severity, certainty and title."""
    from rtdebug.catalogue.book import entries

    known = entries()
    if form == "json":
        put(as_json(known))
        return 0
    width = max(len(entry.name) for entry in known)
    for entry in known:
        put_row(f"{entry.name:{width}}  {entry.severity:7}  ", entry.title)
    return 0


def as_json(known: Iterable[Entry]) -> str:
    """Findings as one JSON array."""
    import json

    return json.dumps([_fields(entry) for entry in known], indent=2, ensure_ascii=False) + "\n"


def _fields(entry: Entry) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        **{field: getattr(entry, field) for field in _FIELDS},
        "causes": [asdict(cause) for cause in entry.causes],
        "fix": entry.to_do,
        "source": entry.source,
        "family": entry.family,
        "explained_by": entry.explained_by,
    }

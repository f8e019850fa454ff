"""rtdebug explain: the full text of one finding, or what a provider's error code means."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import offered
from rtdebug.cli.streams import put

if TYPE_CHECKING:
    from rtdebug.catalogue.entry import Entry

EXAMPLES = """\b
Examples:
  rtdebug explain response-stalled-after-created
  rtdebug explain invalid_api_key
  rtdebug explain handshake-401-unauthorized --format markdown
"""
_AGAIN = {
    "harmless": "nothing to repeat: it changes nothing",
    "retry-after-response": "yes, once the response that is open has ended",
    "never-retry": "no: it fails the same way until something is changed",
    "reconnect": "yes, on a new connection",
    "retry-with-pause": "yes, after a pause that grows each time",
}


@click.command(name="explain", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("name", metavar="NAME", shell_complete=offered("findings"))
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text",
              help="How to print it.")  # fmt: skip
def command(name: str, form: str) -> int:
    """Say what a finding or an error code means, and what to do.

    NAME is a finding, or an error code, HTTP status or close code as a provider sends it.
    """
    from rtdebug.catalogue.book import find

    known = find(name)
    if known is not None:
        put(_told([known], form))
        return 0
    meant = _of_code(name)
    if form == "text":
        put(_head(name, meant))
    put(_told(meant, form))
    return 0


def _told(known: list[Entry], form: str) -> str:
    from rtdebug.reports.explanation import markdown, page

    if form == "json":
        from rtdebug.cli.rules import as_json

        return as_json(known)
    if form == "markdown":
        return "\n".join(map(markdown, known))
    columns = shutil.get_terminal_size((80, 24)).columns
    return "\n".join(page(one, columns) for one in known)


def _of_code(code: str) -> list[Entry]:
    """The findings that the error tables of the packs make of a code."""
    from rtdebug import resources
    from rtdebug.catalogue.book import entry, nearest
    from rtdebug.errors import UsageError
    from rtdebug.packs.errors import ErrorTable
    from rtdebug.packs.load import load_pack

    tables = [ErrorTable.neutral(), *(load_pack(pack).errors for pack in resources.pack_names())]
    named = dict.fromkeys(name for table in tables for name in table.named_by(code))
    if not named:
        near = nearest(code)
        hint = f"did you mean {', '.join(near)}?" if near else "see rtdebug rules for all names"
        raise UsageError(f"there is no finding named {code!r}, nor an error code", hint)
    return [entry(name) for name in named]


def _head(code: str, meant: list[Entry]) -> str:
    from rtdebug.packs.load import load_pack

    table = load_pack().errors
    advice = _AGAIN.get(table.retry.get(code, ""), "the error table gives no advice")
    number = int(code) if code.isdigit() else None
    means = table.closes.get(number, table.statuses.get(number, "")) if number is not None else ""
    names = " or ".join(one.name for one in meant)
    known = f" ({means})" if means else ""
    return f"{code}{known} is reported as {names}\ntry again: {advice}\n\n"

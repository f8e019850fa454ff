"""rtdebug explain: the full text of one finding."""

from __future__ import annotations

import shutil

import click

from rtdebug.cli.streams import put

EXAMPLES = """\b
Examples:
  rtdebug explain response-stalled-after-created
  rtdebug explain handshake-401-unauthorized --format markdown
"""


@click.command(name="explain", epilog=EXAMPLES)
@click.argument("name", metavar="NAME")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text",
              help="How to print it.")  # fmt: skip
def command(name: str, form: str) -> int:
    """Say what a finding means, why it matters and how to fix it."""
    from rtdebug.errors import UsageError
    from rtdebug.reports.explanation import markdown, page
    from rtdebug.rules.catalogue import catalogue, nearest

    text = catalogue().get(name)
    if text is None:
        near = nearest(name)
        hint = f"did you mean {', '.join(near)}?" if near else "see rtdebug rules for all names"
        raise UsageError(f"there is no finding named {name!r}", hint)
    if form == "json":
        from rtdebug.cli.rules import as_json

        put(as_json([text]))
    elif form == "markdown":
        put(markdown(text))
    else:
        put(page(text, shutil.get_terminal_size((80, 24)).columns))
    return 0

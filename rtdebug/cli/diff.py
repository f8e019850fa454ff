"""rtdebug diff: what really differs between two recordings."""

from __future__ import annotations

import sys

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import pack_option, redact_option
from rtdebug.errors import EXIT_BAD, EXIT_EMPTY, EXIT_GOOD

EXAMPLES = """\b
Examples:
  rtdebug diff healthy.jsonl broken.jsonl
  rtdebug diff yesterday.log today.log --report json
"""


@click.command(name="diff", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--report", type=click.Choice(["terminal", "json"]), default="terminal",
              show_default=True, help="How to tell it.")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
              show_default=True, help="Colour; NO_COLOR and FORCE_COLOR count too.")  # fmt: skip
@pack_option
@redact_option
def command(
    a: str, b: str, report: str, color: str, pack: str | None, redact: tuple[str, ...]
) -> int:
    """Compare two captures, or any logs that can be read; one may be - for stdin.

    \b
    Ids, times, chunks and usage are left out of it; deltas count as what they
    add up to, and responses are held against each other one by one. What is
    wrong in one alone comes first. Latencies differ from twice and 300 ms on.
    The exit code is 0 without a difference, 1 with one, 4 where there is
    nothing to compare.
    """
    from rtdebug.api.differing import differences, load_side
    from rtdebug.cli.output import fitted
    from rtdebug.cli.streams import as_utf8, put, tell
    from rtdebug.reports.differences import document, render
    from rtdebug.reports.formats import Look
    from rtdebug.reports.signs import signs

    sides = [load_side(one, pack=pack, redact=redact) for one in (a, b)]
    empty = [side.name for side in sides if not (side.said.sent or side.said.received)]
    if empty and not any(side.said.end for side in sides):
        tell(f"nothing to compare: no message could be read in {' and '.join(empty)}\n")
        return EXIT_EMPTY
    found = differences(*sides)
    if report == "json":
        as_utf8(sys.stdout)
        put(document(a, b, found))
    else:
        look = fitted(Look(), sys.stdout, color)
        put(render(a, b, found, signs(look.unicode), width=look.width, color=look.color))
    return EXIT_BAD if found else EXIT_GOOD

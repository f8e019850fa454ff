"""rtdebug diff: what really differs between two recordings."""

from __future__ import annotations

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import offered, pack_option, redact_option
from rtdebug.errors import EXIT_EMPTY

EXAMPLES = """\b
Examples:
  rtdebug diff healthy.jsonl broken.jsonl
  rtdebug diff yesterday.log today.log --report json
  rtdebug diff healthy.jsonl broken.jsonl --report html=diff.html
"""


@click.command(name="diff", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--report", "reports", multiple=True, metavar="FORMAT[=FILE]",
              shell_complete=offered("diff_formats"),
              help="terminal, json or html; without FILE to stdout (repeatable).")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
              show_default=True, help="Colour; NO_COLOR and FORCE_COLOR count too.")  # fmt: skip
@pack_option
@redact_option
def command(
    a: str, b: str, reports: tuple[str, ...], color: str, pack: str | None, redact: tuple[str, ...]
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
    from rtdebug.cli.output import parse_reports, publish
    from rtdebug.cli.streams import tell
    from rtdebug.reports.comparison_formats import DIFF_FORMATS
    from rtdebug.reports.differences import Comparison
    from rtdebug.reports.formats import Look

    wanted = parse_reports(reports, DIFF_FORMATS)
    sides = [load_side(one, pack=pack, redact=redact) for one in (a, b)]
    empty = [side.name for side in sides if not (side.said.sent or side.said.received)]
    if empty and not any(side.said.end for side in sides):
        tell(f"nothing to compare: no message could be read in {' and '.join(empty)}\n")
        return EXIT_EMPTY
    found = Comparison(a, b, tuple(differences(*sides)))
    publish(found, wanted, Look(), color, formats=DIFF_FORMATS)
    return found.exit_code

"""rtdebug check: everything that can be known of a scenario without a socket."""

from __future__ import annotations

import os

import click

from rtdebug.cli.options import pack_option
from rtdebug.cli.streams import put


def _print_schema(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from rtdebug import resources

        put(resources.schemas("rtdebug", "scenario.schema.json").read_text(encoding="utf-8"))
        ctx.exit()


EXAMPLES = """\b
Examples:
  rtdebug check turn.yaml
  rtdebug check flows/ --var model=gpt-realtime
  rtdebug check --schema > scenario.schema.json
"""


@click.command(name="check", epilog=EXAMPLES)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE",
              help="Set a variable of the scenarios (repeatable).")  # fmt: skip
@pack_option
@click.option("--schema", is_flag=True, is_eager=True, expose_value=False, callback=_print_schema,
              help="Print the JSON Schema of scenario files, for editors.")  # fmt: skip
def command(scenarios: tuple[str, ...], variables: tuple[str, ...], pack: str | None) -> int:
    """Find what is wrong in scenarios and packs, with file, line and column. Nothing is sent.

    The exit code is 0 when nothing is wrong and 2 otherwise.
    """
    from rtdebug.api.checking import check_files
    from rtdebug.redaction import DEFAULT
    from rtdebug.reports.document_error import render
    from rtdebug.reports.figures import counted

    found = check_files(scenarios, variables=variables, pack=pack, env=os.environ)
    errors = [error for of_one in found.values() for error in of_one]
    for error in errors:
        put(DEFAULT.text(render(error)) + "\n")
    wrong = sum(1 for of_one in found.values() if of_one)
    many = f"{wrong} wrong ({counted(len(errors), 'error')})" if wrong else "nothing wrong"
    packs = sum(path.name == "pack.yaml" for path in found)
    kinds = [counted(packs, "pack")] if packs else []
    kinds += [counted(len(found) - packs, "scenario")] if len(found) > packs else []
    put(f"{' and '.join(kinds)} checked, {many}\n")
    return 2 if errors else 0

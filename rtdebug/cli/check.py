"""rtdebug check: all that can be known of a scenario, mock script or pack without a socket."""

from __future__ import annotations

import os

import click

from rtdebug.cli.env_file import env_file_option
from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import offered, pack_option
from rtdebug.cli.streams import put
from rtdebug.safe import one_line


def _print_schema(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from rtdebug import resources

        put(resources.schemas("rtdebug", "scenario.schema.json").read_text(encoding="utf-8"))
        ctx.exit()


EXAMPLES = """\b
Examples:
  rtdebug check turn.yaml
  rtdebug check server.yaml packs/mine      a mock script, a pack
  rtdebug check flows/ --var model=gpt-realtime
  rtdebug check --schema > scenario.schema.json
"""


@click.command(name="check", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("scenarios", nargs=-1, required=True, metavar="FILE...",
                shell_complete=offered("scenarios"))  # fmt: skip
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE",
              help="Set a variable of the scenarios (repeatable).")  # fmt: skip
@env_file_option
@pack_option
@click.option("--schema", is_flag=True, is_eager=True, expose_value=False, callback=_print_schema,
              help="Print the JSON Schema of scenario files, for editors.")  # fmt: skip
def command(scenarios: tuple[str, ...], variables: tuple[str, ...], pack: str | None) -> int:
    """Find what is wrong, with file, line and column. Nothing is sent.

    \b
    FILE is a scenario, a folder of them, the name of one that ships, a mock
    script, or the folder of a pack. A key that stands in a file as it is is a
    warning. The exit code is 0 when nothing is wrong and 2 otherwise.
    """
    from rtdebug.api.checking import check_files, literal_secrets
    from rtdebug.redaction import DEFAULT
    from rtdebug.reports.document_error import render
    from rtdebug.reports.figures import counted

    found = check_files(scenarios, variables=variables, pack=pack, env=os.environ)
    errors = [error for of_one in found.values() for error in of_one]
    for error in errors:
        put(DEFAULT.text(render(error)) + "\n")
    for place in (one for path in found for one in literal_secrets(path)):
        put(f"{one_line(str(place))}: warning: a key stands here as it is\n"
            "   = help: keep it in the environment, and write ${env.NAME}\n")  # fmt: skip
    wrong = sum(1 for of_one in found.values() if of_one)
    many = f"{wrong} wrong ({counted(len(errors), 'error')})" if wrong else "nothing wrong"
    packs = sum(path.name == "pack.yaml" for path in found)
    kinds = [counted(packs, "pack")] if packs else []
    kinds += [counted(len(found) - packs, "file")] if len(found) > packs else []
    put(f"{' and '.join(kinds)} checked, {many}\n")
    return 2 if errors else 0

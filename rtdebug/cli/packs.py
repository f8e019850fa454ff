"""rtdebug packs: the protocols that are known."""

from __future__ import annotations

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.streams import put_row

EXAMPLES = """\b
Examples:
  rtdebug packs                          what there is
  rtdebug diagnose app.log --pack gemini-live
  rtdebug diagnose app.log --pack ./mine  one of your own
"""


@click.command(name="packs", cls=ExamplesFirst, epilog=EXAMPLES)
def command() -> int:
    """List the protocols that are known, with how many events each has."""
    from rtdebug import resources
    from rtdebug.model.records import Sender
    from rtdebug.packs.load import load_pack

    for name in resources.pack_names():
        pack = load_pack(name)
        client, server = (len(pack.roles[sender]) for sender in (Sender.CLIENT, Sender.SERVER))
        put_row(f"{name:22}", f"{pack.title}: {client} client and {server} server events")
    return 0

"""rtdebug packs: the protocols that are known."""

from __future__ import annotations

import click

from rtdebug.cli.streams import put


@click.command(name="packs")
def command() -> int:
    """List the protocols that are known, with how many events each has."""
    from rtdebug import resources
    from rtdebug.model.records import Sender
    from rtdebug.packs.load import load_pack

    for name in resources.pack_names():
        pack = load_pack(name)
        client, server = (len(pack.roles[sender]) for sender in (Sender.CLIENT, Sender.SERVER))
        put(f"{name:24} {pack.title}: {client} client and {server} server events\n")
    return 0

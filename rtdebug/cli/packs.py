"""rtdebug packs: the protocols that are known, and one more."""

from __future__ import annotations

from pathlib import Path

import click

from rtdebug.cli.examples_first import GroupExamplesFirst
from rtdebug.cli.streams import put, put_row
from rtdebug.errors import EXIT_BAD, EXIT_GOOD, EXIT_USAGE

EXAMPLES = """\b
Examples:
  rtdebug packs                          what there is
  rtdebug diagnose app.log --pack gemini-live
  rtdebug packs new --from asyncapi.yaml -o mine
  rtdebug packs new --from capture.jsonl -o mine
  rtdebug packs check mine capture.jsonl
  rtdebug diagnose app.log --pack ./mine
"""


@click.group(name="packs", cls=GroupExamplesFirst, invoke_without_command=True, epilog=EXAMPLES)
@click.pass_context
def command(ctx: click.Context) -> int:
    """List the protocols that are known, or make and check one of your own."""
    return EXIT_GOOD if ctx.invoked_subcommand is not None else _list()


@command.command(name="list", short_help="List the protocols that are known.")
def list_command() -> int:
    """List the protocols that are known, with how many events each has."""
    return _list()


def _list() -> int:
    from rtdebug import resources
    from rtdebug.model.records import Sender
    from rtdebug.packs.load import load_pack

    for name in resources.pack_names():
        pack = load_pack(name)
        client, server = (len(pack.roles[sender]) for sender in (Sender.CLIENT, Sender.SERVER))
        put_row(f"{name:22}", f"{pack.title}: {client} client and {server} server events")
    return EXIT_GOOD


@command.command(name="new", short_help="Write the first draft of a pack.")
@click.option("--from", "source", required=True, metavar="FILE",
              help="An AsyncAPI document (2 or 3), or a recording.")  # fmt: skip
@click.option("--channel", metavar="NAME", help="Which channel of the document.")
@click.option("--server-says", type=click.Choice(["publish", "subscribe", "send", "receive"]),
              help="Which operations are the server's, if its words do not tell.")  # fmt: skip
@click.option("-o", "--output", "folder", required=True, metavar="DIR",
              type=click.Path(path_type=Path), help="The new folder.")  # fmt: skip
def new_command(source: str, channel: str | None, server_says: str | None, folder: Path) -> int:
    """Write the first draft of a pack: what is certain, and proposals to confirm.

    Types, senders, schemas and addresses come from the document; from a
    recording come types, senders, ids, and what followed what. What messages
    mean is proposed by their names.
    """
    from rtdebug.api.pack_drafts import new_pack
    from rtdebug.reports.figures import counted
    from rtdebug.safe import one_line

    made = new_pack(source, channel, server_says, folder)
    for note in made.notes:
        put(f"note: {one_line(note, 300)}\n")
    where = one_line(str(folder))
    sides = f"{made.client} client and {counted(made.server, 'server event')}"
    put(f"{where}: {sides}, {counted(made.rows, 'row')} proposed\n")
    put(f"next: read {where}/pack.yaml, then rtdebug packs check {where}\n")
    return EXIT_GOOD


@command.command(name="check", short_help="Find what is wrong in a pack, or against recordings.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("captures", nargs=-1, metavar="[CAPTURE]...")
def check_command(folder: Path, captures: tuple[str, ...]) -> int:
    """Find what is wrong in a pack, as `rtdebug check` does, and what recordings say of it.

    What a recording has and the pack does not, or otherwise, is drift, and the
    exit code is 1. What never came in any recording is a note.
    """
    from rtdebug.api.checking import check_pack
    from rtdebug.api.pack_drift import drift
    from rtdebug.redaction import DEFAULT
    from rtdebug.reports.document_error import render
    from rtdebug.reports.figures import counted

    errors = check_pack(folder)
    for error in errors:
        put(DEFAULT.text(render(error)) + "\n")
    if errors or not captures:
        put(f"1 pack checked, {counted(len(errors), 'error') if errors else 'nothing wrong'}\n")
        return EXIT_USAGE if errors else EXIT_GOOD
    seen = drift(folder, captures)
    for weight, found in (("drift", seen.wrong), ("note", seen.unproved)):
        for one in found:
            put(DEFAULT.text(render(one, weight)) + "\n")
    for name, findings in seen.findings.items():
        told = ", ".join(findings) or "nothing"
        put(f"found in {name}: {told}\n")
    put(f"{counted(seen.messages, 'message')} held against the pack: {len(seen.wrong)} drifted, "
        f"{len(seen.unproved)} never seen\n")  # fmt: skip
    return EXIT_BAD if seen.wrong else EXIT_GOOD

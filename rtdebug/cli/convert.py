"""rtdebug convert: turns a recording into another format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import pack_option, redact_option
from rtdebug.errors import EXIT_EMPTY, EXIT_GOOD
from rtdebug.safe import one_line

_BLOCK = 65536
EXAMPLES = """\b
Examples:
  rtdebug convert pasted.log --to jsonl -o capture.jsonl
  rtdebug convert capture.jsonl --to scenario -o again.yaml
  rtdebug convert capture.jsonl --to mock -o server.yaml
  rtdebug convert capture.jsonl --to har -o capture.har
  kubectl logs app | rtdebug convert - --to jsonl | rtdebug diagnose -
"""


@click.command(name="convert", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("capture", metavar="CAPTURE")
@click.option("--to", "format_", type=click.Choice(["scenario", "mock", "jsonl", "har"]),
              required=True, help="scenario: to play it again; mock: its server as a script; "
              "jsonl: a capture of rtdebug; har: for the tools of browsers.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Write it here instead of to stdout; nothing is overwritten.")  # fmt: skip
@click.option("--connection", type=click.IntRange(1), metavar="N",
              help="Which connection, where the log holds several.")  # fmt: skip
@pack_option
@redact_option
def command(
    capture: str,
    format_: str,
    output: Path | None,
    connection: int | None,
    pack: str | None,
    redact: tuple[str, ...],
) -> int:
    """Turn a capture, or any log that can be read, into another format.

    CAPTURE may be - for stdin. Secrets are replaced on the way. Exits with 4 where nothing in it
    could be read as a message or as the end of a connection.
    """
    from rtdebug.api.converting import Conversion, check_free
    from rtdebug.cli.streams import put, tell

    if output is not None:
        check_free(output)
    conversion = Conversion(capture, format_, connection=connection, pack=pack, redact=redact)
    if output is not None:
        conversion.write(output)
    else:
        for block in _blocks(conversion.pieces()):
            put(block.decode())
    for note in conversion.notes:
        tell(f"note: {one_line(note, 300)}\n")
    return EXIT_GOOD if conversion.observed else EXIT_EMPTY


def _blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Many small pieces as fewer large ones."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)

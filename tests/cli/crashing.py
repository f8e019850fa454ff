"""Commands that end as no command should, for the tests of how that is told."""

from __future__ import annotations

import asyncio

import click

ENDS = {
    "bug": ValueError("no key sk-planted0000000000000000 here"),
    "interrupt": KeyboardInterrupt(),
    "cancel": asyncio.CancelledError(),
}


@click.command(name="crash")
@click.argument("how")
@click.option("--report")
def command(how: str, report: str) -> int:
    """Ends badly."""
    raise ENDS[how]

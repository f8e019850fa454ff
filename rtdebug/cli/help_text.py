"""The text of ``rtdebug --help``, made once and kept in help.txt so that help need not load click.

``python -m rtdebug.cli.help_text`` writes the file anew; a test holds it against the command.
"""

from __future__ import annotations

from pathlib import Path

import click

from rtdebug.cli.app import cli

PATH = Path(__file__).with_name("help.txt")


def text() -> str:
    """What the command group says of itself, 80 columns wide."""
    context = click.Context(
        cli,
        info_name="rtdebug",
        terminal_width=80,
        max_content_width=80,
        help_option_names=["-h", "--help"],
    )
    return cli.get_help(context) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")

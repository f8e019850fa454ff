"""rtdebug completion: what a shell loads to complete commands, options and their values."""

from __future__ import annotations

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.streams import put

EXAMPLES = """\b
Examples:
  rtdebug completion bash >> ~/.bashrc
  rtdebug completion zsh >> ~/.zshrc
  rtdebug completion fish > ~/.config/fish/completions/rtdebug.fish
"""


@click.command(name="completion", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print what completes rtdebug in a shell.

    Commands and options are completed, and as values scenarios that ship, names
    of findings, packs and report formats.
    """
    from click.shell_completion import get_completion_class

    from rtdebug.cli.app import cli

    kind = get_completion_class(shell)
    assert kind is not None
    put(kind(cli, {}, "rtdebug", "_RTDEBUG_COMPLETE").source())
    return 0

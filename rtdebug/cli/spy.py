"""rtdebug spy: runs a command behind a judging proxy and gives a verdict when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import (
    Duration,
    embed_audio_option,
    keep_option,
    pack_option,
    redact_option,
    streamed_report_options,
    strictness,
    strictness_options,
)

if TYPE_CHECKING:
    from rtdebug.api.spying import Started

EXAMPLES = """\b
Examples:
  rtdebug spy --upstream mock -- python app.py      no key, no network
  rtdebug spy -- python app.py                      before the real server
  rtdebug spy --upstream mock:script.yaml -- npm start
  rtdebug spy --tls -- node app.mjs                 for wss: clients
  rtdebug spy --env MY_API='{ws}/v1/realtime' --live -- ./bot --verbose

The command keeps its terminal: stdin, stdout and stderr are its own, and the
report is written to stderr when it has ended. Its URL is in OPENAI_BASE_URL and
the variables that other SDKs read; all are listed when it never connects.

Exit codes: 0 clean, 1 judged bad or the command failed, 2 no such command, 4 it
never connected or nothing came, 130 ended while something was still owed.
"""


@click.command(
    name="spy",
    cls=ExamplesFirst,
    epilog=EXAMPLES,
    context_settings={"allow_interspersed_args": False},
)
@click.argument("argv", nargs=-1, required=True, metavar="COMMAND...", type=click.UNPROCESSED)
@click.option("--upstream", metavar="URL|mock[:SCRIPT]",
              help="The server behind the proxy; without it the one that the environment names, "
              "else the provider.")  # fmt: skip
@click.option("--env", "more", multiple=True, metavar="NAME=TEMPLATE",
              help="Set one more variable; {http} and {ws} are the proxy, {base} the path of its "
              "API (repeatable).")  # fmt: skip
@click.option("--tls", is_flag=True, help="Take wss: with a certificate made for this run.")
@click.option("--ca-file", type=click.Path(path_type=Path), help="More authorities, as PEM.")
@click.option("--pass-header", "passed", multiple=True, metavar="NAME",
              help="Let this header of the app pass too (repeatable).")  # fmt: skip
@click.option("--no-compression", is_flag=True, help="Take the offer of it out of upgrades.")
@click.option("--live", is_flag=True, help="Show each event on stderr as it comes.")
@click.option("--capture", metavar="DIR", help="Keep every message here: a file a connection.")
@click.option("--no-audio", is_flag=True, help="Keep length and hash of audio, not the audio.")
@click.option("--only", multiple=True, metavar="GLOB",
              help="Show only these event types (repeatable; implies --live).")  # fmt: skip
@click.option("--hide", multiple=True, metavar="GLOB",
              help="Do not show these event types (repeatable; implies --live).")  # fmt: skip
@click.option("--from", "sender", type=click.Choice(["client", "server"]),
              help="Show only what this side sends (implies --live).")  # fmt: skip
@click.option("--grep", metavar="REGEX",
              help="Show only messages with this in their text (implies --live).")  # fmt: skip
@click.option("--no-fold", is_flag=True, help="A row for every delta instead of one for many.")
@click.option("--timeout", type=Duration(), help="End the command after so long a silence, never "
              "within a response.")  # fmt: skip
@keep_option
@pack_option
@strictness_options
@redact_option
@streamed_report_options
@embed_audio_option
def command(
    argv: tuple[str, ...],
    upstream: str | None,
    more: tuple[str, ...],
    tls: bool,
    ca_file: Path | None,
    passed: tuple[str, ...],
    no_compression: bool,
    live: bool,
    capture: str | None,
    no_audio: bool,
    only: tuple[str, ...],
    hide: tuple[str, ...],
    sender: str | None,
    grep: str | None,
    no_fold: bool,
    timeout: float | None,
    keep: bool,
    pack: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    redact: tuple[str, ...],
    reports: tuple[str, ...],
    timeline: str,
    quiet: bool,
    verbose: bool,
    color: str,
    embed_audio: bool,
) -> int:
    """Run a command behind a judging proxy.

    \b
    The command is started with the proxy's URL in its environment, under the
    names that SDKs read. When it ends, the verdict is given: what was wrong on
    the wire, and what it raised, beside the event that came before.
    """
    from rtdebug.api.spying import Spying, spy
    from rtdebug.api.surroundings import default_upstream, parse_variable
    from rtdebug.api.watching import Watching
    from rtdebug.cli import tail_forms as forms
    from rtdebug.cli.keeping import folder, save
    from rtdebug.cli.known_secrets import named_patterns
    from rtdebug.cli.output import keeping_for, look, publish
    from rtdebug.cli.tail_view import ViewWishes, aside_screen, tail_reports

    strict, kept = strictness(select, ignore, fail_on, pack), folder(keep=keep)
    place = forms.capture_target(capture, forms.Form.PROXY) if capture is not None else None
    place = kept.path if place is None and kept is not None else place
    secrets = named_patterns((*_variables(), *argv))
    wanted, asked = forms.wanted_events(only, hide, sender, grep), tail_reports(reports)
    style = look(verbose=verbose, quiet=quiet, timeline=timeline)
    keeping = keeping_for(asked.final, sound=embed_audio)
    watching = Watching(strict, pack, place, no_audio, (*redact, *secrets), timeout, keeping, kept)
    wishes = ViewWishes(wanted, strict, color, quiet, not no_fold, live=False, title="spy")
    screen = aside_screen(wishes, asked, shown=live or bool(only or hide or sender or grep))
    spying = Spying(
        argv, upstream or default_upstream(os.environ, pack), tls=tls, ca_file=ca_file,
        compression=not no_compression, pass_headers=forms.header_names(passed),
        more=tuple(map(parse_variable, more)), stdout_taken=asked.stdout_taken,
    )  # fmt: skip
    spied = spy(spying, watching, screen, started=_quiet if quiet else _tell_start)
    publish(spied.report, asked.final, style, color, streamed=True)
    save(kept, spied.report, quiet=quiet)
    if spied.bug is not None:
        raise spied.bug
    return spied.report.exit_code


def _quiet(started: Started) -> None:
    """Nothing is said."""


def _variables() -> Iterator[str]:
    """What may be secret in the environment; the name of the working folder only sounds so."""
    for name, value in os.environ.items():
        if name not in ("PWD", "OLDPWD"):
            yield f"{name}={value}"


def _tell_start(started: Started) -> None:
    from rtdebug.cli.streams import tell
    from rtdebug.cli.tail_forms import before

    place, around = started.place, started.around
    tell(f"rtdebug: listening on {place.host}:{place.port}, {before(place.upstream)}\n")
    for name in around.keys:
        tell(
            f"rtdebug: {name} is not set; the command is given a stand-in, as the mock needs none\n"
        )

"""rtdebug probe: how a server conforms to its protocol, case by case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import (
    Duration,
    Number,
    environment_secrets,
    filled,
    pack_option,
    redact_option,
)
from rtdebug.cli.postponing import put_off
from rtdebug.errors import UsageError

if TYPE_CHECKING:
    from rtdebug.api.probing import ProbePlan
    from rtdebug.cli.output import WantedReport
    from rtdebug.reports.formats import Look

EXAMPLES = """\b
Examples:
  rtdebug probe mock                     the embedded server, no network
  rtdebug probe ws://127.0.0.1:8000/v1/realtime --jobs 4
  rtdebug probe URL --only items --only cancel --report markdown=matrix.md
  rtdebug probe "wss://api.openai.com/v1/realtime?model=gpt-realtime" \\
      --header 'Authorization: Bearer ${env.OPENAI_API_KEY}' --budget 20000
"""


@click.command(name="probe", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("url", required=False, metavar="URL")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Send this header at the upgrade (repeatable); ${env.NAME} in it is replaced.",
)
@click.option("--ca-file", type=click.Path(path_type=Path), help="More authorities, as PEM.")
@click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    help="Ask only this case, by name (globs), number or area (repeatable).",
)
@click.option("--list", "listed", is_flag=True, help="List the cases and ask nothing.")
@click.option(
    "--expected-failures",
    "expected",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Cases that are known not to be ok, one a line; one that is ok is an error.",
)
@click.option(
    "--budget",
    type=Number(0, 1_000_000_000),
    metavar="TOKENS",
    help="Leave out what may use more tokens of the server's model.",
)
@click.option(
    "--timeout",
    type=Duration(),
    default=5.0,
    show_default="5s",
    help="For each answer; a case may take three times as long.",
)
@click.option(
    "--jobs",
    type=Number(1, 100),
    metavar="N",
    default=1,
    show_default=True,
    help="Ask so many cases at once.",
)
@click.option("--capture", metavar="DIR", help="Keep every message, a file a case.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    show_default=True,
    help="What makes the exit code 1: warning counts non-strict cases too.",
)
@pack_option
@redact_option
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="terminal, json or markdown; without FILE to stdout (repeatable).",
)
@click.option("-q", "--quiet", is_flag=True, help="Show only what failed, and the sum.")
@click.option("-v", "--verbose", is_flag=True, help="Show every departure at length.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour; NO_COLOR and FORCE_COLOR count too.",
)
def command(
    url: str | None,
    headers: tuple[str, ...],
    ca_file: Path | None,
    only: tuple[str, ...],
    listed: bool,
    expected: Path | None,
    budget: int | None,
    timeout: float,
    jobs: int,
    capture: str | None,
    fail_on: str,
    pack: str | None,
    redact: tuple[str, ...],
    reports: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    color: str,
) -> int:
    """Ask a server how it keeps to its protocol: one matrix of independent cases.

    \b
    URL is ws:// or wss://, or mock for the embedded server (mock:SCRIPT for one
    with a mock script). Each case has a connection of its own and comes to ok,
    non-strict, failed, not implemented or not judged; beside each departure
    stand the client families that break on it.
    """
    put_off("importlib.metadata", "urllib.request")  # of websockets, never touched here
    from rtdebug.api.playing import Wishes
    from rtdebug.api.probing import chosen, make_probe, suite_of
    from rtdebug.cli.options import strictness
    from rtdebug.cli.output import look, parse_reports
    from rtdebug.cli.probe_words import listing
    from rtdebug.cli.streams import put
    from rtdebug.packs.load import load_pack
    from rtdebug.reports.matrix_formats import MATRIX_FORMATS

    if listed:
        put(listing(chosen(suite_of(load_pack(pack) if pack else load_pack(), timeout), only)))
        return 0
    if url is None:
        raise UsageError(
            "rtdebug probe needs a URL, and got none",
            "type for example rtdebug probe mock, or rtdebug probe --list",
        )
    wanted = parse_reports(reports, MATRIX_FORMATS)
    wishes = Wishes(
        strictness((), (), fail_on, pack),
        tuple(map(filled, headers)),
        None,
        ca_file,
        (*redact, *environment_secrets(headers)),
    )
    probe = make_probe(
        url,
        wishes,
        pack=pack,
        only=only,
        timeout=timeout,
        jobs=jobs,
        budget=budget,
        capture=_folder(capture),
    )
    return _ask(probe, expected, wanted, look(verbose=verbose, quiet=quiet, timeline=""), color)


def _folder(capture: str | None) -> Path | None:
    from rtdebug.api.capture_place import capture_place, for_several

    return for_several(capture_place(capture), "several cases") if capture is not None else None


def _ask(
    probe: ProbePlan, expected: Path | None, wanted: Sequence[WantedReport], look: Look, color: str
) -> int:
    """Says what it will cost, asks, reports."""
    from rtdebug.api.probing import run_probe
    from rtdebug.cli.output import publish
    from rtdebug.cli.probe_words import plan_words
    from rtdebug.cli.progress import probing
    from rtdebug.cli.streams import put, tell
    from rtdebug.probe.expected import Expected, read_expected
    from rtdebug.reports.matrix_formats import MATRIX_FORMATS

    known = {case.name for case in probe.suite.cases}
    failures = read_expected(expected, known) if expected is not None else Expected()
    if not look.quiet:
        for_program = any(one.path is None and one.format != "terminal" for one in wanted)
        (tell if for_program else put)(plan_words(probe.plan))
    with probing(len(probe.cases), quiet=look.quiet, color=color) as told:
        matrix = run_probe(probe, failures, tell=told)
    publish(matrix, wanted, look, color, formats=MATRIX_FORMATS)
    return matrix.exit_code

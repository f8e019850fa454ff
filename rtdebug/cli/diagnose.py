"""rtdebug diagnose: judges a capture or a log in any format people can paste."""

from __future__ import annotations

from pathlib import Path

import click

from rtdebug.cli.baselines import baseline_of, baseline_options
from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import (
    embed_audio_option,
    pack_option,
    redact_option,
    report_options,
    strictness,
    strictness_options,
)

EXAMPLES = """\b
Examples:
  rtdebug diagnose capture.jsonl
  rtdebug diagnose captures/                every *.jsonl in it
  rtdebug diagnose -                        paste a log, end it with Ctrl-D
  kubectl logs app | rtdebug diagnose - --report json
"""


@click.command(name="diagnose", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@pack_option
@click.option(
    "--whole/--partial",
    default=None,
    help="The log shows every message / leaves some out (told from its content).",
)
@baseline_options
@strictness_options
@redact_option
@report_options
@embed_audio_option
def command(
    files: tuple[str, ...],
    pack: str | None,
    whole: bool | None,
    baseline: Path | None,
    write_baseline: bool,
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
    """Judge captures and logs, offline. FILE may be - for stdin, or a folder of captures.

    \b
    Reads rtdebug captures, JSON lines of other tools, HAR, mitmproxy flows, and
    pasted text: prose with JSON, console objects, Python and Go prints, lists of
    event types, tracebacks and close lines. The format is recognised by content.
    """
    from rtdebug.api.diagnosing import diagnose_files
    from rtdebug.cli.output import keeping_for, look, parse_reports, publish
    from rtdebug.cli.progress import diagnosing

    wanted = parse_reports(reports)
    judged = baseline_of(baseline, write=write_baseline)
    strict = strictness(select, ignore, fail_on, pack)
    with diagnosing(quiet=quiet, color=color) as watch:
        report = diagnose_files(
            files, pack=pack, strictness=strict, redact=redact, watch=watch, whole=whole,
            keeping=keeping_for(wanted, sound=embed_audio),
        )  # fmt: skip
    report = judged(report)
    publish(report, wanted, look(verbose=verbose, quiet=quiet, timeline=timeline), color)
    return report.exit_code

"""rtdebug run: plays scenarios over a live socket and judges every event."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtdebug.cli.baselines import baseline_of, baseline_options
from rtdebug.cli.env_file import env_file_option
from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import (
    Duration,
    embed_audio_option,
    environment_secrets,
    filled,
    keep_option,
    offered,
    pack_option,
    redact_option,
    report_options,
    strictness,
    strictness_options,
)
from rtdebug.cli.postponing import put_off
from rtdebug.cli.run_options import Play, play_options

if TYPE_CHECKING:
    from rtdebug.api.batch import Batch
    from rtdebug.api.playing import Wishes
    from rtdebug.cli.telling import Telling
    from rtdebug.model.results import Report

EXAMPLES = """\b
Examples:
  rtdebug run text-turn                     a shipped one, no key, no network
  rtdebug run flows/ --jobs 4 --report junit=results.xml
  rtdebug run flows/ --tag smoke --retries 1 --wait-for-server 30s
  rtdebug run turn.yaml --capture turn.jsonl --var greeting=Hi
  rtdebug run turn.yaml \\
      --url "wss://api.openai.com/v1/realtime?model=gpt-realtime" \\
      --header 'Authorization: Bearer ${env.OPENAI_API_KEY}'
"""


@click.command(name="run", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...",
                shell_complete=offered("scenarios"))  # fmt: skip
@click.option("--url", metavar="URL", help="Play against this target instead of the file's own.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Send this header at the upgrade (repeatable); ${env.NAME} in it is replaced.",
)
@click.option("--ca-file", type=click.Path(path_type=Path), help="More authorities, as PEM.")
@click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a variable of the scenario (repeatable).",
)
@click.option("--timeout", type=Duration(), help="For each expectation without its own.")
@click.option(
    "--capture",
    metavar="FILE|DIR",
    help="Keep every message; several runs need a folder.",
)
@click.option("--no-audio", is_flag=True, help="Keep length and hash of audio, not the audio.")
@keep_option
@play_options
@baseline_options
@env_file_option
@pack_option
@strictness_options
@redact_option
@report_options
@embed_audio_option
def command(
    scenarios: tuple[str, ...],
    url: str | None,
    headers: tuple[str, ...],
    ca_file: Path | None,
    variables: tuple[str, ...],
    timeout: float | None,
    capture: str | None,
    no_audio: bool,
    keep: bool,
    play: Play,
    baseline: Path | None,
    write_baseline: bool,
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
    """Play scenario files, or folders of them, over a live socket.

    \b
    SCENARIO is a file, a folder, or the name of one that ships, as text-turn. One
    without a target plays against the embedded server: no key, no network.
    """
    put_off("importlib.metadata", "urllib.request")  # of websockets, never touched here
    from rtdebug.api.batch import Batch
    from rtdebug.api.capture_place import capture_place
    from rtdebug.api.playing import Wishes
    from rtdebug.cli.keeping import folder, save
    from rtdebug.cli.known_secrets import named_patterns
    from rtdebug.cli.output import keeping_for, look, parse_reports, publish
    from rtdebug.cli.progress import progress
    from rtdebug.cli.telling import Telling

    wanted = parse_reports(reports)
    judged = baseline_of(baseline, write=write_baseline)
    wishes = Wishes(
        strictness(select, ignore, fail_on, pack),
        tuple(map(filled, headers)),
        url,
        ca_file,
        (*redact, *environment_secrets(headers), *named_patterns(variables)),
        no_audio=no_audio,
        keeping=keeping_for(wanted, sound=embed_audio),
        folder=(kept := folder(keep=keep)),
    )
    batch = Batch.load(
        scenarios,
        variables=variables,
        url=url,
        pack=pack,
        timeout=timeout,
        repeat=play.repeat,
        capture=capture_place(capture) if capture is not None else None,
        selection=play.selection(),
    )
    seen = look(verbose=verbose, quiet=quiet, timeline=timeline)
    telling = Telling(batch.total, wanted, seen, color)
    with progress(batch.total, quiet=quiet, color=color) as telling.played:
        report = judged(_played(batch, wishes, play, telling))
    publish(report, wanted, telling.look, color)
    save(kept, report, quiet=quiet)
    return report.exit_code


def _played(batch: Batch, wishes: Wishes, play: Play, telling: Telling) -> Report:
    from rtdebug.api.batch import run_batch
    from rtdebug.api.selecting import note_failed

    report = run_batch(
        batch,
        wishes,
        jobs=play.jobs,
        retries=play.retries,
        flakes=play.max_flaky,
        patience=play.wait_for_server,
        tell=telling.tell,
        watch=telling.watch,
    )
    note_failed(report.runs)
    return report

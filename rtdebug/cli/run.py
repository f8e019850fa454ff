"""rtdebug run: plays scenarios over a live socket and judges every event."""

from __future__ import annotations

from pathlib import Path

import click

from rtdebug.cli.options import (
    Duration,
    Number,
    embed_audio_option,
    environment_secrets,
    filled,
    pack_option,
    redact_option,
    report_options,
    strictness,
    strictness_options,
)
from rtdebug.cli.postponing import put_off

EXAMPLES = """\b
Examples:
  rtdebug run text-turn                     a shipped one, no key, no network
  rtdebug run flows/ --jobs 4 --report junit=results.xml
  rtdebug run turn.yaml --capture turn.jsonl --var greeting=Hi
  rtdebug run turn.yaml \\
      --url "wss://api.openai.com/v1/realtime?model=gpt-realtime" \\
      --header 'Authorization: Bearer ${env.OPENAI_API_KEY}'
"""


@click.command(name="run", epilog=EXAMPLES)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
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
@click.option(
    "--jobs",
    type=Number(1, 100),
    metavar="N",
    default=1,
    show_default=True,
    help="Play so many at once.",
)
@click.option(
    "--repeat",
    type=Number(1, 10000),
    metavar="N",
    default=1,
    show_default=True,
    help="Play each so many times.",
)
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
    jobs: int,
    repeat: int,
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
    SCENARIO is a file, a folder, or the name of a scenario that ships, such as
    text-turn or openai-realtime. Without a target of its own a scenario plays
    against the embedded server: no key, no network.
    """
    put_off("importlib.metadata", "urllib.request")  # of websockets, never touched here
    from rtdebug.api.batch import Batch, run_batch
    from rtdebug.api.capture_place import capture_place
    from rtdebug.api.playing import Wishes
    from rtdebug.cli.known_secrets import named_patterns
    from rtdebug.cli.output import keeping_for, look, parse_reports, publish
    from rtdebug.cli.progress import progress

    wanted = parse_reports(reports)
    wishes = Wishes(
        strictness(select, ignore, fail_on, pack),
        tuple(map(filled, headers)),
        url,
        ca_file,
        (*redact, *environment_secrets(headers), *named_patterns(variables)),
        no_audio=no_audio,
        keeping=keeping_for(wanted, sound=embed_audio),
    )
    batch = Batch.load(
        scenarios,
        variables=variables,
        url=url,
        pack=pack,
        timeout=timeout,
        repeat=repeat,
        capture=capture_place(capture) if capture is not None else None,
    )
    with progress(batch.total, quiet=quiet, color=color) as played:
        tell, watch = (played.tell, played.watch) if played is not None else (None, None)
        report = run_batch(batch, wishes, jobs=jobs, tell=tell, watch=watch)
    publish(report, wanted, look(verbose=verbose, quiet=quiet, timeline=timeline), color)
    return report.exit_code

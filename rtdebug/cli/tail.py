"""rtdebug tail: watches live traffic as a client, as a proxy, or over a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from rtdebug.cli.env_file import env_file_option
from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import (
    Duration,
    Number,
    embed_audio_option,
    environment_secrets,
    keep_option,
    offered,
    pack_option,
    redact_option,
    streamed_report_options,
    strictness,
    strictness_options,
)

EXAMPLES = """\b
Examples:
  rtdebug tail --listen 127.0.0.1:8080 --upstream wss://api.openai.com/v1
      then start the app with OPENAI_BASE_URL=http://127.0.0.1:8080/v1
  rtdebug tail --tls --listen 127.0.0.1:8443 --upstream wss://api.openai.com
      for apps that insist on wss:; what to export is printed
  rtdebug tail "wss://api.openai.com/v1/realtime?model=gpt-realtime" \\
      --header 'Authorization: Bearer ${env.OPENAI_API_KEY}'
      then type: response.create, or > Hello there, or {"type": ...}
  rtdebug tail "wss://api.openai.com/v1/realtime?call_id=rtc_123" --header ...
      a WebRTC or SIP call, from the side
  rtdebug tail mock                    the embedded server: no key needed
  rtdebug tail mock:replies.yaml       the same with a script
  rtdebug tail capture.jsonl --follow  a capture that still grows

Keys on a terminal: space pause, t turns (up, down and enter open one), f
filter, q quit (with the verdict). Where lines are sent: /turns, /GLOB filter,
/q quit. Ctrl-C ends it with the verdict too, and with exit code 130 where a
response or an answer was still owed. --report ndjson writes a line of JSON for
each event, as it comes.
"""


@click.command(name="tail", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("source", required=False, metavar="[URL|FILE]")
@click.option("--listen", metavar="HOST:PORT", help="Be a proxy: take connections here.")
@click.option("--upstream", metavar="URL|mock[:SCRIPT]",
              help="The server that a proxy passes them on to.")  # fmt: skip
@click.option("--tls", is_flag=True, help="Take wss: with a certificate made for this run.")
@click.option("--dangerously-bind", is_flag=True, help="Listen on more than the loopback.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
              help="One more name of this machine (repeatable).")  # fmt: skip
@click.option("--allow-origin", "origins", multiple=True, metavar="ORIGIN",
              help="Let pages of this origin connect (repeatable).")  # fmt: skip
@click.option("--max-connections", "most", type=Number(1, 100_000), metavar="N", default=1000,
              show_default=True, help="Turn away more connections at once than this.")  # fmt: skip
@click.option("--pass-header", "passed", multiple=True, metavar="NAME",
              help="Let this header of apps pass beside the usual ones (repeatable).")  # fmt: skip
@click.option("--no-compression", is_flag=True, help="Take the offer of it out of upgrades.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'",
              help="Send this header at the upgrade (repeatable); ${env.NAME} in it is "
              "replaced.")  # fmt: skip
@click.option("--ca-file", type=click.Path(path_type=Path), help="More authorities, as PEM.")
@click.option("--follow", is_flag=True, help="Go on as the capture FILE grows.")
@click.option("--capture", metavar="FILE|DIR",
              help="Keep every message; a proxy writes a file a connection.")  # fmt: skip
@click.option("--no-audio", is_flag=True, help="Keep length and hash of audio, not the audio.")
@click.option("--only", multiple=True, metavar="GLOB", shell_complete=offered("event_types"),
              help="Show only these event types (repeatable).")  # fmt: skip
@click.option("--hide", multiple=True, metavar="GLOB", shell_complete=offered("event_types"),
              help="Do not show these event types (repeatable).")  # fmt: skip
@click.option("--from", "sender", type=click.Choice(["client", "server"]),
              help="Show only what this side sends.")  # fmt: skip
@click.option("--grep", metavar="REGEX", help="Show only messages with this in their text.")
@click.option("--no-fold", is_flag=True, help="A row for every delta instead of one for many.")
@click.option("--turns", is_flag=True, help="A row for each turn: who asked, first delta, end.")
@click.option("--timeout", type=Duration(), help="End after so long a silence (a client: 10s "
              "after the end of its input), never within a response.")  # fmt: skip
@click.option("--web", is_flag=True, help="Let a browser of this machine look on.")
@keep_option
@env_file_option
@pack_option
@strictness_options
@redact_option
@streamed_report_options
@embed_audio_option
@click.pass_context
def command(
    ctx: click.Context,
    source: str | None,
    listen: str | None,
    upstream: str | None,
    tls: bool,
    dangerously_bind: bool,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    most: int,
    passed: tuple[str, ...],
    no_compression: bool,
    headers: tuple[str, ...],
    ca_file: Path | None,
    follow: bool,
    capture: str | None,
    no_audio: bool,
    only: tuple[str, ...],
    hide: tuple[str, ...],
    sender: str | None,
    grep: str | None,
    no_fold: bool,
    turns: bool,
    timeout: float | None,
    web: bool,
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
    """Watch live traffic: every event as it comes, judged.

    As a proxy (--listen, --upstream): point an unmodified app at it; any number
    of connections, for hours. With a URL: as a client; lines on stdin are sent.
    With a FILE: the same view over a capture or any log.
    """
    from rtdebug.api.watching import Watching
    from rtdebug.cli import tail_forms as forms
    from rtdebug.cli.keeping import folder
    from rtdebug.cli.output import keeping_for, look
    from rtdebug.cli.tail_view import tail_reports

    form = forms.form_of(source, listen, upstream).checked(_given(ctx), follow=follow)
    strict, hidden = strictness(select, ignore, fail_on, pack), environment_secrets(headers)
    place = None if capture is None else forms.capture_target(capture, form)
    told, kept = tail_reports(reports), folder(keep=keep and form is forms.Form.PROXY)
    keeping = keeping_for(told.final, live=web, sound=embed_audio)
    watching = Watching(strict, pack, place, no_audio, (*redact, *hidden), timeout, keeping, kept)
    wanted = forms.wanted_events(only, hide, sender, grep)
    style = look(verbose=verbose, quiet=quiet, timeline=timeline)
    tail = forms.Tail(watching, wanted, told, style, color, not no_fold, turns)
    if form is forms.Form.PROXY:
        from rtdebug.api.watching_proxy import Listening

        return tail.proxy(Listening(
            *forms.address(listen or ""), upstream or "", tls=tls, exposed=dangerously_bind,
            hosts=hosts, origins=origins, ca_file=ca_file, compression=not no_compression,
            pass_headers=forms.header_names(passed), most=most,
        ))  # fmt: skip
    if form is forms.Form.CLIENT:
        return tail.client(source or "", headers, ca_file)
    return tail.file(source or "", follow=follow)


def _given(ctx: click.Context) -> Iterator[tuple[str, str]]:
    """The options of this command line: their names, and as they are written."""
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name or "")
        if source is click.core.ParameterSource.COMMANDLINE:
            yield parameter.name or "", parameter.opts[0]

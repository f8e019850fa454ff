"""rtdebug mock: serves a scripted server to any client."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rtdebug.api.mocking import Mocking, MockOnlooker, Served, serve
from rtdebug.cli.addresses import addresses, at
from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.cli.options import Duration, Number, pack_option
from rtdebug.cli.streams import put, tell
from rtdebug.errors import EXIT_BAD, EXIT_GOOD, UsageError
from rtdebug.model.commands import Send
from rtdebug.model.records import Closed, Opened, Sender
from rtdebug.redaction import DEFAULT
from rtdebug.reports.figures import counted
from rtdebug.safe import one_line
from rtdebug.wire.target import shown

if TYPE_CHECKING:
    from rtdebug.model.commands import Command
    from rtdebug.model.records import Record

EXAMPLES = """\b
Examples:
  rtdebug mock                      then OPENAI_BASE_URL=<what it prints>
  rtdebug mock --listen 127.0.0.1:8080 --script replies.yaml --watch
  rtdebug mock --fault response-stalled-after-created
  rtdebug mock --fault list         what can be shown
  rtdebug mock --replay capture.jsonl
  rtdebug mock --chaos 42           faults by lot, the same for the same seed
  rtdebug mock --tls                for clients that insist on wss:
  rtdebug mock --judge -- python app.py      how your client takes faults

For programs, a stdout that is no terminal gets one line of JSON when it is
ready: url, base_url, port, pid, and env, the variables to set for a client.
What people read goes to stderr. Ctrl-C and SIGTERM end it with exit code 0, or 1 where a
client did not do what it did in the recording.
"""
_ERROR = '{"type":"error"'


@click.command(name="mock", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("argv", nargs=-1, metavar="[-- COMMAND...]", type=click.UNPROCESSED)
@click.option("--listen", default="127.0.0.1:0", show_default=True, metavar="HOST:PORT",
              help="Take connections here; port 0 is a free one.")  # fmt: skip
@click.option("--script", type=click.Path(path_type=Path), metavar="FILE",
              help="What it says: a mock script, or the mock: of a scenario; with --replay "
              "the faults that strike what the recording says.")  # fmt: skip
@click.option("--watch", is_flag=True, help="Read the script anew when it changes.")
@click.option("--fault", metavar="NAME", help="Show this finding of the gallery to any client; "
              "list names them all.")  # fmt: skip
@click.option("--replay", metavar="CAPTURE", help="Answer as in a recording, in any format that "
              "diagnose reads and of any pack.")  # fmt: skip
@click.option("--timing", type=click.Choice(["fast", "original"]), default="fast",
              show_default=True, help="How fast a recording answers.")  # fmt: skip
@click.option("--chaos", metavar="SEED", help="Let a fault strike most connections, by lot.")
@click.option("--tls", is_flag=True, help="Take wss: with a certificate made for this run.")
@click.option("--dangerously-bind", is_flag=True, help="Listen on more than the loopback.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
              help="One more name of this machine (repeatable).")  # fmt: skip
@click.option("--allow-origin", "origins", multiple=True, metavar="ORIGIN",
              help="Let pages of this origin connect (repeatable).")  # fmt: skip
@click.option("--max-connections", "most", type=Number(1, 100_000), metavar="N", default=1000,
              show_default=True, help="Turn away more connections at once than this.")  # fmt: skip
@click.option("--judge", is_flag=True,
              help="Grade a client: COMMAND is run once a case.")  # fmt: skip
@click.option("--suite", metavar="NAME|FILE", help="The cases of --judge (default: client).")
@click.option("--only", multiple=True, metavar="NAME",
              help="After the first only this case, by name (globs) or number.")  # fmt: skip
@click.option("--list", "listed", is_flag=True, help="List the cases of --judge and run nothing.")
@click.option("--timeout", type=Duration(), help="The longest that a case of --judge may take "
              "(default: 40s).")  # fmt: skip
@click.option("--env", "more", multiple=True, metavar="NAME=TEMPLATE",
              help="Set one more variable for COMMAND; {http} and {ws} are the server "
              "(repeatable).")  # fmt: skip
@click.option("--report", "reports", multiple=True, metavar="FORMAT[=FILE]",
              help="Of --judge: terminal, json or markdown (repeatable).")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
              show_default=True, help="Colour; NO_COLOR and FORCE_COLOR count too.")  # fmt: skip
@pack_option
@click.option("-v", "--verbose", is_flag=True, help="Show every case of --judge at length.")
@click.option("-q", "--quiet", is_flag=True, help="Do not tell of connections, nor of good cases.")
def command(
    argv: tuple[str, ...],
    listen: str,
    script: Path | None,
    watch: bool,
    fault: str | None,
    replay: str | None,
    timing: str,
    chaos: str | None,
    tls: bool,
    dangerously_bind: bool,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    most: int,
    judge: bool,
    suite: str | None,
    only: tuple[str, ...],
    listed: bool,
    timeout: float | None,
    more: tuple[str, ...],
    reports: tuple[str, ...],
    color: str,
    pack: str | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Serve a Realtime server without a key or a network.

    Without a script it answers by itself: it says hello, calls the function
    that a question is for, and tells what came back; in text and in speech.
    """
    from rtdebug.cli.tail_forms import address

    if judge:
        from rtdebug.cli import mock_judge

        if listed:
            return mock_judge.list_cases(suite, only)
        served = {"script": script, "fault": fault, "replay": replay, "chaos": chaos,
                  "watch": watch, "pack": pack}  # fmt: skip
        return mock_judge.judge(
            argv, served, suite=suite, only=only, timeout=timeout, more=more, tls=tls,
            reports=reports, color=color, quiet=quiet, verbose=verbose,
        )  # fmt: skip
    _of_judge(argv=argv, suite=suite, only=only, list=listed, timeout=timeout, env=more,
              report=reports)  # fmt: skip
    if fault == "list":
        put(_faults())
        return EXIT_GOOD
    _one_of(script=script, fault=fault)
    _one_of(fault=fault, replay=replay)
    _one_of(chaos=chaos, replay=replay)
    if timing == "original" and replay is None:
        raise UsageError("--timing is of a recording, and there is none", "name it with --replay")
    if watch and replay is not None:
        raise UsageError("--watch watches a script, and a recording is served", "leave it out")
    if watch and script is None:
        raise UsageError("--watch watches a script, and there is none", "name it with --script")
    host, port = address(listen)
    mocking = Mocking(host, port, script, fault, replay, timing == "original", pack, watch, chaos,
                      tls, dangerously_bind, hosts, origins, most)  # fmt: skip
    table = _Table(host, _says(mocking), quiet=quiet)
    ended = serve(mocking, table)
    differed = f", {ended.differed} not as recorded" if ended.differed else ""
    tell(f"ended after {counted(ended.connections, 'connection')}{differed}\n")
    return EXIT_BAD if ended.differed else EXIT_GOOD


def _of_judge(**given: object) -> None:
    for name, value in given.items():
        if value:
            what = "a command" if name == "argv" else f"--{name}"
            raise UsageError(
                f"{what} is for --judge, which was not asked for",
                "add --judge to grade a client; rtdebug spy runs a command before the mock",
            )


def _one_of(**given: object) -> None:
    names = [f"--{name}" for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise UsageError(f"{' and '.join(names)} both say what is served", "leave one of them out")


def _says(mocking: Mocking) -> str:
    if mocking.replay is not None:
        through = f", with the faults of {mocking.script}" if mocking.script is not None else ""
        return f"answering as in {mocking.replay}{through}"
    if mocking.script is not None:
        return f"saying what {mocking.script} says"
    return f"showing {mocking.fault}" if mocking.fault is not None else "answering by itself"


def _faults() -> str:
    from rtdebug.api.gallery_faults import fault_files
    from rtdebug.catalogue.book import entry

    columns = shutil.get_terminal_size((80, 24)).columns
    names = sorted(fault_files())
    wide = max(map(len, names)) + 2
    return "".join(
        f"{name:{wide}}{one_line(entry(name).title, columns - wide)}\n" for name in names
    )


class _Table(MockOnlooker):
    """Tells people of connections, a line for each thing that matters."""

    def __init__(self, host: str, says: str, *, quiet: bool) -> None:
        self._host = host
        self._says = says
        self._quiet = quiet
        self._counts: dict[int, list[int]] = {}

    def ready(self, served: Served) -> None:
        """The addresses, for people and for programs."""
        base = at(self._host, served.port)
        secure = "s" if served.secure else ""
        where = addresses(base, secure=served.secure, exports=served.exports)
        tell(f"mock server on {base}, {self._says}\n{where}")
        base_url = f"http{secure}://{base}/v1"
        env = {"OPENAI_BASE_URL": base_url, **dict(served.exports)}
        line = {"rtdebug_mock": 1, "url": served.url, "base_url": base_url, "port": served.port,
                "pid": os.getpid(), "env": env}  # fmt: skip
        if not sys.stdout.isatty():
            put(json.dumps(line) + "\n")

    def note(self, number: int, text: str) -> None:
        """Told as it is."""
        self._tell(number, text)

    def record(self, number: int, record: Record) -> None:
        """Where it begins and ends."""
        counts = self._counts.setdefault(number, [0, 0])
        if isinstance(record, Opened):
            self._tell(number, f"connected: {shown(record.url or '')}")
        elif isinstance(record, Closed):
            del self._counts[number]
            by = "the client" if record.sender is Sender.CLIENT else "the mock"
            reason = f" {record.reason!r}" if record.reason else ""
            told = f"closed {record.code}{reason} by {by} after {record.at:.1f} s"
            self._tell(number, f"{told}: {counts[0]} in, {counts[1]} out")
        else:
            counts[0] += 1

    def said(self, number: int, commands: Sequence[Command]) -> None:
        """What the client is refused."""
        counts = self._counts.setdefault(number, [0, 0])
        for command in commands:
            if not isinstance(command, Send):
                continue
            counts[1] += 1
            if isinstance(command.data, str) and command.data.startswith(_ERROR):
                error = json.loads(command.data).get("error") or {}
                code = error.get("code") or error.get("type")
                self._tell(number, f"error {code}: {error.get('message')}")

    def _tell(self, number: int, text: str) -> None:
        if self._quiet:
            return
        columns = shutil.get_terminal_size().columns if sys.stderr.isatty() else 400
        who = f"#{number} " if number else ""
        tell(one_line(DEFAULT.text(f"{who}{text}"), columns) + "\n")

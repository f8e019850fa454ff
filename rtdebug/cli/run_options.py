"""Options of ``run`` that choose what is played, and how often before it counts."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from rtdebug.cli.options import Command, Duration, Number
from rtdebug.errors import UsageError
from rtdebug.model.value import Value

if TYPE_CHECKING:
    from rtdebug.api.selecting import Selection


class Share(click.ParamType[float]):
    """A share of a whole, written in percent."""

    name = "percent"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        figure = value.removesuffix("%")
        if value.endswith("%") and figure.replace(".", "", 1).isdecimal() and float(figure) < 100:
            return float(figure) / 100
        self.fail(f"expected a share below 100%, found {value[:40]!r}; write 5%", param, ctx)


class Play(Value):
    """What is asked for. ``shard`` is still text."""

    jobs: int
    repeat: int
    names: tuple[str, ...]
    tags: tuple[str, ...]
    shard: str | None
    last_failed: bool
    retries: int
    max_flaky: float
    wait_for_server: float

    def selection(self) -> Selection:
        """What of it chooses scenarios. Raises UsageError."""
        from rtdebug.api.selecting import Selection, shard

        part = shard(self.shard) if self.shard else (1, 1)
        return Selection(self.names, self.tags, part, self.last_failed)


_OPTIONS = (
    click.option("--jobs", type=Number(1, 100), metavar="N", default=1, show_default=True,
                 help="Play so many at once."),
    click.option("--repeat", type=Number(1, 10000), metavar="N", default=1, show_default=True,
                 help="Play each so many times; says p50, p95 and how many were bad."),
    click.option("--name", "names", multiple=True, metavar="GLOB",
                 help="Only scenarios whose name or file is so called (repeatable)."),
    click.option("--tag", "tags", multiple=True, metavar="TAG",
                 help="Only scenarios with this tag; !TAG leaves it out (repeatable)."),
    click.option("--shard", metavar="I/N", help="Only the I-th of N parts."),
    click.option("--last-failed", is_flag=True,
                 help="Only what failed last time; everything where nothing did."),
    click.option("--retries", type=Number(0, 100), metavar="N", default=0,
                 help="Try a bad one again up to N times; the report tells it."),
    click.option("--max-flaky", type=Share(), metavar="PERCENT", default=0.0,
                 help="With --repeat: so many plays of a scenario may be bad."),
    click.option("--wait-for-server", type=Duration(), metavar="DURATION", default=0.0,
                 help="Wait so long for servers that still start."),
)  # fmt: skip


def play_options(command: Command) -> Command:
    """These options; they arrive together as ``play``."""

    @wraps(command)
    def called(**given: Any) -> Any:
        play = Play(**{name: given.pop(name) for name in Play.__annotations__})
        if play.max_flaky and play.repeat == 1:
            words = "--max-flaky needs several plays of a scenario"
            raise UsageError(words, "add --repeat 20")
        return command(**given, play=play)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called  # type: ignore[return-value]

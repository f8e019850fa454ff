"""What a shell is offered as values of options and arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def findings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of findings, with what they are."""
    from rtdebug.catalogue.book import entries

    return [CompletionItem(one.name, help=one.title) for one in entries()
            if one.name.startswith(incomplete)]  # fmt: skip


def packs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Packs that ship."""
    from rtdebug.resources import pack_names

    return _fitting(pack_names(), incomplete) + _files(incomplete)


def formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Formats of reports."""
    from rtdebug.reports.formats import FORMATS

    return _fitting(FORMATS, incomplete)


def diff_formats(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Formats of a comparison."""
    from rtdebug.reports.comparison_formats import DIFF_FORMATS

    return _fitting(DIFF_FORMATS, incomplete)


def scenarios(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files, and the names of scenarios that ship."""
    from rtdebug import resources

    folder = resources.scenarios()
    names = sorted({*(path.stem for path in folder.glob("*/*.yaml")),
                    *(path.name for path in folder.iterdir() if path.is_dir())})  # fmt: skip
    return _fitting(names, incomplete) + _files(incomplete)


def event_types(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Types of events of the pack that is named, or of the usual one."""
    from rtdebug.errors import RtdebugError
    from rtdebug.scenario.vocabulary import vocabulary_of

    try:
        words = vocabulary_of(ctx.params.get("pack") or "openai-realtime")
    except RtdebugError:
        return []
    return _fitting(sorted(words.client_types | words.server_types), incomplete)


def _fitting(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _files(incomplete: str) -> list[CompletionItem]:
    """Left to the shell."""
    return [CompletionItem(incomplete, type="file")]

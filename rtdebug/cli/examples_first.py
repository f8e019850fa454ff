"""Help that shows what can be typed before it lists every option."""

from __future__ import annotations

import click


class ExamplesFirst(click.Command):
    """The first paragraph of the epilog, the examples, stands above the options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._write(formatter, (self.epilog or "").partition("\n\n")[0])
        super().format_options(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._write(formatter, (self.epilog or "").partition("\n\n")[2])

    def _write(self, formatter: click.HelpFormatter, text: str) -> None:
        if text:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(text)


class GroupExamplesFirst(ExamplesFirst, click.Group):
    """The same for a command of several."""

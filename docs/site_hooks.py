"""Puts on the site what its pages lead to and what stands beside docs/: schemas, and the scenarios
that ship as a page for each folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from rtdebug.catalogue.book import entry
from rtdebug.reports.explanation import markdown as explained

ROOT = Path(__file__).parent.parent


def on_files(files: Files, config: Any) -> Files:
    """The files beside docs/, under names that no page of it has."""
    for path in sorted(ROOT.glob("schemas/rtdebug/*.json")):
        files.append(
            File.generated(config, f"schemas/rtdebug/{path.name}", content=path.read_text("utf-8"))
        )
    folders = [path for path in sorted(ROOT.glob("scenarios/*")) if any(path.glob("*.yaml"))]
    for folder in folders:
        files.append(File.generated(config, f"shipped/{folder.name}.md", content=_page(folder)))
    listed = "".join(f"- [{folder.name}]({folder.name}.md)\n" for folder in folders)
    files.append(
        File.generated(config, "shipped/index.md", content=f"# Scenarios that ship\n\n{listed}")
    )
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Pages of findings with what stands at their top; links that leave docs/ lead to those files."""
    place = page.file.src_uri
    if place.startswith("findings/") and not place.endswith("README.md"):
        return explained(entry(Path(place).stem))
    markdown = re.sub(r"\]\(\.\./schemas/", "](schemas/", markdown)
    markdown = re.sub(r"\]\(\.\./scenarios/([\w-]+)\)", r"](shipped/\1.md)", markdown)
    return markdown.replace("](../scenarios)", "](shipped/index.md)")


def _page(folder: Path) -> str:
    parts = [f"# {folder.name}\n"]
    for path in sorted(folder.glob("*.yaml")):
        parts.append(
            f"## {path.stem}\n\n```console\n$ rtdebug run {path.stem}\n```\n\n```yaml\n{path.read_text('utf-8')}```\n"
        )
    return "\n".join(parts)

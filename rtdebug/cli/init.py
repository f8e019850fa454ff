"""rtdebug init: a first scenario, the line for editors, and a workflow for CI."""

from __future__ import annotations

from pathlib import Path

import click

from rtdebug.cli.examples_first import ExamplesFirst
from rtdebug.errors import EXIT_GOOD, UnreadableError

EXAMPLES = """\b
Examples:
  rtdebug init                    here
  rtdebug init tests/realtime     elsewhere
  rtdebug init --ci none          without a workflow
"""
_SCENARIO = """\
# yaml-language-server: $schema=./scenario.schema.json
#
# A text turn. Without RTDEBUG_URL it plays against the embedded server: no key, no network.
rtdebug: 1
name: First turn
tags: [smoke]
target:
  url: ${env.RTDEBUG_URL:-mock}
  headers: {Authorization: "Bearer ${env.OPENAI_API_KEY:-none}"}
mock: {reply: {text: "Hello! How can I help?"}}
steps:
  - expect: session.created
  - send: {type: session.update, session: {type: realtime, output_modalities: [text]}}
  - expect: session.updated
  - send:
      type: conversation.item.create
      item: {type: message, role: user, content: [{type: input_text, text: Hello}]}
  - send: {type: response.create}
  - expect: {type: response.done, response: {status: completed}}
limits: {first_delta: 5s, response: 20s}
"""
_GITHUB = """\
name: realtime
on: [push, pull_request]
permissions:
  contents: read
jobs:
  scenarios:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install rtdebug
      - run: >-
          rtdebug run {folder} --report github --report junit=rtdebug.xml
          --capture rtdebug-captures/
      - if: failure()
        uses: actions/upload-artifact@v4
        with:
          name: rtdebug
          path: |
            rtdebug.xml
            rtdebug-captures/
"""
_GITLAB = """\
scenarios:
  image: python:3.12
  script:
    - pip install rtdebug
    - >-
      rtdebug run {folder} --report junit=rtdebug.xml --report gitlab=rtdebug.json
      --capture rtdebug-captures/
  artifacts:
    when: always
    paths: [rtdebug-captures/]
    reports:
      junit: rtdebug.xml
      codequality: rtdebug.json
"""
WORKFLOWS = {
    "github": (Path(".github/workflows/rtdebug.yml"), _GITHUB),
    "gitlab": (Path("rtdebug.gitlab-ci.yml"), _GITLAB),
}


@click.command(name="init", cls=ExamplesFirst, epilog=EXAMPLES)
@click.argument("folder", default="scenarios", metavar="[FOLDER]")
@click.option("--ci", type=click.Choice([*WORKFLOWS, "none"]), default="github",
              show_default=True, help="For which CI a workflow is written.")  # fmt: skip
def command(folder: str, ci: str) -> int:
    """Write a first scenario, its schema for editors, and a workflow for CI.

    \b
    FOLDER is where scenarios go, scenarios if absent. Nothing that is there is
    overwritten: where one of the files exists none is written.
    """
    from rtdebug import resources
    from rtdebug.cli.streams import put

    place = Path(folder)
    schema = resources.schemas("rtdebug", "scenario.schema.json").read_text(encoding="utf-8")
    files = {place / "first-turn.yaml": _SCENARIO, place / "scenario.schema.json": schema}
    if ci != "none":
        path, text = WORKFLOWS[ci]
        files[path] = text.replace("{folder}", place.as_posix())
    _write(files)
    for path in files:
        put(f"wrote {path}\n")
    put(f"\nnext: rtdebug run {place}\n")
    return EXIT_GOOD


def _write(files: dict[Path, str]) -> None:
    """All of them or none."""
    from rtdebug.api.whole_file import write_new

    there = [str(path) for path in files if path.exists() or path.is_symlink()]
    if there:
        raise UnreadableError(
            f"{', '.join(there)}: already there, and nothing is overwritten",
            "move it away, or name another folder",
        )
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_new(path, (text.encode(),))
            path.chmod(0o644)
        except OSError as error:
            raise UnreadableError(
                f"{path}: cannot be written: {error.strerror or error}", "choose another folder"
            ) from None

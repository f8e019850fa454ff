"""Makes the pictures of the documentation anew, from real runs: ``python docs/pictures.py``.

Screens become SVG (through Rich, without its web font, so that they ask nothing of a network), the
page a screenshot by Chromium where there is one.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

PLACE = Path(__file__).with_name("pictures")
WIDTH = 100
LOG = """\
12:00:01.204 ws send: {"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}
12:00:01.231 ws recv: {"type":"session.updated","event_id":"event_1","session":{"type":"realtime","output_modalities":["text"]}}
12:00:01.240 ws send: {"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello"}]}}
12:00:01.262 ws recv: {"type":"conversation.item.added","event_id":"event_2","item":{"id":"item_1","type":"message","role":"user","content":[{"type":"input_text","text":"Hello"}]}}
12:00:31.300 nothing yet, giving up
"""
FILES = {"pasted.log": LOG}
SHOWN: dict[str, tuple[str, ...]] = {
    "first-run": ("rtdebug run text-turn",),
    "stalled": ("rtdebug run stalled-after-created",),
    "diagnose": ("rtdebug diagnose pasted.log",),
    "turns": ("rtdebug run barge-in-truncate --capture turns.jsonl --quiet",
              "rtdebug tail turns.jsonl --turns"),
}  # fmt: skip
"""Name of a picture -> the commands that were run; of several the last is shown."""
PAGE = "rtdebug run barge-in-truncate response-stalled-mid-stream --report html=page.html"

_THEME = TerminalTheme(
    (30, 33, 39), (214, 218, 225),
    [(30, 33, 39), (240, 113, 120), (140, 200, 120), (230, 190, 110), (110, 170, 240), (200, 140, 220), (100, 190, 200), (214, 218, 225)],
    [(110, 116, 128), (255, 130, 137), (160, 220, 140), (245, 205, 125), (130, 190, 255), (220, 160, 240), (120, 210, 220), (255, 255, 255)],
)  # fmt: skip


def main() -> None:
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        for name, commands in SHOWN.items():
            for command in commands:
                printed = printed_by(command, folder, "always")
            (PLACE / f"{name}.svg").write_text(drawn(commands[-1], printed), encoding="utf-8")
        printed_by(PAGE, folder, "never")
        _photograph(Path(folder, "page.html"))


def printed_by(command: str, folder: str, color: str) -> str:
    """What a command prints; that some of them exit with 1 is what they are here for."""
    words = [sys.executable, "-m", *command.split(), "--color", color]
    settings = {"COLUMNS": str(WIDTH), "RTDEBUG_KEEP": "0", "PYTHONUTF8": "1"}
    done = subprocess.run(words, cwd=folder, env={**os.environ, **settings}, capture_output=True,
                          timeout=60, check=False)  # fmt: skip
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stderr.decode()}")
    return done.stdout.decode()


def drawn(command: str, printed: str) -> str:
    """A screen as SVG, under the command that made it."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False
    )
    console.print(Text.from_ansi(f"$ {command}\n{printed.rstrip()}"))
    svg = console.export_svg(title="", theme=_THEME, unique_id="screen")
    svg = re.sub(r"<!-- .*? -->\s*", "", svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)
    svg = svg.replace("font-family: Fira Code, monospace", "font-family: ui-monospace, monospace")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def _photograph(page: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium: the picture of the page stays as it is", file=sys.stderr)
        return
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1200,1150",
         f"--screenshot={PLACE / 'page.png'}", page.as_uri()],
        capture_output=True, timeout=60, check=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()

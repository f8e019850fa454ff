"""Logs of every layout, damaged at random: read without a crash, and soon."""

from __future__ import annotations

import os
import random
from time import process_time

import pytest
from log_layouts import LAYOUTS
from logged_sessions import FAILING, HEALTHY

from rtdebug.api.diagnosing import diagnose_files

LOGS = int(os.environ.get("RTDEBUG_MUTATED_LOGS", "300"))
_SECONDS = 2.0  # for a log of a few kilobytes, on a machine that does other things as well
_SIGNS = "{}[]()<>\"'\\\n\t ,:;=|\x00\x1b\ufeff\u202eé😀" + "0123456789" + "aZ"


def _mutated(text: str, dice: random.Random) -> str:
    for _ in range(dice.randint(1, 12)):
        at, end = sorted(dice.randrange(len(text) + 1) for _ in range(2))
        match dice.randrange(6):
            case 0:
                text = text[:at]
            case 1:
                text = text[:at] + text[min(end, at + 40) :]
            case 2:
                text = text[:at] + dice.choice(_SIGNS) * dice.randint(1, 200) + text[at:]
            case 3:
                text = text[:at] + text[at : at + 200] * dice.randint(2, 6) + text[at:]
            case 4:
                text = text[end:] + text[:at]
            case _:
                text = text.replace(dice.choice(_SIGNS), dice.choice(_SIGNS), dice.randint(1, 30))
        text = text or "x"
    return text


@pytest.mark.slow
def test_damaged_logs_are_read_without_a_crash_and_soon(tmp_path) -> None:
    dice = random.Random(20260301)
    sources = [one.render(said) for one in LAYOUTS.values() for said in (FAILING, HEALTHY)]
    log = tmp_path / "log"
    for number in range(LOGS):
        text = _mutated(sources[number % len(sources)], dice)
        log.write_text(text, encoding="utf-8", errors="surrogatepass")
        started = process_time()
        assert diagnose_files([str(log)]).runs
        assert process_time() - started < _SECONDS, f"log {number}"

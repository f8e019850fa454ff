"""What a program says when it fails: found among other lines, and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from rtdebug.captures.outbursts import Outbursts
from rtdebug.rules.client.raised import raised_in

CASES = yaml.safe_load((Path(__file__).parent / "outbursts.yaml").read_text(encoding="utf-8"))


def outbursts(said: str) -> list[tuple[float, str]]:
    reader = Outbursts()
    found = [reader.take(at, line) for at, line in enumerate(said.splitlines())]
    found.append(reader.flush())
    return [(one.at, one.text) for one in found if one is not None]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["said"].splitlines()[-1])
def test_outbursts_are_told_from_other_lines(case: dict[str, Any]) -> None:
    found = outbursts(case["said"])
    ends = [[text.splitlines()[0], text.splitlines()[-1]] for _, text in found]
    assert ends == case["found"]
    for at, text in found:
        assert case["said"].splitlines()[int(at)] == text.splitlines()[0]
        raised = raised_in(text)
        assert (raised.what, raised.where) == (case["raised"], case["where"])


def test_an_endless_outburst_is_cut_in_its_middle() -> None:
    said = "panic: no\n" + "\n".join(f"line {number} {'x' * 100}" for number in range(10_000))
    ((_, text),) = outbursts(said)
    assert len(text) < 7000
    assert text.startswith("panic: no\n")
    assert "\n[...]\n" in text

"""What is nested as deep as can be read is also written again, on every Python."""

from __future__ import annotations

import json

import pytest

from rtdebug.captures.jsonl import dumps, loads

DEPTHS = [1, 100, 254, 255, 900, *range(960, 1024, 7)]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("opening", ['{"a": ', "["])
def test_nesting_of_any_depth_that_is_read_is_written(depth: int, opening: str) -> None:
    closing = "}" if opening.startswith("{") else "]"
    text = (opening * depth + '"é \\"x"' + closing * depth).encode()
    value = loads(text)
    again = dumps(value)
    assert again.count(opening[0].encode()) == depth
    assert "é" in again.decode() or "\\u00e9" in again.decode()


def test_all_kinds_of_values_come_back_from_the_depth() -> None:
    inside = {"": None, "b": [True, 1.5, [], {}, "x"], "é": {"c": -1}}
    text = '{"a": ' * 1000 + json.dumps(inside) + "}" * 1000
    value = loads(text.encode())
    found = loads(dumps(value))
    for _ in range(1000):
        found = found["a"]
    assert found == inside

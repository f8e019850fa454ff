"""Modules that are put off are loaded when something in them is wanted, and only then."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from rtdebug.cli.postponing import put_off

SLOW = "value = 1\nsum(range(200_000))\nlater = value + 1\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module nobody has imported yet."""
    (tmp_path / "seldom_wanted.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    yield "seldom_wanted"
    sys.modules.pop("seldom_wanted", None)


def test_importing_does_not_load_and_wanting_does(module: str) -> None:
    put_off(module)
    first = importlib.import_module(module)
    assert importlib.import_module(module) is first
    assert "later" not in vars(first)
    assert first.later == 2
    assert vars(sys.modules[module])["value"] == 1
    assert "__getattr__" not in vars(first)


def test_what_is_not_in_it_is_missing_as_ever(module: str) -> None:
    put_off(module)
    with pytest.raises(AttributeError, match="module 'seldom_wanted' has no attribute 'nothing'"):
        _ = importlib.import_module(module).nothing
    with pytest.raises(ImportError, match="cannot import name 'nothing'"):
        exec(f"from {module} import nothing")


def test_threads_wait_for_the_whole_of_it(module: str) -> None:
    put_off(module)
    seen: list[int] = []
    threads = [
        Thread(target=lambda: seen.append(importlib.import_module(module).later)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [2] * 8


def test_what_is_there_already_stays(module: str) -> None:
    there = importlib.import_module(module)
    put_off(module)
    assert sys.modules[module] is there
    assert vars(there)["later"] == 2


def test_a_module_that_does_not_exist_is_not_invented() -> None:
    put_off("no_such_module_anywhere")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_module_anywhere")


def test_it_works_with_those_a_run_puts_off() -> None:
    program = (
        "from rtdebug.cli.postponing import put_off\n"
        "put_off('importlib.metadata', 'urllib.request')\n"
        "import urllib.request, importlib.metadata, websockets.asyncio.client\n"
        "from importlib import metadata\n"
        "assert metadata.version('websockets')\n"
        "assert isinstance(urllib.request.getproxies(), dict)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)

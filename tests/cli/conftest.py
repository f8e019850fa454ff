"""Calls the command line in this process."""

from __future__ import annotations

import pytest
from calling import OUTSIDE, Call, Called

from rtdebug.cli.app import run


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    for name in OUTSIDE:
        monkeypatch.delenv(name, raising=False)

    def called(*arguments: object) -> Called:
        capfd.readouterr()
        code = run([str(one) for one in arguments])
        return Called(code, *capfd.readouterr())

    return called


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What failed last is kept for this test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))

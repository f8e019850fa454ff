"""Plays every playbook: client events in, server events out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playbook import run_playbook

PLAYBOOKS = sorted((Path(__file__).parent / "playbooks").glob("*.yaml"))


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_the_server_says_exactly_what_the_playbook_has(path: Path) -> None:
    run_playbook(path)

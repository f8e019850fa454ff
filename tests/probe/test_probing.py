"""The conformance cases, asked of the embedded server: all is well, and each fault is told by
exactly its cases."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from calling import peer
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection

from rtdebug.api.playing import Wishes
from rtdebug.api.probing import ProbePlan, chosen, make_probe, run_probe
from rtdebug.documents import load_document
from rtdebug.model.probed import CaseVerdict, Matrix
from rtdebug.model.value import replace
from rtdebug.probe.expected import Expected

FAULTS: list[dict[str, Any]] = load_document(Path(__file__).parent / "faulty.yaml").value
DEPARTURES = (CaseVerdict.FAILED, CaseVerdict.NOT_IMPLEMENTED, CaseVerdict.NON_STRICT)


def departures(matrix: Matrix) -> dict[str, str]:
    return {one.name: one.verdict.value for one in matrix.results if one.verdict in DEPARTURES}


def test_the_embedded_server_keeps_to_the_protocol() -> None:
    matrix = run_probe(make_probe("mock", Wishes(), jobs=4), Expected())
    assert {one.name: one for one in matrix.results if one.verdict is not CaseVerdict.OK} == {}
    assert matrix.exit_code == 0
    assert len(matrix.results) > 150


@pytest.fixture(scope="module")
def probe() -> ProbePlan:
    """The cases, read once."""
    return make_probe("mock", Wishes(), timeout=2.0, jobs=6)


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row["fault"])
def test_a_fault_is_told_by_exactly_its_cases(row: dict[str, Any], probe: ProbePlan) -> None:
    cases = tuple(one for one in chosen(probe.suite, row["areas"]) if not one.needs_key)
    matrix = run_probe(replace(probe, cases=cases, script=row["script"]), Expected())
    assert departures(matrix) == row["departs"]


def yes(connection: ServerConnection) -> None:
    """Greets, and confirms an empty session whatever it is asked."""
    session = {"type": "realtime", "object": "realtime.session", "id": "sess_1"}
    connection.send(json.dumps({"type": "session.created", "event_id": "e", "session": session}))
    for number, _ in enumerate(connection):
        told = {"type": "session.updated", "event_id": f"e{number}", "session": session}
        with suppress(ConnectionClosed):
            connection.send(json.dumps(told))


# All that can be said for such a server.
TRUE_OF_IT = {
    "session-created-first", "session-created-once", "requests-before-greeting", "event-ids",
    "session-update-answered", "session-updated-shape", "session-without-beta-fields",
    "nulls-taken", "many-errors",
}  # fmt: skip


def test_a_server_that_says_yes_to_everything_passes_next_to_nothing(probe: ProbePlan) -> None:
    with peer(yes) as url:
        told = run_probe(replace(probe, url=url, script=None, jobs=40), Expected())
    assert {one.name for one in told.results if one.verdict is CaseVerdict.OK} == TRUE_OF_IT

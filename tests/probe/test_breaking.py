"""Which client families break on a departure: those that need what is missing, or refuse its
shape."""

from __future__ import annotations

import pytest

from rtdebug.packs.clients import families
from rtdebug.packs.load import load_pack
from rtdebug.probe.checks import Miss
from rtdebug.probe.judging import broken_by

CALL = "response.function_call_arguments.done"


@pytest.mark.parametrize(
    ("miss", "names"),
    [
        (Miss("", lacks=("response.created/response/metadata",)), {"LiveKit Agents"}),
        (Miss("", lacks=("call.added",)), {"Pipecat"}),
        (Miss("", lacks=("item.retrieved",)), {"openai-agents (JavaScript)"}),
        (Miss("", lacks=("arguments.done/name",), type=CALL, field="name"),
         {"openai-agents (Python)", "Pydantic AI"}),
        (Miss("", type="response.content_part.added"), {"openai-agents (Python)"}),
        (Miss("", type="response.created", field="object"), set()),
        (Miss("", type="response.done", field="usage"), {"openai-agents (Python)"}),
        (Miss("", lacks=("rate_limits",)), set()),
    ],
)  # fmt: skip
def test_a_family_breaks_on_what_it_needs(miss: Miss, names: set[str]) -> None:
    assert set(broken_by(miss, load_pack())) == names


def test_what_families_need_are_roles_of_the_pack() -> None:
    pack = load_pack()
    roles = {role for known in pack.roles.values() for role in known} | {"*", "call.added"}
    for family in families(pack.folder):
        assert {need.partition("/")[0] for need in family.needs} <= roles

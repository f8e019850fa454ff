"""The registry holds every rule there is, and everything that can be found is told in full."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

import rtdebug.rules
from rtdebug.catalogue.book import entry, names
from rtdebug.engine.lapses import NAME as LAPSE
from rtdebug.engine.rule import NeutralRule
from rtdebug.engine.rulebook import ANY_BREACH
from rtdebug.packs.load import load_pack
from rtdebug.rules.registry import RULES

PACKAGE = Path(rtdebug.rules.__file__).parent
RULE_FILES = sorted(PACKAGE.glob("*/*.py"))


def classes_in(path: Path) -> set[type[NeutralRule]]:
    """The rules a file defines that find something themselves."""
    module = import_module(f"rtdebug.rules.{path.parent.name}.{path.stem}")
    return {
        one
        for one in vars(module).values()
        if isinstance(one, type)
        and issubclass(one, NeutralRule)
        and one.__module__ == module.__name__
        and not one.__name__.startswith("_")
        and not any(one in other.__mro__[1:] for other in Rule_subclasses())
    }


def Rule_subclasses() -> set[type[NeutralRule]]:
    """All rules and bases of rules that have been imported."""
    found: set[type[NeutralRule]] = set()
    todo = [NeutralRule]
    while todo:
        for sub in todo.pop().__subclasses__():
            if sub not in found:
                found.add(sub)
                todo.append(sub)
    return found


def test_every_rule_in_a_file_is_registered_once() -> None:
    for path in RULE_FILES:
        import_module(f"rtdebug.rules.{path.parent.name}.{path.stem}")
    defined = {rule for path in RULE_FILES for rule in classes_in(path)}
    assert defined == set(RULES)
    assert len(RULES) == len(set(RULES))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_says_what_it_is_and_leaves_the_texts_to_its_entry(rule: type[NeutralRule]) -> None:
    assert sys.modules[rule.__module__].__doc__
    assert not {"title", "causes", "fix", "severity", "certainty"} & set(dir(rule))
    if rule.name:
        text = entry(rule.name)
        assert text.causes
        assert text.fix.endswith((".", "}"))


def test_every_breach_is_told_once() -> None:
    """What the tracking notes under a name, a rule of that name tells, or its entry alone."""
    package = Path(rtdebug.rules.__file__).parents[1]
    tracking = [*package.glob("engine/*.py"), *package.glob("protocols/openai_realtime/*.py")]
    source = "".join(path.read_text() for path in tracking)
    noted = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) & set(names())
    claimed = [name for rule in RULES for name in rule.breaches]
    own = set(claimed) - {LAPSE, ANY_BREACH}
    assert own <= noted
    assert len(claimed) == len(set(claimed))
    assert ANY_BREACH in claimed


def test_no_rule_makes_deltas_take_the_whole_way() -> None:
    plain = {
        role
        for roles in load_pack().roles.values()
        for role in roles
        if role.endswith(".delta") or role == "audio.append"
    }
    assert plain
    assert [rule.__name__ for rule in RULES if plain & set(rule.roles)] == []

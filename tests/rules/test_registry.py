"""The registry holds every rule there is, and everything that can be found is told in full."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

import rtdebug.rules
from rtdebug.engine.lapses import NAME as LAPSE
from rtdebug.engine.rule import NeutralRule
from rtdebug.model.findings import Severity
from rtdebug.packs.load import load_pack
from rtdebug.rules.catalogue import HEADINGS, catalogue, sections
from rtdebug.rules.registry import RULES

PACKAGE = Path(rtdebug.rules.__file__).parent
RULE_FILES = sorted(PACKAGE.glob("*/*.py"))
NAMED = sorted({rule for rule in RULES if rule.name}, key=lambda rule: rule.__name__)
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


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
def test_a_rule_is_documented_under_the_fixed_headings(rule: type[NeutralRule]) -> None:
    parts = sections(sys.modules[rule.__module__].__doc__ or "")
    assert tuple(parts) == HEADINGS
    assert all(parts.values())


@pytest.mark.parametrize("rule", NAMED, ids=lambda rule: rule.__name__)
def test_a_rule_says_what_is_wrong_why_and_what_to_do(rule: type[NeutralRule]) -> None:
    assert KEBAB.fullmatch(rule.name)
    assert 0 < len(rule.title) <= 90
    assert not rule.title.endswith(".")
    assert rule.fix.endswith((".", "}"))
    assert rule.causes
    for cause in rule.causes:
        assert cause.text
        assert cause.likelihood in ("likely", "possible", "unlikely")
        assert cause.test


def test_rules_of_one_name_say_the_same() -> None:
    texts: dict[str, set[tuple[object, ...]]] = {}
    for rule in NAMED:
        said = (rule.title, rule.fix, rule.causes, rule.severity, rule.certainty)
        texts.setdefault(rule.name, set()).add(said)
    assert [name for name, said in texts.items() if len(said) > 1] == []


def test_names_are_kebab_case_and_every_text_is_complete() -> None:
    for name, text in catalogue().items():
        assert KEBAB.fullmatch(name)
        assert text.name == name
        assert text.title
        assert text.fix
        assert text.severity in Severity


def test_every_breach_is_explained_by_one_rule() -> None:
    """What the tracking notes under a name, a rule of that name tells."""
    tracking = Path(rtdebug.rules.__file__).parents[1] / "engine"
    source = "".join(
        path.read_text() for path in tracking.glob("*.py") if path.stem not in ("consequences",)
    )
    names = {name for rule in RULES for name in rule.breaches} - {LAPSE}
    noted = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) & set(catalogue())
    explained = {name for name in noted if name in names}
    assert names <= noted
    for name in explained:
        assert len([rule for rule in RULES if name in rule.breaches]) == 1


def test_no_rule_makes_deltas_take_the_whole_way() -> None:
    plain = {
        role
        for roles in load_pack().roles.values()
        for role in roles
        if role.endswith(".delta") or role == "audio.append"
    }
    assert plain
    assert [rule.__name__ for rule in RULES if plain & set(rule.roles)] == []

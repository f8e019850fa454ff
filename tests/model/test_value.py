"""Values behave like frozen dataclasses with slots, to Python and to ``dataclasses``."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from rtdebug.model.value import Value, replace


class Place(Value):
    """A value with a default."""

    path: str
    line: int = 1

    @property
    def text(self) -> str:
        return f"{self.path}:{self.line}"


class Secret(Value):
    """A value that does not show all it holds."""

    name: str
    word: str

    def __repr__(self) -> str:
        return self._shown("word")


def test_is_made_by_place_by_name_and_with_defaults() -> None:
    assert Place("a", 2) == Place(path="a", line=2) == Place("a", line=2)
    assert (Place("a").line, Place("a").text) == (1, "a:1")


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), (("a", 1, 2), {}), (("a",), {"path": "b"}), (("a",), {"column": 1}), ((), {"x": 1})],
)
def test_refuses_what_does_not_fit(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"Place\(path, line\)"):
        Place(*values, **named)


def test_is_frozen() -> None:
    place = Place("a")
    with pytest.raises(AttributeError, match="frozen"):
        place.line = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del place.line
    with pytest.raises(AttributeError):
        setattr(place, "column", 1)  # noqa: B010


def test_is_equal_by_what_it_holds() -> None:
    assert Place("a") != Place("b")
    assert Place("a") != Secret("a", "b")
    assert len({Place("a"), Place("a"), Place("b")}) == 2


def test_shows_what_it_holds_but_no_secret() -> None:
    assert repr(Place("a")) == "Place(path='a', line=1)"
    assert repr(Secret("key", "hunter2")) == "Secret(name='key')"


def test_can_be_replaced_copied_and_matched() -> None:
    place = Place("a")
    assert replace(place, line=7) == dataclasses.replace(place, line=7) == Place("a", 7)
    assert dataclasses.asdict(place) == {"path": "a", "line": 1}
    assert copy.deepcopy(place) == pickle.loads(pickle.dumps(place)) == place
    match place:
        case Place(path, line=1):
            assert path == "a"
        case _:
            pytest.fail("a value is matched by its fields")


def test_replaces_only_what_it_has() -> None:
    with pytest.raises(TypeError, match="column"):
        replace(Place("a"), column=1)


def test_adds_nothing_to_another() -> None:
    with pytest.raises(TypeError, match="another value"):

        class Far(Place):  # two sets of fields would have to be kept in one order
            host: str = ""

"""Choices of a model: drawn by Hypothesis, which can shrink them, or from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chooser(Protocol):
    """What a model asks when more than one way is legal."""

    def flip(self) -> bool:
        """Yes or no."""

    def number(self, least: int, most: int) -> int:
        """A whole number between two, both included."""

    def pick(self, options: Sequence[T]) -> T:
        """One of some."""


class Drawn:
    """Choices of Hypothesis; the first option is the one it shrinks to."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def flip(self) -> bool:
        """Yes or no."""
        return bool(self._draw(st.booleans()))

    def number(self, least: int, most: int) -> int:
        """A whole number between two, both included."""
        return int(self._draw(st.integers(least, most)))

    def pick(self, options: Sequence[T]) -> T:
        """One of some."""
        return options[self.number(0, len(options) - 1)]


class Seeded:
    """The same choices for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def flip(self) -> bool:
        """Yes or no."""
        return self.random.random() < 0.5

    def number(self, least: int, most: int) -> int:
        """A whole number between two, both included."""
        return self.random.randint(least, most)

    def pick(self, options: Sequence[T]) -> T:
        """One of some."""
        return self.random.choice(list(options))

"""Findings that stay in sight: one for each name, with how often and where it was found."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from rtdebug.model.findings import Finding, Severity

MOST_TOLD = 10
"""How often a finding of one name gets a row of its own; later ones are only counted."""

_MOST_NAMES = 200
_LABELS = 3  # the latest connections that are named


@dataclass(slots=True)
class Pin:
    """All findings of one name."""

    finding: Finding
    count: int = 0
    labels: deque[str] = field(default_factory=lambda: deque(maxlen=_LABELS))


class Pins:
    """What was found so far, by name."""

    def __init__(self) -> None:
        self.pins: dict[str, Pin] = {}
        self.counts: dict[Severity, int] = dict.fromkeys(Severity, 0)

    def add(self, finding: Finding, label: str) -> int:
        """Counts ``finding``; how often its name has now been found."""
        self.counts[finding.severity] += 1
        pin = self.pins.get(finding.name)
        if pin is None:
            if len(self.pins) >= _MOST_NAMES:
                return MOST_TOLD + 1
            pin = self.pins[finding.name] = Pin(finding)
        pin.count += 1
        if label and label not in pin.labels:
            pin.labels.append(label)
        return pin.count

    def withdraw(self, finding: Finding) -> None:
        """What was counted has turned out otherwise."""
        self.counts[finding.severity] = max(0, self.counts[finding.severity] - 1)
        pin = self.pins.get(finding.name)
        if pin is not None:
            pin.count -= 1
            if pin.count <= 0:
                del self.pins[finding.name]

    def worst(self, most: int) -> tuple[list[Pin], int]:
        """The ``most`` that matter most, the latest last, and how many more there are."""
        loud = [pin for pin in self.pins.values() if pin.finding.severity is not Severity.INFO]
        order = sorted(loud, key=lambda pin: pin.finding.severity.rank)[:most]
        return [pin for pin in loud if pin in order], len(loud) - len(order)

"""The cases a client is graded by, and what it did in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rtdebug.model.findings import Finding
from rtdebug.model.records import Event, Record
from rtdebug.model.value import Value
from rtdebug.scenario.matching import Pattern
from rtdebug.scenario.mock_script import MockScript


class After(Value):
    """What must have happened before a case can be judged: an event of the server by its type, an
    event of the client by a pattern, a close by the server, or an upgrade that it refused."""

    server: str = ""
    client: Pattern | None = None
    closed: bool = False
    refused: bool = False
    words: str = ""


class Demand(Value):
    """One thing held against what the client did. ``kind`` is one of DEMANDS in
    ``client_demands``, ``wanted`` what stands beside it, ready for use."""

    kind: str
    wanted: Any


class ClientCase(Value):
    """One case: a server that does what ``script`` says, and what is asked of the client."""

    number: int
    name: str
    title: str
    script: MockScript
    after: After
    demands: tuple[Demand, ...]


class Moment(Value):
    """A record, when it came (seconds since the command began), and on which connection."""

    at: float
    connection: int
    record: Record


class Conduct(Value):
    """What a command did in one case. ``dials`` are the times of its connections, ``refused``
    those that were refused; ``ended`` is when it ended by itself, None where it was ended after
    ``lasted`` seconds; ``failed`` says how it failed, ``raised`` what it raised, each by time."""

    moments: tuple[Moment, ...]
    dials: tuple[float, ...]
    lasted: float
    refused: tuple[float, ...] = ()
    ended: float | None = None
    failed: str = ""
    raised: tuple[tuple[float, str], ...] = ()
    findings: tuple[Finding, ...] = ()

    def sent(self) -> Iterator[tuple[Moment, Mapping[str, Any]]]:
        """The events of the client."""
        for one in self.moments:
            if isinstance(one.record, Event) and one.record.sender == "client":
                yield one, one.record.payload

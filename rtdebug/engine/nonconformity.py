"""A compatible server's departures from the protocol, told as one finding about the server.

Whoever uses such a server mostly knows that it is not the original. Its departures stay in the
report, as news under one finding, which is an error only where it explains why a session hangs.
They are weighed when they are reported, for what has been shown as an error stays one.
"""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.catalogue.book import entry, related
from rtdebug.engine.advice import in_words_of
from rtdebug.engine.peer_watch import PeerWatch
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Sender
from rtdebug.model.value import replace
from rtdebug.packs.pack import Pack
from rtdebug.packs.peers import Peer

NAME = "server-nonconforming"
_CLAUSE = 160  # characters
_KEPT = 200


class Departures:
    """What one server does otherwise, once it is known to be a compatible one."""

    def __init__(self, peers: PeerWatch, pack: Pack) -> None:
        self._peers = peers
        self._pack = pack
        self._noted: list[Finding] = []

    def weighed(self, finding: Finding) -> Finding:
        """A finding as it is to be read when this peer answers, in the words of the protocol."""
        finding = in_words_of(self._pack, finding)
        if not _is_departure(finding, self._pack):
            return finding
        peer = self._peers.peer()
        if peer is None or peer.conforms:
            return finding
        news = replace(finding, severity=Severity.INFO, under=NAME)
        if len(self._noted) < _KEPT:
            self._noted.append(news)
        return news

    def summary(self, standing: Sequence[Finding]) -> list[Finding]:
        """The finding about the server, where any of its departures still stands."""
        peer = self._peers.peer()
        keys = {one.key for one in standing}
        noted = [one for one in self._noted if one.key in keys]
        if peer is None or not noted:
            return []
        told = {one.key for one in noted}
        return [_about(peer, noted, [one for one in standing if one.key not in told])]


def _is_departure(finding: Finding, pack: Pack) -> bool:
    known = related(finding.name)
    by_server = not known.shape or pack.sender_of(finding.subject or "") is Sender.SERVER
    return known.departure and by_server


def _about(peer: Peer, departures: Sequence[Finding], rest: Sequence[Finding]) -> Finding:
    hangs = [one for one in rest if related(one.name).hang]
    places = list(dict.fromkeys(_short(one) for one in departures))
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    message = f"{peer.title} departs from the protocol: {'; '.join(places[:5])}{more}"
    if hangs:
        message += f". The session hangs ({hangs[0].name}), perhaps because of it"
    evidence = tuple(sorted({seq for one in departures for seq in one.evidence}))[:10]
    return entry(NAME).finding(
        message,
        at=min(one.at for one in departures),
        evidence=evidence,
        subject=peer.name,
        severity=Severity.ERROR if hangs else None,
        title=f"{peer.title} leaves out or changes what the protocol has",
    )


def _short(finding: Finding) -> str:
    """What the server did, in one clause."""
    if related(finding.name).shape:
        return finding.title
    clause = finding.message.partition("; ")[0]
    return clause if len(clause) <= _CLAUSE else f"{clause[: _CLAUSE - 1]}…"

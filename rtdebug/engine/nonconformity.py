"""A compatible server's departures from the protocol, told as one finding about the server.

Whoever uses such a server mostly knows that it is not the original. Its departures stay in the
report, as news under one finding, which is an error only where it explains why a session hangs.
They are weighed when they are reported, for what has been shown as an error stays one.
"""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.engine.consequences import DEPARTURES, HANGS
from rtdebug.engine.peer_watch import PeerWatch
from rtdebug.engine.wordings import NONCONFORMING
from rtdebug.model.findings import Finding, Severity, key_of
from rtdebug.model.records import Sender
from rtdebug.model.value import replace
from rtdebug.packs.pack import Pack
from rtdebug.packs.peers import Peer

NAME = NONCONFORMING.name
_KEPT = 200


class Departures:
    """What one server does otherwise, once it is known to be a compatible one."""

    def __init__(self, peers: PeerWatch, pack: Pack) -> None:
        self._peers = peers
        self._pack = pack
        self._noted: list[Finding] = []

    def weighed(self, finding: Finding) -> Finding:
        """A finding as it is to be read when this peer answers."""
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
    if finding.name == "invalid-event":
        return pack.sender_of(finding.subject or "") is Sender.SERVER
    return finding.name in DEPARTURES


def _about(peer: Peer, departures: Sequence[Finding], rest: Sequence[Finding]) -> Finding:
    hangs = [one for one in rest if one.name in HANGS]
    places = list(dict.fromkeys(_short(one) for one in departures))
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    message = f"{peer.title} departs from the protocol: {'; '.join(places[:5])}{more}"
    if hangs:
        message += f". The session hangs ({hangs[0].name}), perhaps because of it"
    evidence = tuple(sorted({seq for one in departures for seq in one.evidence}))[:10]
    at = min(one.at for one in departures)
    first = evidence[0] if evidence else None
    return Finding(
        name=NAME,
        severity=Severity.ERROR if hangs else Severity.INFO,
        certainty=NONCONFORMING.certainty,
        title=f"{peer.title} leaves out or changes what the protocol has",
        message=message,
        causes=NONCONFORMING.causes,
        fix=NONCONFORMING.fix,
        subject=peer.name,
        at=at,
        evidence=evidence,
        first=first,
        last=evidence[-1] if evidence else None,
        docs=f"rtdebug explain {NAME}",
        key=key_of(NAME, peer.name, first, at),
    )


def _short(finding: Finding) -> str:
    return finding.title if finding.name == "invalid-event" else finding.message[:120]

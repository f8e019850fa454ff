"""A compatible server's departures from the protocol, told as one finding about the server.

Whoever uses such a server mostly knows that it is not the original. Its departures stay in the
report, as news under one finding, which is an error only where it explains why a session hangs.
"""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.engine.consequences import DEPARTURES, HANGS
from rtdebug.engine.wordings import NONCONFORMING
from rtdebug.model.findings import Finding, Severity
from rtdebug.model.records import Sender
from rtdebug.model.value import replace
from rtdebug.packs.pack import Pack
from rtdebug.packs.peers import Peer

NAME = NONCONFORMING.name


def settled(findings: Sequence[Finding], peer: Peer | None, pack: Pack) -> list[Finding]:
    """The findings as they are to be read when this peer answered."""
    if peer is None or peer.conforms:
        return list(findings)
    departures = [one for one in findings if _is_departure(one, pack)]
    if not departures:
        return list(findings)
    rest = [one for one in findings if one not in departures]
    news = [replace(one, severity=Severity.INFO, under=NAME) for one in departures]
    return [*rest, _about(peer, departures, rest), *news]


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
    return Finding(
        name=NAME,
        severity=Severity.ERROR if hangs else Severity.INFO,
        certainty=NONCONFORMING.certainty,
        title=f"{peer.title} leaves out or changes what the protocol has",
        message=message,
        causes=NONCONFORMING.causes,
        fix=NONCONFORMING.fix,
        subject=peer.name,
        at=min(one.at for one in departures),
        evidence=evidence,
        first=evidence[0] if evidence else None,
        last=evidence[-1] if evidence else None,
        docs=f"rtdebug explain {NAME}",
    )


def _short(finding: Finding) -> str:
    return finding.title if finding.name == "invalid-event" else finding.message[:120]

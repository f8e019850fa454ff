"""Why a connection could not be had: from an exception and the step it came at to a sentence.

Only a failed attempt imports this module.
"""

from __future__ import annotations

import ssl
from typing import NamedTuple

from rtdebug.model.records import Refused, Step
from rtdebug.wire import forward_proxy, tls, upgrade
from rtdebug.wire.answer import MAX_BODY, Answer, body_text, read_answer
from rtdebug.wire.fault import LOST, TIMED_OUT, Fault
from rtdebug.wire.lateness import late
from rtdebug.wire.target import Endpoint, shown


class Attempt(NamedTuple):
    """What is known of a failed attempt: how far it came, and the first bytes of an answer.

    ``within`` is the open timeout in seconds; ``ended`` what broke the connection, if anything.
    """

    target: Endpoint
    step: Step
    within: float
    addresses: tuple[str, ...] = ()
    proxy: forward_proxy.Proxy | None = None
    head: bytes = b""
    ended: BaseException | None = None


def fault_of(error: Exception, attempt: Attempt) -> Fault:
    """What an exception means at the step it came at."""
    target, step = attempt.target, attempt.step
    if step is Step.PROXY and attempt.proxy:
        return Fault(step, forward_proxy.explain(error, attempt.proxy, target))
    if step is Step.TLS and isinstance(error, OSError):
        return Fault(step, tls.explain(error, target.address, target.host))
    response = getattr(error, "response", None)
    if response is not None:
        headers = tuple(response.headers.raw_items())
        body = body_text(bytes(response.body))
        answer = Answer(response.status_code, response.reason_phrase, headers, body)
        return Fault(Step.UPGRADE, upgrade.refused(answer, shown(target.url)), answer)
    return _no_upgrade(error, attempt)


def _no_upgrade(error: Exception, attempt: Attempt) -> Fault:
    """The library could make nothing of the answer; perhaps a lenient look can."""
    target, head, ended = attempt.target, attempt.head, attempt.ended
    url = shown(target.url)
    if isinstance(ended, ssl.SSLError):  # TLS 1.3 refuses a client after its own handshake
        return Fault(Step.TLS, tls.explain(ended, target.address, target.host))
    if not head:
        how = "reset" if isinstance(ended, ConnectionError) else "closed"
        return Fault(Step.UPGRADE, upgrade.unanswered(how, target.secure, url), how=LOST)
    found = read_answer(head)
    if found is not None and found.status != 101:
        return Fault(Step.UPGRADE, upgrade.refused(found, url), found)
    return Fault(Step.UPGRADE, upgrade.broken(head, error, url), found)


def too_late(attempt: Attempt) -> Fault:
    """What it means that a step took longer than allowed."""
    target, step, within = attempt.target, attempt.step, attempt.within
    if step is Step.UPGRADE:
        found = read_answer(attempt.head)
        if found is not None and found.status != 101:  # a body that never ends
            return Fault(step, upgrade.refused(found, shown(target.url)), found)
        return Fault(step, upgrade.stalled(attempt.head, within, shown(target.url)), how=TIMED_OUT)
    return late(target, step, within, attempt.addresses, attempt.proxy)


def refused(fault: Fault, at: float, url: str, asked: tuple[tuple[str, str], ...] = ()) -> Refused:
    """The record of a failed attempt; ``asked`` are the headers that it sent."""
    answer = fault.answer
    return Refused(
        at=at,
        step=fault.step,
        text=fault.text,
        url=url,
        status=answer.status if answer else None,
        headers=answer.headers if answer else (),
        body=answer.body[:MAX_BODY] if answer else "",
        how=fault.how,
        asked=asked if answer else (),
    )

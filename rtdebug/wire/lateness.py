"""A step on the way to a server that took longer than it may, whoever was on the way."""

from __future__ import annotations

from collections.abc import Sequence

from rtdebug.model.records import Step
from rtdebug.wire.fault import TIMED_OUT, Fault
from rtdebug.wire.forward_proxy import Proxy
from rtdebug.wire.target import Endpoint


def late(
    target: Endpoint,
    step: Step,
    within: float,
    addresses: Sequence[str] = (),
    proxy: Proxy | None = None,
) -> Fault:
    """What it means that this step was not done ``within`` so many seconds."""
    where = ", ".join(addresses) or target.address
    through = proxy.shown if proxy else ""
    tried = {
        Step.NAME: f"Looked up {target.host}, expected an address",
        Step.PROXY: f"Went through the proxy {through} to reach {target.address}, "
        "expected a tunnel",
        Step.TCP: f"Tried to connect to {where}, expected a server there",
        Step.TLS: f"Started TLS with {target.address}, expected a TLS answer",
    }[step]
    return Fault(
        step,
        f"{tried}, but nothing came within {within:g} s; check the address, "
        f"and firewalls, VPNs and proxies on the way.",
        how=TIMED_OUT,
    )

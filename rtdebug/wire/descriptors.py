"""File descriptors: each connection takes some, and a process may have only so many."""

from __future__ import annotations

from contextlib import suppress

_EACH = 3  # the app's socket, the server's, the capture
_OTHERS = 20  # what is open beside those of connections
_ENOUGH = 65_536
_ENDLESS = 1 << 20


def room_for_connections() -> int:
    """How many connections this process can have at once; as many descriptors as the system lets
    it have are asked for. Half as many sockets again are kept for those that are turned away."""
    try:
        import resource
    except ImportError:  # no such limit on this system
        return _ENDLESS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _ENDLESS
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return max(1, (soft - _OTHERS) * 2 // (_EACH * 2 + 1))

"""What a first connection would wait for, done before there is any.

Rules, schemas and what reads a request are loaded when they are first needed: a command that plays
one scenario needs few of them, a proxy will need most, and its first app should not wait longer
than its tenth.
"""

from __future__ import annotations

from rtdebug.api.watching import Watching, session_for
from rtdebug.model.records import Ended, Opened, Sender
from rtdebug.rules import index


def warm_up(watching: Watching, url: str) -> None:
    """Loads what sessions with that upstream will need."""
    for entry in index.entries():
        entry.load()
    from websockets.utils import accept_key

    accept_key("")
    session = session_for(watching, url)
    session.observe(Opened(0.0, url))
    for sender in Sender:
        for type_ in session.pack.roles[sender].values():
            kind = session.pack.kind(sender, type_)
            if kind is not None and kind.is_clean is not None:
                kind.is_clean({})
    session.observe(Ended(0.0, "interrupted"))
    session.finish()

"""Where an app is to connect, for people."""

from __future__ import annotations

from collections.abc import Iterable


def at(host: str, port: int) -> str:
    """Host and port as a URL has them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def addresses(base: str, *, secure: bool, exports: Iterable[tuple[str, str]] = ()) -> str:
    """What to set in an app, in lines; ``exports`` make it trust the certificate."""
    http, ws = ("https", "wss") if secure else ("http", "ws")
    lines = [
        f"  point the app at   {http}://{base}/v1   (OPENAI_BASE_URL)",
        f"  or at              {ws}://{base}/v1/realtime",
    ]
    variables = [f"    {name}={value}" for name, value in exports]
    if variables:
        lines += ["  and export, so that it trusts the certificate of this run:", *variables]
    return "".join(f"{line}\n" for line in lines)

"""The environment of a command that is spied on: which variables lead it to the proxy, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from rtdebug.api.own_server import is_own
from rtdebug.errors import UsageError
from rtdebug.model.value import Value
from rtdebug.packs.by_url import pack_for
from rtdebug.packs.environment import (
    Table,
    Variable,
    all_tables,
    common_table,
    table_of,
    trust_variables,
)
from rtdebug.safe import one_line
from rtdebug.wire.upstream import parse_upstream

NO_KEY = "none-needed-by-the-mock"  # what stands in for a key, so that a client starts at all
_TEMPLATE = re.compile(r"\{(http|ws|base|ca|bundle)\}")
_BASE = "/v1"
_NO_PROXY = ("NO_PROXY", "no_proxy")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_HERE = "127.0.0.1,localhost"


class Surroundings(Value):
    """``environ`` is the command's whole environment; ``urls`` are the variables of it that lead to
    the proxy, ``keys`` those that were given a stand-in."""

    environ: Mapping[str, str]
    urls: tuple[str, ...]
    keys: tuple[str, ...]


class Address(Value):
    """Where the proxy listens, and the files with its authority where it takes TLS."""

    host: str
    port: int
    secure: bool
    ca: str = ""
    bundle: str = ""


def default_upstream(environ: Mapping[str, str], pack: str | None) -> str:
    """The server that the command would have talked to: what its environment says, else the
    provider of the pack."""
    tables = (table_of(pack),) if pack is not None else all_tables()
    for variable in (one for table in tables for one in table.variables):
        if _host(environ.get(variable.name, "")):
            return environ[variable.name]
    return tables[0].upstream


def surroundings(
    upstream: str,
    address: Address,
    environ: Mapping[str, str],
    *,
    pack: str | None = None,
    more: Iterable[tuple[str, str]] = (),
) -> Surroundings:
    """What the command is to be started with. ``more`` are further variables, as templates."""
    tables = _tables(upstream, pack)
    values = _values(upstream, address)
    wanted = [one for one in _chosen(tables, upstream) if not _barred(one, environ)]
    wanted += common_table().variables
    new = {one.name: _filled(one.value, values) for one in wanted}
    new |= _kept_paths(upstream, tables, values, environ)
    if address.secure:
        new |= {one.name: _filled(one.value, values) for one in trust_variables()}
    new |= {name: _filled(template, values) for name, template in more}
    # Those of the first table alone: a key that is there makes some apps choose its provider.
    keys = [key for key in tables[0].keys if is_own(upstream) and not environ.get(key)]
    urls = tuple(name for name, value in new.items() if values["port"] in value)
    whole = {**environ, **new, **dict.fromkeys(keys, NO_KEY), **_past_proxies(environ)}
    return Surroundings(whole, urls, tuple(keys))


def parse_variable(text: str) -> tuple[str, str]:
    """``NAME=TEMPLATE`` of --env; raises UsageError."""
    name, equals, template = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        raise UsageError(
            f"--env {one_line(text, 60)}: expected NAME=TEMPLATE",
            "write --env MY_API_URL='{ws}/v1/realtime'; {http}, {ws} and {base} are filled in",
        )
    unknown = re.search(r"\{\w*\}", _TEMPLATE.sub("", template))
    if unknown is not None:
        raise UsageError(
            f"--env {one_line(text, 60)}: {unknown[0]} is nothing that can be filled in",
            "use {http}, {ws} (the proxy), {base} (the path of its API), {ca}, {bundle} (--tls)",
        )
    return name, template


def _tables(upstream: str, pack: str | None) -> tuple[Table, ...]:
    if pack is not None:
        return (table_of(pack),)
    if is_own(upstream):
        return all_tables()
    host = _host(upstream)
    known = [table for table in all_tables() if any(_fits(host, one) for one in table.variables)]
    return tuple(known) or (table_of(pack_for(upstream)),)


def _chosen(tables: Iterable[Table], upstream: str) -> list[Variable]:
    """Those for the upstream's host where it is a provider's, else all."""
    rows = [one for table in tables for one in table.variables]
    host = "" if is_own(upstream) else _host(upstream)
    own = [one for one in rows if _fits(host, one)]
    return own or rows


def _fits(host: str, variable: Variable) -> bool:
    return bool(variable.host) and f".{host}".endswith(f".{variable.host.lstrip('.')}")


def _barred(variable: Variable, environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in variable.unless)


def _values(upstream: str, address: Address) -> dict[str, str]:
    host = f"[{address.host}]" if ":" in address.host else address.host
    s, place = "s" if address.secure else "", f"{host}:{address.port}"
    path = "" if is_own(upstream) else parse_upstream(upstream).path
    return {
        "http": f"http{s}://{place}", "ws": f"ws{s}://{place}", "port": f"//{place}",
        "base": path.removesuffix("/realtime") or _BASE,
        "ca": address.ca, "bundle": address.bundle,
    }  # fmt: skip


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _TEMPLATE.sub(lambda match: values[match[1]], template)


def _kept_paths(
    upstream: str, tables: Iterable[Table], values: Mapping[str, str], environ: Mapping[str, str]
) -> dict[str, str]:
    """What already names the upstream's host goes on to name the same path, here."""
    host = _host(upstream)
    found = {}
    for name in (one.name for table in tables for one in table.variables):
        old = urlsplit(environ.get(name, ""))
        if host and old.hostname == host:
            here = values["ws" if old.scheme.startswith("ws") else "http"]
            query = f"?{old.query}" if old.query else ""
            found[name] = f"{here}{old.path}{query}"
    return found


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return (parts.hostname or "") if parts.scheme in ("ws", "wss", "http", "https") else ""
    except ValueError:
        return ""


def _past_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """A proxy of the environment would be asked for the loopback too."""
    if not any(environ.get(name) or environ.get(name.upper()) for name in _PROXIES):
        return {}
    return {name: ",".join(filter(None, (environ.get(name), _HERE))) for name in _NO_PROXY}

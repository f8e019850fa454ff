"""A healthy session of each pack is quiet, however it is read; without the answers of one kind it is
not. The sessions are made up, in the shapes that the providers' documents and SDKs give them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rtdebug import resources
from rtdebug.api.diagnosing import diagnose_files
from rtdebug.catalogue.book import names
from rtdebug.engine.advice import in_words_of
from rtdebug.engine.session import Session
from rtdebug.model.findings import Severity
from rtdebug.model.records import Closed, Event, Opened, Sender
from rtdebug.packs.by_url import pack_for
from rtdebug.packs.facts import facts_of
from rtdebug.packs.load import load_pack
from rtdebug.packs.pack import Pack
from rtdebug.rules.registry import RULES

FILES = sorted(resources.scenarios().glob("*/*.jsonl"))
LONG = 400.0
# Answers that may be left out: what else came means the same, or nothing waits for it.
LEGAL = {
    ("deepgram-listen", "alive+audio.in"): "what was never begun need not go on",
    ("openai-live-sideband", "setup.done"): "another connection began the session",
}


class Healthy(NamedTuple):
    """One session: what crossed, and the end."""

    pack: Pack
    url: str
    sent: tuple[tuple[float, Sender, Any], ...]
    end: Closed


def healthy(path: Path) -> Healthy:
    header, _, *rows, end = map(json.loads, path.read_text("utf-8").splitlines())
    closed = Closed(end["at"], end["closed"]["code"], "", Sender(end["closed"]["by"]))
    sent = tuple(
        (row["at"], Sender(row["from"]), row.get("event") or base64.b64decode(row["binary"]))
        for row in rows
    )
    return Healthy(load_pack(header["pack"]), header["url"], sent, closed)


SESSIONS = {path.stem: healthy(path) for path in FILES}


def told(
    one: Healthy,
    keep: Callable[[Sender, Any], bool] = lambda sender, sent: True,
    *,
    silent: float = 0.0,
) -> list[str]:
    """What is found in those messages that are kept; ``silent`` seconds pass before the end."""
    session = Session(one.pack, RULES)
    session.observe(Opened(0.0, one.url))
    last = 0.0
    for at, sender, what in one.sent:
        if not keep(sender, what):
            continue
        last = at
        session.advance(at)
        data = what if isinstance(what, bytes) else json.dumps(what).encode()
        session.observe(session.decode(data, at, sender, binary=isinstance(what, bytes)))
    if silent:
        session.advance(last + silent)
        session.observe(Closed(last + silent, 1000, "", Sender.CLIENT))
    else:
        session.observe(one.end)
    return sorted(
        {one.name for one in session.finish().findings if one.severity is not Severity.INFO}
    )


def facts(pack: Pack, sender: Sender, what: Any) -> set[str]:
    if isinstance(what, bytes):
        return {pack.binary_facts[sender]}
    assert pack.life is not None
    event = Event(1, 0.0, sender, pack.name_of(what) or "", what)
    return {fact.name for fact in facts_of(pack.life, pack.naming, event)}


def answers() -> Iterator[Any]:
    """Each fact of a session that answers, ends or keeps alive."""
    for name, one in SESSIONS.items():
        life = one.pack.life
        assert life is not None
        said = {fact for _, sender, what in one.sent for fact in facts(one.pack, sender, what)}
        asked = [row for row in life.calls if row.ask in said]
        groups = [set(row.by) & said for row in asked]
        groups += [set(row.closes) & said for row in life.scopes if set(row.opens) & said]
        groups += [set(row.by) & said for row in life.beats]
        groups += [{life.begins}] if life.begins in said else []
        unique = {tuple(sorted(group)) for group in groups if group}
        for group in sorted(unique):
            yield pytest.param(name, group, id=f"{name}-{'+'.join(group)}")


@pytest.mark.parametrize("name", SESSIONS)
def test_a_healthy_session_is_quiet_live_and_read_and_chosen(name: str) -> None:
    one = SESSIONS[name]
    assert told(one) == []
    path = next(one for one in FILES if one.stem == name)
    (run,) = diagnose_files([str(path)]).runs
    assert (run.findings, run.outcome.value, run.pack, run.open) == ((), "clean", one.pack.name, ())
    assert run.coverage is not None
    assert run.coverage.unknown == 0


@pytest.mark.parametrize("name", SESSIONS)
def test_lines_of_another_tool_are_known_by_what_they_say(name: str, tmp_path: Path) -> None:
    one = SESSIONS[name]
    log = tmp_path / "log.jsonl"
    rows = [
        {"ts": f"2026-11-30T10:{int(at) // 60:02d}:{at % 60:06.3f}Z", "dir": "send" if sender is Sender.CLIENT else "recv", "event": what}
        for at, sender, what in one.sent
        if not isinstance(what, bytes)
    ]  # fmt: skip
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    # A bridge logs what the phone sends beside what the model says: it is named, not guessed.
    given = "twilio-media" if name == "twilio-media" else None
    (run,) = diagnose_files([str(log)], pack=given).runs
    assert run.pack == one.pack.name
    assert [one.name for one in run.findings if one.severity is not Severity.INFO] == []


def without(name: str, group: tuple[str, ...]) -> list[str]:
    """What the absence of these facts comes to, beyond what the long silence behind a healthy
    session does; what must keep coming is missed while the session lasts."""
    one = SESSIONS[name]
    life = one.pack.life
    assert life is not None
    beats = any({*row.by} >= {*group} for row in life.beats)
    gone = {*group, *(life.ends if beats else ())}
    mute = group == (life.begins,)  # who begins nothing says nothing
    silent = next((who for _, who, what in one.sent if facts(one.pack, who, what) & {*group}), None)

    def keep(sender: Sender, what: Any) -> bool:
        return sender is not silent if mute else not facts(one.pack, sender, what) & gone

    anyhow = () if beats else told(one, silent=LONG)
    return sorted({*told(one, keep, silent=LONG)} - {*anyhow})


def test_what_is_left_out_is_told_of_every_pack() -> None:
    missed: dict[str, list[tuple[str, ...]]] = {}
    cases: dict[str, int] = {}
    for name, group in (param.values for param in answers()):
        if (name, "+".join(group)) not in LEGAL:
            cases[name] = cases.get(name, 0) + 1
            if not without(name, group):
                missed.setdefault(name, []).append(group)
    assert sum(cases.values()) > 40
    assert not {name: groups for name, groups in missed.items() if len(groups) * 10 > cases[name]}


@pytest.mark.parametrize("name", [one for one in SESSIONS if one != "twilio-media"])
def test_each_protocol_has_its_address(name: str) -> None:
    assert (
        pack_for(SESSIONS[name].url) == SESSIONS[name].pack.name
        or "localhost" in SESSIONS[name].url
    )


def test_each_pack_of_facts_has_a_healthy_session() -> None:
    packs = {name for name in resources.pack_names() if load_pack(name).life is not None}
    assert packs == {one.pack.name for one in SESSIONS.values()}


@pytest.mark.parametrize(
    "pack", [one for one in resources.pack_names() if load_pack(one).life is not None]
)
def test_no_advice_names_an_event_that_the_protocol_has_not(pack: str) -> None:
    known = load_pack(pack)
    own = {type_ for types in known.roles.values() for type_ in types.values()}
    others = {
        type_
        for one in ("openai-realtime", "openai-realtime-beta")
        for types in load_pack(one).roles.values()
        for type_ in types.values()
        if "." in type_
    }
    for name in names():
        page = known.errors.text(name)
        assert page is not None
        told = in_words_of(known, page.variant("by-fact").finding("what was seen", at=0.0))
        words = " ".join((told.fix, *(f"{one.text} {one.test}" for one in told.causes)))
        assert told.fix
        assert not {one for one in re.findall(r"\w+(?:\.\w+)+", words)} & (others - own), (
            name,
            words,
        )


def test_binary_audio_is_shown_as_what_it_says() -> None:
    one = SESSIONS["deepgram-agent"]
    session = Session(one.pack, RULES)
    session.observe(session.decode(b"\0\0", 1.0, Sender.CLIENT, binary=True))
    row = session.finish().timeline[0]
    assert (row.type, row.summary) == ("(audio.in)", "binary")

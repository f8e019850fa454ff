"""Playing: a scenario over a live socket, judged, made a run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from rtdebug.api.mock_hint import with_mock_hint
from rtdebug.api.mock_scripts import mock_script
from rtdebug.api.redactors import outgoing
from rtdebug.api.verdict import Strictness, as_client, kept, outcome_of
from rtdebug.engine.judged import Judged
from rtdebug.engine.patience import patience_at
from rtdebug.engine.session import Session
from rtdebug.model.records import Ended, Event
from rtdebug.model.results import Outcome, Run
from rtdebug.model.value import EMPTY, Value, replace
from rtdebug.packs.load import load_pack, own_pack
from rtdebug.protocols.openai_realtime.probing import WITHIN, Probe, probe_of
from rtdebug.rules import index
from rtdebug.scenario.beta_shape import PACK as BETA
from rtdebug.scenario.document import MOCK, Scenario
from rtdebug.scenario.player import Player
from rtdebug.secrets.masker import Masker
from rtdebug.wire.clock import wall_text
from rtdebug.wire.dial import DialOptions, dial
from rtdebug.wire.driver import play
from rtdebug.wire.headers import checked_header, parse_header, redactor_for, split_subprotocols
from rtdebug.wire.target import parse_target, shown

if TYPE_CHECKING:
    from rtdebug.api.connection_capture import CaptureHead
    from rtdebug.api.run_folder import RunFolder
    from rtdebug.captures.writer import CaptureWriter
    from rtdebug.redaction import Redactor
    from rtdebug.reports.page.keeping import Keeping
    from rtdebug.scenario.responder_answers import CheckEvent
    from rtdebug.wire.dial import Dialled
    from rtdebug.wire.parties import Sink


class Wishes(Value):
    """What the command line adds to a scenario. ``url`` overrides the target of the file;
    ``keeping`` keeps the messages for a page; ``folder`` is where the capture of a run that fails
    goes where none was asked for."""

    strictness: Strictness = Strictness()
    headers: tuple[str, ...] = ()
    url: str | None = None
    ca_file: Path | None = None
    redact: tuple[str, ...] = ()
    no_audio: bool = False
    keeping: Keeping | None = None
    folder: RunFolder | None = None


class StallProber:
    """Asks about the response that stands still when a step has waited in vain."""

    within = WITHIN

    def __init__(self, session: Session) -> None:
        self._session = session
        self._probe: Probe | None = None

    @property
    def over(self) -> bool:
        """Whether the answer says anything."""
        return self._probe is None or self._probe.over

    @property
    def notes(self) -> tuple[str, ...]:
        """What was asked and what the answer proves."""
        return (self._probe.told(),) if self._probe is not None else ()

    def ask(self, at: float, waited: float) -> str | None:
        """The question; None where nothing stands still that could be asked about."""
        session = self._session
        silence = patience_at(Ended(at, "", waited), session.patience)
        stalled = session.state.stalled(at - silence) if waited > 0 else None
        self._probe = probe_of(session.pack, stalled)
        return self._probe.request if self._probe is not None else None

    def hear(self, event: Event) -> None:
        """What the server says to it."""
        if self._probe is not None:
            self._probe.hear(event)


async def play_scenario(
    scenario: Scenario,
    wishes: Wishes,
    *,
    capture: Path | None = None,
    sinks: Sequence[Sink] = (),
    stop: asyncio.Event | None = None,
    watch: Callable[[Session], None] | None = None,
) -> Run:
    """Plays one scenario once and judges it. ``capture`` is where its records go; ``watch`` is
    given the session, which can say what is owed meanwhile.

    Raises UsageError and UnreadableError for what is wrong before any socket opens; whatever the
    network does becomes part of the run.
    """
    started = wall_text()
    pack = load_pack(scenario.pack)
    async with AsyncExitStack() as stack:
        connect, redactor, url = await connection_to(scenario, wishes, stack)
        session = Session(pack, index.entries(), redactor=redactor)
        player = Player(scenario, may_come=session.state.may_come)
        prober = StallProber(session) if scenario.probes else None
        if watch is not None:
            watch(session)
        if wishes.keeping is not None:
            sinks = (*sinks, wishes.keeping.connection(session))
        masker = Masker(redactor)
        recorder = recorder_for(capture, scenario, session, started, masker.text(url), wishes)
        if recorder is not None:
            stack.callback(recorder.close)
        folder = wishes.folder
        memory = folder.memory(pack) if folder is not None and not recorder else None
        keeper = memory if recorder is None else recorder
        await play(
            connect, player, session, sinks, recorder=keeper, masker=masker, stop=stop,
            prober=prober,
        )  # fmt: skip
        judged = session.finish()
        if recorder is not None:
            for one in masker.kept(session.findings):
                recorder.write(one)
    notes, kept = list(prober.notes) if prober is not None else [], ""
    if recorder is not None and recorder.failure:
        notes.append(f"the capture is not whole: {recorder.failure}")
    elif capture is not None:
        kept = str(capture)
    run = replace(run_of(scenario, judged, player, wishes, started, notes), capture=kept)
    if memory is not None and wishes.folder is not None:
        if not run.outcome.is_good:
            head = _head(scenario, session, masker.text(url), wishes)
            name, findings = Path(scenario.source.path).stem, session.findings
            wishes.folder.capture(name, head, started, memory, Masker(redactor), findings)
        memory.forget()
    if wishes.keeping is not None:
        run = wishes.keeping.over(session, run)
    return outgoing(run, redactor)


def _head(scenario: Scenario, session: Session, url: str, wishes: Wishes) -> CaptureHead:
    from rtdebug.api.connection_capture import CaptureHead

    audio = audio_fields(scenario.pack) if wishes.no_audio else EMPTY
    return CaptureHead(scenario.pack, url, session.patience, scenario.ignore, audio)


async def connection_to(
    scenario: Scenario, wishes: Wishes, stack: AsyncExitStack
) -> tuple[Callable[[], Awaitable[Dialled]], Redactor, str]:
    """What dials the target of a scenario, the redactor of its secrets, and its URL; the embedded
    server lives as long as ``stack``."""
    url = scenario.target.url if wishes.url is None else wishes.url
    given = [parse_header(text) for text in wishes.headers]
    headers = [checked_header(name, value) for name, value in scenario.target.headers]
    named = {name.lower() for name, _ in given}
    merged = [*(one for one in headers if one[0].lower() not in named), *given]
    kept_headers, subprotocols = split_subprotocols(merged)
    redactor = redactor_for(merged, (*wishes.redact, *_literal(scenario.secrets)), url=url)
    if url == MOCK:
        from rtdebug.wire.mock import Terms, serve_mock

        pack = load_pack(scenario.pack)
        if scenario.recording:
            from rtdebug.api.replaying import Replayers

            own = own_pack(scenario.pack)
            made = Replayers(scenario.recording, own, lambda number, text: None, original=False,
                             faults=lambda pack: mock_script(scenario))  # fmt: skip
            served = serve_mock(made, terms=made.terms)
        else:
            check, terms = checker(pack.name), Terms(beta=pack.is_a(BETA))
            served = serve_mock(mock_script(scenario), check_event=check, terms=terms)
        url = (await stack.enter_async_context(served)).url
    target = parse_target(url)
    options = DialOptions(
        headers=kept_headers,
        subprotocols=(*scenario.target.subprotocols, *subprotocols),
        ca_file=wishes.ca_file,
    )
    return (lambda: dial(target, options)), redactor, shown(url)


def _literal(secrets: frozenset[str]) -> tuple[str, ...]:
    import re

    from rtdebug.redaction import SHORTEST_SECRET

    return tuple(re.escape(secret) for secret in secrets if len(secret) >= SHORTEST_SECRET)


def checker(pack: str) -> CheckEvent:
    """What says what is wrong with a client event of a pack."""
    from rtdebug.scenario.vocabulary import vocabulary_of

    return vocabulary_of(pack).check_event


def recorder_for(
    capture: Path | None,
    scenario: Scenario,
    session: Session,
    started: str,
    url: str,
    wishes: Wishes,
) -> CaptureWriter | None:
    """What writes the capture of a play, None where none is kept."""
    if capture is None:
        return None
    return _head(scenario, session, url, wishes).writer(capture, started)


def audio_fields(pack: str) -> Mapping[str, str]:
    """Which field of which event type holds audio."""
    known = load_pack(pack)
    return {known.type("audio.append"): "audio", known.type("audio.delta"): "delta"}


def run_of(
    scenario: Scenario,
    judged: Judged,
    player: Player,
    wishes: Wishes,
    started: str,
    notes: Sequence[str] = (),
) -> Run:
    """The run of a scenario that was played."""
    strict = wishes.strictness.with_ignored(scenario.ignore)
    findings = as_client(kept(judged.findings, strict))
    steps = player.steps()
    if (scenario.target.url if wishes.url is None else wishes.url) == MOCK:
        if any(step.outcome is Outcome.FAILED for step in steps):
            steps = with_mock_hint(steps, scenario, findings)
    outcome = outcome_of(
        findings=findings,
        steps=steps,
        strictness=strict,
        observed=judged.server > 0,
        refused=judged.refused is not None or judged.signed_out,
        interrupted=judged.interrupted,
    )
    return Run(
        name=scenario.name,
        outcome=outcome,
        pack=judged.pack,
        peer=judged.peer,
        source=scenario.source,
        started=started,
        duration=round(judged.duration, 6),
        client=judged.client,
        server=judged.server,
        rows_left_out=judged.rows_left_out,
        steps=steps,
        findings=findings,
        open=judged.open,
        coverage=judged.coverage,
        responses=judged.responses,
        response_count=judged.response_count,
        totals=judged.totals,
        timeline=judged.timeline,
        notes=tuple(notes),
    )

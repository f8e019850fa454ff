"""The audio that is sent is not in the format that is declared."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from rtdebug.engine.fields import number_of
from rtdebug.model.findings import Certainty, Finding, Severity
from rtdebug.model.records import Closed, Ended, Event
from rtdebug.protocols.openai_realtime.rule import Rule
from rtdebug.rules.audio.audio_faults import fault_of_bytes
from rtdebug.rules.audio.turn_taking import declared_format, knows_format

# What audio is sent as by mistake, in bytes a millisecond.
_RATES = (
    (8.0, "8 kHz G.711"),
    (16.0, "8 kHz 16-bit PCM"),
    (32.0, "16 kHz 16-bit PCM"),
    (48.0, "24 kHz 16-bit PCM"),
    (88.2, "44.1 kHz 16-bit PCM"),
    (96.0, "48 kHz 16-bit PCM, or 24 kHz stereo"),
    (192.0, "48 kHz 16-bit stereo, or 32-bit floats"),
)
_LOOK_AFTER = 5.0
_PHONE = ("pcmu", "pcma", "g711")


class AudioFormatMismatch(Rule):
    """Holds the declared input format against the bytes, the clock and the server's times."""

    name = "audio-format-mismatch"
    roles = ("speech.started", "speech.stopped", "audio.committed", "session.updated")
    begins = ("audio.append", *roles)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._told = False
        self._times: dict[str, list[tuple[float, float, int]]] = {}
        self.state.audio.began.append(self._began)

    def _began(self, at: float) -> None:
        self.wake_at(at + _LOOK_AFTER)

    def observe(self, event: Event, role: str) -> Iterable[Finding]:
        """Something tells the time in the audio, or what is declared."""
        field = {"speech.started": "audio_start_ms", "speech.stopped": "audio_end_ms"}.get(role)
        ms = number_of(event.payload.get(field)) if field else None
        if ms is not None:
            times = self._times.setdefault(role, [])
            if len(times) < 50:
                times.append((event.at, ms, event.seq))
        return self._look(event.at)

    def advance(self, at: float) -> Iterable[Finding]:
        """Enough audio has come to look at it."""
        return self._look(at)

    def ended(self, ended: Ended, patience: float) -> Iterable[Finding]:
        """The last moment to look."""
        return self._look(ended.at)

    def closed(self, closed: Closed) -> Iterable[Finding]:
        """The last moment to look."""
        return self._look(closed.at)

    def finished(self) -> Iterable[Finding]:
        """The last moment to look."""
        yield from self._look(self.state.audio.last_at)
        if not self._told:
            yield from self._one_way()

    def _look(self, at: float) -> Iterable[Finding]:
        if self._told or not (self.state.audio.appends or self._times):
            return
        fault = fault_of_bytes(self.state)
        if fault is not None:
            self._told = True
            yield self.finding(
                fault.what, at=at, evidence=(fault.seq,), certainty=Certainty.HIGH, fix=fault.cure
            )
            return
        if not knows_format(self.state):
            return
        yield from self._by_pace(at)
        if not self._told:
            yield from self._by_server_times(at)

    # -- bytes against the clock ---------------------------------------------------------------

    def _by_pace(self, at: float) -> Iterable[Finding]:
        state, audio = self.state, self.state.audio
        declared = state.settings.audio_rate("input_format")
        if not state.verbatim or not audio.credible(declared):
            return
        measured = audio.pace.rate()
        really = _other_rate(measured, declared, 0.04) if measured is not None else None
        if measured is None or really is None:
            return
        self._told = True
        message = (
            f"audio comes at {measured:.1f} bytes a millisecond, as {really} does; "
            f"{declared_format(state)} has {declared:g}, so the server hears it "
            f"{_speed(measured / declared)}"
        )
        yield self.finding(message, at=at, evidence=(audio.first_seq, audio.last_seq))

    # -- the server's times against the clock --------------------------------------------------

    def _by_server_times(self, at: float) -> Iterable[Finding]:
        """Times of speech of one kind, pair by pair: constant delays fall out of a difference."""
        if not self.state.verbatim:
            return
        declared = self.state.settings.audio_rate("input_format")
        for times in self._times.values():
            factors = [
                (two[1] - one[1]) / (two[0] - one[0]) / 1000
                for one, two in pairwise(times)
                if two[0] - one[0] >= 2
            ]
            steady = self.state.audio.appends > 0 and self.state.audio.pace.steady
            if len(factors) < (2 if steady else 3):
                continue
            middle = sorted(factors)[len(factors) // 2]
            if any(abs(one - middle) > 0.08 * middle for one in factors):
                continue
            really = _other_rate(middle * declared, declared, 0.06)
            if really is not None:
                self._told = True
                message = (
                    f"the server's times run at {middle:.2f} of the clock in {len(factors)} "
                    f"stretches, as if {really} were sent as {declared_format(self.state)}"
                )
                evidence = (times[0][2], times[-1][2])
                yield self.finding(message, at=at, evidence=evidence, certainty=Certainty.HIGH)
                return

    # -- declared in one direction only --------------------------------------------------------

    def _one_way(self) -> Iterable[Finding]:
        """Telephone audio is G.711 both ways; a bridge that declares one way only is half done."""
        settings = self.state.settings
        into, out = settings.format_name("input_format"), settings.format_name("output_format")
        if into is None or out is None or not settings.known:
            return
        phone_in, phone_out = _is_phone(into), _is_phone(out)
        if phone_in == phone_out or settings.updated_seq is None:
            return
        message = (
            f"the input is declared as {into} and the output as {out}: on a telephone line both "
            "are G.711"
        )
        yield self.finding(
            message, at=self.state.last.at if self.state.last else 0.0,
            evidence=(settings.updated_seq,), severity=Severity.WARNING,
        )  # fmt: skip


def _is_phone(name: str) -> bool:
    return any(one in name for one in _PHONE)


def _other_rate(measured: float, declared: float, slack: float) -> str | None:
    """Which audio has this rate; None for the declared one and for a rate that nothing has."""
    if abs(measured - declared) <= 0.15 * declared:
        return None
    for rate, name in _RATES:
        if abs(measured - rate) <= slack * rate:
            return name
    return None


def _speed(factor: float) -> str:
    return f"{1 / factor:.1f} times too fast" if factor < 1 else f"{factor:.1f} times too slow"

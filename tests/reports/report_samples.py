"""Reports as they come out of real kinds of trouble, for the tests of every format."""

from __future__ import annotations

from typing import Any

from rtdebug.model import findings as nouns
from rtdebug.model.findings import Cause, Certainty, Severity
from rtdebug.model.records import Sender
from rtdebug.model.results import (
    Location,
    Outcome,
    Report,
    ResponseSummary,
    Run,
    StepResult,
    TimelineRow,
)

FILE = "scenarios/openai-realtime/text-turn.yaml"
STARTED = "2026-01-05T03:00:00.000Z"
C, S = Sender.CLIENT, Sender.SERVER


def Finding(name: str, *fields: Any, **more: Any) -> nouns.Finding:
    """A finding whose key is its name: here each name stands once."""
    return nouns.Finding(name, *fields, key=name, **more)


def row(
    seq: int | None, at: float, sender: Sender | None, type_: str, summary: str = ""
) -> TimelineRow:
    return TimelineRow(seq, at, sender, type_, 100, summary)


def report(*runs: Run, exit_code: int = 1, ignored: tuple[str, ...] = ()) -> Report:
    return Report(runs, STARTED, exit_code=exit_code, version="0.1.0", ignored=ignored)


def step(
    index: int,
    label: str,
    outcome: Outcome = Outcome.PASSED,
    at: float | None = None,
    detail: str = "",
    evidence: tuple[int, ...] = (),
    line: int | None = None,
) -> StepResult:
    place = Location(FILE, line or 10 + 3 * index, 5)
    return StepResult(index, label, outcome, at, detail, evidence, place)


# A text turn that goes well.

OPENING = (
    row(None, 0.0, None, "opened", "ws://127.0.0.1:41737/v1/realtime?model=gpt-realtime"),
    row(1, 0.004, S, "session.created", "gpt-realtime, audio, voice alloy, server_vad"),
    row(2, 0.006, C, "session.update", "text"),
    row(3, 0.092, S, "session.updated", "gpt-realtime, text, voice alloy, server_vad"),
    row(4, 0.094, C, "conversation.item.create", 'user message "Hello"'),
    row(5, 0.095, C, "response.create"),
    row(6, 0.181, S, "conversation.item.added", 'user message "Hello"'),
    row(7, 0.182, S, "conversation.item.done", 'user message "Hello"'),
    row(8, 0.240, S, "response.created", "resp_E6U11r008abcdefghijklm in_progress"),
)
WORDS = ("Hello", "!", " How", " can", " I", " help", " you", " today", "?")
ANSWER = (
    row(9, 0.301, S, "response.output_item.added", "assistant message in_progress"),
    row(10, 0.302, S, "conversation.item.added", "assistant message in_progress"),
    row(11, 0.303, S, "response.content_part.added", "text"),
    *(
        row(
            12 + at,
            0.48 + at * 0.03,
            S,
            "response.output_text.delta",
            f'{len(word)} chars "{word}"',
        )
        for at, word in enumerate(WORDS)
    ),
    row(21, 0.76, S, "response.output_text.done", '"Hello! How can I help you today?"'),
    row(22, 0.761, S, "response.content_part.done", 'text "Hello! How can I help you today?"'),
    row(
        23,
        0.762,
        S,
        "response.done",
        "resp_E6U11r008abcdefghijklm completed, 1 item, 85 tokens (63 in, 22 out)",
    ),
)
RESPONSE = ResponseSummary(
    "resp_E6U11r008abcdefghijklm", "completed", 1, 9, 32, 0, 0.24, 0.522,
    {"total_tokens": 85, "input_tokens": 63, "output_tokens": 22},
)  # fmt: skip

PASSED = Run(
    "Text turn", Outcome.PASSED, "openai-realtime", "openai", Location(FILE), STARTED, 0.78, 3, 20,
    steps=(
        step(1, "expect session.created", at=0.004),
        step(2, "send session.update", at=0.006),
        step(3, "expect session.updated", at=0.092),
        step(4, "send conversation.item.create", at=0.094),
        step(5, "send response.create", at=0.095),
        step(6, "expect response.done", at=0.762),
    ),
    responses=(RESPONSE,),
    timeline=(*OPENING, *ANSWER, row(None, 0.763, None, "ended", "finished"),
              row(None, 0.78, C, "closed", "1000 by the client")),
)  # fmt: skip

# The same turn, but after response.created nothing comes any more.

STALLED_FINDING = Finding(
    "response-stalled-after-created", Severity.ERROR, Certainty.HIGH,
    "The response was created, then nothing more came",
    "resp_E6U11r008abcdefghijklm was created at 0.240 s and rate_limits.updated followed at 1.241 s."
    " After that: no output item, no response.done, no error and no close for 8.9 s. The protocol"
    " always ends a response with response.done, so the stream is incomplete.",
    causes=(
        Cause("The server stalled while generating", "likely",
              "send response.cancel: a response.done with status cancelled proves it"),
        Cause("The client stopped reading, or its handler threw on the next event", "possible",
              "response.cancel answered with response_cancel_not_active proves it; count raw messages"),
        Cause("An account or rate limit", "unlikely", "it would give response.done with status failed"),
    ),
    fix="Wait at most 15 s, send response.cancel, then retry in a new session. Report the response id"
    " to the provider when it repeats.",
    subject="resp_E6U11r008abcdefghijklm", at=10.095, evidence=(8, 9), first=8, last=9,
    docs="docs/findings/response-stalled-after-created.md",
)  # fmt: skip
STALLED = Run(
    "Text turn", Outcome.FAILED, "openai-realtime", "openai", Location(FILE), STARTED, 10.11, 3, 6,
    steps=(
        step(1, "expect session.created", at=0.004),
        step(2, "send session.update", at=0.006),
        step(3, "expect session.updated", at=0.092),
        step(4, "send conversation.item.create", at=0.094),
        step(5, "send response.create", at=0.095),
        step(6, "expect response.output_text.delta", Outcome.FAILED, 10.095,
             "expected response.output_text.delta within 10 s\nseen response.created, rate_limits.updated\n"
             "nearest none: no event of a response's output came"),
        step(7, "expect response.done", Outcome.SKIPPED),
    ),
    findings=(STALLED_FINDING,),
    responses=(ResponseSummary("resp_E6U11r008abcdefghijklm", "in_progress"),),
    timeline=(*OPENING, row(9, 1.241, S, "rate_limits.updated", "requests 999/1000, tokens 35680/40000"),
              row(None, 10.095, None, "ended", "gave-up"),
              row(None, 10.11, C, "closed", "1000 by the client")),
)  # fmt: skip

# No session: the server refuses the key.

REFUSED = Run(
    "Text turn", Outcome.ERROR, "openai-realtime", None, Location(FILE), STARTED, 0.21, 0, 0,
    steps=(step(1, "expect session.created", Outcome.SKIPPED), step(2, "send session.update", Outcome.SKIPPED)),
    findings=(
        Finding(
            "handshake-401-unauthorized", Severity.ERROR, Certainty.CERTAIN,
            "The server refused the key at the handshake",
            'wss://api.openai.com/v1/realtime?model=gpt-realtime answered the upgrade with HTTP 401:'
            ' {"error": {"message": "Incorrect API key provided: [redacted]."}}',
            causes=(Cause("The key is mistyped, revoked or of another project", "likely",
                          "curl https://api.openai.com/v1/models with the same key"),
                    Cause("The variable with the key is empty where this ran", "possible",
                          "print its length, not its value")),
            fix="Check OPENAI_API_KEY where this runs. A key of Azure goes into the header api-key.",
            at=0.21,
        ),
    ),
    timeline=(row(None, 0.21, S, "refused", "HTTP 401 Unauthorized"),),
)  # fmt: skip

# Several findings, one of them the cause of two others, in a long audio session.


def _long_timeline() -> tuple[TimelineRow, ...]:
    rows = [row(None, 0.0, None, "opened", "wss://api.openai.com/v1/realtime?model=gpt-realtime"),
            row(1, 0.005, S, "session.created", "gpt-realtime, audio, voice marin, server_vad")]  # fmt: skip
    seq, at = 2, 0.1
    for turn in range(3):
        for _ in range(40):
            rows.append(row(seq, at, C, "input_audio_buffer.append", "4800 bytes of audio"))
            seq, at = seq + 1, at + 0.1
        rows.append(
            row(seq, at, S, "input_audio_buffer.committed", f"item_E4GEZr00500000000000{turn}")
        )
        rows.append(
            row(
                seq + 1,
                at + 0.01,
                S,
                "response.created",
                f"resp_E4GEar01100000000000{turn} in_progress",
            )
        )
        seq, at = seq + 2, at + 0.2
        for _ in range(20):
            rows.append(row(seq, at, S, "response.output_audio.delta", "9600 bytes of audio"))
            rows.append(
                row(
                    seq + 1,
                    at + 0.01,
                    S,
                    "response.output_audio_transcript.delta",
                    '5 chars " word"',
                )
            )
            seq, at = seq + 2, at + 0.05
        rows.append(
            row(seq, at, S, "response.done", f"resp_E4GEar01100000000000{turn} completed, 1 item")
        )
        seq, at = seq + 1, at + 0.1
    rows.append(row(seq, at, C, "response.create"))
    rows.append(row(seq + 1, at + 0.01, C, "response.create"))
    rows.append(
        row(seq + 2, at + 0.2, S, "response.created", "resp_E4GEar011000000000009 in_progress")
    )
    rows.append(
        row(seq + 3, at + 0.21, S, "error", "conversation_already_has_active_response: wait for it")
    )
    rows.append(row(None, at + 0.3, None, "closed", "1006"))
    return tuple(rows)


LONG_TIMELINE = _long_timeline()
_LAST = max(known.seq or 0 for known in LONG_TIMELINE)
_END = LONG_TIMELINE[-1].at

SEVERAL = Run(
    "Barge-in", Outcome.FAILED, "openai-realtime", "azure", Location("captures/barge-in.jsonl"), STARTED,
    _END, 122, 132,
    findings=(
        Finding("active-response-conflict", Severity.ERROR, Certainty.CERTAIN,
                "A response was asked for while another one was active",
                f"response.create (#{_LAST - 2}) came 10 ms after response.create (#{_LAST - 3}); the server refused it (#{_LAST}).",
                causes=(Cause("Two handlers ask for an answer to the same turn", "likely", "log who sends response.create"),),
                fix="Send response.create only after response.done, or only from one place.",
                at=_END - 0.09, evidence=(_LAST - 3, _LAST - 2, _LAST)),
        Finding("error-event", Severity.WARNING, Certainty.CERTAIN, "The server sent an error",
                "conversation_already_has_active_response", at=_END - 0.09, evidence=(_LAST,),
                under="active-response-conflict"),
        Finding("response-unfinished-at-close", Severity.WARNING, Certainty.HIGH, "A response was open at the close",
                "resp_E4GEar011000000000009 had no response.done", at=_END, evidence=(_LAST - 1,),
                under="error-event"),
        Finding("connection-lost", Severity.ERROR, Certainty.MEDIUM, "The connection ended without a close frame",
                "The last message came 90 ms before.", fix="Reconnect, and send the conversation again.", at=_END,
                evidence=(_LAST,)),
        Finding("rate-limit-low", Severity.INFO, Certainty.CERTAIN, "Few tokens are left",
                "1,200 of 40,000", at=3.0, count=3, first=12, last=88),
    ),
    responses=(
        ResponseSummary("resp_E4GEar011000000000000", "completed", 1, 40, 100, 4000, 0.19, 1.21, {"total_tokens": 700}),
        ResponseSummary("resp_E4GEar011000000000001", "completed", 1, 40, 100, 4000, 0.21, 1.22, {"total_tokens": 900}),
        ResponseSummary("resp_E4GEar011000000000009", "in_progress"),
    ),
    timeline=LONG_TIMELINE,
    notes=("read as JSON lines of another tool", "2 lines were no events and were left out"),
)  # fmt: skip

# Steps fail although nothing is wrong on the stream.

STEP_FAILED = Run(
    "Answer in text", Outcome.FAILED, "openai-realtime", "openai", Location(FILE), STARTED, 0.78, 3, 20,
    steps=(
        step(1, "expect session.created", at=0.004),
        step(2, "send response.create", at=0.095),
        step(3, "expect response.done", Outcome.FAILED, 0.763,
             'expected response.status "completed"\nseen response.status "incomplete" in #23 response.done\n'
             "nearest #23 response.done: 1 of 2 fields match", (23,)),
        step(4, "absent error", Outcome.SKIPPED),
    ),
    responses=(RESPONSE,),
    timeline=(*OPENING, *ANSWER, row(None, 0.78, C, "closed", "1000 by the client")),
)  # fmt: skip

# Passed, but with something to say.

WARNED = Run(
    "Tool call", Outcome.PASSED, "openai-realtime", "openai", Location(FILE), STARTED, 65.0, 5, 40,
    findings=(
        Finding("slow-first-delta", Severity.WARNING, Certainty.CERTAIN, "The first delta took long",
                "4.2 s from response.create to the first delta", at=4.2, evidence=(3, 4), fix="Use a region nearer by."),
        Finding("unknown-field", Severity.INFO, Certainty.CERTAIN, "A field nobody knows", "response.obfuscation", at=5.0),
    ),
    responses=(RESPONSE, RESPONSE),
)  # fmt: skip

# The same trouble in a pasted log: whole seconds told by ids, neither a beginning nor an end.

PASTED = Run(
    "pasted.txt", Outcome.FAILED, "openai-realtime-beta", "openai", Location("pasted.txt"), None, 101.0, 3, 5,
    findings=(
        Finding("response-stalled-after-created", Severity.ERROR, Certainty.MEDIUM,
                "The response was created, then nothing more came",
                "resp_BPPdIx000600000000000 was created and rate_limits.updated came within a second; the log"
                " ends there.", fix="Wait 15 s, then send response.cancel.",
                subject="resp_BPPdIx000600000000000", at=101.0, evidence=(7, 8)),
    ),
    timeline=(
        row(1, 0.0, S, "session.created", "gpt-4o-realtime-preview-2024-12-17, audio+text, voice alloy, server_vad"),
        row(2, 31.0, C, "session.update", "text"),
        row(3, 31.0, S, "session.updated", "gpt-4o-realtime-preview-2024-12-17, text, voice alloy, server_vad"),
        row(4, 72.0, C, "conversation.item.create", 'user message "Hi"'),
        row(5, 72.0, S, "conversation.item.created", 'user message "Hi"'),
        row(6, 100.0, C, "response.create", "text"),
        row(7, 100.0, S, "response.created", "resp_BPPdIx000600000000000 in_progress"),
        row(8, 101.0, S, "rate_limits.updated", "requests 999/1000, tokens 35680/40000"),
    ),
    notes=("read as pasted text with labelled JSON; times are whole seconds, told by ids",),
)  # fmt: skip

# An hour of audio of which the middle was not kept.

CUT = Run(
    "Long call", Outcome.FAILED, "openai-realtime", "openai", Location("captures/call.jsonl"), STARTED, 3601.0, 30000,
    30000, dropped=59_996,
    findings=(
        Finding("session-expired", Severity.ERROR, Certainty.CERTAIN, "The session reached its maximum age",
                "Your session hit the maximum duration of 60 minutes.", at=3601.0, evidence=(60_000,),
                fix="Open a new session before 60 minutes have passed."),
    ),
    timeline=(
        row(1, 0.004, S, "session.created", "gpt-realtime, audio"),
        row(2, 0.1, C, "input_audio_buffer.append", "4800 bytes of audio"),
        row(59_999, 3600.8, S, "response.output_audio.delta", "9600 bytes of audio"),
        row(60_000, 3600.9, S, "error", "session_expired: Your session hit the maximum duration of 60 minutes."),
        row(None, 3601.0, S, "closed", "1001 by the server Your session hit the maximum duration"),
    ),
)  # fmt: skip

EMPTY = Run(
    "pasted.txt", Outcome.EMPTY, "openai-realtime", source=Location("pasted.txt"), started=STARTED,
    notes=("nothing in it reads as an event",),
)  # fmt: skip

INTERRUPTED = Run(
    "Text turn", Outcome.INTERRUPTED, "openai-realtime", "openai", Location(FILE), STARTED, 2.0, 3, 5,
    steps=(step(1, "expect session.created", at=0.004), step(2, "expect response.done", Outcome.SKIPPED)),
    timeline=(*OPENING, row(None, 2.0, None, "ended", "interrupted")),
)  # fmt: skip

# Everything a peer or a file says is hostile.

EVIL = (
    "\x1b]0;owned\x07\x1b[2J[/bold][link=http://x]y[/link] ]]> <script>\u202eabc\u0085"
    "\n::error file=a::b\n##[error]x\r\x00\ud800\ufffe 漢字 \U0001f600 " + "long" * 40
)
HOSTILE = Run(
    EVIL, Outcome.FAILED, EVIL, EVIL, Location(EVIL, 3, 4), EVIL, 1.0, 1, 1,
    steps=(
        StepResult(1, EVIL, Outcome.FAILED, 0.5, EVIL, (1,), Location(EVIL)),
        StepResult(1, EVIL, Outcome.PASSED, 0.5, EVIL, (1,), Location(EVIL)),
    ),
    findings=(
        Finding(EVIL, Severity.ERROR, Certainty.LOW, EVIL, EVIL, (Cause(EVIL, EVIL, EVIL),), EVIL, EVIL,
                0.5, (1, 2), 3, 1, 2, EVIL),
        Finding(EVIL + "2", Severity.WARNING, Certainty.LOW, EVIL, EVIL, under=EVIL),
        Finding(EVIL, Severity.INFO, Certainty.LOW, EVIL, EVIL),
    ),
    responses=(
        ResponseSummary(EVIL, EVIL, usage={EVIL: EVIL, "total_tokens": 10**5000, "nan": float("nan")}),
        ResponseSummary(EVIL, EVIL),
    ),
    timeline=(row(1, 0.1, S, EVIL, EVIL), row(2, 0.2, C, EVIL, EVIL), row(None, 0.5, None, EVIL, EVIL)),
    notes=(EVIL,),
)  # fmt: skip

SAMPLES = {
    "passed": report(PASSED, exit_code=0),
    "stalled": report(STALLED),
    "refused": report(REFUSED, exit_code=3),
    "several": report(SEVERAL),
    "step-failed": report(STEP_FAILED),
    "warned": report(WARNED, exit_code=0, ignored=("rate-limit-low",)),
    "pasted": report(PASTED),
    "cut": report(CUT),
    "empty": report(EMPTY, exit_code=4),
    "interrupted": report(INTERRUPTED, exit_code=130),
    "many": report(PASSED, WARNED, STALLED, REFUSED, exit_code=1),
    "hostile": report(HOSTILE),
    "nothing": report(exit_code=4),
}

# What is compared with tests/reports/golden/: file name -> (sample, how it is rendered).

PLAIN_80 = {"width": 80, "color": False}
PLAIN_200 = {"width": 200, "color": False}
COLOR_80 = {"width": 80, "color": True}
GOLDEN: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"{name}-80.txt": (name, PLAIN_80) for name in SAMPLES},
    **{
        f"{name}-200.txt": (name, PLAIN_200)
        for name in ("stalled", "several", "step-failed", "hostile")
    },
    **{
        f"{name}-80-color.txt": (name, COLOR_80)
        for name in ("passed", "stalled", "several", "warned", "many")
    },
    **{
        f"{name}-80-ascii.txt": (name, {**PLAIN_80, "unicode": False})
        for name in ("stalled", "several", "hostile")
    },
    **{
        f"{name}-80-quiet.txt": (name, {**PLAIN_80, "quiet": True})
        for name in ("passed", "stalled", "many")
    },
    **{
        f"{name}-80-verbose.txt": (name, {**PLAIN_80, "verbose": True})
        for name in ("passed", "stalled", "several")
    },
}

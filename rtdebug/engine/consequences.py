"""What follows from what: cause -> the findings that it explains when both stand.

Read from top to bottom; the first cause that stands takes the consequence.
"""

from __future__ import annotations

_NO_ANSWER = frozenset(
    {
        "response-stalled-after-created",
        "response-stalled-mid-stream",
        "response-done-missing",
        "response-create-unanswered",
        "session-update-unanswered",
        "request-unanswered",
        "no-response-create",
        "close-mid-response",
        "no-session-created",
        "vad-never-triggered",
        "speech-never-stops",
        "transcription-stalled",
        "tool-output-missing",
        "tool-response-create-missing",
        "commit-missing",
    }
)
_SIGN_IN = _NO_ANSWER | {
    "close-provider-code",
    "close-1008-policy",
    "close-1000-unexplained",
    "close-unexpected",
    "error-event",
    "request-rejected",
    "event-after-fatal-error",
}
_CLOSES = frozenset(
    {
        "close-1000-unexplained",
        "close-1002-protocol-error",
        "close-1006-abnormal",
        "close-1007-invalid-payload",
        "close-1008-policy",
        "close-1009-message-too-big",
        "close-1003-unsupported-data",
        "close-1011-server-error",
        "close-1012-service-restart",
        "close-1013-try-again-later",
        "close-1001-going-away",
        "close-provider-code",
        "close-unexpected",
        "keepalive-ping-timeout",
    }
)
_UNANSWERED_TOOL = frozenset(
    {"tool-output-missing", "tool-response-create-missing", "request-unanswered"}
)
# Weak guesses at who is to blame for a silence: they hang under it, since it is sure.
_BLAMED = frozenset({"client-receive-loop-blocked", "relay-hides-close"})
_REJECTED = frozenset({"invalid-event", "session-update-rejected", "unknown-field"})
_UNBALANCED = frozenset(
    {
        "output-item-unbalanced",
        "content-part-unbalanced",
        "stream-unbalanced",
        "text-mismatch",
        "transcript-mismatch",
        "arguments-mismatch",
        "output-mismatch",
        "conversation-item-unbalanced",
        "wrong-modality",
        "usage-inconsistent",
        "status-inconsistent",
        "dangling-previous-item",
        "transcript-without-audio",
        "audio-without-transcript",
    }
)

CONSEQUENCES: dict[str, frozenset[str]] = {
    "protocol-violation": _NO_ANSWER | _CLOSES,
    "beta-api-disabled": _SIGN_IN | {"ga-beta-field-mix", "retired-event", "retired-field"},
    "invalid-api-key-after-upgrade": _SIGN_IN,
    "missing-credentials": _SIGN_IN,
    "ephemeral-key-problem": _SIGN_IN
    | {"invalid-api-key-after-upgrade", "handshake-401-unauthorized"},
    "missing-model": _SIGN_IN,
    "region-not-supported": _SIGN_IN | _CLOSES,
    "model-load-failed": _SIGN_IN | _CLOSES,
    "content-blocked": _CLOSES,
    "session-limit-reached": _SIGN_IN | _CLOSES,
    "model-not-found": _SIGN_IN | _CLOSES,
    "inference-not-authorized": _SIGN_IN | _CLOSES,
    "rate-limit-exceeded": _CLOSES,
    "input-buffer-overflow": _CLOSES,
    "invalid-model": _SIGN_IN,
    "invalid-intent": _SIGN_IN,
    "insufficient-quota": _SIGN_IN | _CLOSES | {"response-failed"},
    "session-expired": _NO_ANSWER | _CLOSES | {"event-after-fatal-error"},
    "malformed-message": frozenset({"malformed-message-rejected"}),
    "client-event-type-rejected": frozenset({"unknown-event-type", "retired-event"}),
    "azure-endpoint-mismatch": _NO_ANSWER
    | _CLOSES
    | _REJECTED
    | {
        "handshake-401-unauthorized",
        "handshake-404-wrong-url",
        "ga-beta-field-mix",
        "unknown-parameter",
    },
    "handshake-bad-scheme-or-subprotocol": _SIGN_IN
    | {
        "handshake-failed",
        "handshake-not-a-websocket",
        "handshake-404-wrong-url",
        "handshake-403-no-access",
        "client-handler-exception",
    },
    "keepalive-ping-timeout": frozenset({"close-mid-response", "close-1011-server-error"}),
    "client-exception": _NO_ANSWER,
    "client-unknown-event-crash": _NO_ANSWER
    | {"client-handler-exception", "ga-beta-event-mix", "close-1006-abnormal"},
    "client-partial-frame": _NO_ANSWER | {"malformed-message", "client-handler-exception"},
    "client-handler-exception": _NO_ANSWER,
    "close-mid-response": _CLOSES
    | {"response-stalled-mid-stream", "response-stalled-after-created", "response-done-missing"},
    "third-party-request": frozenset({"active-response-conflict"}),
    "active-response-conflict": frozenset({"response-create-unanswered"}),
    "parallel-tool-response-race": frozenset(
        {"active-response-conflict", "response-create-unanswered"}
    ),
    "commit-conflicts-with-vad": frozenset(
        {"commit-empty-buffer", "commit-too-short", "active-response-conflict"}
    ),
    "vad-false-triggers": frozenset({"response-cancelled-by-turn", "barge-in-without-truncate"}),
    "server-died-of-request": frozenset(
        {
            "close-1006-abnormal",
            "close-mid-response",
            "request-unanswered",
            "response-create-unanswered",
            "session-update-unanswered",
        }
    ),
    "turn-detection-not-off": frozenset(
        {"response-cancelled-by-turn", "commit-conflicts-with-vad", "request-unanswered"}
    ),
    "session-update-not-applied": frozenset({"text-instead-of-audio"}),
    "response-cancelled-by-turn": frozenset(
        {"barge-in-without-truncate", "tool-arguments-invalid-json"}
    ),
    "response-incomplete-max-tokens": frozenset({"tool-arguments-invalid-json"}),
    "response-failed-rate-limit": frozenset({"rate-limit-low"}),
    "transcription-session-mixup": _REJECTED
    | _SIGN_IN
    | {
        "invalid-model",
        "retired-event",
        "invalid-value",
        "session-update-unanswered",
        "transcription-stalled",
        "transcription-not-enabled",
    },
    "ga-beta-field-mix": _REJECTED | {"unknown-parameter", "missing-session-type", "retired-field"},
    "missing-session-type": _REJECTED | {"missing-required-parameter"},
    "unknown-parameter": _REJECTED,
    "invalid-audio-format-value": _REJECTED,
    "invalid-tool-schema": _REJECTED,
    "voice-change-after-audio": _REJECTED,
    "session-update-rejected": frozenset({"invalid-event", "unknown-field", "invalid-value"}),
    "wrong-content-type-for-role": frozenset(
        {
            "invalid-event",
            "invalid-value",
            "missing-required-parameter",
            "request-rejected",
            "request-unanswered",
        }
    ),
    "tool-call-id-missing": _UNANSWERED_TOOL | {"invalid-event", "missing-required-parameter"},
    "tool-call-id-unknown": _UNANSWERED_TOOL | {"invalid-event", "request-rejected"},
    "tool-output-not-string": _UNANSWERED_TOOL | {"invalid-event", "invalid-value"},
    "tool-arguments-invalid-json": _UNANSWERED_TOOL
    | {"arguments-mismatch", "client-handler-exception"},
    "tool-output-missing": frozenset({"answer-before-tool-output"}),
    "duplicate-item-id": frozenset({"invalid-event", "request-unanswered"}),
    "unknown-previous-item-id": frozenset(
        {"invalid-event", "request-rejected", "request-unanswered"}
    ),
    "truncate-beyond-audio": frozenset({"invalid-value", "request-unanswered"}),
    "audio-invalid-base64": frozenset({"invalid-event", "invalid-value", "vad-never-triggered"}),
    "invalid-value": frozenset({"invalid-event"}),
    "value-out-of-range": frozenset({"invalid-event"}),
    "missing-required-parameter": frozenset({"invalid-event"}),
    "audio-format-mismatch": frozenset({"vad-never-triggered", "speech-never-stops"}),
    "vad-create-response-off": frozenset({"no-response-create"}),
    "commit-missing": frozenset(
        {"no-response-create", "response-create-unanswered", "empty-response"}
    ),
    "text-instead-of-audio": frozenset({"wrong-modality"}),
    "two-active-responses": frozenset({"overlapping-audio-responses"}),
    "response-stalled-after-created": _BLAMED,
    "response-stalled-mid-stream": _BLAMED,
    "response-create-unanswered": _BLAMED,
    "session-update-unanswered": _BLAMED,
    "request-unanswered": _BLAMED | {"client-left-waiting"},
    "tool-response-create-missing": frozenset({"no-response-create"}),
    "server-nonconforming": _UNBALANCED
    | {
        "invalid-event",
        "output-deltas-missing",
        "metadata-not-echoed",
        "client-left-waiting",
        "client-refuses-event",
    },
    "output-deltas-missing": _UNBALANCED,
    "response-done-missing": frozenset({"two-active-responses", "response-stalled-mid-stream"}),
    "output-item-unbalanced": _UNBALANCED - {"output-item-unbalanced"},
    "content-part-unbalanced": frozenset({"stream-unbalanced", "text-mismatch"}),
    "event-outside-response": _UNBALANCED,
    "invalid-event": _UNBALANCED
    | {"response-create-unanswered", "session-update-unanswered", "request-unanswered"},
    # A client that was left waiting does nothing of what comes after.
    "client-left-waiting": frozenset({"tool-output-missing", "no-response-create"}),
    "client-refuses-event": frozenset(
        {"tool-output-missing", "no-response-create", "close-mid-response"}
    ),
    "retired-event": frozenset(
        {
            "client-refuses-event",
            "unknown-field",
            "response-done-missing",
            "output-deltas-missing",
            "stream-unbalanced",
        }
    ),
}

# The same from the other side: finding -> its possible causes, the first that stands goes first.
EXPLAINED_BY: dict[str, tuple[str, ...]] = {
    name: tuple(
        cause for cause, effects in CONSEQUENCES.items() if name in effects and cause != name
    )
    for name in sorted(set().union(*CONSEQUENCES.values()))
}
# A wrong shape is certain, and seldom why a session fails: what explains that goes before it.
LAST = frozenset({"invalid-event"})

# What a compatible server may do otherwise without any fault of the session.
DEPARTURES = _UNBALANCED | {
    "output-deltas-missing",
    "response-repeated",
    "event-outside-response",
    "two-active-responses",
    "speech-unbalanced",
    "speech-times-inconsistent",
    "duplicate-event-id",
    "first-event-unexpected",
    "media-event-on-websocket",
    "retired-event",
    "speech-not-committed",
    "transcription-mismatch",
    "transcription-repeated",
    "transcription-of-unknown-item",
    "audio-in-finished-response",
    "error-for-unknown-event",
    "metadata-not-echoed",
}
# What it looks like when a session waits for something that never comes.
HANGS = frozenset(
    {
        "response-stalled-after-created",
        "response-stalled-mid-stream",
        "response-done-missing",
        "response-create-unanswered",
        "session-update-unanswered",
        "request-unanswered",
        "vad-never-triggered",
        "transcription-stalled",
        "client-left-waiting",
        "client-refuses-event",
    }
)

# These causes explain a consequence only when the two name a common event.
SAME_EVENT = frozenset(
    {
        "active-response-conflict",
        "third-party-request",
        "duplicate-item-id",
        "output-deltas-missing",
        "output-item-unbalanced",
        "content-part-unbalanced",
        "event-outside-response",
        "invalid-event",
        "invalid-value",
        "unknown-parameter",
        "missing-required-parameter",
        "value-out-of-range",
        "response-done-missing",
        "session-update-rejected",
        "truncate-beyond-audio",
        "unknown-previous-item-id",
    }
)

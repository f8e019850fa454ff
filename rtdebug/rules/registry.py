"""All rules, by family, written out by hand; a test holds the list against the files."""

from __future__ import annotations

from rtdebug.engine.rule import Rule
from rtdebug.rules.gemini.gemini_empty_turn import GeminiEmptyTurn
from rtdebug.rules.gemini.gemini_response_rejected import GeminiResponseRejected
from rtdebug.rules.response.close_mid_response import CloseMidResponse
from rtdebug.rules.response.empty_response import EmptyResponse
from rtdebug.rules.response.no_response_create import NoResponseCreate
from rtdebug.rules.response.output_deltas_missing import OutputDeltasMissing
from rtdebug.rules.response.response_create_unanswered import ResponseCreateUnanswered
from rtdebug.rules.response.response_done_missing import ResponseDoneMissing
from rtdebug.rules.response.response_stalled_after_created import ResponseStalledAfterCreated
from rtdebug.rules.response.response_stalled_mid_stream import ResponseStalledMidStream
from rtdebug.rules.said.closes import Closes
from rtdebug.rules.said.error_events import ErrorEvents
from rtdebug.rules.said.refusals import Refusals
from rtdebug.rules.said.response_ends import ResponseEnds
from rtdebug.rules.said.transcriptions import Transcriptions
from rtdebug.rules.session.close_1000_unexplained import Close1000Unexplained
from rtdebug.rules.session.no_session_created import NoSessionCreated
from rtdebug.rules.session.request_unanswered import (
    ClearUnanswered,
    CommitUnanswered,
    DeleteUnanswered,
    ItemCreateUnanswered,
    RetrieveUnanswered,
    TruncateUnanswered,
)
from rtdebug.rules.session.session_update_not_applied import SessionUpdateNotApplied
from rtdebug.rules.session.session_update_unanswered import SessionUpdateUnanswered

SAID: tuple[type[Rule], ...] = (Refusals, ErrorEvents, ResponseEnds, Transcriptions, Closes)
SESSION: tuple[type[Rule], ...] = (
    NoSessionCreated,
    Close1000Unexplained,
    SessionUpdateUnanswered,
    SessionUpdateNotApplied,
    ItemCreateUnanswered,
    CommitUnanswered,
    ClearUnanswered,
    RetrieveUnanswered,
    TruncateUnanswered,
    DeleteUnanswered,
)
RESPONSE: tuple[type[Rule], ...] = (
    NoResponseCreate,
    ResponseCreateUnanswered,
    ResponseStalledAfterCreated,
    ResponseStalledMidStream,
    ResponseDoneMissing,
    OutputDeltasMissing,
    EmptyResponse,
    CloseMidResponse,
)
GEMINI: tuple[type[Rule], ...] = (GeminiResponseRejected, GeminiEmptyTurn)
RULES: tuple[type[Rule], ...] = SAID + SESSION + RESPONSE + GEMINI

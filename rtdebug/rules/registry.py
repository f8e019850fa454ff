"""All rules, by family, written out by hand; a test holds the list against the files."""

from __future__ import annotations

from rtdebug.engine.rule import NeutralRule
from rtdebug.rules.audio.audio_all_zero import AudioAllZero
from rtdebug.rules.audio.audio_format_mismatch import AudioFormatMismatch
from rtdebug.rules.audio.audio_invalid_base64 import AudioInvalidBase64
from rtdebug.rules.audio.audio_levels import AudioClipped, AudioTooQuiet
from rtdebug.rules.audio.commit_conflicts_with_vad import CommitConflictsWithVad
from rtdebug.rules.audio.commit_missing import CommitMissing
from rtdebug.rules.audio.idle_timeout_triggered import IdleTimeoutTriggered
from rtdebug.rules.audio.speech_never_stops import SpeechNeverStops
from rtdebug.rules.audio.turn_detection_unsupported import TurnDetectionUnsupported
from rtdebug.rules.audio.vad_false_triggers import VadFalseTriggers
from rtdebug.rules.audio.vad_never_triggered import VadNeverTriggered
from rtdebug.rules.client.capture_lossy import CaptureLossy
from rtdebug.rules.client.capture_truncated import CaptureTruncated
from rtdebug.rules.client.client_exception import ClientException
from rtdebug.rules.client.client_handler_exception import ClientHandlerException
from rtdebug.rules.client.client_left_waiting import ClientLeftWaiting
from rtdebug.rules.client.client_library_mismatch import ClientLibraryMismatch
from rtdebug.rules.client.client_partial_frame import ClientPartialFrame
from rtdebug.rules.client.client_playback_only import ClientPlaybackOnly
from rtdebug.rules.client.client_receive_loop_blocked import ClientReceiveLoopBlocked
from rtdebug.rules.client.client_refuses_event import ClientRefusesEvent
from rtdebug.rules.client.client_unknown_event_crash import ClientUnknownEventCrash
from rtdebug.rules.client.non_json_frame import NonJsonFrame
from rtdebug.rules.client.relay_hides_close import RelayHidesClose
from rtdebug.rules.grammar.audio_in_finished_response import AudioInFinishedResponse
from rtdebug.rules.grammar.breaches import Breaches
from rtdebug.rules.grammar.conversation_item_unbalanced import ConversationItemUnbalanced
from rtdebug.rules.grammar.error_for_unknown_event import ErrorForUnknownEvent
from rtdebug.rules.grammar.event_after_fatal_error import EventAfterFatalError
from rtdebug.rules.grammar.first_event_unexpected import FirstEventUnexpected
from rtdebug.rules.grammar.media_event_on_websocket import MediaEventOnWebsocket
from rtdebug.rules.grammar.session_recreated import SessionRecreated
from rtdebug.rules.grammar.speech_not_committed import SpeechNotCommitted
from rtdebug.rules.grammar.status_inconsistent import StatusInconsistent
from rtdebug.rules.grammar.transcription_of_unknown_item import TranscriptionOfUnknownItem
from rtdebug.rules.grammar.usage_inconsistent import UsageInconsistent
from rtdebug.rules.items.barge_in_without_truncate import BargeInWithoutTruncate
from rtdebug.rules.items.duplicate_item_id import DuplicateItemId
from rtdebug.rules.items.truncate_beyond_audio import TruncateBeyondAudio
from rtdebug.rules.items.unknown_previous_item_id import UnknownPreviousItemId
from rtdebug.rules.items.wrong_content_type_for_role import WrongContentTypeForRole
from rtdebug.rules.lifecycle.lapsed import Lapsed
from rtdebug.rules.lifecycle.peer_errors import PeerErrors
from rtdebug.rules.limits.rate_limit_low import RateLimitLow
from rtdebug.rules.limits.token_usage_growth import TokenUsageGrowth
from rtdebug.rules.response.audio_shorter_than_transcript import AudioShorterThanTranscript
from rtdebug.rules.response.audio_without_transcript import AudioWithoutTranscript
from rtdebug.rules.response.close_mid_response import CloseMidResponse
from rtdebug.rules.response.empty_response import EmptyResponse
from rtdebug.rules.response.metadata_not_echoed import MetadataNotEchoed
from rtdebug.rules.response.no_response_create import NoResponseCreate
from rtdebug.rules.response.off_topic_first_text_response import OffTopicFirstTextResponse
from rtdebug.rules.response.out_of_band_context_missing import OutOfBandContextMissing
from rtdebug.rules.response.output_deltas_missing import OutputDeltasMissing
from rtdebug.rules.response.overlapping_audio_responses import OverlappingAudioResponses
from rtdebug.rules.response.parallel_tool_response_race import ParallelToolResponseRace
from rtdebug.rules.response.response_create_unanswered import (
    ResponseCreateUnanswered,
    ResponseTimedOut,
)
from rtdebug.rules.response.response_done_missing import ResponseDoneMissing
from rtdebug.rules.response.response_stalled_after_created import ResponseStalledAfterCreated
from rtdebug.rules.response.response_stalled_mid_stream import ResponseStalledMidStream
from rtdebug.rules.response.text_instead_of_audio import TextInsteadOfAudio
from rtdebug.rules.response.transcript_without_audio import TranscriptWithoutAudio
from rtdebug.rules.response.vad_create_response_off import VadCreateResponseOff
from rtdebug.rules.said.closes import Closes
from rtdebug.rules.said.error_events import ErrorEvents
from rtdebug.rules.said.refusals import Refusals
from rtdebug.rules.said.response_ends import ResponseEnds
from rtdebug.rules.said.third_party_request import ThirdPartyRequest
from rtdebug.rules.said.transcriptions import Transcriptions
from rtdebug.rules.session.azure_endpoint_mismatch import AzureEndpointMismatch
from rtdebug.rules.session.client_options_not_sent import ClientOptionsNotSent
from rtdebug.rules.session.close_1000_unexplained import Close1000Unexplained
from rtdebug.rules.session.ephemeral_key_problem import EphemeralKeyProblem
from rtdebug.rules.session.ga_beta_event_mix import GaBetaEventMix
from rtdebug.rules.session.ga_beta_field_mix import GaBetaFieldMix
from rtdebug.rules.session.handshake_bad_scheme_or_subprotocol import (
    HandshakeBadSchemeOrSubprotocol,
)
from rtdebug.rules.session.no_session_created import NoSessionCreated
from rtdebug.rules.session.other_protocol import OtherProtocol
from rtdebug.rules.session.request_unanswered import (
    ClearUnanswered,
    CommitUnanswered,
    DeleteUnanswered,
    ItemCreateUnanswered,
    RequestTimedOut,
    RetrieveUnanswered,
    TruncateUnanswered,
)
from rtdebug.rules.session.server_died_of_request import ServerDiedOfRequest
from rtdebug.rules.session.session_update_before_created import SessionUpdateBeforeCreated
from rtdebug.rules.session.session_update_not_applied import SessionUpdateNotApplied
from rtdebug.rules.session.session_update_unanswered import SessionUpdateUnanswered
from rtdebug.rules.session.transcription_session_mixup import TranscriptionSessionMixup
from rtdebug.rules.session.turn_detection_not_off import TurnDetectionNotOff
from rtdebug.rules.tools.answer_before_tool_output import AnswerBeforeToolOutput
from rtdebug.rules.tools.mcp_tools_failed import McpToolsFailed
from rtdebug.rules.tools.tool_arguments_invalid_json import ToolArgumentsInvalidJson
from rtdebug.rules.tools.tool_call_id_missing import ToolCallIdMissing
from rtdebug.rules.tools.tool_call_id_unknown import ToolCallIdUnknown
from rtdebug.rules.tools.tool_output_missing import ToolOutputMissing
from rtdebug.rules.tools.tool_output_not_string import ToolOutputNotString
from rtdebug.rules.tools.tool_response_create_missing import ToolResponseCreateMissing
from rtdebug.rules.transcription.transcription_not_enabled import TranscriptionNotEnabled
from rtdebug.rules.transcription.transcription_order_assumed import TranscriptionOrderAssumed
from rtdebug.rules.transcription.transcription_stalled import TranscriptionStalled
from rtdebug.rules.webrtc.data_channel_closed import DataChannelClosed
from rtdebug.rules.webrtc.webrtc_call_refused import WebrtcCallRefused
from rtdebug.rules.webrtc.webrtc_connection_failed import WebrtcConnectionFailed
from rtdebug.rules.webrtc.webrtc_connection_lost import WebrtcConnectionLost
from rtdebug.rules.wire.message_too_large_to_judge import MessageTooLargeToJudge
from rtdebug.rules.wire.observer_paused import ObserverPaused
from rtdebug.rules.wire.protocol_violation import ProtocolViolation

SAID: tuple[type[NeutralRule], ...] = (
    Refusals,
    ErrorEvents,
    ThirdPartyRequest,
    ResponseEnds,
    Transcriptions,
    Closes,
)
SESSION: tuple[type[NeutralRule], ...] = (
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
    RequestTimedOut,
    AzureEndpointMismatch,
    ClientOptionsNotSent,
    EphemeralKeyProblem,
    GaBetaEventMix,
    GaBetaFieldMix,
    HandshakeBadSchemeOrSubprotocol,
    OtherProtocol,
    ServerDiedOfRequest,
    SessionUpdateBeforeCreated,
    TranscriptionSessionMixup,
    TurnDetectionNotOff,
)
RESPONSE: tuple[type[NeutralRule], ...] = (
    MetadataNotEchoed,
    NoResponseCreate,
    ResponseCreateUnanswered,
    ResponseTimedOut,
    ResponseStalledAfterCreated,
    ResponseStalledMidStream,
    ResponseDoneMissing,
    OutputDeltasMissing,
    EmptyResponse,
    CloseMidResponse,
    AudioShorterThanTranscript,
    AudioWithoutTranscript,
    OffTopicFirstTextResponse,
    OutOfBandContextMissing,
    OverlappingAudioResponses,
    ParallelToolResponseRace,
    TextInsteadOfAudio,
    TranscriptWithoutAudio,
    VadCreateResponseOff,
)
LIFECYCLE: tuple[type[NeutralRule], ...] = (PeerErrors, Lapsed)
AUDIO: tuple[type[NeutralRule], ...] = (
    AudioFormatMismatch,
    AudioInvalidBase64,
    CommitConflictsWithVad,
    CommitMissing,
    IdleTimeoutTriggered,
    SpeechNeverStops,
    VadFalseTriggers,
    VadNeverTriggered,
    AudioAllZero,
    AudioTooQuiet,
    TurnDetectionUnsupported,
    AudioClipped,
)
ITEMS: tuple[type[NeutralRule], ...] = (
    BargeInWithoutTruncate,
    DuplicateItemId,
    TruncateBeyondAudio,
    UnknownPreviousItemId,
    WrongContentTypeForRole,
)
TOOLS: tuple[type[NeutralRule], ...] = (
    AnswerBeforeToolOutput,
    McpToolsFailed,
    ToolArgumentsInvalidJson,
    ToolCallIdMissing,
    ToolCallIdUnknown,
    ToolOutputMissing,
    ToolOutputNotString,
    ToolResponseCreateMissing,
)
TRANSCRIPTION: tuple[type[NeutralRule], ...] = (
    TranscriptionNotEnabled,
    TranscriptionOrderAssumed,
    TranscriptionStalled,
)
CLIENT: tuple[type[NeutralRule], ...] = (
    CaptureLossy,
    CaptureTruncated,
    ClientException,
    ClientHandlerException,
    ClientLeftWaiting,
    ClientLibraryMismatch,
    ClientPartialFrame,
    NonJsonFrame,
    ClientPlaybackOnly,
    ClientReceiveLoopBlocked,
    ClientRefusesEvent,
    ClientUnknownEventCrash,
    RelayHidesClose,
)
LIMITS: tuple[type[NeutralRule], ...] = (
    RateLimitLow,
    TokenUsageGrowth,
)
GRAMMAR: tuple[type[NeutralRule], ...] = (
    Breaches,
    AudioInFinishedResponse,
    ConversationItemUnbalanced,
    ErrorForUnknownEvent,
    EventAfterFatalError,
    FirstEventUnexpected,
    MediaEventOnWebsocket,
    SessionRecreated,
    SpeechNotCommitted,
    StatusInconsistent,
    TranscriptionOfUnknownItem,
    UsageInconsistent,
)
WIRE: tuple[type[NeutralRule], ...] = (
    ProtocolViolation,
    MessageTooLargeToJudge,
    ObserverPaused,
)
WEBRTC: tuple[type[NeutralRule], ...] = (
    DataChannelClosed,
    WebrtcCallRefused,
    WebrtcConnectionFailed,
    WebrtcConnectionLost,
)
RULES: tuple[type[NeutralRule], ...] = (
    SAID
    + SESSION
    + RESPONSE
    + AUDIO
    + ITEMS
    + TOOLS
    + TRANSCRIPTION
    + CLIENT
    + LIMITS
    + LIFECYCLE
    + GRAMMAR
    + WIRE
    + WEBRTC
)

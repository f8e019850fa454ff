"""How a session is set up: settings that do not take, keys, endpoints, and quiet ends."""

from __future__ import annotations

from typing import Any

import pytest
from logs import PASTED, URL, Log, Payload, begun, done, error, named, settings

from rtdebug.model.records import Opened, Refused, Remark, Sender, Step

NOT_APPLIED = "session-update-not-applied"
EARLY = "session-update-before-created"
MIXUP = "transcription-session-mixup"
QUIET = "close-1000-unexplained"
KEY = "ephemeral-key-problem"
AZURE = "azure-endpoint-mismatch"
SCHEME = "handshake-bad-scheme-or-subprotocol"


def without_session(log: Log, status: int, url: str | None = URL, text: str = "no") -> Log:
    log.records.append(Refused(0.0, Step.UPGRADE, text, url, status))
    return log


# -- settings that are confirmed otherwise ---------------------------------------------------------


def confirmed(asked: Any, got: Any) -> list[str]:
    log = begun().client("session.update", session=asked)
    log.server("session.updated", session=got)
    found = named(log.judged(), NOT_APPLIED)
    assert all(one.evidence == (2, 3) for one in found)
    return [one.message for one in found]


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ({"speed": 1.5}, {"speed": 1.0}),
        ({"instructions": "Be brief."}, {"instructions": "Be long."}),
        ({"output_modalities": ["audio"]}, {"output_modalities": ["text"]}),
        ({"output_modalities": ["audio"]}, {"output_modalities": "audio"}),
        ({"turn": {"type": "server_vad"}}, {"turn": "off"}),
        ({"turn": {"type": "semantic_vad"}}, {"turn": {"type": "server_vad"}}),
        ({"include": ["a"]}, {"include": ["a", "b"]}),
    ],
)
def test_another_value_than_was_asked_for_is_told(asked: Payload, got: Payload) -> None:
    (message,) = confirmed(asked, got)
    assert f"session/{next(iter(asked))}" in message


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ({"speed": 1.5}, {"speed": 1.5}),
        ({"speed": 1.5}, {}),
        ({"speed": None}, {"speed": 1.0}),
        ({"instructions": ""}, {"instructions": "You are helpful."}),
        ({"instructions": " Be brief.\n"}, {"instructions": "Be brief."}),
        ({"output_modalities": ["text", "audio"]}, {"output_modalities": ["audio", "text"]}),
        ({"list": [{"a": 1}]}, {"list": [{"a": 2, "b": 3}]}),
        ({"list": ["a"]}, {"list": [{"a": 2}]}),
        ({"turn": {"type": "server_vad"}}, {"turn": None}),
        ({"turn": {"eagerness": "low"}}, {"turn": "off"}),
        ({"voice": "marin"}, {"voice": {"id": "marin"}}),
        ({"tools": "a", "tracing": "auto", "prompt": {"id": "p"}}, {"tools": "b", "tracing": None,
                                                                    "prompt": {"id": "q"}}),
        ("nothing", {}),
        ({}, "nothing"),
    ],
)  # fmt: skip
def test_what_is_the_same_or_not_said_is_no_difference(asked: Any, got: Any) -> None:
    assert confirmed(asked, got) == []


def test_four_places_are_named_and_the_rest_counted() -> None:
    asked = {name: 1 for name in "abcdef"}
    got = {name: 2 for name in "abcdef"}
    (message,) = confirmed(asked, got)
    assert message.count("was asked to be 1 and is 2") == 4
    assert message.endswith(" and 2 more")
    del asked["e"], asked["f"]
    (message,) = confirmed(asked, got)
    assert "more" not in message


def test_a_setting_beside_one_that_is_never_echoed_counts() -> None:
    assert confirmed({"toolset": "a"}, {"toolset": "b"})
    inside = {"audio": {"input": {"transcription": {"delay": "low"}}}}
    other = {"audio": {"input": {"transcription": {"delay": "high"}}}}
    assert confirmed(inside, other) == []


def test_an_update_that_nobody_asked_for_is_held_against_nothing() -> None:
    log = begun().server("session.updated", session={"speed": 2})
    assert named(log.judged(), NOT_APPLIED) == []


# -- before the session was there ------------------------------------------------------------------


def test_settings_sent_before_the_session_are_told() -> None:
    log = Log().opened().client("session.update", session={})
    log.server("session.created", session=settings())
    (found,) = log.watched(EARLY)
    assert found.evidence == (1, 2)
    assert "event 1 (session.update) was sent before event 2" in found.message
    log.server("session.created", session=settings())
    assert len(log.watched(EARLY)) == 1


def test_settings_in_time_or_none_at_all_are_fine() -> None:
    assert begun().watched(EARLY) == []
    log = begun().client("session.update", session={})
    assert log.server("session.created", session=settings()).watched(EARLY) == []


# -- one kind of session asked for in another ------------------------------------------------------


def mixed(asked: Payload, session: Payload | None, url: str | None = URL) -> str:
    log = Log().opened(url or "wss://x.example.com")
    if session is not None:
        log.server("session.created", session=session)
    log.client("session.update", session=asked)
    found = named(log.given_up(9).judged(), MIXUP)
    return found[0].message if found else ""


def test_a_session_of_the_other_kind_is_told_with_what_shows_it() -> None:
    transcription, realtime = {"type": "transcription"}, {"type": "realtime"}
    said = mixed(realtime, transcription)
    assert said == (
        "event 2 (session.update) asks for a realtime session, but the server opened a "
        "transcription session"
    )
    said = mixed(transcription, settings())
    assert said.endswith("the server opened a conversation")
    said = mixed(transcription, {"output_modalities": ["text"]})
    assert said.endswith("the server opened a conversation")
    said = mixed(realtime, None, "wss://x.example.com/v1/realtime?intent=transcription")
    assert "intent=transcription" in said
    said = mixed(transcription, None)
    assert "model=" in said


def test_the_same_kind_or_an_unknown_one_is_no_mixup() -> None:
    assert mixed({"type": "realtime"}, settings()) == ""
    assert mixed({"type": "transcription"}, {"type": "transcription"}) == ""
    assert mixed({}, {"type": "transcription"}) == ""
    assert mixed({"type": "voice"}, settings()) == ""
    assert mixed({"type": "transcription"}, {}, "wss://x.example.com") == ""
    assert mixed({"type": "transcription"}, None, None) == ""


def test_its_evidence_is_the_session_and_the_update() -> None:
    log = begun().client("session.update", session={"type": "transcription"})
    assert named(log.given_up(9).judged(), MIXUP)[0].evidence == (1, 2)


# -- a quiet end -----------------------------------------------------------------------------------


def hung_up(after: float = 0.5, code: int = 1000, reason: str = "",
            by: Sender | None = Sender.SERVER) -> Log:  # fmt: skip
    return begun().client("response.create").closed(after, code, reason, by)


def test_a_server_that_hangs_up_without_a_word_is_told() -> None:
    (found,) = hung_up().watched(QUIET)
    assert found.evidence == (2,)
    assert "0.50 s after event 2 (response.create)" in found.message
    assert hung_up(code=1005).watched(QUIET)
    assert hung_up(by=None).watched(QUIET)
    assert hung_up(0.99).watched(QUIET)


def test_a_close_that_is_explained_or_wished_is_not_quiet() -> None:
    assert hung_up(1.2).watched(QUIET) == []
    assert hung_up(code=1011).watched(QUIET) == []
    assert hung_up(reason="bye").watched(QUIET) == []
    assert hung_up(by=Sender.CLIENT).watched(QUIET) == []
    watched = begun().client("response.create").ended(0.1)
    assert watched.closed(0.5, by=Sender.SERVER).watched(QUIET) == []
    assert begun().closed(0.5, by=Sender.SERVER).watched(QUIET) == []
    assert Log().opened().closed(0.5, by=Sender.SERVER).watched(QUIET) == []
    open_ = begun().server("response.created", response=done("r1"))
    open_.client("input_audio_buffer.clear")
    assert open_.closed(0.5, by=Sender.SERVER).watched(QUIET) == []


# -- keys that soon expire -------------------------------------------------------------------------


def signed(value: str = "Bearer ek_***", url: str = URL) -> Log:
    log = Log()
    log.records.append(Opened(0.0, url, None, (("Authorization", value),)))
    return log


@pytest.mark.parametrize("code", ["invalid_api_key", "invalid_authentication", "token_expired"])
def test_a_short_lived_key_that_is_refused_is_told(code: str) -> None:
    log = signed().server("error", error=error(code, "No."))
    (found,) = named(log.judged(), KEY)
    assert found.evidence == (1,)
    assert code in found.message or code == "token_expired"


def test_it_is_told_of_the_upgrade_and_the_close_as_well() -> None:
    said = Log()
    said.records.append(Remark(0.0, "const key = 'ek_123'", 3))
    (found,) = named(without_session(said, 401).judged(), KEY)
    assert "the upgrade was refused with 401" in found.message
    log = signed().closed(0.1, 3000, "invalid_request_error.invalid_api_key", Sender.SERVER)
    (found,) = named(log.judged(), KEY)
    assert "the server closed with 3000" in found.message
    in_url = signed("Bearer x", f"{URL}&key=ek_***")
    assert named(in_url.server("error", error=error("invalid_api_key", "No.")).judged(), KEY)


def test_a_long_lived_key_or_another_refusal_is_none() -> None:
    log = signed("Bearer sk-***").server("error", error=error("invalid_api_key", "No."))
    assert named(log.judged(), KEY) == []
    assert named(signed().server("error", error=error("invalid_value", "No.")).judged(), KEY) == []
    said = Log().says("client_secret expires")
    assert named(without_session(said, 403).judged(), KEY) == []
    assert named(signed().closed(0.1, 1011, "boom", Sender.SERVER).judged(), KEY) == []
    unopened = Log().server("error", error=error("invalid_api_key", "No."))
    assert named(unopened.judged(), KEY) == []


def test_an_error_comes_before_the_close_that_follows_it() -> None:
    log = signed().server("error", error=error("invalid_api_key", "No."))
    log.closed(0.1, 3000, "invalid_api_key", Sender.SERVER)
    (found,) = named(log.judged(), KEY)
    assert "refused it with invalid_api_key" in found.message


# -- where Azure listens ---------------------------------------------------------------------------

GA = "wss://a.openai.azure.com/openai/v1/realtime?model=m"
PREVIEW = "wss://a.openai.azure.com/openai/realtime?api-version=1&deployment=d"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"{GA}&api-version=1", "takes no api-version"),
        (PREVIEW.replace("api-version=1&", ""), "needs api-version and deployment"),
        (PREVIEW.replace("&deployment=d", ""), "needs api-version and deployment"),
        ("wss://a.openai.azure.com/v1/realtime", "OpenAI's path"),
        (GA, None), (PREVIEW, None), (URL, None),
        ("a wss://a.azure.com/openai/realtime", None), ("", None),
    ],
)  # fmt: skip
def test_an_azure_url_is_held_against_itself(url: str, words: str | None) -> None:
    log = Log().opened(url).closed(0.1, 1006, by=Sender.SERVER)
    found = named(log.judged(), AZURE)
    assert bool(found) is (words is not None)
    if words:
        assert words in found[0].message
        assert "closed with 1006" in found[0].message


BAD = f"{GA}&api-version=1"


@pytest.mark.parametrize(
    ("code", "by", "told"),
    [
        (1006, Sender.CLIENT, False), (1000, Sender.CLIENT, False), (1011, Sender.CLIENT, True),
        (1000, Sender.SERVER, False), (1008, Sender.SERVER, True), (1008, None, True),
    ],
)  # fmt: skip
def test_only_a_close_that_nobody_wished_may_be_for_the_url(
    code: int, by: Sender | None, told: bool
) -> None:
    assert bool(named(Log().opened(BAD).closed(0.1, code, by=by).judged(), AZURE)) is told


def test_a_normal_close_after_audio_may_be_for_the_url() -> None:
    log = Log().opened(BAD).client("input_audio_buffer.append", audio="AAAA")
    assert named(log.closed(0.1, 1000, by=Sender.SERVER).judged(), AZURE)


@pytest.mark.parametrize(("status", "told"), [(400, True), (401, True), (404, True), (500, False)])
def test_a_refusal_without_its_url_takes_the_one_that_a_line_names(status: int, told: bool) -> None:
    log = without_session(Log().says(f"connecting to {BAD} ..."), status, None)
    found = named(log.judged(), AZURE)
    assert bool(found) is told
    if told:
        assert f"refused with {status}" in found[0].message


def test_a_line_about_something_else_names_no_endpoint() -> None:
    log = Log().says("see https://learn.azure.com/openai/v1/docs?api-version=1")
    assert named(without_session(log, 404, None).judged(), AZURE) == []
    good = Log().says(f"url {PREVIEW}").says(f"old url {BAD}")
    assert named(without_session(good, 404, None).judged(), AZURE) == []


def new_shape(url: str, session: Payload, *, answer: bool) -> Log:
    log = Log().opened(url).client("session.update", session=session)
    log.client("session.update", session={"audio": {}})
    return log.server("session.updated", session={}) if answer else log


@pytest.mark.parametrize("session", [{"audio": {}}, {"output_modalities": ["text"]}])
def test_the_new_shape_at_the_old_endpoint_is_told_if_it_is_not_taken(session: Payload) -> None:
    (found,) = named(new_shape(PREVIEW, session, answer=False).judged(), AZURE)
    assert found.evidence == (1,)
    assert "but event 1 has the GA shape" in found.message
    assert named(new_shape(PREVIEW, session, answer=True).judged(), AZURE) == []
    assert named(new_shape(GA, session, answer=False).judged(), AZURE) == []
    assert named(Log().opened(PREVIEW).client("session.update", session={"voice": "a"}).judged(),
                 AZURE) == []  # fmt: skip


# -- what a library says of the address ------------------------------------------------------------

WORDS = "ValueError: scheme isn't ws or wss"
OFFER = "subprotocols: ['realtime', 'openai-beta.realtime-v1']"


def test_the_old_subprotocol_is_told_where_the_upgrade_fails() -> None:
    (found,) = named(without_session(Log().says(OFFER), 400).judged(), SCHEME)
    assert "openai-beta.realtime-v1" in found.message
    assert named(Log().says(OFFER).judged(view=PASTED), SCHEME) == []


def test_words_about_a_scheme_after_a_session_mean_another_connection() -> None:
    assert named(Log().says(WORDS).judged(view=PASTED), SCHEME)
    assert named(begun().says(WORDS).judged(), SCHEME) == []
    assert named(Log().client("session.update").says(WORDS).judged(view=PASTED), SCHEME) == []
    after = without_session(Log().says(OFFER).server("session.created", session=settings()), 400)
    assert named(after.judged(), SCHEME) == []


@pytest.mark.parametrize("text", ["Invalid URL scheme", "Sub-protocol not supported"])
def test_what_the_refusal_names_itself_is_not_told_twice(text: str) -> None:
    log = without_session(Log().says(OFFER), 400, text=text)
    assert [one.count for one in named(log.judged(), SCHEME)] == [1]


def test_the_first_line_that_complains_is_quoted() -> None:
    log = Log().says(WORDS).says("Error: invalid URL protocol")
    (found,) = named(log.judged(view=PASTED), SCHEME)
    assert WORDS in found.message


# -- a server that ends at a request ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason", "by", "causes"),
    [
        (1006, "", Sender.SERVER, 2),
        (1011, "Internal error", Sender.SERVER, 1),
        (1011, "quota", Sender.SERVER, 0),
        (1011, "", Sender.CLIENT, 0),
        (1000, "", Sender.SERVER, 0),
    ],
)
def test_a_server_that_ends_without_a_word_died_of_the_request(
    code: int, reason: str, by: Sender, causes: int
) -> None:
    log = begun(vad=False).client("response.create").closed(0.1, code, reason, by)
    found = named(log.judged(), "server-died-of-request")
    assert [len(one.causes) for one in found] == ([causes] if causes else [])
    if found:
        others = [one for one in log.judged() if one.name.startswith("close-1")]
        assert [one.under for one in others] == ["server-died-of-request"]

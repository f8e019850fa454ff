"""What the record shows moves causes up, or rules them out."""

from __future__ import annotations

import pytest
from logs import URL, Log, begun, done, error, named

from rtdebug.catalogue.book import entry, names
from rtdebug.engine.weighing import is_sign
from rtdebug.model.records import Opened, Refused, Sender, Step

DISABLED = error("beta_api_shape_disabled", "The Realtime Beta API is no longer supported.")
BETA = ("OpenAI-Beta", "realtime=v1")
AGENT = ("User-Agent", "app/1")


@pytest.mark.parametrize(
    ("headers", "url", "first", "header_named"),
    [
        ((AGENT, BETA), URL, "The header OpenAI-Beta", True),
        ((AGENT,), URL + "&intent=transcription", "The URL asks", False),
        ((), URL, "The header OpenAI-Beta", True),  # nothing is known of the request
    ],
)
def test_headers_and_url_tell_which_sign_of_the_beta_it_was(
    headers: tuple[tuple[str, str], ...], url: str, first: str, header_named: bool
) -> None:
    log = Log()
    log.records.append(Opened(0.0, url, None, headers, 101))
    found = named(log.server("error", error=DISABLED).closed().judged(), "beta-api-disabled")[0]
    assert found.causes[0].text.startswith(first)
    assert any(one.text.startswith("The header") for one in found.causes) is header_named


@pytest.mark.parametrize(("times", "first"), [(1, "A passing fault"), (3, "Something in the")])
def test_what_fails_each_time_lies_in_the_conversation(times: int, first: str) -> None:
    log = begun(vad=False)
    for number in range(times):
        id_ = f"r{number}"
        log.client("response.create").server("response.created", response=done(id_))
        failed = {"type": "failed", "error": {"type": "server_error", "code": None}}
        body = {**done(id_, status="failed"), "status_details": failed, "output": []}
        log.server("response.done", response=body)
    (found,) = named(log.closed().judged(), "response-failed-server-error")
    assert found.causes[0].text.startswith(first)
    assert found.count == times


KEY = ("Authorization", "Bearer abc")
NO_KEY = "The client never sent the credentials"
WRONG_KEY = "The key is wrong or revoked"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ((AGENT, KEY), {WRONG_KEY}),
        ((), {NO_KEY, WRONG_KEY}),
    ],
)
def test_the_headers_of_a_refused_request_tell_whether_a_key_was_sent(
    asked: tuple[tuple[str, str], ...], kept: set[str]
) -> None:
    log = Log()
    log.records.append(Refused(0.1, Step.UPGRADE, "HTTP 401", URL, 401, asked=asked))
    (found,) = named(log.judged(), "handshake-401-unauthorized")
    texts = {one.text for one in found.causes}
    assert {
        one for one in (NO_KEY, WRONG_KEY) if any(text.startswith(one) for text in texts)
    } == kept
    assert not any("api-version" in text for text in texts)  # the URL has none


@pytest.mark.parametrize(("vad", "first"), [(True, "Turn detection is on"), (False, "The client")])
def test_settings_in_force_tell_who_emptied_the_buffer(vad: bool, first: str) -> None:
    log = begun(vad=vad).client("input_audio_buffer.commit")
    log.server("error", error=error("input_audio_buffer_commit_empty", "buffer too small"))
    (found,) = named(log.closed().judged(), "commit-empty-buffer")
    assert found.causes[0].text.startswith(first)


@pytest.mark.parametrize(("sender", "causes"), [(None, 4), (Sender.SERVER, 3)])
def test_a_loss_on_the_servers_side_is_not_the_clients(sender: Sender | None, causes: int) -> None:
    log = begun(vad=False)
    log.client("response.create").server("response.created", response=done("r1"))
    (found,) = named(log.closed(code=1006, by=sender).judged(), "close-1006-abnormal")
    assert len(found.causes) == causes


def test_an_azure_url_tells_which_of_its_mismatches_it_is() -> None:
    url = "wss://x.openai.azure.com/openai/v1/realtime?api-version=1&model=m"
    log = Log()
    log.records.append(Refused(0.1, Step.UPGRADE, "HTTP 401", url, 401))
    (found,) = named(log.judged(), "azure-endpoint-mismatch")
    assert [one.text for one in found.causes] == [
        "The GA path /openai/v1/realtime is called with api-version."
    ]


def test_each_sign_on_a_page_can_be_read() -> None:
    signs = [sign for name in names() for one in entry(name).signs for sign in one.values()]
    assert signs
    assert all(map(is_sign, signs))

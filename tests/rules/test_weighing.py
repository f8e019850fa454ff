"""What the record shows moves causes up, or rules them out."""

from __future__ import annotations

import pytest
from logs import URL, Log, begun, done, error, named

from rtdebug.catalogue.book import entry, names
from rtdebug.model.records import Opened, Refused, Sender, Step
from rtdebug.rules.said.weighing import ids

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


AZURE = "wss://res.openai.azure.com/openai/v1/realtime?model=rt"
KEY = ("api-key", "[redacted]")


@pytest.mark.parametrize(
    ("url", "asked", "texts"),
    [
        (AZURE, (), ["The client never", "The key is", "A short"]),
        (AZURE, (AGENT, KEY), ["The key is", "A short"]),
    ],
)
def test_a_credential_that_was_sent_is_not_said_to_be_missing(
    url: str, asked: tuple[tuple[str, str], ...], texts: list[str]
) -> None:
    log = Log()
    log.records.append(Refused(0.1, Step.UPGRADE, "HTTP 401", url, 401, asked=asked))
    (found,) = named(log.judged(), "handshake-401-unauthorized")
    assert len(found.causes) == len(texts)
    assert all(one.text.startswith(text) for one, text in zip(found.causes, texts, strict=True))


@pytest.mark.parametrize(("sender", "causes"), [(None, 4), (Sender.SERVER, 3)])
def test_a_loss_on_the_servers_side_is_not_the_clients(sender: Sender | None, causes: int) -> None:
    log = begun(vad=False)
    log.client("response.create").server("response.created", response=done("r1"))
    (found,) = named(log.closed(code=1006, by=sender).judged(), "close-1006-abnormal")
    assert len(found.causes) == causes


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


def test_each_sign_is_of_a_cause_that_a_page_has() -> None:
    known = {id_ for name in names() for id_ in entry(name).cause_ids}
    assert set(ids()) <= known

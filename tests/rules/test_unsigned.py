"""A refused upgrade whose request held no credential, or only a blank in place of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import write
from logs import Log, named

from rtdebug.captures.own import read_own
from rtdebug.model.records import Refused, Step
from rtdebug.redaction import DEFAULT

URL = "wss://api.example.com/v1/realtime?model=gpt-realtime"
AGENT = ("User-Agent", "app/1")
Headers = tuple[tuple[str, str], ...]


def refused(asked: Headers, url: str = URL, status: int = 401) -> Refused:
    return Refused(0.1, Step.UPGRADE, f"HTTP {status}", url, status, asked=asked)


def names(record: Refused) -> list[str]:
    log = Log()
    log.records.append(record)
    return [one.name for one in log.judged()]


@pytest.mark.parametrize(
    ("asked", "url", "unsigned"),
    [
        ((AGENT,), URL, True),
        ((AGENT, ("Authorization", "Bearer none")), URL, True),
        ((AGENT, ("authorization", "Bearer ")), URL, True),
        ((AGENT, ("api-key", "")), URL, True),
        ((AGENT, ("Authorization", "Bearer abc")), URL, False),
        ((AGENT, ("api-key", "[redacted]")), URL, False),
        ((AGENT, ("Cookie", "session=1")), URL, False),
        ((AGENT, ("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.x")), URL, False),
        ((AGENT, ("Sec-WebSocket-Key", "x3JJHMbDL1EzLkh9GBhXDw==")), URL, True),
        ((AGENT,), f"{URL}&key=abc", False),
        ((), URL, False),  # the record does not have the request
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_without_a_credential_it_is_named(
    asked: Headers, url: str, unsigned: bool, status: int
) -> None:
    assert ("missing-credentials" in names(refused(asked, url, status))) is unsigned


def test_another_refusal_has_another_cause() -> None:
    assert "missing-credentials" not in names(refused((AGENT,), status=404))


def test_a_blank_is_quoted() -> None:
    log = Log()
    log.records.append(refused((AGENT, ("Authorization", "Bearer none"))))
    (found,) = named(log.judged(), "missing-credentials")
    assert '"Bearer none" in place of a key' in found.message


def test_the_request_is_kept_masked_and_read_back(tmp_path: Path) -> None:
    asked = (AGENT, ("Authorization", "Bearer sk-secret0123456789"), ("api-key", "none"))
    masked = DEFAULT.headers(asked)
    assert masked == (AGENT, ("Authorization", "Bearer sk-[redacted]"), ("api-key", "none"))
    path = tmp_path / "capture.jsonl"
    write(path, [refused(masked)])
    with path.open("rb") as stream:
        (back,) = read_own(str(path), stream).records
    assert isinstance(back, Refused)
    assert back.asked == masked

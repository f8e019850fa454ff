"""The page that is served while something is watched: to whom, and what is new for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from rtdebug.wire.web import serve_page


def counting() -> Callable[[], list[str]]:
    """News that come once, and then no more."""
    left = [["one", "two"]]
    return lambda: left.pop() if left else []


async def asked(address: str, path: str, **headers: str) -> tuple[int, str]:
    """Status and text of a request written by hand."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    lines = [f"GET {path} HTTP/1.1", f"Host: {headers.pop('Host', place.netloc)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = (await asyncio.wait_for(reader.read(), 5)).decode()
    writer.close()
    return int(answer.split()[1]), answer


def served(act: Callable[[str], Any]) -> Any:
    async def main() -> Any:
        async with serve_page(lambda sources: f"<p>{sources}</p>", counting) as address:
            return await act(address)

    return asyncio.run(main())


def path_of(address: str) -> str:
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def test_the_page_goes_to_whoever_has_the_token() -> None:
    status, text = served(lambda address: asked(address, path_of(address)))
    assert status == 200
    assert "Content-Type: text/html; charset=utf-8" in text
    assert "Cache-Control: no-store" in text
    assert "<p>ws://127.0.0.1:" in text


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 403),
        ("/?token=", {}, 403),
        ("/?token=wrong", {}, 403),
        ("/events", {"Origin": "{origin}"}, 403),
        ("{path}", {"Host": "rebound.test"}, 421),
        ("{path}", {"Host": "192.0.2.1"}, 421),
        ("{path}", {"Origin": "http://elsewhere.test"}, 403),
        ("{path}", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("/other{query}", {}, 404),
    ],
)
def test_nobody_else_gets_anything(path: str, headers: dict[str, str], status: int) -> None:
    async def ask(address: str) -> tuple[int, str]:
        place = urlsplit(address)
        words = {
            "path": path_of(address),
            "query": f"?{place.query}",
            "origin": f"http://{place.netloc}",
        }
        given = {name: value.format(**words) for name, value in headers.items()}
        return await asked(address, path.format(**words), **given)

    seen, text = served(ask)
    assert seen == status
    assert "<p>" not in text


async def heard(address: str, origin: str | None) -> list[str]:
    place = urlsplit(address)
    async with connect(f"ws://{place.netloc}/events?{place.query}", origin=origin) as connection:  # type: ignore[arg-type]
        return [await asyncio.wait_for(connection.recv(), 5) for _ in range(2)]  # type: ignore[misc]


def test_the_page_is_told_what_is_new() -> None:
    assert served(lambda address: heard(address, f"http://{urlsplit(address).netloc}")) == [
        "one",
        "two",
    ]


@pytest.mark.parametrize("origin", [None, "http://elsewhere.test", "null"])
def test_a_foreign_page_hears_nothing(origin: str | None) -> None:
    with pytest.raises(InvalidStatus):
        served(lambda address: heard(address, origin))


def test_the_last_news_are_told_before_the_end() -> None:
    """Whoever stops watching leaves a page that has all of it."""

    async def main() -> list[str]:
        news: list[str] = []
        texts: list[str] = []
        async with serve_page(
            lambda _: "", lambda: lambda: [news.pop()] if news else []
        ) as address:
            place = urlsplit(address)
            connection = await connect(
                f"ws://{place.netloc}/events?{place.query}", origin=f"http://{place.netloc}"
            )  # type: ignore[arg-type]
            await asyncio.sleep(0)
            news.append("last")
        async for text in connection:
            texts.append(str(text))
        await connection.close()
        return texts

    assert asyncio.run(main()) == ["last"]

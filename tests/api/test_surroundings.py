"""Which variables a command is given, by where it would have gone and what it has already."""

from __future__ import annotations

import pytest

from rtdebug.api.surroundings import Address, Surroundings, default_upstream, surroundings

PLAIN = Address("127.0.0.1", 4000, secure=False)
TLS = Address("127.0.0.1", 4000, secure=True, ca="/x/ca.pem", bundle="/x/bundle.pem")


def given(upstream: str, address: Address = PLAIN, **environ: str) -> Surroundings:
    return surroundings(upstream, address, environ)


def test_before_the_mock_every_sdk_is_led_to_the_proxy_and_starts_without_a_key() -> None:
    around = given("mock")
    environ = around.environ
    assert environ["OPENAI_BASE_URL"] == environ["OPENAI_API_BASE"] == "http://127.0.0.1:4000/v1"
    assert environ["OPENAI_REALTIME_URL"] == environ["RTDEBUG_URL"]
    assert environ["RTDEBUG_URL"] == "ws://127.0.0.1:4000/v1/realtime"
    assert environ["AZURE_OPENAI_ENDPOINT"] == "http://127.0.0.1:4000"
    assert environ["GOOGLE_GEMINI_BASE_URL"] == "http://127.0.0.1:4000"
    assert around.keys == ("OPENAI_API_KEY",)
    assert "SSL_CERT_FILE" not in environ
    assert given("mock", OPENAI_API_KEY="own").environ["OPENAI_API_KEY"] == "own"


def test_no_key_of_one_provider_is_led_to_another() -> None:
    names = set(given("wss://api.openai.com/v1").urls)
    assert names == {"OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_REALTIME_URL", "RTDEBUG_URL"}
    azure = given("https://me.openai.azure.com", OPENAI_BASE_URL="https://api.openai.com/v1")
    assert azure.environ["AZURE_OPENAI_ENDPOINT"] == "http://127.0.0.1:4000"
    assert azure.environ["OPENAI_BASE_URL"] == "https://api.openai.com/v1"
    assert "GOOGLE_GEMINI_BASE_URL" not in azure.environ
    assert given("wss://api.openai.com/v1").keys == ()


def test_what_names_the_upstream_already_keeps_its_path() -> None:
    url = "https://me.openai.azure.com/openai/v1/"
    around = given("wss://me.openai.azure.com", OPENAI_BASE_URL=url)
    assert around.environ["OPENAI_BASE_URL"] == "http://127.0.0.1:4000/openai/v1/"


def test_the_module_openai_is_told_which_provider_is_meant_where_both_are_there() -> None:
    assert given("mock").environ["OPENAI_API_TYPE"] == "openai"
    assert "OPENAI_API_TYPE" not in given("mock", AZURE_OPENAI_API_KEY="own").environ


def test_tls_comes_with_what_makes_clients_trust_it() -> None:
    environ = given("mock", TLS).environ
    assert environ["OPENAI_BASE_URL"] == "https://127.0.0.1:4000/v1"
    assert environ["NODE_EXTRA_CA_CERTS"] == "/x/ca.pem"
    assert environ["SSL_CERT_FILE"] == environ["REQUESTS_CA_BUNDLE"] == "/x/bundle.pem"


def test_a_proxy_of_the_environment_is_not_asked_for_the_loopback() -> None:
    environ = given("mock", https_proxy="http://proxy:3128", NO_PROXY="intranet").environ
    assert environ["NO_PROXY"] == "intranet,127.0.0.1,localhost"
    assert "NO_PROXY" not in given("mock").environ


@pytest.mark.parametrize(
    ("environ", "pack", "upstream"),
    [
        ({}, None, "wss://api.openai.com/v1"),
        ({"OPENAI_BASE_URL": "http://box:8000/v1"}, None, "http://box:8000/v1"),
        ({"OPENAI_API_TYPE": "openai"}, None, "wss://api.openai.com/v1"),
        ({}, "gemini-live", "wss://generativelanguage.googleapis.com"),
        ({}, "openai-realtime-beta", "wss://api.openai.com/v1"),
    ],
)
def test_without_an_upstream_it_is_where_the_command_would_have_gone(
    environ: dict[str, str], pack: str | None, upstream: str
) -> None:
    assert default_upstream(environ, pack) == upstream

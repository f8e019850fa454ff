"""Placeholders: what they stand for, which type it has, what cannot be named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtdebug.scenario.substitution import (
    MISSING,
    Names,
    SubstitutionError,
    conceal,
    looks_secret,
    part_of,
    substitute,
    tokens_of,
    typed_as,
    used_secrets,
)

VALUES = {"name": "Ada", "n": 3, "half": 0.5, "yes": True, "none": None,
          "list": [1, {"a": "b"}], "map": {"a": {"b.c": 1}}}  # fmt: skip
ENV = {"USER": "ada", "EMPTY": "", "RATE": "16000", "OPENAI_API_KEY": "sk-000000"}
SCOPE = Names(VALUES, ENV)

GOOD: list[tuple[Any, Any]] = [
    ("plain", "plain"),
    ("$name {name} $", "$name {name} $"),
    ("${name}", "Ada"),
    ("${ name }", "Ada"),
    ("${n}", 3),
    ("${half}", 0.5),
    ("${yes}", True),
    ("${none}", None),
    ("${list}", [1, {"a": "b"}]),
    ("${list.1.a}", "b"),
    ("${list.-1.a}", "b"),
    ("${map.a}", {"b.c": 1}),
    ("Hello ${name}, ${n}!", "Hello Ada, 3!"),
    ("${n}${n}", "33"),
    ("v: ${yes} ${none} ${half} ${map}", 'v: true null 0.5 {"a": {"b.c": 1}}'),
    ("$${name}", "${name}"),
    ("$${name} ${name}", "${name} Ada"),
    ("$$${name}", "$${name}"),
    ("${env.USER}", "ada"),
    ("${env.USER:-x}", "ada"),
    ("${env.NONE:-x}", "x"),
    ("${env.NONE:-}", ""),
    ("${env.EMPTY}", ""),
    ("${env.EMPTY:-x}", "x"),
    ("${env.NONE:-a b:-c}", "a b:-c"),
    ("${env.RATE}", "16000"),
    ("${env.RATE:-24000}", 16000),
    ("${env.NONE:-24000}", 24000),
    ("${env.NONE:-true}", True),
    ("${env.NONE:-012}", "012"),
    ("${nothing:-x}", "x"),
    ("${name:-x}", "Ada"),
    ("${map.z:-5}", 5),
    ({"a": ["${n}", {"${n}": "${name}"}], "b": 1}, {"a": [3, {"${n}": "Ada"}], "b": 1}),
]


@pytest.mark.parametrize(("value", "result"), GOOD, ids=[str(value) for value, _ in GOOD])
def test_a_placeholder_becomes_its_value(value: Any, result: Any) -> None:
    found = substitute(value, SCOPE)
    assert found.value == result
    assert type(found.value) is type(result)
    assert found.open == ()


BAD = [
    ("${nam}", "unknown name 'nam'", "did you mean 'name'?"),
    ("${zzz}", "unknown name 'zzz'", "declare it under vars, or capture it in an earlier step"),
    ("${map.b}", "'map.b' does not exist", "it has a"),
    ("${list.7}", "'list.7' does not exist", "it is a list of 2"),
    ("${name.x}", "'name.x' does not exist", "it has no parts"),
    ("${env.NONE}", "environment variable NONE is not set",
     "set it, or give a default: ${env.NONE:-default}"),
    ("${env.USER:-5}", "environment variable USER: expected a number, as 5 is",
     "change the one or the other"),
    ("${env}", "expected ${env.NAME}", "name an environment variable"),
    ("${env.a.b}", "expected ${env.NAME}", "name an environment variable"),
    ("${name", "'${' without its '}'", "write $${ for a literal ${"),
    ("${}", "'${}' is no placeholder",
     "write ${name}, ${name.field}, ${env.NAME} or ${name:-default}; $${ is literal"),
    ("${1+1}", "'${1+1}' is no placeholder",
     "write ${name}, ${name.field}, ${env.NAME} or ${name:-default}; $${ is literal"),
    ("${a b}", "'${a b}' is no placeholder",
     "write ${name}, ${name.field}, ${env.NAME} or ${name:-default}; $${ is literal"),
    ("${env.OPENAI_API_KEY}", "the secret OPENAI_API_KEY may not be used here",
     "use it under target, or in a field that is made for it, such as authorization"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "hint"), BAD, ids=[row[0] for row in BAD])
def test_what_names_nothing_is_told(text: str, message: str, hint: str) -> None:
    with pytest.raises(SubstitutionError) as raised:
        substitute({"a": ["x", text]}, SCOPE)
    assert (raised.value.message, raised.value.hint) == (message, hint)
    assert raised.value.path == ("a", 1)


def test_what_is_not_known_yet_stays_and_is_listed() -> None:
    scope = Names(VALUES, ENV, later={"id"}, unknown={"url"})
    found = substitute({"a": "${id}", "b": ["x ${id} ${n}"], "c": "${n}"}, scope)
    assert found.value == {"a": "${id}", "b": ["x ${id} 3"], "c": 3}
    assert found.open == (("a",), ("b", 0))
    assert found.waits
    assert not substitute("${url}", scope).waits


def test_a_name_that_is_captured_later_hides_a_variable() -> None:
    assert substitute("${name}", Names(VALUES, ENV, later={"name"})).open == ((),)


def test_without_an_environment_nothing_of_it_is_judged() -> None:
    found = substitute({"a": "${env.NONE}", "b": "${env.USER:-5}"}, Names({}))
    assert found.open == (("a",), ("b",))


SECRET_PLACES = ["authorization", "api_key", "x-api-key", "apiKey", "headers", "client_secret"]


@pytest.mark.parametrize("key", SECRET_PLACES)
def test_a_secret_may_stand_in_a_field_made_for_it(key: str) -> None:
    assert substitute({key: ["${env.OPENAI_API_KEY}"]}, SCOPE).value == {key: ["sk-000000"]}


def test_a_secret_may_stand_anywhere_where_the_scope_says_so() -> None:
    scope = Names(VALUES, ENV, secrets=True)
    assert substitute("Bearer ${env.OPENAI_API_KEY}", scope).value == "Bearer sk-000000"


NAMES = [
    ("OPENAI_API_KEY", True), ("MY_TOKEN", True), ("client_secret", True), ("PASSWORD", True),
    ("apiKey", True), ("authToken", True), ("Authorization", True), ("KEYBOARD", False),
    ("MAX_TOKENS", False), ("AUTHOR", False), ("MONKEY", False), ("URL", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "secret"), NAMES, ids=[name for name, _ in NAMES])
def test_secrets_are_known_by_their_names(name: str, secret: bool) -> None:
    assert looks_secret(name) is secret


def test_used_secrets_are_concealed_and_others_left_alone() -> None:
    env = {"A_KEY": "abcdef", "B_KEY": "12345678", "C_KEY": "none", "USER": "somebody"}
    found = used_secrets("x: ${env.A_KEY} ${env.C_KEY:-x} ${env.USER}", env)
    assert found == {"abcdef"}
    assert conceal("got abcdef-12345678", found) == "got [redacted]-12345678"


def test_values_inside_values_cannot_grow_without_bound() -> None:
    scope = Names({"a": ["x"] * 10})
    for _ in range(4):
        scope = Names({"a": substitute(["${a}"] * 10, scope).value})
    with pytest.raises(SubstitutionError, match="grow too large"):
        substitute(["${a}"] * 10, scope)
    text = Names({"a": "x" * 1_000_000})
    with pytest.raises(SubstitutionError, match="grow too large"):
        substitute("${a}" * 20, text)


TYPED = [
    ("5", 3, 5), ("1.5", 3, 1.5), ("true", False, True), ("5", "x", "5"), ("x", None, "x"),
    (5, "x", 5), ("5", MISSING, "5"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "like", "value"), TYPED, ids=range(len(TYPED)))
def test_an_override_takes_the_type_of_what_it_overrides(text: Any, like: Any, value: Any) -> None:
    assert typed_as(text, like) == value


@pytest.mark.parametrize(("text", "like"), [("x", 3), ("1", True), ("true", 1), ("[]", [1])])
def test_an_override_of_another_type_is_refused(text: str, like: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        typed_as(text, like)


def test_paths_are_dotted_or_json_pointers() -> None:
    assert tokens_of("item.content.0") == ("item", "content", "0")
    assert tokens_of("/a.b/~1~0") == ("a.b", "/~")
    value = {"a.b": {"/~": 1}, "c": [1, 2, 3]}
    assert part_of(value, tokens_of("/a.b/~1~0")) == 1
    assert part_of(value, tokens_of("c.-1")) == 3
    assert part_of(value, tokens_of("c.3")) is MISSING
    assert part_of(value, tokens_of("c.x")) is MISSING
    assert part_of(value, tokens_of("c.0.x")) is MISSING


WORDS = st.text("ab{}$: .-", max_size=6)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["name", "n", "none"])), max_size=4), WORDS)
def test_a_text_is_its_pieces_with_the_values_between(
    pieces: list[tuple[str, str]], tail: str
) -> None:
    shown = {"name": "Ada", "n": "3", "none": "null"}
    escaped = [(text.replace("${", "$${").rstrip("$"), name) for text, name in pieces]
    template = (
        "".join(f"{text}/${{{name}}}" for text, name in escaped) + "/" + tail.replace("${", "$${")
    )
    expected = "".join(f"{text.replace('$${', '${')}/{shown[name]}" for text, name in escaped) + (
        "/" + tail
    )
    assert substitute(template, SCOPE).value == expected


@given(st.recursive(st.none() | st.integers() | st.text("ab $", max_size=4),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab$", max_size=3), inner, max_size=3)))  # fmt: skip
def test_what_holds_no_placeholder_is_left_as_it_is(value: Any) -> None:
    assert substitute(value, SCOPE).value == value

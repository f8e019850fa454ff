"""Reads what stands beside the steps of a scenario: variables, target, tools, limits, ignores."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from rtdebug.model.value import replace
from rtdebug.scenario.document import MOCK, Head, Limit, Target, ToolAnswer
from rtdebug.scenario.durations import format_duration
from rtdebug.scenario.parts import UNKNOWN, Faults, Part
from rtdebug.scenario.step_shapes import positive
from rtdebug.scenario.substitution import Names, is_name, typed_as
from rtdebug.scenario.vocabulary import Vocabulary
from rtdebug.spelling import did_you_mean

LIMITS = ("first_delta", "response")
SHARES = {"max": 100, "p95": 95, "p50": 50}
PROBE = "probe"
ON_STALL = (PROBE, "none")

_TOOL_ROLES = ("response.done", "item.create", "response.create")
_LIMIT_ROLES = ("response.created", "response.done")


def read_variables(whole: Part, overrides: Mapping[str, Any], faults: Faults) -> Names:
    """The scope of ``vars``, each able to use those before it. An override takes the type of the
    value it overrides; one without such a value stays what it is."""
    scope = whole.scope
    part = whole.get("vars")
    if part is not None:
        with faults:
            for name in part.mapping("a mapping of names to values"):
                known = scope
                # Whatever is wrong with a variable, what uses it is not wrong as well.
                scope = replace(scope, unknown=scope.unknown | {name})
                with faults:
                    scope = _with_variable(part, name, known, overrides)
    return replace(scope, values={**overrides, **scope.values})


def _with_variable(part: Part, name: str, scope: Names, overrides: Mapping[str, Any]) -> Names:
    inner = part.child(name)
    if not is_name(name):
        hint = "letters, digits and _, not beginning with a digit, and not env"
        raise inner.error(f"'{name[:60]}' cannot be a name", hint, at_key=True)
    # A field's name decides whether a secret may stand in it, so the name comes along.
    found = Part(part.document, part.path, {name: inner.value}, scope).given()
    if found is UNKNOWN and name not in overrides:
        return replace(scope, unknown=scope.unknown | {name})
    value = inner.value if found is UNKNOWN else found[name]
    if name in overrides:
        try:
            value = typed_as(overrides[name], value)
        except ValueError as problem:
            raise inner.error(f"--var {name}: {problem}", "it takes the type it has here") from None
    return replace(scope, values={**scope.values, name: value})


class SettingsReader:
    """Reads settings in the words of one protocol; what is wrong goes to ``faults``."""

    def __init__(self, vocabulary: Vocabulary, faults: Faults) -> None:
        self._words = vocabulary
        self._faults = faults

    def target(self, whole: Part) -> Target:
        """Where to connect; the mock by default."""
        part = whole.get("target")
        if part is None:
            return Target()
        with self._faults:
            part = part.named(replace(part.scope, secrets=True))
            part.only(("url", "headers", "subprotocols"), "in target")
            url, headers, names = part.get("url"), part.get("headers"), part.get("subprotocols")
            return Target(
                url=_url(url) if url is not None else MOCK,
                headers=_headers(headers) if headers is not None else (),
                subprotocols=tuple(item.text() for item in names.items()) if names else (),
                source=part.document.location(part.path, at_key=True),
            )
        return Target()

    def tools(
        self, whole: Part, next_index: Callable[[], int]
    ) -> tuple[dict[str, ToolAnswer], Head | None]:
        """What called functions return, and how the report calls them together."""
        part = whole.get("tools")
        answers: dict[str, ToolAnswer] = {}
        if part is None:
            return answers, None
        with self._faults:
            self._need(part, _TOOL_ROLES)
            for name in part.mapping("a mapping of function names to answers"):
                with self._faults:
                    answers[name] = _tool(part.child(name), name)
        place = part.document.location(part.path, at_key=True)
        return answers, Head(next_index(), f"tools {', '.join(answers)}", place)

    def limits(self, whole: Part, next_index: Callable[[], int]) -> tuple[Limit, ...]:
        """The bounds every response must keep."""
        part = whole.get("limits")
        found: list[Limit] = []
        if part is None:
            return ()
        with self._faults:
            self._need(part, _LIMIT_ROLES)
            part.only(LIMITS, "in limits")
            for name in part.value:
                with self._faults:
                    found += _limits(part.child(name), name, next_index)
        return tuple(found)

    def tags(self, whole: Part) -> tuple[str, ...]:
        """What ``run --tag`` chooses by."""
        part = whole.get("tags")
        found: list[str] = []
        with self._faults:
            for item in part.items("a list of names") if part and part.value else ():
                name = item.text("a name")
                if not re.fullmatch(r"[\w.:/-]+", name):
                    raise item.expected("a name without blanks", "letters, digits, _ . : / and -")
                found.append(name)
        return tuple(found)

    def probes(self, whole: Part) -> bool:
        """Whether rtdebug may ask about a response that stands still."""
        part = whole.get("on_stall")
        if part is None:
            return True
        with self._faults:
            if part.value not in ON_STALL:
                raise part.expected("probe or none", did_you_mean(str(part.value), ON_STALL))
        return bool(part.value == PROBE)

    def ignored(self, whole: Part, known: Collection[str]) -> tuple[str, ...]:
        """The findings that do not count; ``known`` empty accepts any name."""
        part = whole.get("ignore")
        names: list[str] = []
        if part is None or part.value == []:
            return ()
        with self._faults:
            for item in part.items("a list of finding names"):
                name = item.text("the name of a finding")
                if known and name not in known and "*" not in name:
                    hint = did_you_mean(name, known, limit=0) or "see: rtdebug rules"
                    self._faults.add(item.error(f"unknown finding '{name[:60]}'", hint))
                names.append(name)
        return tuple(names)

    def _need(self, part: Part, roles: tuple[str, ...]) -> None:
        for role in roles:
            if role not in self._words.roles:
                message = f"pack {self._words.pack} has no event for {role}"
                raise part.error(message, f"leave out {part.path[-1]}", at_key=True)


def _limits(part: Part, name: str, next_index: Callable[[], int]) -> Iterator[Limit]:
    """A bare duration bounds every response; a mapping says which share of them each bounds."""
    if not isinstance(part.value, dict):
        yield _limit(part, name, 100, next_index)
        return
    part.only(tuple(SHARES), "in a limit")
    if not part.value:
        raise part.expected("max, p95 or p50", "{max: 3s, p95: 2s}")
    for share in part.value:
        yield _limit(part.child(share), name, SHARES[share], next_index)


def _limit(part: Part, name: str, over: int, next_index: Callable[[], int]) -> Limit:
    seconds = positive(part)
    place = part.document.location(part.path, at_key=True)
    share = "" if over == 100 else f"p{over} "
    label = f"limit {name} {share}{format_duration(seconds)}"
    # One over all plays is no step of any of them.
    return Limit(name, seconds, Head(next_index() if over == 100 else 0, label, place), over)


def _tool(answer: Part, name: str) -> ToolAnswer:
    answer.only(("output",), "in the answer of a tool")
    output = answer.get("output")
    if output is None:
        raise answer.error("'output' is missing", f"{name}: {{output: …}}")
    output.named(replace(output.scope, later=output.scope.later | {"arguments"})).substituted()
    return ToolAnswer(output.value, answer.document.location(answer.path, at_key=True))


def _url(part: Part) -> str:
    url = part.text("mock, or a URL")
    if url == MOCK or "${" in url or re.match(r"wss?://[^/\s]+\S*\Z", url):
        return url
    if re.match(r"https?://", url):
        raise part.expected("a WebSocket URL", f"write ws{url.removeprefix('http')}")
    raise part.expected("mock, or a URL that begins with ws:// or wss://")


def _headers(part: Part) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name in part.mapping("a mapping of header names to values"):
        value = part.child(name)
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise value.error(f"'{name[:60]}' is no header name", "see RFC 9110, 5.1", at_key=True)
        given = value.given()
        if given is None or isinstance(given, bool | dict | list):
            raise value.expected("the value of a header", "write it as text, in quotes")
        text = str(value.value if given is UNKNOWN else given)
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text):
            raise value.error("a header value of more than one line", "headers are one line")
        found.append((name, text.strip()))
    return tuple(found)

"""The law of the house: who may import whom, and who may know a clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rtdebug"

# A room may import rooms of a lower number only; rooms of one number never import each other.
LAYERS = {
    "model": 0, "errors": 0, "__init__": 0,
    "resources": 1, "documents": 1, "safe": 1, "redaction": 1, "spelling": 1, "interrupts": 1,
    "secrets": 1, "protocols": 1, "catalogue": 1,
    "packs": 2,
    "engine": 3, "scenario": 3,
    "openai_realtime": 4,
    "rules": 5, "wire": 5, "captures": 5, "reports": 5, "probe": 5,
    "api": 6,
    "cli": 7, "pytest_plugin": 7, "__main__": 8,
}  # fmt: skip
# These may import each other: the ground floor's own two, and the small texts.
TOGETHER = {
    "model",
    "errors",
    "__init__",
    "resources",
    "catalogue",
    "documents",
    "safe",
    "redaction",
    "secrets",
    "spelling",
}
CLOCKS = {"asyncio", "time", "socket", "threading", "random", "uuid", "secrets", "selectors"}
MAY_HAVE_CLOCKS = {"wire", "cli", "api"}
PROTOCOL_SPEAKERS = {"scenario"}  # it plays a provider's server, so it knows its event names


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return room_of(path.relative_to(PACKAGE).with_suffix("").parts)


def room_of(parts: Sequence[str]) -> str:
    """The room of a module; each protocol with a grammar has one, beside the list of them."""
    return parts[1] if parts[0] == "protocols" and parts[1:2] == ("openai_realtime",) else parts[0]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            module = node.module or ""
            yield module, node.lineno
            if module == "rtdebug":
                yield from ((f"rtdebug.{alias.name}", node.lineno) for alias in node.names)


def test_every_room_has_its_place() -> None:
    assert {room(path) for path in modules()} <= set(LAYERS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards(path: Path) -> None:
    here = room(path)
    for name, line in imports(path):
        parts = name.split(".")
        if parts[0] != "rtdebug" or len(parts) < 2 or parts[1] not in LAYERS:
            continue
        there = room_of(tuple(parts[1:]))
        if there == here or {there, here} <= TOGETHER:
            continue
        assert LAYERS[there] < LAYERS[here], (
            f"{path.relative_to(ROOT)}:{line}: {here} (floor {LAYERS[here]}) imports "
            f"{there} (floor {LAYERS[there]})"
        )


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_clocks_and_sockets_stay_outside(path: Path) -> None:
    if room(path) in MAY_HAVE_CLOCKS:
        return
    for name, line in imports(path):
        assert name.split(".")[0] not in CLOCKS, (
            f"{path.relative_to(ROOT)}:{line}: {name} belongs to wire/, time comes in as `at`"
        )


def graph() -> dict[str, set[str]]:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in modules()}
    edges: dict[str, set[str]] = {}
    for name, path in names.items():
        edges[name] = {found for found, _ in imports(path) if found in names and found != name}
    return edges


def test_no_import_circles() -> None:
    edges = graph()
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "circle: " + " -> ".join((*trail[trail.index(name) :], name))
        if name in done:
            return
        for other in edges[name]:
            visit(other, (*trail, name))
        done.add(name)

    for name in edges:
        visit(name, ())


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_provider_names_below_the_packs(path: Path) -> None:
    """Rules and the engine read roles; an event's name in Python is a pack's business."""
    if room(path) not in {"engine", "openai_realtime", "rules"}:
        return
    types = {
        one.stem
        for one in (ROOT / "schemas" / "openai-realtime").rglob("*.json")
        if "." in one.stem and not _is_role(one.stem)
    }
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert node.value not in types, (
                f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r} belongs into a pack"
            )


def _is_role(type_: str) -> bool:
    """Some roles are spelled like the event that has them in this protocol."""
    return type_ in {
        "session.update", "session.created", "session.updated", "conversation.created",
        "response.create", "response.cancel", "response.created", "response.done",
    }  # fmt: skip


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 400, f"{path.relative_to(ROOT)} has {lines} lines: do two rooms share a wall?"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 70, (
                f"{path.relative_to(ROOT)}:{node.lineno} {node.name} is too long"
            )


def test_nothing_is_named_vaguely() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert not [path for path in modules() if path.stem in vague]

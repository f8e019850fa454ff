"""What is in the tree: no secrets, no paths of somebody's machine, a first sentence in every file."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_SKIPPED = {".git", ".venv", "node_modules", "__pycache__", "build", "dist"}

# Shapes of real keys. The marks make a planted one of a test known as such.
KEYS = re.compile(
    r"\b(?:sk-(?:proj-)?|sess-|ek_)[A-Za-z0-9_-]{20,}|\bxai-[A-Za-z0-9]{30,}|\bAIza[0-9A-Za-z_-]{35}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bAKIA[0-9A-Z]{16}\b"
    r"|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"
)
PLANTED = re.compile(r"(?i)planted|canary|cnry|secret|fake|example|invalid|test|redact|not-?a-?real"
                     r"|0123456789|abcdef|(.)\1{5}")  # fmt: skip
MACHINES = re.compile(
    r"(?<![\w.])/(?:home|root|Users|work)/[A-Za-z0-9._-]+|[A-Z]:\\Users\\|/tmp/[a-z]+-[a-z]+"
)
# Words of whoever made this, not of what it is.
FORBIDDEN = re.compile(
    r"(?i)\b(?:as an ai|language model i|chatgpt wrote|claude|this brief|sub-?agent|helper session)\b"
)


def tracked() -> list[Path]:
    """The files of the project: what git knows, or where there is no git all that is there."""
    asked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ) if (ROOT / ".git").exists() else None  # fmt: skip
    if asked is not None and asked.returncode == 0:
        names = [name for name in asked.stdout.decode().split("\0") if name]
        return [ROOT / name for name in names if (ROOT / name).is_file()]
    return [
        Path(folder) / name
        for folder, folders, names in os.walk(ROOT)
        if not _prune(folders)
        for name in names
    ]


def _prune(folders: list[str]) -> None:
    folders[:] = [one for one in folders if one not in _SKIPPED and not one.startswith(".")]


FILES = [path for path in tracked() if path != Path(__file__)]


def texts() -> list[tuple[Path, str]]:
    """Every file that is text, and what is in it."""
    found = []
    for path in FILES:
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found.append((path, data.decode("utf-8", "replace")))
    return found


TEXTS = texts()


def _hits(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [
        (f"{path.relative_to(ROOT)}:{text[: match.start()].count(chr(10)) + 1}", match.group())
        for path, text in TEXTS
        for match in pattern.finditer(text)
    ]


def test_no_key_is_in_the_tree() -> None:
    assert [hit for hit in _hits(KEYS) if not PLANTED.search(hit[1])] == []


@pytest.mark.parametrize(
    "planted",
    [
        "sk-" + "proj-Xb7kQ2mV9tRz4LwN8sYc",
        "ek_" + "68a1Xb7kQ2mV9tRz4LwN8sYc",
        "AIza" + "SyXb7kQ2mV9tRz4LwN8sYcPd5hGj3fKe1uA",
        "ghp_" + "Xb7kQ2mV9tRz4LwN8sYcPd5hGj3fKe1uAo6i",
    ],
)
def test_the_shapes_of_real_keys_are_known(planted: str) -> None:
    assert KEYS.search(f"key={planted}")
    assert not PLANTED.search(planted)


def test_no_path_of_a_machine_is_in_the_tree() -> None:
    assert _hits(MACHINES) == []


def test_the_tree_speaks_of_the_project_alone() -> None:
    assert _hits(FORBIDDEN) == []


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".py"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_every_python_file_says_first_what_it_is_for(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said, "the first line of a module is one sentence saying what it is for"
    assert said.split("\n\n")[0].rstrip().endswith((".", ":", "?")), said.splitlines()[0]


def test_no_file_is_empty_or_broken() -> None:
    merging = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.M)
    assert [str(path) for path, text in TEXTS if merging.search(text)] == []
    assert [path.name for path, text in TEXTS if text and not text.endswith("\n")
            and path.suffix in {".py", ".md", ".toml"}] == []  # fmt: skip


def test_no_two_test_files_share_a_name() -> None:
    """They are imported by their names alone."""
    names = [path.name for path in FILES if path.is_relative_to(ROOT / "tests")
             and path.suffix == ".py" and path.name != "conftest.py"]  # fmt: skip
    assert sorted(set(names)) == sorted(names)

"""Installs what a test of a real client or server needs, once, outside of the tree.

These tests run when RTDEBUG_REAL is set; otherwise, and where npm or Python 2.7 is missing, they
are skipped and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

_FOLDER = Path(tempfile.gettempdir()) / "rtdebug-real"


def wanted() -> None:
    """Skips, visibly, unless the tests of real peers are asked for."""
    if not os.environ.get("RTDEBUG_REAL"):
        pytest.skip("a real peer: RTDEBUG_REAL=1 python -m pytest tests/real installs and runs it")


def npm(*packages: str) -> Path:
    """The folder of npm packages that hold exactly these, installed when first asked for."""
    wanted()
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("a real peer: npm is not installed here")
    name = "-".join(part.replace("/", "_").replace("@", "") for part in packages)
    folder = _FOLDER / name
    if not (folder / "node_modules").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _install("npm", "install", "--no-audit", "--no-fund", "--prefix", folder, *packages)
    return folder


def python(*packages: str) -> Path:
    """An interpreter that has exactly these packages, installed when first asked for."""
    wanted()
    name = "-".join(part.replace("==", "").replace("[", "_").replace("]", "") for part in packages)
    found = _FOLDER / name / "bin" / "python"
    if not found.exists():
        _install(sys.executable, "-m", "venv", found.parent.parent)
        _install(found, "-m", "pip", "install", "-q", *packages)
    return found


def python27(package: str, program: str) -> Path:
    """A program of a package that runs on Python 2.7 only, installed when first asked for."""
    wanted()
    python = _python27()
    if python is None:
        pytest.skip("a real peer: Python 2.7 is not installed here (python2.7, or by pyenv)")
    folder = _FOLDER / package.replace("==", "")
    found = folder / "env" / "bin" / program
    if not found.exists():
        # The last virtualenv that makes environments of 2.7 needs one itself, of this Python.
        _install(sys.executable, "-m", "venv", folder / "maker")
        _install(folder / "maker" / "bin" / "pip", "install", "-q", "virtualenv<20.22")
        _install(folder / "maker" / "bin" / "virtualenv", "-p", python, folder / "env")
        _install(folder / "env" / "bin" / "pip", "install", "-q", package)
    return found


def _python27() -> Path | None:
    named = shutil.which("python2.7")
    if named is not None and subprocess.run([named, "-c", ""], check=False).returncode == 0:
        return Path(named)
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return next(iter(sorted(root.glob("versions/2.7*/bin/python"))), None)


def _install(*command: object) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        pytest.skip(f"a real peer: it could not be installed, {_told(words, done.stderr)}")


def _told(words: Sequence[str], error: str) -> str:
    last = (error.strip().splitlines() or ["without a word"])[-1]
    return f"{' '.join(words)!r} said {last!r}"

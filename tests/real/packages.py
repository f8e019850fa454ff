"""Installs what a test of a real client or server needs, once, outside of the tree.

These tests run when RTDEBUG_REAL is set; otherwise, and where npm is missing, they are skipped and
say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


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
    folder = Path(tempfile.gettempdir()) / "rtdebug-real" / name
    if not (folder / "node_modules").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            pytest.skip(f"a real peer: npm could not install {', '.join(packages)}")
    return folder
